"""The program itself, driven over the accessibility bus as a screen reader would: test-window.py DBUS-RUN-SESSION XVFB-RUN PROGRAM

Each test starts the program in a home and on a display of its own, and ends it by its own action; any warning that it wrote fails the test.
Photographs go to the folder that SCREENSHOTS names.
"""
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

DBUS_RUN, XVFB_RUN, PROGRAM = sys.argv[1:4] if len(sys.argv) >= 4 else ("", "", "")
WITHIN = 20  # seconds; on a busy machine everything takes longer
# What the display of the tests lacks, not the program.
HARMLESS = re.compile(r"Failed to set fd limit|portal|dconf|XDG_RUNTIME_DIR|Unable to acquire session bus")
FAULT = re.compile(r"WARNING|CRITICAL|ERROR|Sanitizer")
CONTROLS = {"push button", "button", "toggle button", "radio button", "check box", "slider", "spin button", "text", "entry", "combo box", "menu button",
            "switch", "image", "icon", "article"}


def restart_inside():
    """Once more, inside a bus and a display, each of this script's own."""
    inside = os.environ | {"INSIDE": "1", "GTK_A11Y": ""}
    del inside["GTK_A11Y"]
    command = [DBUS_RUN, "--", XVFB_RUN, "-a", "-s", "-screen 0 1280x860x24", sys.executable, "-W", "ignore", __file__, *sys.argv[1:]]
    os.execvpe(command[0], command, inside)


class Program:
    """The running program. Everything waits until it is so, for a while."""

    def __init__(self, size=(1280, 860), environment=None):
        self.home = tempfile.TemporaryDirectory()
        settings = pathlib.Path(self.home.name) / ".config" / "gtk-4.0" / "settings.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text("[Settings]\ngtk-font-name=Cantarell 11\n")
        self.log = open(pathlib.Path(self.home.name) / "log", "w+b")
        variables = os.environ | {"HOME": self.home.name, "XDG_RUNTIME_DIR": self.home.name, "LANG": "C.UTF-8"} | (environment or {})
        self.started = time.monotonic()
        self.process = subprocess.Popen([PROGRAM, "--frame-statistics"], env=variables, stdout=self.log, stderr=self.log)
        self.frame = self.wait(self.find_frame)
        self.resize(*size)

    def find_frame(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            if application and application.get_process_id() == self.process.pid and application.get_child_count():
                return application.get_child_at_index(0)
        return None

    def wait(self, condition, what="a state"):
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            with contextlib.suppress(GLib.Error, AttributeError):  # what is asked may vanish meanwhile
                found = condition()
                if found:
                    return found
            if self.process.poll() is not None:
                raise AssertionError("the program ended:\n" + self.read_log())
            time.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}:\n{self.read_log()}")

    def all(self, root=None):
        root = root or self.frame
        yield root
        for i in range(root.get_child_count()):
            child = root.get_child_at_index(i)
            if child:
                yield from self.all(child)

    def find(self, name, *roles):
        """The widget of that name; showing, and of one of the roles where any are given. A row's spin button also reads out the row's words."""
        def look():
            for node in self.all():
                named = node.get_name() == name or "spin button" in roles and node.get_name().startswith(name + " ")
                if (named and (not roles or node.get_role_name() in roles)
                        and node.get_state_set().contains(Atspi.StateType.SHOWING)):
                    return node
            return None
        return self.wait(look, f"{name} {roles}")

    def has(self, name):
        return any(node.get_name() == name and node.get_state_set().contains(Atspi.StateType.SHOWING) for node in self.all())

    def act(self, action):
        """One of the window's or the program's actions, by its full name."""
        def do():
            # The list changes as actions come and go: what stands at the place is looked at once more.
            names = [self.frame.get_action_name(i) for i in range(self.frame.get_n_actions())]
            place = names.index(action) if action in names else -1
            return place >= 0 and self.frame.get_action_name(place) == action and self.frame.do_action(place)
        self.wait(do, action)

    def label(self, pattern):
        """The first label that says something like this."""
        def look():
            for node in self.all():
                if node.get_role_name() == "label" and re.search(pattern, node.get_name()):
                    return node.get_name()
            return None
        return self.wait(look, pattern)

    def scrubber(self):
        return self.find("Step", "slider")

    def step(self):
        return self.wait(lambda: [round(self.scrubber().get_current_value())], "the step")[0]

    def text(self):
        def read():
            node = self.find("Text at This Step")
            return [Atspi.Text.get_text(node, 0, -1) if node.get_text_iface() else node.get_description()]
        return self.wait(read, "the text")[0]

    def key(self, *keys):
        subprocess.run(["xdotool", "key", *keys], check=True)

    def window(self):
        found = subprocess.run(["xdotool", "search", "--pid", str(self.process.pid), "--onlyvisible", "--name", "Cosmos"],
                               capture_output=True, text=True).stdout.split()
        return found[0] if found else None

    def resize(self, width, height):
        self.size = (width, height)
        window = self.wait(self.window, "the window on the display")
        subprocess.run(["xdotool", "windowmove", window, "0", "0", "windowsize", window, str(width), str(height), "windowfocus", window], check=True)

    def photograph(self, name):
        folder = pathlib.Path(os.environ.get("SCREENSHOTS", self.home.name))
        folder.mkdir(parents=True, exist_ok=True)
        time.sleep(0.4)  # transitions
        # The root, as popovers are windows of their own.
        size = "{}x{}+0+0".format(*self.size)
        subprocess.run(["import", "-window", "root", "-crop", size, "+repage", str(folder / (name + ".png"))], check=True)

    def read_log(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.home.cleanup()


class Window(unittest.TestCase):
    program = None

    def start(self, **how):
        self.program = Program(**how)
        self.addCleanup(self.program.close)
        return self.program

    def quit(self):
        """By the action; then nothing may be wrong in what the program wrote."""
        self.program.act("win.run")  # a window that is closed during a run asks nothing
        self.program.key("ctrl+q")
        self.assertEqual(self.program.process.wait(WITHIN), 0)
        log = self.program.read_log()
        faults = [line for line in log.splitlines() if FAULT.search(line) and not HARMLESS.search(line)]
        self.assertEqual(faults, [])
        return log

    def check_labels(self):
        for node in self.program.all():
            name, role = node.get_name(), node.get_role_name()
            if role in CONTROLS and node.get_state_set().contains(Atspi.StateType.SHOWING):
                self.assertTrue(name or node.get_relation_set() and any(
                    relation.get_relation_type() == Atspi.RelationType.LABELLED_BY for relation in node.get_relation_set()),
                    f"a {role} without a name in {node.get_parent().get_name()!r} ({node.get_parent().get_role_name()})")
            self.assertFalse(name.startswith(("Gtk", "Adw", "Cpg")), name)

    def stop_playing(self):
        if self.program.has("Pause"):
            self.program.act("win.play")
            self.program.find("Play")

    def test_a_session(self):
        """A first start and what somebody does then."""
        program = self.start()
        program.label(r"^Step \d+ of 50")
        text_after = time.monotonic() - program.started
        print(f"# text after {text_after:.2f} s, seen over the bus")
        self.assertTrue(program.has("Run"))
        program.label("fixed seed")
        self.check_labels()
        program.photograph("first-start")

        # the end of the run, by steps and by the scrubber
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.stop_playing()
        program.act("win.last-step")
        program.wait(lambda: program.step() == 50, "the last step")
        program.label(r"^Done: \d+ tokens in 50 steps")
        program.act("win.previous-step")
        program.wait(lambda: program.step() == 49)
        program.key("Left")
        program.wait(lambda: program.step() == 48)
        program.key("Home")
        program.wait(lambda: program.step() == 1)
        program.scrubber().set_current_value(20)
        program.wait(lambda: program.step() == 20)
        program.label(r"^Step 20 of 50:")
        program.key("space")
        program.find("Pause")
        program.wait(lambda: program.step() > 20)
        self.stop_playing()
        program.scrubber().set_current_value(20)

        # x_t and back
        program.label(r"^Step 20 of 50:")
        before = program.text()
        program.act("win.noisy")
        program.wait(lambda: program.text() != before, "the text of the noisy state")
        program.photograph("noisy")
        program.act("win.noisy")
        program.wait(lambda: program.text() == before, "the guess again")

        # the pictures
        for name in ("Path", "Change", "Schedule", "Latents"):
            tab = program.find(name, "page tab", "radio button", "toggle button")
            tab.do_action(0)
            program.photograph("picture-" + name.lower())

        # a token
        view = program.find("Text at This Step")
        program.scrubber().set_current_value(30)
        program.label(r"^Step 30 of 50:")
        actions = [view.get_action_name(i) for i in range(view.get_n_actions())]
        view.do_action(actions.index("token.activate"))
        program.label("^Alternatives$")
        program.photograph("token")
        self.check_labels()
        program.key("Escape")

        # a bookmark and a branch
        program.act("win.bookmark")
        program.label("Step 30 is bookmarked")
        program.act("win.branch")
        program.label("A new run goes on from step 30")
        program.wait(lambda: program.step() > 30, "the branch to be played")
        program.photograph("branch")

        # a run of one's own
        program.act("win.run")
        program.wait(lambda: program.step() < 30)

        # settings
        steps = program.find("Steps", "spin button")
        steps.set_current_value(200)
        program.act("win.run")
        program.label(r"^Step \d+ of 200")
        program.wait(lambda: program.scrubber().get_maximum_value() == 200)
        time.sleep(2)
        program.act("win.reset-settings")
        program.wait(lambda: program.find("Steps", "spin button").get_current_value() == 50)
        program.act("win.show-settings")
        program.wait(lambda: not program.has("New Seed for Each Run"), "the side bar to go")
        program.act("win.show-settings")
        program.find("New Seed for Each Run")

        # dialogs
        for key, title, name in (("F1", "Keyboard Shortcuts", "shortcuts"), ("ctrl+comma", "Preferences", "preferences")):
            program.key(key)
            program.find(title)
            program.photograph(name)
            self.check_labels()
            program.key("Escape")
            program.wait(lambda: not any(node.get_role_name() == "dialog" for node in program.all()), "the dialog to go")
        print("# " + self.quit().strip().replace("\n", "\n# "))

    def test_narrow(self):
        program = self.start(size=(370, 740))
        program.label(r"^Step \d+ of 50")
        program.photograph("narrow")
        self.check_labels()
        program.act("win.show-settings")
        back = program.find("Back")
        program.photograph("narrow-settings")
        self.check_labels()
        back.do_action(0)
        program.wait(lambda: not program.has("Back"))
        self.quit()

    def test_dark(self):
        program = self.start(environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        program.label(r"^Step [23]\d of 50")
        program.photograph("dark")
        self.quit()

    def test_high_contrast(self):
        program = self.start(environment={"ADW_DEBUG_HIGH_CONTRAST": "1"})
        program.label(r"^Step [23]\d of 50")
        program.photograph("high-contrast")
        self.quit()

    def test_right_to_left(self):
        with tempfile.TemporaryDirectory() as folder:
            if subprocess.run(["localedef", "-i", "ar_EG", "-f", "UTF-8", folder + "/ar_EG.UTF-8"], capture_output=True).returncode > 1:
                self.skipTest("no locales here")
            program = self.start(environment={"LOCPATH": folder, "LANG": "ar_EG.UTF-8", "LC_ALL": "ar_EG.UTF-8"})
            program.label(r"^Step [23٢٣]")
            program.photograph("right-to-left")
            self.quit()

    def test_without_model(self):
        with tempfile.TemporaryDirectory() as empty:
            program = self.start(environment={"COSMOS_MODELS": empty})
            program.find("There Is No Model to Run")
            program.find("Open Model…")
            self.check_labels()
            program.photograph("without-model")
            program.key("ctrl+q")
            self.assertEqual(program.process.wait(WITHIN), 0)


if __name__ == "__main__":
    if "INSIDE" not in os.environ:
        restart_inside()
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, GLib
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
