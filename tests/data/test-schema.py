"""The settings that stay: test-schema.py DATA-FOLDER COMPILED-FOLDER"""
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from gi.repository import Gio, GLib

DATA, COMPILED = sys.argv[1:3]
NAME = "io.github.cosmos_playground.Cosmos"
# What the window begins with, on a machine that has never seen it.
DEFAULTS = {"window-width": 1200, "window-height": 800, "window-maximized": False, "show-sessions": False, "show-settings": True, "sessions-search": "", "shown-run": "", "last-task": "story",
            "first-run-done": False, "speed": 1.0, "loop": False, "fresh-seed": True, "decode-every": 1, "threads": 0,
            "keep-days": -1, "compute": "auto", "color-scheme": "system", "study-texts": 100, "texts-folder": "", "lessons-done": []}


class Schema(unittest.TestCase):
    def setUp(self):
        source = Gio.SettingsSchemaSource.new_from_directory(COMPILED, None, True)
        self.schema = source.lookup(NAME, False)
        self.settings = Gio.Settings.new_full(self.schema, Gio.memory_settings_backend_new(), None)

    def test_compiles_strictly(self):
        done = subprocess.run(["glib-compile-schemas", "--strict", "--dry-run", DATA], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_defaults(self):
        values = {key: self.settings.get_value(key).unpack() for key in self.schema.list_keys()}
        self.assertEqual(values, DEFAULTS)

    def test_all_keys_are_explained(self):
        """In the source: the compiled schema has no words."""
        keys = xml.etree.ElementTree.parse(f"{DATA}/{NAME}.gschema.xml").findall("schema/key")
        self.assertEqual({key.get("name") for key in keys}, set(DEFAULTS))
        for key in keys:
            self.assertTrue(key.findtext("summary"), key.get("name"))

    def test_refuses_what_cannot_be(self):
        for key, value in [("threads", GLib.Variant("i", -1)), ("decode-every", GLib.Variant("i", -1)),
                           ("speed", GLib.Variant("d", 0)), ("compute", GLib.Variant("s", "abacus")),
                           ("color-scheme", GLib.Variant("s", "pink")), ("window-width", GLib.Variant("i", -5))]:
            self.assertFalse(self.schema.get_key(key).range_check(value), key)

    def test_keeps(self):
        self.assertTrue(self.settings.set_string("compute", "int8"))
        self.assertEqual(self.settings.get_string("compute"), "int8")
        self.settings.reset("compute")
        self.assertEqual(self.settings.get_string("compute"), "auto")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
