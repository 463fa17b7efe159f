"""The translations: test-translations.py PROJECT BUILT-FOLDER

Every string of the sources is in every translation, and none is missing or doubtful; the pseudo-locale has them all as well.
"""
import gettext
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROJECT, BUILT = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
PO = PROJECT / "po"
DOMAIN = "cosmos-playground"
LANGUAGES = (PO / "LINGUAS").read_text().split()


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done


def listed():
    return [line for line in (PO / "POTFILES.in").read_text().splitlines() if line and not line.startswith("#")]


def template(folder):
    """The strings as the sources have them now."""
    pot = pathlib.Path(folder) / f"{DOMAIN}.pot"
    # Like `ninja cosmos-playground-pot`, which writes into the tree.
    run("xgettext", "--from-code=UTF-8", "--add-comments", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
        "--keyword=NC_:1c,2", "--keyword=g_dngettext:2,3", "--keyword=ngettext:1,2", f"--files-from={PO / 'POTFILES.in'}",
        f"--directory={PROJECT}", "-o", str(pot), cwd=PROJECT)
    return pot


def messages(path):
    """{(context, text): [translations]} of a .po file."""
    with tempfile.TemporaryDirectory() as folder:
        mo = pathlib.Path(folder) / "all.mo"
        run("msgfmt", "--use-fuzzy", "-o", str(mo), str(path))
        catalog = gettext.GNUTranslations(mo.open("rb"))._catalog  # pylint: disable=protected-access
    return {key: text for key, text in catalog.items() if key != ""}


class Translations(unittest.TestCase):
    def test_all_sources_are_listed(self):
        """A file with strings that nobody gathers would stay English for ever."""
        marked = re.compile(r'\b(?:N?C?_|g_dngettext|ngettext)\s*\(')
        sources = [path for folder in ("src/app", "src/engine", "src/store", "ui") for kind in ("*.c", "*.h", "*.blp")
                   for path in (PROJECT / folder).rglob(kind)]
        wanted = {path.relative_to(PROJECT).as_posix() for path in sources if marked.search(path.read_text(encoding="utf-8"))}
        names = listed()
        self.assertEqual(names, sorted(set(names)))
        self.assertEqual(wanted - set(names), set())
        self.assertEqual([name for name in names if not (PROJECT / name).is_file()], [])

    def test_complete(self):
        for language in LANGUAGES:
            said = run("msgfmt", "--check", "--statistics", "-o", os.devnull, str(PO / f"{language}.po"), env=os.environ | {"LC_ALL": "C"})
            self.assertNotRegex(said.stderr, r"untranslated|fuzzy", language)
            self.assertRegex(said.stderr, r"^[1-9]\d* translated messages?\.$", language)

    def test_has_every_string_of_the_sources(self):
        with tempfile.TemporaryDirectory() as folder:
            pot = template(folder)
            for language in LANGUAGES:
                # Merging marks what is new or has changed.
                merged = pathlib.Path(folder) / f"{language}.po"
                run("msgmerge", "--no-fuzzy-matching", "--quiet", "-o", str(merged), str(PO / f"{language}.po"), str(pot))
                missing = run("msgattrib", "--untranslated", "--no-obsolete", "--no-location", str(merged)).stdout
                self.assertEqual(re.findall(r'^msgid "(.+)"', missing, re.MULTILINE), [], f"{language}: ninja {DOMAIN}-update-po")
                gone = run("msgattrib", "--only-obsolete", str(merged)).stdout
                self.assertEqual(gone, "", f"{language}: strings that no source has any more")

    def test_no_string_is_cut_off(self):
        """xgettext sees no further than a macro of GLib such as G_GUINT64_FORMAT: the program would look for another string. It knows
        those of <inttypes.h>."""
        for language in LANGUAGES:
            text = (PO / f"{language}.po").read_text(encoding="utf-8")
            self.assertEqual(re.findall(r'^msgid ".*(?<!%)%[-+ #0-9.]*"$', text, re.MULTILINE), [])

    def test_keeps_ends_and_mnemonics(self):
        for language in LANGUAGES:
            for text, translation in messages(PO / f"{language}.po").items():
                text = text[0] if isinstance(text, tuple) else text.split("\x04")[-1]
                for end in (":", "…", "\n"):
                    self.assertEqual(text.endswith(end), translation.endswith(end), text)
                if re.search(r"(?:^|\s)_\w", text):
                    self.assertRegex(translation, r"_\w", text)

    def test_programs_find_it(self):
        """By the way that the program takes: the C library's gettext, the built catalogues, a locale that is not C."""
        if not shutil.which("localedef") or not shutil.which("gettext"):
            self.skipTest("no localedef or gettext here")
        text = "Watch a text condense out of noise"
        with tempfile.TemporaryDirectory() as folder:
            run("localedef", "-i", "de_DE", "-f", "UTF-8", f"{folder}/de_DE.UTF-8")
            place = os.environ | {"LOCPATH": folder, "LC_ALL": "de_DE.UTF-8", "TEXTDOMAINDIR": str(BUILT)}
            self.assertIn("Rauschen", run("gettext", DOMAIN, text, env=place).stdout)
            self.assertIn("⟦Ŵàťçĥ", run("gettext", DOMAIN, text, env=place | {"LANGUAGE": "en_XA"}).stdout)
            self.assertEqual(run("gettext", DOMAIN, text, env=place | {"LANGUAGE": "en"}).stdout, text)


class PseudoLocale(unittest.TestCase):
    def setUp(self):
        self.built = BUILT / "en_XA" / "LC_MESSAGES" / f"{DOMAIN}.po"

    def test_has_all_strings_longer(self):
        german, pseudo = messages(PO / "de.po"), messages(self.built)
        self.assertEqual(german.keys(), pseudo.keys())
        for text, translation in pseudo.items():
            text = text[0] if isinstance(text, tuple) else text.split("\x04")[-1]
            self.assertRegex(translation, r"^\n*⟦[^⟦⟧]+⟧\n*$")
            self.assertGreaterEqual(len(translation), len(text) + 4)

    def test_rules(self):
        loaded = {"__name__": "pseudo-locale", "__file__": ""}
        exec((PROJECT / "tools" / "pseudo-locale").read_text(encoding="utf-8"), loaded)  # pylint: disable=exec-used
        disguise = loaded["disguise"]
        for text, wanted in [("Run", "⟦Ŕùñ ōōō⟧"), ("_Run", "⟦_Ŕùñ ōōō⟧"), ("%d of %'.1f%%", "⟦%d ôf %'.1f%% ōōō⟧"),
                             ("<b>Seed</b> %1$s\\n", "⟦<b>Šééď</b> %1$s ōōō⟧\\n"), ("{name}: a", "⟦{name}: à ōōō⟧"),
                             ("a \\\"b\\\" c", "⟦à \\\"b\\\" ç ōōō⟧"), ("", "")]:
            self.assertEqual(disguise(text), wanted)
        self.assertGreaterEqual(len(disguise("word " * 20)), 140)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
