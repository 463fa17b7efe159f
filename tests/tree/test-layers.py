"""layers.py finds what it is for: faults planted in a tree made for the purpose. test-layers.py CC [ARGUMENT...]"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import layers

COMPILER = sys.argv[1:]


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.source = pathlib.Path(folder.name).resolve() / "src"
        for layer in layers.USES:
            self.write(f"{layer}/{layer.split('/')[-1]}.h", "#pragma once\n")

    def write(self, name, text):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def includes(self):
        return list(layers.include_faults(self.source))

    def archive(self, name, **members):
        """A library of C files; member base_a stands for core/base/a.c."""
        objects = []
        for member, text in members.items():
            file = self.write(f"../{member}.c", text)
            objects.append(file.with_name(f"{member}.c.o"))
            subprocess.run([*COMPILER, "-w", "-c", file, "-o", objects[-1]], check=True)
        library = self.source.parent / name
        subprocess.run(["ar", "rcs", library, *objects], check=True)
        return list(layers.symbol_faults(library))


class Includes(Tree):
    def test_every_arrow(self):
        """All pairs of layers: silent where the table has the arrow, one fault where it has not."""
        for layer, allowed in layers.USES.items():
            for other in layers.USES:
                with self.subTest(layer=layer, other=other):
                    file = self.write(f"{layer}/planted.c", f'#include "{other}/{other.split("/")[-1]}.h"\n')
                    self.assertEqual(len(self.includes()), 0 if other in allowed else 1)
                    file.unlink()

    def test_arrows_of_the_architecture(self):
        """A few by hand, so that the table cannot be loosened unnoticed."""
        for layer, other in [("core/base", "core/file"), ("core/file", "core/math"), ("core/text", "core/math"),
                             ("core/math", "core/text"), ("core/model", "core/sample"), ("core/sample", "core/study"),
                             ("core/sample", "train"), ("train", "engine"), ("train", "evaluate"),
                             ("evaluate", "engine"), ("evaluate", "store"), ("app", "evaluate"), ("store", "engine"),
                             ("engine", "store"), ("engine", "train"), ("app", "train"), ("app", "cli"), ("cli", "app")]:
            self.assertNotIn(other, layers.USES[layer])

    def test_by_the_neighbouring_folder(self):
        self.write("core/base/planted.h", '#  include "../model/model.h"\n')
        self.assertIn("core/base must not use core/model", self.includes()[0])

    def test_libraries(self):
        for name, text, count in [("core/base/a.c", "#include <glib.h>", 1), ("train/a.c", "#include <gio/gio.h>", 1),
                                  ("core/file/a.c", "#include <sqlite3.h>", 1), ("core/text/a.c", "#include <curl/curl.h>", 1),
                                  ("engine/a.c", "#include <gtk/gtk.h>", 1), ("store/a.c", "#include <adwaita.h>", 1),
                                  ("store/a.c", "#include <sqlite3.h>", 0), ("engine/a.c", "#include <glib.h>", 0),
                                  ("app/a.c", "#include <gtk/gtk.h>", 0), ("core/math/a.c", "#include <math.h>", 0)]:
            with self.subTest(name=name, text=text):
                file = self.write(name, text + "\n")
                self.assertEqual(len(self.includes()), count)
                file.unlink()

    def test_file_outside_the_layers(self):
        self.write("core/stray.c", "")
        self.write("other/stray.c", "")
        self.assertEqual(len(self.includes()), 2)


class Symbols(Tree):
    def test_clean(self):
        self.assertEqual(self.archive("libcosmos.a", base_a="int low (void) { return 1; }",
                                      math_b="int low (void); int high (void) { return low (); }"), [])

    def test_foreign(self):
        for name in ["g_malloc", "gtk_init", "sqlite3_open", "curl_easy_init"]:
            found = self.archive("libcosmos.a", base_a=f"void {name} (void); void f (void) {{ {name} (); }}")
            self.assertEqual(found, [f"libcosmos.a: base_a.c.o uses {name}"])
        self.assertEqual(len(self.archive("libcpg-engine.a", a="void gtk_init (void); void f (void) { gtk_init (); }")), 1)
        self.assertEqual(self.archive("libcpg-engine.a", a="void g_free (void); void f (void) { g_free (); }"), [])

    def test_upward_inside_the_core(self):
        found = self.archive("libcosmos.a", base_a="int high (void); int low (void) { return high (); }",
                             model_b="int high (void) { return 1; }")
        self.assertEqual(found, ["libcosmos.a: base_a.c.o uses high of core/model"])

    def test_unknown_archive(self):
        self.assertEqual(len(self.archive("libother.a", base_a="int x;")), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
