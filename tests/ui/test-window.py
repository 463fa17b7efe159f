"""The Denoise page and what belongs to the window as a whole."""
import os
import subprocess
import tempfile
import time

import program as driver
from program import Atspi, WITHIN


class Window(driver.WindowTest):
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
    driver.main()
