"""What software centres show: test-metainfo.py METAINFO-FILE VERSION"""
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree

FILE, VERSION = pathlib.Path(sys.argv[1]), sys.argv[2]
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


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

    def test_speaks_german(self):
        """All that has words, but for what changes with each release and the names."""
        for path in ("summary", "description/p", "description/ul/li"):
            german = [element.text for element in self.root.iterfind(path) if element.get(LANGUAGE) == "de"]
            english = [element.text for element in self.root.iterfind(path) if element.get(LANGUAGE) is None]
            self.assertEqual(len(german), len(english), path)
            self.assertFalse(set(german) & set(english), path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
