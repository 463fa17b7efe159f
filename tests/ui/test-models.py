"""The Models page: downloads from a server on this machine that also misbehaves, and files of the user's own."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import program as driver
from program import Atspi

MODELS = pathlib.Path(os.environ.pop("COSMOS_MODELS", ""))  # the program's own are found anyway, and what is new goes into the home
SOURCES = pathlib.Path(os.environ.get("SOURCE_ROOT", "."))


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
        program.label(r"^Step \d+ of 50")
        program.key("alt+4")
        program.find("Installed Models", "list")
        return program

    def leave(self):
        self.program.key("alt+1")
        self.program.find("Step", "slider")
        self.quit()

    def press(self, name):
        self.program.find(name, "button", "push button").do_action(0)

    def choose(self, model, item):
        """From a row's menu."""
        button = self.program.find(f"More about {model}", "menu button", "toggle button", "button")
        button.do_action(0)
        self.program.find(item, "menu item").do_action(0)

    def serve(self):
        folder = self.data / "server"
        folder.mkdir()
        server = Server(folder)
        self.addCleanup(server.close)
        return server

    def test_downloads(self):
        server = self.serve()
        models = [
            {"id": "big", "name": "Big One", "kind": "checkpoint", "description": "Comes slowly.", "license": "MIT",
             "files": [server.file("slow", "big.bin", "huge.bin")]},
            {"id": "two", "name": "Two Files", "kind": "tokenizer", "card": "First line.\nSecond line.",
             "files": [server.file("good", "a.bin", "content.bin"), server.file("drip", "b.bin", "content.bin")]},
            {"id": "wrong", "name": "Wrong One", "kind": "tokenizer", "files": [server.file("other", "wrong.bin", "content.bin")]},
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
        program.photograph("models-downloading")
        self.press("Pause Big One")
        program.label(r"^Paused: .* of 8.0\sMB")
        program.photograph("models-paused")
        self.press("Resume Big One")
        program.label(r"MB of 8.0\sMB, .*/s")

        # other bytes than the catalogue promises
        self.press("Download Wrong One")
        program.label(r"wrong\.bin.*SHA-256")
        program.find("Try again: Wrong One")
        self.assertFalse((self.own / "wrong.bin").exists())

        # nobody has published a checksum: cancel is the default
        self.press("Download Odd <b>&amp; One</b>")
        program.find("Download an Unverified Model?")
        program.photograph("models-unverified")
        self.press("Cancel")
        program.wait(lambda: not program.has("Download an Unverified Model?"))
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
        self.choose("Two Files", "Verify")
        program.label("“Two Files” is what the catalogue promises")
        self.press("Details of Two Files")
        program.find("Two Files", "dialog")
        program.photograph("models-card-catalog")
        program.key("Escape")

        (self.own / "two" / "a.bin").write_bytes(b"something else")
        self.choose("Two Files", "Verify")
        program.label("is not what the catalogue promises")
        program.label("Not what the catalogue promises")
        program.photograph("models-verified-wrong")

        # undo, and then not
        self.choose("Two Files", "Remove")
        program.wait(lambda: not program.has("More about Two Files"), "the row to go")
        program.photograph("models-removed")
        self.press("Undo")
        program.find("More about Two Files")
        self.assertTrue((self.own / "two").exists())
        self.choose("Two Files", "Remove")
        program.wait(lambda: not (self.own / "two").exists(), "the trash")
        self.assertTrue((self.data / "Trash" / "files" / "two").exists())
        program.find("Download Two Files")
        self.leave()


if __name__ == "__main__":
    driver.main()
