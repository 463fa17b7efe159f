"""What software centres show: test-metainfo.py METAINFO-FILE PROJECT VERSION"""
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree

FILE, PROJECT, VERSION = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Screenshots have to be addresses; behind this a name is relative to the project.
TREE = "https://github.com/cosmos-playground/cosmos-playground/raw/HEAD/"


class Metainfo(unittest.TestCase):
    def setUp(self):
        self.root = xml.etree.ElementTree.parse(FILE).getroot()

    def test_is_valid(self):
        done = subprocess.run(["appstreamcli", "validate", "--no-net", "--strict", "--no-color", FILE], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_newest_release_is_this_version(self):
        self.assertEqual(self.root.find("releases/release").get("version"), VERSION)

    def test_names_agree(self):
        name = self.root.findtext("id")
        self.assertEqual(FILE.name, f"{name}.metainfo.xml")
        self.assertEqual(self.root.findtext("launchable"), f"{name}.desktop")

    def test_screenshots_are_of_this_project(self):
        images = [image.text for image in self.root.iterfind("screenshots/screenshot/image")]
        self.assertGreaterEqual(len(images), 3)
        for image in images:
            self.assertTrue(image.startswith(TREE + "docs/screenshots/"), image)

    def test_screenshots_are_there(self):
        folder = PROJECT / "docs" / "screenshots"
        if not folder.exists():
            self.skipTest("no screenshots yet")
        for image in self.root.iterfind("screenshots/screenshot/image"):
            self.assertTrue((PROJECT / image.text.removeprefix(TREE)).is_file(), image.text)

    def test_speaks_german(self):
        """All that has words, but for what changes with each release and the names."""
        for path in ("summary", "description/p", "description/ul/li", "screenshots/screenshot/caption"):
            german = [element.text for element in self.root.iterfind(path) if element.get(LANGUAGE) == "de"]
            english = [element.text for element in self.root.iterfind(path) if element.get(LANGUAGE) is None]
            self.assertEqual(len(german), len(english), path)
            self.assertFalse(set(german) & set(english), path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
