"""Manners that hold for every file of the tree: test-files.py ROOT

No source file over 800 lines, no machine's own path, no blank at the end of a line, UTF-8 throughout.
"""
import os
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()
LONGEST = 800
# Written so that this file itself does not match.
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:home|Users|root|work|mnt)/[\w.-]+")
SOURCES = {".c", ".h", ".py", ".sh", ".blp"}
TEXTS = SOURCES | {"", ".md", ".build", ".options", ".txt", ".ini", ".sql", ".1", ".yml", ".css"}


def files():
    for folder, below, names in os.walk(ROOT):
        here = pathlib.Path(folder)
        # Not written by hand, or not of this tree: hidden folders but .ci, builds, what tests compare with.
        below[:] = sorted(name for name in below if not (name.startswith(".") and name != ".ci") and name not in {"golden", "corpus"}
                          and not (here == ROOT and (name.startswith("build") or name == "shared")))
        yield from (here / name for name in sorted(names) if name != ".git" and pathlib.Path(name).suffix in TEXTS
                    and (here / name).is_file())


def manners(name, text, suffix):
    """The faults of one file."""
    lines = text.split("\n")
    if suffix in SOURCES and len(lines) - 1 > LONGEST:
        yield f"{name}: {len(lines) - 1} lines; split it by concern ({LONGEST} at most)"
    for number, line in enumerate(lines, 1):
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine"
        if suffix in SOURCES and line != line.rstrip():
            yield f"{name}:{number}: blank at the end of the line"


class Files(unittest.TestCase):
    def test_tree(self):
        found = []
        for path in files():
            found += manners(path.relative_to(ROOT), path.read_text(encoding="utf-8"), path.suffix)
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_planted(self):
        """The looks themselves."""
        for text, count in [("x\n" * LONGEST, 0), ("x\n" * (LONGEST + 1), 1), ("a \n", 1), ("see /" + "home/me/x\n", 1),
                            ("cd /" + "work/tree\n", 1), ('"$HOME/work/x"\n', 0), ("a/" + "root/b\n", 0), ("/usr/lib\n", 0)]:
            self.assertEqual(len(list(manners("planted", text, ".c"))), count, text[:20])

    def test_sees_the_tree(self):
        names = {path.relative_to(ROOT).as_posix() for path in files()}
        self.assertLessEqual({"run", "check", "meson.build", "README.md", "src/core/base/arena.c"}, names)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
