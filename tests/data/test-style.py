"""The style sheets say nothing that the toolkit does not understand, and nothing of what no widget has: test-style.py PROJECT"""
import pathlib
import re
import sys
import unittest
import xml.etree.ElementTree

import gi

gi.require_version("Gtk", "4.0")
from gi.repository import Gtk  # noqa: E402  pylint: disable=wrong-import-position

PROJECT = pathlib.Path(sys.argv[1])
# Those that AdwApplication looks for; each but the first is loaded on top of it.
NAMES = ["style.css", "style-dark.css", "style-hc.css", "style-hc-dark.css"]
SHEETS = [PROJECT / "data" / name for name in NAMES if (PROJECT / "data" / name).exists()]


def complaints(css):
    """GTK's own parser; it needs no display for that."""
    said = []
    provider = Gtk.CssProvider()
    provider.connect("parsing-error", lambda _, section, error: said.append(f"{section.to_string()}: {error.message}"))
    provider.load_from_string(css)
    return said


def classes(css):
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^}]*\}", "", css)))


class Style(unittest.TestCase):
    def test_the_toolkit_understands(self):
        self.assertIn(NAMES[0], [path.name for path in SHEETS])
        for path in SHEETS:
            self.assertEqual(complaints(path.read_text(encoding="utf-8")), [], path.name)

    def test_planted(self):
        self.assertEqual(len(complaints(".a { colour: red; }")), 1)
        self.assertEqual(classes("/* .x */ .a > .b-c:hover { padding: .5em; } .d {}"), {"a", "b-c", "d"})

    def test_no_class_that_no_widget_has(self):
        sources = "\n".join(path.read_text(encoding="utf-8") for folder, kind in (("ui", "*.blp"), ("src/app", "*.c"))
                            for path in (PROJECT / folder).rglob(kind))
        for path in SHEETS:
            unused = {name for name in classes(path.read_text(encoding="utf-8")) if f'"{name}"' not in sources}
            self.assertEqual(unused, set(), path.name)

    def test_the_program_brings_them(self):
        files = [file.text for file in xml.etree.ElementTree.parse(PROJECT / "ui" / "cpg.gresource.xml").iter("file")]
        self.assertEqual({file for file in files if file.endswith(".css") and "/" not in file}, {path.name for path in SHEETS})
        icons = {file for file in files if file.startswith("action-icons/")}
        self.assertEqual(icons, {f"action-icons/{path.name}" for path in (PROJECT / "data" / "action-icons").iterdir()})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
