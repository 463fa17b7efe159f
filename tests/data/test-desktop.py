"""The desktop file: test-desktop.py DESKTOP-FILE DATA-FOLDER"""
import configparser
import pathlib
import subprocess
import sys
import unittest

FILE, DATA = (pathlib.Path(argument) for argument in sys.argv[1:3])


class Desktop(unittest.TestCase):
    def setUp(self):
        parser = configparser.RawConfigParser()
        parser.optionxform = str
        parser.read(FILE, encoding="utf-8")
        self.entry = parser["Desktop Entry"]

    def test_is_valid(self):
        """Hints are no errors for the program, but for us."""
        done = subprocess.run(["desktop-file-validate", FILE], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_names_an_icon_that_is_there(self):
        icons = [path.name for path in DATA.glob("icons/**/*.svg")]
        self.assertIn(f"{self.entry['Icon']}.svg", icons)
        self.assertIn(f"{self.entry['Icon']}-symbolic.svg", icons)

    def test_is_named_as_its_icon(self):
        self.assertEqual(self.entry["Icon"], FILE.stem)

    def test_speaks_german(self):
        self.assertIn("Rauschen", self.entry["Comment[de]"])
        self.assertTrue(self.entry["Keywords[de]"].endswith(";"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
