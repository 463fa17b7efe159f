"""Export: every format out of the real window, read back."""
import json
import pathlib
import re
import subprocess
import time

import program as driver
from program import Atspi

STEP, RUN = "This Step", "Whole Run"
FORMATS = {
    RUN: {"Replay": "html", "GIF": "gif", "PDF": "pdf", "Markdown": "md", "CSV": "csv", "JSON": "json"},
    STEP: {"PNG": "png", "SVG": "svg", "PDF": "pdf", "Markdown": "md", "CSV": "csv", "JSON": "json"},
}


class Export(driver.WindowTest):
    def open(self, **how):
        program = self.start(**how)
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.stop_playing()
        program.wait(lambda: program.scrubber().set_current_value(20) and program.step() == 20, "so many steps on a busy machine")
        program.label(r"^Step 20 of 50")
        return program

    def dialog(self):
        self.program.key("ctrl+e")
        self.box = self.program.find("Export", "dialog")

    def gone(self):
        self.program.wait(lambda: not self.program.has("Save"), "the dialog to go")

    def find(self, name, *roles):
        """In the dialog alone, which is quicker."""
        def look():
            return next((node for node in self.program.all(self.box) if node.get_name() == name and node.get_role_name() in roles), None)
        return self.program.wait(look, name)

    def choose(self, what, title):
        self.find(what, "radio button", "toggle button").do_action(0)
        check = self.find(title, "check box", "radio button")
        self.program.wait(lambda: check.get_state_set().contains(Atspi.StateType.SHOWING), title)
        # The toolkit has no action for buttons of this kind.
        place = self.find(title, "list item").get_component_iface().get_extents(Atspi.CoordType.WINDOW)
        subprocess.run(["xdotool", "mousemove", str(place.x + place.width // 2), str(place.y + place.height // 2), "click", "1"], check=True)
        self.program.wait(lambda: check.get_state_set().contains(Atspi.StateType.CHECKED), title)

    def entry(self, name):
        return self.find(name, "text", "entry")

    def write(self, name, text):
        self.entry(name).get_editable_text_iface().set_text_contents(text)

    def save(self):
        self.find("Save", "push button", "button").do_action(0)

    def test_every_format(self):
        program = self.open()
        home = pathlib.Path(program.home)
        text = program.text()
        self.dialog()
        program.photograph("export")
        self.check_labels()
        for what, formats in FORMATS.items():
            for title, suffix in formats.items():
                if not self.box:
                    self.dialog()
                self.choose(what, title)
                if title in ("PNG", "SVG"):
                    program.photograph("export-" + suffix)
                name = "story-7." + suffix if what == RUN else "story-7-step-20." + suffix
                program.wait(lambda: Atspi.Text.get_text(self.entry("Name"), 0, -1) == name, name)
                self.save()
                program.said(re.escape(name) + ". is written")
                self.box = None
                self.assertTrue((home / name).stat().st_size > 500, name)
        program.photograph("export-written")

        run = json.loads((home / "story-7.json").read_text())
        self.assertEqual((run["format"], len(run["steps"]), run["settings"]["seed"]), ("cosmos-run", 50, "7"))
        self.assertEqual(run["steps"][19]["text"], text)
        step = json.loads((home / "story-7-step-20.json").read_text())
        self.assertEqual(step["step"]["text"], text)
        self.assertEqual((home / "story-7.csv").read_bytes().count(b"\r\n"), 51)
        self.assertEqual((home / "story-7-step-20.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        subprocess.run(["xmllint", "--noout", home / "story-7-step-20.svg"], check=True)
        self.assertEqual((home / "story-7.pdf").read_bytes()[:5], b"%PDF-")
        frames = subprocess.run(["identify", home / "story-7.gif"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(len(frames.splitlines()), 50)
        page = (home / "story-7.html").read_text()
        data = re.search(r'<script type="application/json" id="run">(.*?)</script>', page, re.DOTALL)[1]
        self.assertEqual(json.loads(data), run)
        self.assertEqual([path.name for path in home.iterdir() if path.name.startswith("story") and path.name.count(".") > 1], [])
        self.quit()

    def test_troubles(self):
        """A file that is there, a folder that is not, a name that is none; cancelling."""
        program = self.open()
        home = pathlib.Path(program.home)
        (home / "mine.csv").write_text("mine")
        self.dialog()
        self.choose(RUN, "JSON")
        self.write("Name", "mine.json")
        self.choose(RUN, "CSV")  # what was written stays, but for its suffix
        program.wait(lambda: Atspi.Text.get_text(self.entry("Name"), 0, -1) == "mine.csv", "the suffix")
        self.save()
        program.find("Replace “mine.csv”?")
        program.photograph("export-replace")
        program.key("Escape")
        program.wait(lambda: not program.has("Replace “mine.csv”?"))
        self.assertEqual((home / "mine.csv").read_text(), "mine")
        self.save()
        program.find("Replace", "push button", "button").do_action(0)
        program.said("mine.csv. is written")
        self.assertTrue((home / "mine.csv").read_text().startswith("step,t,"))
        self.gone()

        self.dialog()
        self.choose(RUN, "CSV")
        self.write("Folder", str(home / "nowhere"))
        self.save()
        program.find("Nothing Was Written")
        program.photograph("export-failed")
        program.key("Escape")
        program.wait(lambda: not program.has("Nothing Was Written"))
        self.write("Name", "a/b.csv")
        save = self.find("Save", "push button", "button")
        program.wait(lambda: not save.get_state_set().contains(Atspi.StateType.SENSITIVE), "no such name")
        self.write("Name", "b.csv")
        self.write("Folder", "~/")
        program.wait(lambda: save.get_state_set().contains(Atspi.StateType.SENSITIVE))
        self.find("Cancel", "push button", "button").do_action(0)
        self.gone()
        self.assertFalse((home / "b.csv").exists())
        self.quit()

    def test_long(self):
        """A run of many steps that nobody has read yet: it takes a while and says how far it is."""
        program = self.start()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.stop_playing()
        home = pathlib.Path(program.home)
        program.find("Steps", "spin button").set_current_value(1000)
        program.act("win.run")
        program.label(r"^Step \d+ of 1000")
        self.stop_playing()
        scrubber = program.scrubber()
        program.wait(lambda: scrubber.set_current_value(300) and scrubber.get_current_value() == 300, "some steps")
        self.dialog()
        self.choose(RUN, "GIF")
        self.save()
        program.photograph("export-long")
        program.said("is written")
        frames = subprocess.run(["identify", *home.glob("story-*.gif")], check=True, capture_output=True, text=True).stdout
        self.assertEqual(len(frames.splitlines()), 120)
        self.quit()

    def drag(self, name):
        """From a button, over the page; whether something hangs on the pointer on the way."""
        def windows():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--maxdepth", "1", "--class", ""], capture_output=True, text=True)
            return len(found.stdout.split())
        place = self.program.find(name, "push button", "button").get_component_iface().get_extents(Atspi.CoordType.WINDOW)
        before = windows()
        # The toolkit's places leave out the borders of what is around.
        x, y = place.x + place.width // 2 + 24, place.y + place.height // 2 + 24
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "sleep", "0.2", "mousedown", "1"], check=True)
        for i in range(1, 9):
            subprocess.run(["xdotool", "mousemove", str(x - 10 * i), str(y + 12 * i), "sleep", "0.05"], check=True)
        self.program.photograph("drag-" + name.split()[-1].lower())
        self.program.wait(lambda: windows() > before, "what is dragged")
        subprocess.run(["xdotool", "mouseup", "1"], check=True)
        self.program.wait(lambda: windows() == before, "the end of it")

    def test_copy_and_drag(self):
        program = self.open()
        self.drag("Copy Text")
        subprocess.run(["xdotool", "mousemove", "460", "355", "click", "--repeat", "20", "--delay", "20", "5"], check=True)  # to the end of the page
        time.sleep(1)
        self.drag("Copy Picture")
        program.act("win.copy-picture")
        program.said("The picture is copied")
        program.find("Copy Text", "push button", "button").do_action(0)
        program.said("The text is copied")
        self.quit()

    def test_narrow(self):
        program = self.start(size=(370, 640))
        program.wait_for_steps()
        self.dialog()
        time.sleep(0.3)
        program.photograph("export-narrow")
        self.check_labels()
        program.key("Escape")
        self.gone()
        self.quit()


if __name__ == "__main__":
    driver.main()
