"""What scripts about the side bar with the session log have in common."""
import pathlib
import re
import subprocess
import tempfile
import time

import program as driver
from program import Atspi, WITHIN

MENU = ["Open", "Run Again", "Run with New Seed", "Title, Tags, Note…", "Compare Settings…", "Steps as Text…", "Export…", "Delete"]


class SessionsTest(driver.WindowTest):
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

        def is_done():
            if self.program.step() == steps:
                return any(node.get_name().startswith("Done: ") for node in self.program.all() if node.get_role_name() == "label")
            self.program.scrubber().set_current_value(steps)  # as far as there are steps; one that is put in its place begins anew
            return False
        self.program.wait(is_done, "the end of the run")

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
        def focus():
            window = self.program.window()
            return window and subprocess.run(["xdotool", "windowfocus", window], capture_output=True).returncode == 0
        self.program.wait(focus, "the window")

    def column(self, number):
        def read():
            node = self.program.find(f"Text of Column {number}")
            return [Atspi.Text.get_text(node, 0, -1)]
        return self.program.wait(read, f"the text of column {number}")[0]

    def ends(self):
        """The texts at the end; it may begin to play just now."""
        if self.program.has("Pause"):
            self.program.act("win.play")
        self.program.find("Position", "slider").set_current_value(1)
        return [self.column(1), self.column(2)]

    def cells(self):
        """The table, as it is read out."""
        return sorted(node.get_name() for node in self.program.all() if " of column " in node.get_name())

    def choose_of(self, row, place):
        """From the menu of a comparison: open; title, tags, note; export; delete."""
        menu = next(node for node in self.program.all(row) if node.get_name().startswith("Menu of"))
        next(node for node in self.program.all(menu) if node.get_role_name() == "toggle button").do_action(0)
        self.program.wait(lambda: len(self.items(menu)) == 4, "the menu")
        self.items(menu)[place].do_action(0)

    def place(self, home):
        return pathlib.Path(home) / ".local/share/cosmos-playground/sessions.db"

    def answer(self, heading, response):
        self.program.find(heading)
        self.check_labels()
        self.program.find(response, "button", "push button").do_action(0)
        self.program.wait(lambda: not self.program.has(heading), "the dialog to go")
