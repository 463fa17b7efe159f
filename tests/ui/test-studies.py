"""Studies and evaluations in the window: results named on the command line, chosen in the menu, laid over one another, copied; studies that are run."""
import json
import math
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


def study(model, shift=0.0, **facts):
    """As cosmos study noise writes it, with a fall of our own making."""
    columns = [("sigma", "sigma", 2), ("token_accuracy", "token accuracy", 3), ("mse", "MSE", 3), ("bleu", "BLEU", 3)]

    def row(sigma):
        fall = 1 / (1 + math.exp(5 * (sigma - 0.9 + shift)))
        return {"name": model, "sigma": sigma, "token_accuracy": fall, "mse": 0.46 + 0.5 * (1 - fall) ** 2, "bleu": fall ** 2}
    rows = [row(0.125 * i) for i in range(17)]
    bounds = [("MSE without noise < 0.5", 0.5, rows[0]["mse"], rows[0]["mse"] < 0.5), ("BLEU at sigma 0.5 > 0.3", 0.3, rows[4]["bleu"], rows[4]["bleu"] > 0.3)]

    def keys(names):
        return [{"key": key, "label": label, "digits": digits} for key, label, digits in names]
    return {"verb": "study", "what": "noise", "facts": {"model": model, "task": "story", "texts": 200, "seed": 0, "made": "2026-01-02T03:04:05Z"} | facts,
            "tables": [{"key": "noise", "title": "Text to latents to text, with noise", "row_label": "model", "columns": keys(columns), "rows": rows},
                       {"key": "expectations", "title": "What was expected", "row_label": "expectation",
                        "columns": keys([("bound", "bound", 3), ("measured", "measured", 3), ("holds", "holds", 0)]),
                        "rows": [{"name": name, "bound": bound, "measured": measured, "holds": int(holds)} for name, bound, measured, holds in bounds]}],
            "charts": [{"table": "noise", "x": "sigma", "y": y, "log_x": False} for y in ("token_accuracy", "mse", "bleu")], "notes": ["A note."]}


class StudyTest(driver.WindowTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.first = self.write("first.json", study("story-first"))
        self.second = self.write("second.json", study("story-later", shift=0.7))

    def write(self, name, value):
        path = self.folder / name
        path.write_text(json.dumps(value) if not isinstance(value, str) else value)
        return path

    def choose_file(self, title, path):
        """In the toolkit's own chooser, by typing the path."""
        window = self.program.wait(lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True,
                                                          text=True).stdout.split(), "the chooser")[0]
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True)
        time.sleep(0.3)
        subprocess.run(["xdotool", "key", "ctrl+l"], check=True)
        entry = self.program.wait(lambda: self.find_entry(title), "the field for the path")
        Atspi.EditableText.set_text_contents(entry, str(path))
        time.sleep(0.3)
        subprocess.run(["xdotool", "key", "Return"], check=True)
        subprocess.run(["xdotool", "windowfocus", self.program.window()], check=True)

    def find_entry(self, title):
        application = self.program.frame.get_application()
        for i in range(application.get_child_count()):
            window = application.get_child_at_index(i)
            if window and window.get_name() == title:
                for node in self.program.all(window):
                    if node.get_editable_text_iface() and node.get_state_set().contains(Atspi.StateType.SHOWING):
                        return node
        return None


class Studies(StudyTest):
    def test_command_line(self):
        program = self.start(files=[self.first])
        program.label(r"^Texts go to latents and back")
        program.label(r"^The goals are reached: MSE without noise < 0\.5 \(0\.46\d\); BLEU at sigma 0\.5 > 0\.3")
        chart = program.find("MSE over sigma", "image")
        self.assertRegex(chart.get_description(), r"story-first: 0\.46 at 0 to")
        program.find("Text to latents to text, with noise", "table", "tree table", "list")
        program.photograph("study")
        self.check_labels()
        program.click(chart)  # which takes the focus, too
        program.key("Home", "Right", "Right")
        program.wait(lambda: re.search("sigma 0.2[45]", chart.get_description()), "the chart at its third place")
        program.key("alt+m")
        program.said("The tables are copied")
        program.key("ctrl+k")
        self.choose_file("Compare With", self.second)
        program.label(r"^story-later: 1 of 2 goals are reached.*Not reached: BLEU at sigma 0\.5 > 0\.3")
        program.wait(lambda: "story-later" in program.find("MSE over sigma", "image").get_description(), "both curves")
        program.photograph("study-two")
        program.key("ctrl+s")
        self.choose_file("Save the Result", self.folder / "two.png")
        program.said("“two.png” is saved")
        self.assertEqual((self.folder / "two.png").read_bytes()[:4], b"\x89PNG")
        program.key("alt+s")
        self.choose_file("Save the Result", self.folder / "two.svg")
        program.said("“two.svg” is saved")
        self.assertIn(b"<svg", (self.folder / "two.svg").read_bytes())
        program.key("Escape")
        program.wait(lambda: not program.has("Result Menu"), "the end of the dialog")
        self.quit()

    def test_menu_and_refusals(self):
        bad = self.write("bad.json", '{"verb":"study","what":"noise","tables":7}')
        other = self.write("other.json", study("x") | {"what": "normalisation"})
        program = self.start()
        program.find("Step", "slider")
        program.key("ctrl+shift+o")
        self.choose_file("Open a Study or an Evaluation", bad)
        program.said('“bad.json” cannot be shown: "tables": no list')
        program.key("ctrl+shift+o")
        self.choose_file("Open a Study or an Evaluation", other)
        program.label(r"^The diffusion assumes latents")
        program.key("ctrl+k")
        self.choose_file("Compare With", self.first)
        program.said("cannot be laid over")
        program.key("Escape")
        self.quit()

    def test_narrow_dark(self):
        program = self.start(files=[self.second], size=(360, 640), environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        program.label(r"^1 of 2 goals")
        program.photograph("study-narrow-dark")
        program.key("Escape")
        program.wait(lambda: not program.has("Result Menu"), "the end of the dialog")
        self.quit()



class Running(StudyTest):
    """On the Explore page, by the command that was built."""

    def setUp(self):
        super().setUp()
        self.texts = self.folder / "texts"
        (self.texts / "story").mkdir(parents=True)
        names = ["Anna", "Tom", "Lily", "Ben", "Sue", "Max"]
        things = ["a red kite", "an old boat", "a big dog", "some warm bread"]
        lines = [json.dumps({"text": f"{name} had {thing}. One day it was gone. {name} looked for it and was happy to find it."}) for name in names for thing in things]
        for name in ("train", "valid"):
            (self.texts / "story" / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        # Preferences that stay from one start to the next.
        self.keeping = {"GSETTINGS_BACKEND": "keyfile"}
        (self.folder / "home").mkdir()

    def open(self, **how):
        how["environment"] = self.keeping | how.get("environment", {})
        program = self.start(home=str(self.folder / "home"), **how)
        program.find("Step", "slider")
        program.key("alt+3")
        program.find("Studies", "radio button", "toggle button", "page tab").do_action(0)
        program.label("^An experiment on many texts")
        return program

    def remember(self, folder):
        """As an earlier start left it."""
        keyfile = self.folder / "home" / ".config" / "glib-2.0" / "settings" / "keyfile"
        keyfile.parent.mkdir(parents=True, exist_ok=True)
        keyfile.write_text(f"[io/github/cosmos_playground/Cosmos]\ntexts-folder='{folder}'\n")

    def children(self):
        return subprocess.run(["pgrep", "-P", str(self.program.process.pid), "cosmos"], capture_output=True, text=True).stdout.split()

    def leave(self):
        """On a page whose Run starts no study."""
        self.program.key("alt+1")
        self.program.find("Step", "slider")
        self.quit()

    def test_made(self):
        program = self.open()
        program.label("^None yet: Run asks for it")
        program.find("Texts", "spin button").set_current_value(8)
        program.photograph("studies")
        self.check_labels()
        program.act("win.run")
        self.choose_file("Folder with Texts", self.texts)
        program.find("Result Menu")
        program.find("MSE over sigma", "image")
        program.photograph("studies-result")
        program.key("Escape")
        program.wait(lambda: not program.has("Result Menu"), "the end of the dialog")
        program.label(r"^Noise on the Latents: ")
        program.photograph("studies-made")
        program.find("Show the Result").do_action(0)
        program.find("Result Menu")
        program.key("Escape")
        program.wait(lambda: not program.has("Result Menu"), "the end of the dialog")
        self.leave()
        # What was chosen is there again; elsewhere than on the page the result waits.
        program = self.open()
        program.label(f"^{re.escape(str(self.texts))}$")
        self.assertEqual(program.find("Texts", "spin button").get_current_value(), 8)
        self.choose_study("Self-Conditioning")
        program.act("win.run")
        program.find("Progress of Self-Conditioning", "progress bar")
        program.key("alt+1")
        program.said("The study is made")
        self.leave()

    def test_stopped(self):
        self.remember(self.texts)
        program = self.open()
        program.find("Texts", "spin button").set_current_value(12)
        self.choose_study("Self-Conditioning")
        program.act("win.run")
        bar = program.find("Progress of Self-Conditioning", "progress bar")
        program.wait(lambda: bar.get_current_value() > 0.1, "something that was measured")
        program.photograph("studies-running")
        program.act("win.run")
        program.said("A study is under way")
        program.find("Stop")
        program.key("ctrl+period")
        program.find("Result Menu")
        program.key("Escape")
        program.label(r"^Self-Conditioning, as far as it was made: ")
        # Of this there is nothing before its end.
        self.choose_study("Noise on the Latents")
        program.find("Texts", "spin button").set_current_value(24)
        program.act("win.run")
        program.wait(self.children, "the command")
        program.key("ctrl+period")
        program.label("^The study was stopped before there was anything to show")
        # Closing the window ends what is under way.
        self.choose_study("Self-Conditioning")
        program.act("win.run")
        child = program.wait(self.children, "the command")[0]
        program.wait(lambda: program.find("Progress of Self-Conditioning", "progress bar").get_current_value() > 0, "its begin")
        self.quit()
        for _ in range(200):
            if not pathlib.Path("/proc", child, "exe").exists():
                break
            time.sleep(0.1)
        self.assertFalse(pathlib.Path("/proc", child, "exe").exists(), "the command outlives the window")

    def choose_study(self, name):
        """By the keyboard, in the list that opens."""
        names = ["Noise on the Latents", "Normalised Latents", "From Text to Text", "Self-Conditioning", "Noise Scale"]
        row = self.program.find("Study", "combo box")
        shown = next(names.index(node.get_name()) for node in self.program.all(row) if node.get_name() in names)
        way = names.index(name) - shown
        self.program.click(row)
        time.sleep(0.5)  # until it is open
        self.program.key(*["Down" if way > 0 else "Up"] * abs(way), "Return")
        self.program.wait(lambda: any(node.get_name() == name for node in self.program.all(row)), name)

    def test_another_model(self):
        """Opened while a study is made, which stays one of the model that it began with."""
        self.remember(self.texts)
        other = shutil.copy(pathlib.Path(os.environ["COSMOS_MODELS"]) / "story-first.gguf", self.folder / "other.gguf")
        program = self.open()
        program.find("Texts", "spin button").set_current_value(8)
        self.choose_study("Self-Conditioning")
        program.act("win.run")
        child = program.wait(self.children, "the command")[0]
        self.assertIn("story-first.gguf", pathlib.Path("/proc", child, "cmdline").read_text())
        program.key("ctrl+o")
        self.choose_file("Open a Model", other)
        program.wait(lambda: str(other) in pathlib.Path("/proc", str(program.process.pid), "maps").read_text(), "the other model")
        self.assertEqual(self.children(), [child])
        program.find("Progress of Self-Conditioning", "progress bar")
        program.find("Result Menu")
        program.key("Escape")
        program.label(r"^Self-Conditioning: ")
        self.leave()

    def test_refusals(self):
        (self.folder / "empty").mkdir()
        self.remember(self.folder / "empty")
        program = self.open()
        program.act("win.run")
        program.label(r"has no texts to measure on: they are looked for in story/valid\.jsonl")
        program.photograph("studies-refused")
        program.key("F1")
        program.label("^An experiment on many texts at once: how much noise latents bear")
        program.photograph("studies-help")
        program.key("Escape")
        program.wait(lambda: not program.has("Help"), "the end of the help")
        # What the command itself says.
        (self.texts / "story" / "valid.jsonl").write_text("no JSON\n")
        program.find("Choose the Folder with Texts").do_action(0)
        self.choose_file("Folder with Texts", self.texts)
        program.label(f"^{re.escape(str(self.texts))}$")
        program.act("win.run")
        program.label(r"^The study could not be made: .*valid\.jsonl")
        self.leave()

    def test_no_command(self):
        self.remember(self.texts)
        alone = shutil.copy(driver.PROGRAM, self.folder)
        self.addCleanup(setattr, driver, "PROGRAM", driver.PROGRAM)
        driver.PROGRAM = alone
        program = self.open(environment={"PATH": "/nonexistent"})
        program.act("win.run")
        program.label("^Studies are made by the command “cosmos”, which is neither beside this program nor in PATH")
        self.leave()

    def test_narrow_dark_page(self):
        self.remember(self.texts)
        program = self.open(size=(360, 700), environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        program.find("Texts", "spin button").set_current_value(24)
        self.check_labels()
        program.photograph("studies-narrow-dark")
        program.act("win.run")
        program.find("Result Menu")
        program.key("Escape")
        program.label(r"^Noise on the Latents: ")
        program.photograph("studies-narrow-dark-made")
        self.leave()


if __name__ == "__main__":
    driver.main()
