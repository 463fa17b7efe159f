"""The program in README.md is one that compiles: test-readme.py ROOT CC [ARGUMENT...]"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
programs = re.findall(r"^```c\n(.*?)^```", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
assert programs, "README.md shows no program"
for program in programs:
    subprocess.run([*sys.argv[2:], "-std=c17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{root / 'src'}", "-x", "c", "-"],
                   input=program, text=True, check=True)
