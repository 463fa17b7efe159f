"""The Denoise page and what belongs to the window as a whole."""
import ctypes
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import program as driver
from program import Atspi, WITHIN


class Window(driver.WindowTest):
    def menu_items(self, role):
        """Of the open menu, from its top; the toolkit gives them no names."""
        return [node for node in self.program.all() if node.get_role_name() == role and node.get_state_set().contains(Atspi.StateType.SHOWING)]

    def is_on(self, node):
        states = node.get_state_set()
        return any(states.contains(state) for state in (Atspi.StateType.CHECKED, Atspi.StateType.PRESSED, Atspi.StateType.SELECTED))

    def go_to_end(self):
        """Of a run, when it has got there: before, its last step is another one."""
        self.program.wait(lambda: not self.program.has("Stop"), "the end of the run")
        self.program.act("win.last-step", unless=lambda: self.program.step() == 50)

    def dialogs(self):
        return [node for node in self.program.all() if node.get_role_name() == "dialog"]

    def has_no_dialog(self):
        return not self.dialogs()

    def test_a_session(self):
        """A first start and what somebody does then."""
        program = self.start()
        program.wait_for_steps()
        text_after = time.monotonic() - program.started
        print(f"# text after {text_after:.2f} s, seen over the bus")
        self.assertTrue(program.has("Run"))
        program.label("fixed seed")
        self.check_labels()
        program.photograph("first-start")

        # the end of the run, by steps and by the scrubber
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.stop_playing()
        self.go_to_end()
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
        program.said("Step 30 is bookmarked")
        program.act("win.branch")
        program.said("A new run goes on from step 30")
        program.wait(lambda: program.step() > 30, "the branch to be played")
        program.photograph("branch")

        # a run of one's own
        program.act("win.run")
        program.wait(lambda: program.step() < 30)

        # settings
        steps = program.find("Steps", "spin button")
        steps.set_current_value(200)
        program.act("win.run")
        program.wait_for_steps(of=200)
        program.wait(lambda: program.scrubber().get_maximum_value() == 200)
        time.sleep(2)
        program.act("win.reset-settings")
        program.wait(lambda: program.find("Steps", "spin button").get_current_value() == 50)
        program.act("win.show-settings")
        program.wait(lambda: not program.has("New Seed for Each Run"), "the side bar to go")
        program.act("win.show-settings")
        program.find("New Seed for Each Run")

        # dialogs
        for key, title, name in (("F1", "Guess so far", "help"), ("ctrl+question", "Keyboard Shortcuts", "shortcuts"),
                                 ("ctrl+comma", "Preferences", "preferences")):
            program.key(key)
            program.find(title)
            program.photograph(name)
            self.check_labels()
            program.key(key)  # once more: nothing is laid over it
            time.sleep(0.5)
            self.assertEqual(len(self.dialogs()), 1)
            program.key("Escape")
            program.wait(self.has_no_dialog, "the dialog to go")
        print("# " + self.quit().strip().replace("\n", "\n# "))

    def test_settings(self):
        """Each value by itself, back to the model's own, and what cannot be a value."""
        program = self.start()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.assertFalse(program.has("Reset Steps"))
        steps = program.find("Steps", "spin button")
        steps.set_current_value(60)
        reset = program.find("Reset Steps")
        self.check_labels()
        program.photograph("settings-reset")
        reset.do_action(0)
        program.wait(lambda: program.find("Steps", "spin button").get_current_value() == 50)
        program.wait(lambda: not program.has("Reset Steps"))

        # how much noise is added counts only where some is
        noise = program.find("Noise Scale", "spin button")
        self.assertEqual(noise.get_current_value(), 1)
        noise.set_current_value(0.8)
        program.photograph("settings-noise-scale")
        program.find("Reset Noise Scale").do_action(0)
        program.wait(lambda: program.find("Noise Scale", "spin button").get_current_value() == 1)
        program.label("Below 1, texts are likelier")

        # a model that reads no latents of a source begins as noise alone
        strength = program.find("Strength", "spin button")
        self.assertEqual(strength.get_current_value(), 1)
        row = program.find("Strength", "list item")
        self.assertFalse(row.get_state_set().contains(Atspi.StateType.SENSITIVE))
        program.label("Only for models that read the latents of a source")

        # any seed that the command takes
        def seed():
            return program.find("Seed", "text", "entry")
        largest = str(2 ** 64 - 1)
        self.assertTrue(program.find("New Seed for Each Run", "switch", "check box", "toggle button"))
        seed().set_text_contents(largest)
        self.stop_playing()
        program.scrubber().set_current_value(20)
        program.act("win.branch")
        program.said(f"A new run goes on from step 20, with seed {largest}")
        for bad in ("12x", "", "-1", str(2 ** 64), "1.5"):
            seed().set_text_contents(bad)
            program.find("Seed: 0 to 2⁶⁴ − 1", "text", "entry")
            if bad == "12x":
                program.photograph("settings-bad-seed")
            program.find("Seed: 0 to 2⁶⁴ − 1", "text", "entry").set_text_contents("41")
            seed()
        # what was left wrong is the last good one again
        program.click(seed())
        seed().set_text_contents("12x")
        program.key("Tab", "Tab", "Tab", "Tab")  # over what else is in the row
        program.wait(lambda: Atspi.Text.get_text(seed(), 0, -1) == "41", "the last good seed")
        self.quit()

    def test_candidates(self):
        """Ten seeds' texts; the one that is chosen is made again, step by step."""
        program = self.start()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        program.act("win.candidates")
        program.label("^Writing text [0-9]+ of 10")
        program.label("^They have too little in common for a favourite")  # ten stories
        rows = lambda: [row for row in program.all(program.find("Texts", "list")) if row.get_role_name() == "list item"]
        self.assertEqual(len(rows()), 10)
        self.assertFalse(program.has("The others agree with this one most"))
        self.check_labels()
        text = rows()[4].get_name()
        self.assertGreater(len(text), 40)
        program.click(rows()[4])
        program.wait(self.has_no_dialog, "the dialog to go")
        self.stop_playing()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.go_to_end()
        program.wait(lambda: program.text() == text, "the text that was chosen")
        self.quit()

    def test_favourite(self):
        """Ten times the same thing in other words: one has most of what they have in common."""
        program = self.start(environment={"COSMOS_MODELS": str(pathlib.Path(__file__).resolve().parents[2] / "models")})
        program.wait_for_steps(20)
        program.press(program.find("Detox"))
        program.wait(lambda: program.has("playground"), "the model that reads")
        program.act("win.candidates")
        program.label("^The others agree most with the text of seed [0-9]+")
        program.key("ctrl+shift+r")  # opens no second one
        time.sleep(0.5)
        self.assertEqual(len(self.dialogs()), 1)
        program.find("The others agree with this one most")
        program.photograph("candidates")
        self.check_labels()
        program.key("Escape")
        program.wait(self.has_no_dialog, "the dialog to go")
        self.quit()

    def test_example(self):
        program = self.start()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        self.assertTrue(self.is_on(program.find("Story", "radio button", "toggle button")))
        program.press(program.find("Examples"))
        item = program.wait(lambda: self.menu_items("menu item"), "the examples")[0]
        program.photograph("examples")
        program.press(item)
        program.wait(lambda: program.scrubber().get_maximum_value() == 8, "the example's run")
        self.assertEqual(program.find("Steps", "spin button").get_current_value(), 8)
        self.quit()

    def test_others_in_path(self):
        """The runs before stand behind the shown one, in words as well."""
        program = self.start()
        program.find("Path", "page tab", "radio button", "toggle button").do_action(0)
        for i in range(3):
            program.wait(lambda: program.scrubber().get_maximum_value() == 50)
            program.act("win.run")
            time.sleep(1)
        self.stop_playing()
        self.go_to_end()
        picture = program.find("Path through latent space")
        program.wait(lambda: "faint: 3 other runs" in (picture.get_description() + str(picture.get_attributes())
                                                       + (Atspi.Value.get_text(picture) if picture.get_value_iface() else "")),
                     "the other runs in words")
        program.photograph("path-others")
        self.quit()

    def test_help(self):
        """Opens at what the page is about; the rest is a step away."""
        program = self.start()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        for key, said in (("alt+2", "One bar for all"), ("alt+3", "Interpolate")):
            program.key(key)
            program.key("F1")
            program.find(said)
            self.check_labels()
            program.photograph("help-" + key[-1])
            program.key("Escape")
            program.wait(self.has_no_dialog, "the dialog to go")
        program.key("F1")
        program.find("Interpolate")
        program.find("Back").do_action(0)
        program.find("Watch a text come out of noise")
        program.photograph("help-topics")
        program.key("Escape")
        program.wait(self.has_no_dialog, "the dialog to go")
        program.key("alt+1")
        program.find("Text at This Step")
        self.quit()

    def test_reopened(self):
        """What somebody has chosen is still so the next time."""
        with tempfile.TemporaryDirectory() as home:
            lasting = {"environment": {"GSETTINGS_BACKEND": "keyfile"}, "home": home}
            program = self.start(size=(1000, 700), **lasting)
            program.wait(lambda: program.scrubber().get_maximum_value() == 50)
            program.press(program.find("Speed"))
            program.press(program.wait(lambda: self.menu_items("radio menu item"), "the speeds")[4])
            program.act("win.loop")
            program.act("win.show-settings")
            program.wait(lambda: not program.has("New Seed for Each Run"), "the side bar to go")
            self.quit()
            program = self.start(size=None, **lasting)
            program.wait(lambda: program.scrubber().get_maximum_value() == 50)
            place = program.frame.get_extents(Atspi.CoordType.WINDOW)
            self.assertLess(abs(place.width - 1000) + abs(place.height - 700), 30)
            self.assertFalse(program.has("New Seed for Each Run"))
            program.label("^4×$")
            self.assertTrue(self.is_on(program.find("Loop", "toggle button")))
            program.resize(1000, 700)
            program.photograph("reopened")
            self.quit()

    def set_dots_per_inch(self, dots):
        """As a desktop's setting for large text does: a resource of the display, which stays as long as somebody is connected to it."""
        library = ctypes.CDLL("libX11.so.6")
        library.XOpenDisplay.restype = ctypes.c_void_p
        library.XDefaultRootWindow.restype = ctypes.c_ulong
        display = ctypes.c_void_p(library.XOpenDisplay(None))
        root = ctypes.c_ulong(library.XDefaultRootWindow(display))
        resources = f"Xft.dpi:\t{dots}\n".encode()
        resource_manager, string, replace = 23, 31, 0  # of the protocol
        library.XChangeProperty(display, root, ctypes.c_ulong(resource_manager), ctypes.c_ulong(string), 8, replace, resources, len(resources))
        library.XSync(display, 0)

        def undo():
            library.XDeleteProperty(display, root, ctypes.c_ulong(resource_manager))
            library.XCloseDisplay(display)
        self.addCleanup(undo)

    def test_large_text(self):
        self.set_dots_per_inch(96 * 18 // 11)
        for width, height in ((1280, 860), (370, 740)):
            with self.subTest(width=width):
                program = self.start(size=(width, height))
                program.wait_for_steps(20)
                program.photograph(f"large-text-{width}")
                self.check_labels()
                program.act("win.show-settings")
                program.photograph(f"large-text-{width}-settings")
                self.quit()

    def test_reduced_motion(self):
        """Steps are what there is to see, and go on; only transitions do not."""
        program = self.start(toolkit={"gtk-enable-animations": "0"})
        program.wait_for_steps(20)
        program.photograph("reduced-motion")
        self.quit()

    def test_longer_words(self):
        """Words of another language are longer: all fits on the narrowest screen."""
        root, folder = pathlib.Path(os.environ["SOURCE_ROOT"]), pathlib.Path(driver.PROGRAM).resolve().parents[2] / "po"
        subprocess.run([root / "tools" / "pseudo-locale", root / "po" / "de.po", folder], check=True)
        self.addCleanup(shutil.rmtree, folder / "en_XA")
        with tempfile.TemporaryDirectory() as locales:
            if subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", locales + "/de_DE.UTF-8"], capture_output=True).returncode > 1:
                self.skipTest("no locales here")
            words = {"LOCPATH": locales, "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "en_XA"}
            for width, height in ((370, 740), (1280, 860)):
                with self.subTest(width=width):
                    program = self.start(size=(width, height), environment=words)
                    program.label(r"[2-5]\d .*50")
                    program.photograph(f"longer-words-{width}")
                    self.quit()

    def test_narrow(self):
        program = self.start(size=(370, 740))
        program.wait_for_steps()
        program.photograph("narrow")
        self.check_labels()
        program.act("win.show-settings")
        back = program.find("Back")
        program.photograph("narrow-settings")
        self.check_labels()
        program.key("F1")
        program.find("Guess so far")
        program.photograph("narrow-help")
        program.key("Escape")
        program.wait(self.has_no_dialog, "the dialog to go")
        back.do_action(0)
        program.wait(lambda: not program.has("Back"))
        self.quit()

    def test_dark(self):
        program = self.start(environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        program.wait_for_steps(20)
        program.photograph("dark")
        self.quit()

    def test_high_contrast(self):
        program = self.start(environment={"ADW_DEBUG_HIGH_CONTRAST": "1"})
        program.wait_for_steps(20)
        program.photograph("high-contrast")
        self.quit()

    def test_right_to_left(self):
        with tempfile.TemporaryDirectory() as folder:
            if subprocess.run(["localedef", "-i", "ar_EG", "-f", "UTF-8", folder + "/ar_EG.UTF-8"], capture_output=True).returncode > 1:
                self.skipTest("no locales here")
            program = self.start(environment={"LOCPATH": folder, "LANG": "ar_EG.UTF-8", "LC_ALL": "ar_EG.UTF-8"})
            program.label(r"^Step [23٢٣]|^Done")
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
    driver.main()
