"""The program itself, driven over the accessibility bus as a screen reader would, for the test scripts beside this file.

A script is called as SCRIPT DBUS-RUN-SESSION XVFB-RUN PROGRAM and ends with main (). Each test starts the program in a home and on a display of its
own, and ends it by its own action; any warning that it wrote fails the test. Photographs go to the folder that SCREENSHOTS names.
"""
import atexit
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

NAME = "io.github.cosmos_playground.Cosmos"  # on the bus
DBUS_RUN, XVFB_RUN, PROGRAM = sys.argv[1:4] if len(sys.argv) >= 4 else ("", "", "")
WITHIN = 60  # seconds; on a busy machine everything takes longer
# What the display of the tests lacks, not the program.
HARMLESS = re.compile(r"Failed to set fd limit|portal|dconf|XDG_RUNTIME_DIR|Unable to acquire session bus")
FAULT = re.compile(r"WARNING|CRITICAL|ERROR|Sanitizer")
CONTROLS = {"push button", "button", "toggle button", "radio button", "check box", "slider", "spin button", "text", "entry", "combo box", "menu button",
            "switch", "image", "icon", "article"}


def restart_inside():
    """Once more, inside a bus and a display, each of this script's own."""
    # The accessibility bus has its socket there: scripts that run at the same time must not share it.
    # Its library ends the script where an answer does not come in time, but for the last variable.
    inside = os.environ | {"INSIDE": "1", "GTK_A11Y": "", "DBUS_FATAL_WARNINGS": "0", "XDG_RUNTIME_DIR": tempfile.mkdtemp(prefix="cosmos-ui-")}
    del inside["GTK_A11Y"]
    # From a number of its own on, as two that look for a free display at once may find the same.
    command = [DBUS_RUN, "--", XVFB_RUN, "-n", str(100 + os.getpid() % 900), "-a", "-s", "-screen 0 1280x860x24", sys.executable, "-W", "ignore", *sys.argv]
    os.execvpe(command[0], command, inside)


class Program:
    """The running program. Everything waits until it is so, for a while."""

    def __init__(self, size=(1280, 860), environment=None, toolkit=None, home=None, files=()):
        """toolkit: settings of GTK's besides the font, or another font. home: of an earlier start, to find what that left; the caller's. size None:
        the program's own. files: named on the command line."""
        self.temporary = None if home else tempfile.TemporaryDirectory()
        self.home = home or self.temporary.name
        settings = pathlib.Path(self.home) / ".config" / "gtk-4.0" / "settings.ini"
        settings.parent.mkdir(parents=True, exist_ok=True)
        values = {"gtk-font-name": "Cantarell 11"} | (toolkit or {})
        settings.write_text("[Settings]\n" + "".join(f"{name}={value}\n" for name, value in values.items()))
        self.log = open(pathlib.Path(self.home) / "log", "w+b")
        folders = {f"XDG_{kind.upper()}_HOME": os.path.join(self.home, place)
                   for kind, place in (("config", ".config"), ("data", ".local/share"), ("cache", ".cache"), ("state", ".local/state"))}
        variables = os.environ | {"HOME": self.home, "XDG_RUNTIME_DIR": self.home, "LANG": "C.UTF-8"} | folders | (environment or {})
        self.listen()
        self.started = time.monotonic()
        self.process = subprocess.Popen([PROGRAM, "--frame-statistics", *map(str, files)], env=variables, stdout=self.log, stderr=self.log)
        self.frame = self.wait(self.find_frame)
        if size:
            self.resize(*size)

    def listen(self):
        """To what the program says to screen readers: what it shows for a few seconds may be gone before a slow look around comes by."""
        self.heard = []
        self.session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = self.session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, Gio.DBusCallFlags.NONE, -1).unpack()[0]
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.bus.signal_subscribe(None, "org.a11y.atspi.Event.Object", "Announcement", None, None, Gio.DBusSignalFlags.NONE,
                                  lambda *event: self.heard.append(event[5].unpack()[3]))

    def has_said(self, pattern):
        """Whether there was an announcement like this, which is forgotten then with those before."""
        while GLib.MainContext.default().iteration(False):
            pass
        for i, words in enumerate(self.heard):
            if re.search(pattern, words):
                del self.heard[:i + 1]
                return True
        return False

    def said(self, pattern):
        self.wait(lambda: self.has_said(pattern), f"the announcement of {pattern}")

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
                raise AssertionError(f"the program ended, {self.process.returncode}:\n" + self.read_log())
            time.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}; there is:\n{self.describe()}\n{self.read_log()}")

    def describe(self):
        """What can be read now, for who asks why something was not there."""
        words = []
        with contextlib.suppress(GLib.Error, AttributeError):
            words += [f"{node.get_role_name()} {node.get_name()!r}" for node in self.all()
                      if node.get_name() and node.get_state_set().contains(Atspi.StateType.SHOWING)]
        return "\n".join(words)

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

    def act(self, action, unless=None):
        """One of the window's actions, by its full name. unless: says whether there is nothing to do, when it cannot be had.
        Over the bus of actions, which goes by names: over that of accessibility they go by numbers, which change as actions come and go."""
        group, name = action.split(".", 1)
        assert group == "win", action

        def call(method, *values):
            path = "/" + NAME.replace(".", "/") + "/window/1"
            return self.session.call_sync(NAME, path, "org.gtk.Actions", method, GLib.Variant(*values), None, Gio.DBusCallFlags.NONE, -1)

        def do():
            if unless and unless():
                return True
            enabled = call("Describe", "(s)", (name,)).unpack()[0][0]
            if enabled:
                call("Activate", "(sava{sv})", (name, [], {}))
            return enabled
        self.wait(do, action)

    def label(self, pattern):
        """The first label that says something like this."""
        def look():
            for node in self.all():
                if node.get_role_name() == "label" and re.search(pattern, node.get_name()):
                    return node.get_name()
            return None
        return self.wait(look, pattern)

    def wait_for_steps(self, first=1, of=50):
        """Until that step or a later one is shown; on a busy machine it may have come to the end before anybody looks."""
        def look():
            for node in self.all():
                found = re.match(rf"Step (\d+) of {of}\b|Done: \d+ tokens? in {of} steps", node.get_name())
                if found and node.get_role_name() == "label" and int(found[1] or of) >= first:
                    return True
            return False
        self.wait(look, f"step {first} of {of}")

    def scrubber(self):
        return self.find("Step", "slider")

    def step(self):
        return self.wait(lambda: [round(self.scrubber().get_current_value())], "the step")[0]

    def text(self):
        def read():
            node = self.find("Text at This Step")
            return [Atspi.Text.get_text(node, 0, -1) if node.get_text_iface() else node.get_description()]
        return self.wait(read, "the text")[0]

    def press(self, node):
        """What a press on it does, be it done by a part of it as in a menu button."""
        part = next(part for part in self.all(node) if part.get_n_actions())
        part.do_action(0)

    def click(self, node):
        """By the mouse: what cannot be pressed over the bus, or shall have the focus."""
        place = node.get_extents(Atspi.CoordType.WINDOW)
        subprocess.run(["xdotool", "mousemove", str(place.x + place.width // 2), str(place.y + place.height // 2), "click", "1"], check=True)

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
        folder = pathlib.Path(os.environ.get("SCREENSHOTS", self.home))
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
        self.bus.close_sync()
        if self.temporary:
            self.temporary.cleanup()


class WindowTest(unittest.TestCase):
    program = None

    def start(self, **how):
        self.program = Program(**how)
        self.addCleanup(self.program.close)
        return self.program

    def quit(self, during_run=True):
        """By the action; then nothing may be wrong in what the program wrote. Whether the run is kept is a matter of luck."""
        if during_run:
            self.program.act("win.run")  # a window that is closed during a run asks nothing
        self.program.key("ctrl+q")
        status = self.program.process.wait(WITHIN)
        log = self.program.read_log()
        self.assertEqual(status, 0, log)
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


def main():
    if "INSIDE" in os.environ:
        atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
        unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
    else:
        restart_inside()
