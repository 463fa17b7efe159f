"""Results of studies and evaluations in the window: named on the command line, chosen in the menu, laid over one another, copied."""
import json
import math
import pathlib
import re
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


class Studies(driver.WindowTest):
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


if __name__ == "__main__":
    driver.main()
