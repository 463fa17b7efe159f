"""The style sheets: that every colour is readable on its ground, in all four styles: test-style.py DATA-FOLDER"""
import pathlib
import re
import sys
import unittest

DATA = pathlib.Path(sys.argv[1])
# Adwaita's grounds: the view's and the window's. WCAG 2 asks for 4.5 : 1, and 7 : 1 with high contrast.
STYLES = {"style": (["#ffffff", "#fafafb"], 4.5), "style-dark": (["#1d1d20", "#222226"], 4.5),
          "style-hc": (["#ffffff", "#fafafb"], 7), "style-hc-dark": (["#1d1d20", "#222226"], 7)}


def read(name):
    return re.sub(r"/\*.*?\*/", "", (DATA / f"{name}.css").read_text(encoding="utf-8"), flags=re.DOTALL)


def colours(name):
    return dict(re.findall(r"(--cosmos-[\w-]+):\s*([^;]+);", read(name)))


def luminance(colour):
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class Style(unittest.TestCase):
    def test_contrast(self):
        for name, (grounds, least) in STYLES.items():
            for key, colour in colours(name).items():
                if colour.startswith("#"):
                    for ground in grounds:
                        self.assertGreaterEqual(contrast(colour, ground), least, f"{name}: {key} on {ground}")

    def test_all_styles_name_the_same(self):
        whole = {key for key, colour in colours("style").items() if colour.startswith("#")}
        for name in STYLES:
            self.assertEqual({key for key, colour in colours(name).items() if colour.startswith("#")}, whole, name)

    def test_no_unknown_colour(self):
        used = set(re.findall(r"var\((--cosmos-[\w-]+)\)", read("style")))
        self.assertTrue(used)
        self.assertLessEqual(used, set(colours("style")))

    def test_the_toolkit_understands(self):
        """GTK's own parser has nothing to say. It needs no display for that."""
        import gi
        gi.require_version("Gtk", "4.0")
        from gi.repository import Gtk

        for name in STYLES:
            said = []
            provider = Gtk.CssProvider()
            provider.connect("parsing-error", lambda _, section, error: said.append(f"{section.to_string()}: {error.message}"))
            provider.load_from_path(str(DATA / f"{name}.css"))
            self.assertEqual(said, [], name)
            self.assertIn("--cosmos-changed", provider.to_string())

    def test_measures(self):
        self.assertAlmostEqual(contrast("#000000", "#ffffff"), 21)
        self.assertAlmostEqual(contrast("#777777", "#ffffff"), 4.48, places=2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
