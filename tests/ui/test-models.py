"""The Models page: downloads from a server on this machine that also misbehaves, and files of the user's own."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import program as driver
from program import Atspi

SOURCES = pathlib.Path(os.environ.get("SOURCE_ROOT", "."))
os.environ.pop("COSMOS_MODELS", None)  # the bundled models are found anyway, and new ones go into the home


class Server:
    """tests/faulty-server.py, and a catalogue of what it serves."""

    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, SOURCES / "tests" / "faulty-server.py", folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[0])

    def file(self, fault, name, content=None):
        """content: the file whose checksum the catalogue promises; None: none."""
        entry = {"name": name, "url": f"http://127.0.0.1:{self.port}/{fault}/{name}"}
        if content:
            data = (self.folder / content).read_bytes()
            entry |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        return entry

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Models(driver.WindowTest):
    def setUp(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="cosmos-models-"))
        self.addCleanup(shutil.rmtree, self.data, ignore_errors=True)
        self.own = self.data / "cosmos-playground" / "models"

    def open(self, models=None, **how):
        if models:
            catalogs = self.data / "cosmos-playground" / "catalogs"
            catalogs.mkdir(parents=True)
            (catalogs / "mine.json").write_text(json.dumps({"version": 1, "models": models}))
        program = self.start(environment={"XDG_DATA_HOME": str(self.data), "XDG_CACHE_HOME": str(self.data / "cache")}, **how)
        program.wait_for_steps()
        program.key("alt+4")
        program.find("Installed Models", "list")
        return program

    def leave(self):
        self.program.resize(*self.program.size)  # takes the focus back from where a chooser was
        self.program.find("Denoise", "page tab", "radio button", "toggle button").do_action(0)
        self.program.find("Step", "slider")
        self.quit()

    def press(self, name):
        def look():  # a menu's button is there twice, the outer one without an action
            for node in self.program.all():
                if (node.get_name() == name and node.get_role_name() in ("button", "push button") and node.get_n_actions()
                        and node.get_state_set().contains(Atspi.StateType.SHOWING)):
                    return node
            return None
        self.program.wait(look, name).do_action(0)

    def choose(self, button, item):
        """An item of the button's menu, by its place: the toolkit's menu items have no names here."""
        self.program.find(button, "toggle button").do_action(0)

        def look():
            items = [node for node in self.program.all(self.program.find(button, "menu")) if node.get_role_name() == "menu item"]
            return len(items) > 1 and items[item]
        self.program.wait(look, "the menu").do_action(0)

    def search(self, words):
        Atspi.EditableText.set_text_contents(self.program.find("Search Models", "text", "entry", "search box"), words)

    def serve(self):
        folder = self.data / "server"
        folder.mkdir()
        server = Server(folder)
        self.addCleanup(server.close)
        return server

    def test_downloads(self):
        server = self.serve()
        models = [
            {"id": "big", "name": "Big One", "kind": "checkpoint", "description": "From the loopback, slowly.", "license": "MIT",
             "files": [server.file("slow", "big.bin", "huge.bin")]},
            {"id": "two", "name": "Two Files", "kind": "tokenizer", "description": "From the loopback.", "card": "First line.\nSecond line.",
             "files": [server.file("good", "a.bin", "content.bin"), server.file("drip", "b.bin", "content.bin")]},
            {"id": "wrong", "name": "Wrong One", "description": "From the loopback.", "kind": "tokenizer", "files": [server.file("other", "wrong.bin", "content.bin")]},
            {"id": "odd", "name": "Odd <b>&amp; One</b>", "kind": "tokenizer", "files": [server.file("good", "odd.bin")]},
        ]
        program = self.open(models)
        program.find("Download Big One")
        program.find("Download TinyStories 15M (Q4_0)")
        program.photograph("models-page")
        self.check_labels()

        # pause keeps what has come, resume goes on with it
        self.press("Download Big One")
        program.label(r"MB of 8.0\sMB, .*/s, .* left")
        self.press("Download Two Files")
        self.search("loopback")
        program.photograph("models-downloading")
        self.search("")
        self.press("Pause Big One")
        program.label(r"^Paused: .* of 8.0\sMB")
        self.press("Resume Big One")
        program.label(r"MB of 8.0\sMB, .*/s")

        # other bytes than the catalogue promises
        self.press("Download Wrong One")
        program.label(r"wrong\.bin.*SHA-256")
        program.find("Try again: Wrong One")
        self.assertFalse((self.own / "wrong.bin").exists())
        self.search("loopback")
        program.photograph("models-wrong")
        self.search("")

        # nobody has published a checksum: cancel is the default
        self.press("Download Odd <b>&amp; One</b>")
        program.find("Unverified Model")
        program.photograph("models-unverified")
        self.press("Cancel")
        program.wait(lambda: not program.has("Unverified Model"))
        self.assertFalse((self.own / "odd.bin").exists())
        self.press("Download Odd <b>&amp; One</b>")
        self.press("Download")
        program.wait(lambda: (self.own / "odd.bin").exists(), "the unverified file")

        # what is done is installed at once
        program.find("More about Two Files")
        program.find("More about Big One")
        program.wait(lambda: not program.has("Pause Big One"))
        program.photograph("models-downloaded")
        self.leave()

    def test_verify_and_remove(self):
        server = self.serve()
        program = self.open([{"id": "two", "name": "Two Files", "kind": "tokenizer", "license": "MIT", "card": "First line.\nSecond line.",
                              "files": [server.file("good", "a.bin", "content.bin"), server.file("good", "b.bin", "content.bin")]}])
        self.press("Download Two Files")
        program.find("More about Two Files")
        self.choose("More about Two Files", 0)
        program.said("“Two Files” is what the catalogue promises")
        self.press("Details of Two Files")
        program.find("Two Files", "dialog")
        program.photograph("models-card-catalog")
        program.key("Escape")

        (self.own / "two" / "a.bin").write_bytes(b"something else")
        self.choose("More about Two Files", 0)
        program.label("is not what the catalogue promises")
        program.label("Remove it, and download it again")
        program.photograph("models-verified-wrong")

        # undo, and then not
        self.choose("More about Two Files", -1)
        program.wait(lambda: not program.has("More about Two Files"), "the row to go")
        program.photograph("models-removed")
        self.press("Undo")
        program.find("More about Two Files")
        self.assertTrue((self.own / "two").exists())
        self.choose("More about Two Files", -1)
        program.wait(lambda: not (self.own / "two").exists(), "the trash")
        self.assertTrue((self.data / "Trash" / "files" / "two").exists())
        program.find("Download Two Files")
        self.leave()

    def choose_file(self, item, path):
        """In the toolkit's own chooser, by typing the path."""
        self.choose("Import", item)
        title = ["Import a Model", "Import a Folder of Weights"][item]
        window = self.program.wait(lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True,
                                                          text=True).stdout.split(), "the chooser")[0]
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True)
        time.sleep(0.3)
        subprocess.run(["xdotool", "key", "ctrl+l"], check=True)
        entry = self.program.wait(lambda: self.find_entry(title), "the field for the path")
        Atspi.EditableText.set_text_contents(entry, str(path))  # typed, it would be completed
        time.sleep(0.3)
        subprocess.run(["xdotool", "key", "Return"], check=True)
        subprocess.run(["xdotool", "windowfocus", self.program.window()], check=True)

    def find_entry(self, title):
        application = self.program.frame.get_application()
        windows = [application.get_child_at_index(i) for i in range(application.get_child_count())]
        for window in windows:
            if window and window.get_name() == title:
                for node in self.program.all(window):
                    if node.get_editable_text_iface() and node.get_state_set().contains(Atspi.StateType.SHOWING):
                        return node
        return None

    def test_import(self):
        program = self.open()
        good, bad = self.data / "my-story.gguf", self.data / "bad.gguf"
        shutil.copy(SOURCES / "models" / "story-first.gguf", good)
        bad.write_bytes(b"GGUF" + b"nonsense" * 100)

        self.choose_file(0, good)
        program.find("Import This?")
        program.label(r"^16 vectors of 64 numbers")
        program.photograph("models-import")
        self.press("Cancel")
        self.assertFalse((self.own / "my-story.gguf").exists())
        self.choose_file(0, good)
        self.press("Import")
        program.said("“my-story.gguf” is imported")
        self.assertEqual((self.own / "my-story.gguf").read_bytes(), good.read_bytes())
        program.photograph("models-imported")
        self.press("Use story-first (my-story.gguf)")
        program.find("story-first (my-story.gguf) is in use")
        program.find("Use story-first")
        self.press("Use story-first")
        program.find("story-first is in use")

        # the same once more: there is one of that name
        self.choose_file(0, good)
        self.press("Import")
        program.label("there is a file of that name already")
        program.photograph("models-import-again")
        self.press("Cancel my-story.gguf")
        program.wait(lambda: not program.has("Cancel my-story.gguf"))

        self.refuse(bad, r"bad\.gguf")
        program.photograph("models-import-bad")
        self.press("Close")
        self.leave()

    def refuse(self, path, words):
        """Chosen, it is looked into, and nothing is done; the dialog stays."""
        self.choose_file(0, path)
        self.program.find("Cannot Be Imported")
        self.program.label(words)
        self.assertFalse(self.program.has("Import This?") or self.program.has("Convert This?"))
        self.assertFalse((self.own / path.name).exists())

    def make_bert(self, name):
        folder = self.data / name
        folder.mkdir()
        golden = SOURCES / "tests" / "golden" / "bert"
        shutil.copy(golden / "pretraining.safetensors", folder / "model.safetensors")
        shutil.copy(golden / "config.json", folder)
        (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
        return folder

    def test_import_weights(self):
        program = self.open()
        folder = self.make_bert("small-bert")

        # without its vocabulary it is known, but can only be closed
        self.choose_file(1, folder)
        program.find("Cannot Be Imported")
        program.label(r"^tokenizer\.json or vocab\.txt in the same folder")
        program.photograph("models-import-missing")
        self.press("Close")

        shutil.copy(SOURCES / "tests" / "golden" / "bert" / "vocab.txt", folder)
        self.choose_file(1, folder)
        program.find("Convert This?")
        for words in (r"“small-bert\.gguf” of about", r"^Weights of a text encoder \(BERT\)", r"^reading texts in a training", r"^2 layers of width 16", r"^apache-2\.0"):
            program.label(words)
        self.check_labels()
        program.photograph("models-import-bert")
        self.press("Cancel")
        program.wait(lambda: not program.has("Convert This?"))
        self.assertFalse(self.own.exists())

        # the file instead of the folder, and to the end
        self.choose_file(0, folder / "model.safetensors")
        self.press("Convert")
        program.said("“small-bert.gguf” is imported")
        self.assertEqual((self.own / "small-bert.gguf").read_bytes()[:4], b"GGUF")
        self.press("Details of small-bert")
        program.find("small-bert", "dialog")
        program.label(r"^Text encoder")
        program.photograph("models-card-encoder")
        program.key("Escape")
        self.leave()

    def test_import_bad_files(self):
        program = self.open()
        whole = (SOURCES / "models" / "story-first.gguf").read_bytes()
        files = {
            "cut.gguf": whole[: len(whole) // 2],
            "text.gguf": b"Once there was a text that called itself a model.\n" * 20,
            # version 3, no tensors, one key
            "mamba.gguf": b"GGUF" + struct.pack("<IQQQ20sIQ5s", 3, 0, 1, 20, b"general.architecture", 8, 5, b"mamba"),
            "half.pth": (SOURCES / "tests" / "golden" / "checkpoints" / "autoencoder.pth").read_bytes(),
        }
        for name, data in files.items():
            (self.data / name).write_bytes(data)
        self.refuse(self.data / "cut.gguf", r"cut\.gguf")
        program.photograph("models-import-cut")
        self.press("Close")
        self.refuse(self.data / "text.gguf", "is no model")
        self.press("Close")
        self.refuse(self.data / "mamba.gguf", "nothing in this program can use it")
        program.label(r"^mamba")
        program.photograph("models-import-foreign")
        self.press("Close")
        self.refuse(self.data / "half.pth", "^Autoencoder of the COSMOS authors")
        program.label("the autoencoder or the diffusion")
        program.photograph("models-import-pytorch")
        self.press("Close")
        program.find("Installed Models", "list")
        self.leave()

    def test_card(self):
        program = self.open()
        self.press("Details of story-first")
        program.find("story-first", "dialog")
        program.label(r"^up to 64 tokens")
        program.label(r"^94\.8 %")
        program.label(r"^SHA-256 of story-first\.gguf")
        program.photograph("models-card")
        self.check_labels()
        program.key("Escape")
        program.wait(lambda: not program.has("Measured Quality"))

        # the search finds names, kinds and licenses
        self.search("mit")
        program.find("Download GPT-2")
        program.wait(lambda: not program.has("Download BERT base, cased"))
        self.search("no such model")
        program.label("No model is like that")
        program.photograph("models-nothing")
        self.search("")
        program.find("Download BERT base, cased")
        self.leave()

    def test_narrow(self):
        program = self.open(size=(370, 740))
        program.photograph("models-narrow")
        self.press("Details of story-first")
        program.find("story-first", "dialog")
        program.photograph("models-narrow-card")
        program.key("Escape")
        self.leave()

    def test_dark_and_refused(self):
        catalogs = self.data / "cosmos-playground" / "catalogs"
        catalogs.mkdir(parents=True)
        (catalogs / "broken.json").write_text('{"version": 1, "models": [{"id": "Bad Id"}]}')
        os.environ["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
        self.addCleanup(os.environ.pop, "ADW_DEBUG_COLOR_SCHEME")
        program = self.open()
        program.label(r"broken\.json")
        program.photograph("models-dark")
        self.leave()


if __name__ == "__main__":
    driver.main()
