"""The icons are SVG that the desktop's own library draws, at every size it asks for: test-icons.py DATA-FOLDER"""
import pathlib
import re
import sys
import unittest
import xml.etree.ElementTree

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402  pylint: disable=wrong-import-position

DATA = pathlib.Path(sys.argv[1])
ICONS = DATA / "icons"
ACTIONS = sorted((DATA / "action-icons").glob("*.svg"))
NAME = "io.github.cosmos_playground.Cosmos"
COLOUR = ICONS / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"
SYMBOLIC = ICONS / "hicolor" / "symbolic" / "apps" / f"{NAME}-symbolic.svg"
SVG = "{http://www.w3.org/2000/svg}"


def draw(path, size):
    """Rows of (red, green, blue, alpha)."""
    picture = GdkPixbuf.Pixbuf.new_from_file_at_size(str(path), size, size)
    assert picture.get_has_alpha() and picture.get_width() == picture.get_height() == size
    data, stride = picture.get_pixels(), picture.get_rowstride()
    return [[tuple(data[y * stride + 4 * x:y * stride + 4 * x + 4]) for x in range(size)] for y in range(size)]


def brightness(pixel):
    return sum(pixel[:3]) / 3 * pixel[3] / 255


class Icons(unittest.TestCase):
    def test_no_other_files(self):
        self.assertEqual({path for path in ICONS.rglob("*") if path.is_file()}, {COLOUR, SYMBOLIC})

    def test_sizes_and_elements(self):
        """Nothing but shapes and gradients: no scripts, no links, no leftovers of an editor."""
        for path, size in ((COLOUR, 128), *((path, 16) for path in (SYMBOLIC, *ACTIONS))):
            root = xml.etree.ElementTree.parse(path).getroot()
            self.assertEqual(root.get("viewBox"), f"0 0 {size} {size}")
            names = {element.tag.removeprefix(SVG) for element in root.iter()}
            self.assertLessEqual(names, {"svg", "defs", "linearGradient", "stop", "g", "rect", "path", "circle"})

    def test_symbolic_has_one_colour(self):
        """The toolkit gives it the colour of the text beside it."""
        for path in (SYMBOLIC, *ACTIONS):
            self.assertTrue(path.stem.endswith("-symbolic"), path)
            self.assertEqual(set(re.findall(r"#[0-9a-fA-F]{3,8}", path.read_text())), {"#222222"}, path)
            ink = [pixel[3] for row in draw(path, 16) for pixel in row]
            self.assertGreater(sum(ink) / 255, 25, path)

    def test_lines_are_told_apart_at_every_size(self):
        """Down the middle of the text's lines, light and dark take turns five times."""
        for size in (16, 32, 48, 64, 128, 256):
            column = [brightness(row[size * 84 // 128]) for row in draw(COLOUR, size)]
            light = [value > 180 for value in column]
            lines = sum(here and not before for before, here in zip([False, *light], light))
            self.assertEqual(lines, 5, size)

    def test_symbolic_is_sharp(self):
        """At its own size four lines of whole pixels."""
        column = [row[12][3] for row in draw(SYMBOLIC, 16)]
        self.assertEqual([y for y, alpha in enumerate(column) if alpha > 250], [1, 2, 5, 6, 9, 10, 13, 14])
        self.assertEqual([alpha for y, alpha in enumerate(column) if y % 4 in (0, 3)], [0] * 8)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
