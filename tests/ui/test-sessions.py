"""The side bar with the session log: what was run is kept, found, shown once more, and says whether it came out the same."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import program as driver
from program import Atspi, WITHIN

MENU = ["Open", "Run Again", "Run with New Seed", "Title, Tags, Note…", "Compare Settings…", "Steps as Text…", "Export…", "Delete"]
MODELS = os.environ.get("COSMOS_MODELS", "")


class Sessions(driver.WindowTest):
    def folder(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        return home.name

    def rows(self):
        return [node for node in self.program.all() if node.get_role_name() == "list item" and "seed" in node.get_name()
                and node.get_state_set().contains(Atspi.StateType.SHOWING)]

    def wait_for_rows(self, n):
        self.program.wait(lambda: len(self.rows()) == n and all("running" not in row.get_name() for row in self.rows()), f"{n} runs")
        return self.rows()

    def show(self):
        self.program.act("win.show-sessions")
        self.program.find("Search Sessions", "entry", "text")

    def finish(self, steps=50):
        """Until the shown run is done."""
        self.program.wait(lambda: self.program.scrubber().get_maximum_value() == steps)
        self.stop_playing()

        def is_at_end():
            if self.program.step() == steps:
                return True
            self.program.scrubber().set_current_value(steps)  # as far as there are steps
            return False
        self.program.wait(is_at_end, "the last step")
        self.program.label(r"^Done: \d+ tokens in")

    def choose(self, row, entry):
        """From the row's menu."""
        menu = next(node for node in self.program.all(row) if node.get_name().startswith("Menu of"))
        next(node for node in self.program.all(menu) if node.get_role_name() == "toggle button").do_action(0)
        # Items of a menu have no names of their own on the bus.
        self.program.wait(lambda: len(self.items(menu)) == len(MENU), "the menu")
        self.items(menu)[MENU.index(entry)].do_action(0)

    def items(self, menu):
        return [node for node in self.program.all(menu) if node.get_role_name() == "menu item"]

    def press(self, row):
        """As with a mouse: a list's rows have no action on the bus."""
        time.sleep(0.4)  # until nothing moves any more
        place = row.get_extents(Atspi.CoordType.WINDOW)
        subprocess.run(["xdotool", "mousemove", str(place.x + 60), str(place.y + place.height // 2), "click", "1"], check=True)

    def open(self, find, pattern):
        """Until the program says so: a click on a list that is being laid out goes nowhere."""
        for _ in range(4):
            if not self.program.has("Search Sessions"):  # a narrow window puts the side bar away
                self.show()
            self.press(find())
            end = time.monotonic() + WITHIN / 3
            while time.monotonic() < end:
                if self.program.has_said(pattern) or any(re.search(pattern, node.get_name()) for node in self.program.all()
                                                         if node.get_role_name() == "label"):
                    return
                time.sleep(0.05)
        self.fail(f"pressed in vain for {pattern}")

    def search(self, words):
        entry = self.program.find("Search Sessions", "entry", "text")
        editable = next(node for node in self.program.all(entry) if node.get_editable_text_iface())
        Atspi.EditableText.set_text_contents(editable, words)

    def write(self, name, text):
        entry = self.program.find(name, "entry", "text")
        Atspi.EditableText.set_text_contents(next(node for node in self.program.all(entry) if node.get_editable_text_iface()), text)

    def test_a_day(self):
        home = self.folder()
        program = self.start(home=home)
        self.finish()
        first = program.text()
        self.show()
        self.wait_for_rows(1)
        program.label("^Today$")
        program.act("win.run")
        self.wait_for_rows(2)
        self.finish()
        second = program.text()
        self.assertNotEqual(first, second)
        program.photograph("sessions-two")
        self.check_labels()

        # an old one, as it was
        self.open(lambda: self.rows()[1], "The same to the last bit")
        self.finish()
        self.assertEqual(program.text(), first)
        program.photograph("sessions-opened")
        self.wait_for_rows(2)

        # once more, and with another seed
        self.choose(self.rows()[1], "Run Again")
        program.wait(lambda: len(self.rows()) == 3, "a third run")
        self.wait_for_rows(3)
        self.choose(self.rows()[2], "Run with New Seed")
        self.wait_for_rows(4)

        # what differs
        self.choose(self.rows()[3], "Compare Settings…")
        program.find("What Differs")
        program.label("^Seed$")
        program.photograph("sessions-difference")
        self.check_labels()
        program.key("Escape")

        # title, tags, note
        self.choose(self.rows()[3], "Title, Tags, Note…")
        self.write("Title", "The First of All")
        self.write("Tags, with commas between them", "keep, blue hat")
        program.photograph("sessions-details")
        self.check_labels()
        program.find("Save").do_action(0)
        program.wait(lambda: self.rows()[3].get_name().startswith("The First of All"), "the title")

        # search
        self.search("hat")
        self.wait_for_rows(1)
        program.photograph("sessions-search")
        self.search("zzzz nothing")
        program.find("Nothing Found")
        self.search("")
        self.wait_for_rows(4)

        # texts alone
        self.choose(self.rows()[3], "Steps as Text…")
        program.label("^Step 50$")
        program.photograph("sessions-texts")
        program.key("Escape")

        # delete, undo
        self.choose(self.rows()[3], "Delete")
        self.wait_for_rows(3)
        program.said("“The First of All” is deleted")
        program.photograph("sessions-deleted")
        program.find("Undo").do_action(0)
        self.wait_for_rows(4)

        # the room it takes
        program.key("ctrl+comma")
        program.label(r"for 4 runs$")
        program.find("Clean Up")
        program.photograph("sessions-preferences")
        self.check_labels()
        program.key("Escape")

        # a new one
        program.act("win.new-run")
        self.wait_for_rows(5)
        self.quit()

        # the next day; what was left in the middle is there, too
        program = self.start(home=home)
        self.show()
        program.wait(lambda: len(self.rows()) >= 6, "what was before")
        program.act("win.search-sessions")
        self.search("first of all")
        row = self.wait_for_rows(1)[0]
        self.open(lambda: row, "The same to the last bit")
        self.quit()

    def test_left_in_the_middle(self):
        home = self.folder()
        program = self.start(home=home)
        self.finish()
        steps = program.find("Steps", "spin button")
        steps.set_current_value(1000)
        program.act("win.run")
        program.wait(lambda: program.scrubber().get_maximum_value() == 1000)
        program.label(r"^Step [2-9]\d of 1000|^Step \d\d\d of 1000")
        program.key("ctrl+q")
        self.assertEqual(program.process.wait(WITHIN), 0)
        program = self.start(home=home)
        self.show()
        program.wait(lambda: any("stopped" in row.get_name() for row in self.rows()), "the run that was left")
        row = next(row for row in self.rows() if "stopped" in row.get_name())
        self.choose(row, "Steps as Text…")
        program.label(r"^Step 20$")
        program.photograph("sessions-stopped")
        program.key("Escape")
        self.quit()

        # killed, with nothing to say any more
        program = self.start(home=home)
        program.find("Steps", "spin button").set_current_value(1000)
        program.act("win.run")
        program.label(r"^Step [2-9]\d of 1000|^Step \d\d\d of 1000")
        program.process.kill()
        program.process.wait()
        program = self.start(home=home)
        self.show()
        program.wait(lambda: any("interrupted" in row.get_name() for row in self.rows()), "the run that was cut off")
        self.quit()

    def test_files(self):
        home = self.folder()
        program = self.start(home=home)
        self.finish()
        self.show()
        row = self.wait_for_rows(1)[0]
        self.choose(row, "Export…")
        file = pathlib.Path(home) / "run.cosmosrun"
        self.type_path("Export the Run", str(file))
        program.said("The run is in “run.cosmosrun”")
        self.assertTrue(file.exists())
        self.quit()
        program = self.start()
        self.finish()
        self.show()
        self.wait_for_rows(1)
        self.import_file(file)
        program.said("1 run was imported$")
        self.wait_for_rows(2)
        self.import_file(file)
        program.said("has these runs already")
        self.open(lambda: self.rows()[1], "The same to the last bit")
        broken = pathlib.Path(home) / "broken.cosmosrun"
        broken.write_bytes(file.read_bytes()[:500])
        self.import_file(broken)
        program.said("cannot be imported: it is no .cosmosrun archive")
        program.photograph("sessions-imported")
        self.quit()

    def import_file(self, file):
        menu = self.program.find("Sessions Menu", "button", "menu button", "push button")
        next(node for node in self.program.all(menu) if node.get_role_name() == "toggle button").do_action(0)
        self.program.wait(lambda: len(self.items(menu)) == 2, "the menu")
        self.items(menu)[0].do_action(0)
        self.type_path("Import Runs", str(file))

    def find_field(self):
        application = self.program.frame.get_application()
        for i in range(application.get_child_count()):
            dialog = application.get_child_at_index(i)
            for node in self.program.all(dialog) if dialog and dialog.get_name() != self.program.frame.get_name() else []:
                if node.get_editable_text_iface() and node.get_state_set().contains(Atspi.StateType.FOCUSED):
                    return node
        return None

    def type_path(self, title, path):
        """Into the desktop's own dialog, which is a window beside the program's."""
        def look():
            return subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True, text=True).stdout.split()
        window = self.program.wait(look, title)[0]
        time.sleep(0.5)
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True)
        if title.startswith("Import"):
            self.program.key("ctrl+l")
        field = self.program.wait(self.find_field, "the field for a path")
        Atspi.EditableText.set_text_contents(field, path)  # typing would be completed on the way
        time.sleep(0.3)
        self.program.photograph("sessions-" + title.split()[0].lower())
        self.program.key("Return")
        self.program.wait(lambda: not look(), "the dialog to go")
        self.program.wait(lambda: subprocess.run(["xdotool", "windowfocus", self.program.window()], capture_output=True).returncode == 0, "the window")

    def test_without_log(self):
        home = self.folder()
        place = pathlib.Path(home) / ".local/share/cosmos-playground"
        place.mkdir(parents=True)
        (place / "sessions.db").write_text("This was a database once. " * 100)
        program = self.start(home=home)
        program.label("Runs are not kept")  # at the start, when nobody listens yet
        self.finish()
        program.photograph("sessions-toast")
        self.show()
        program.find("Runs Are Not Kept")
        program.photograph("sessions-problem")
        self.check_labels()
        self.quit()
        self.assertTrue((place / "sessions.db").read_text().startswith("This was a database once."))

    def test_model_gone(self):
        home, models = self.folder(), self.folder()
        for file in pathlib.Path(MODELS).glob("story-first.*"):
            shutil.copy(file, models)
        program = self.start(home=home, environment={"COSMOS_MODELS": models})
        self.finish()
        self.quit()
        os.rename(pathlib.Path(models) / "story-first.gguf", pathlib.Path(models) / "hidden")
        program = self.start(home=home, environment={"COSMOS_MODELS": models})
        program.find("There Is No Model to Run")
        self.show()
        program.wait(self.rows, "the runs")
        self.open(lambda: self.rows()[-1], "is not on this computer any more")
        program.label("^Step 50$")
        program.photograph("sessions-model-gone")
        self.check_labels()
        program.key("Escape")
        program.key("ctrl+q")
        self.assertEqual(program.process.wait(WITHIN), 0)

    def test_narrow(self):
        program = self.start(size=(370, 740))
        self.finish()
        self.show()
        row = self.wait_for_rows(1)[0]
        program.photograph("sessions-narrow")
        self.check_labels()
        program.find("Back").do_action(0)
        program.wait(lambda: not program.has("Back"))
        self.show()
        self.open(lambda: self.wait_for_rows(1)[0], "The same to the last bit")
        self.assertFalse(program.has("Search Sessions"))
        self.quit()

    def test_dark(self):
        program = self.start(environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        self.finish()
        self.show()
        self.wait_for_rows(1)
        program.photograph("sessions-dark")
        self.quit()


if __name__ == "__main__":
    driver.main()
