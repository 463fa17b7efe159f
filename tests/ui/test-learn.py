"""Lessons: chosen, read, answered, ended; what they set up, hide, and give back; lessons of one's own."""
import json
import pathlib
import tempfile
import time

import program as driver
from program import Atspi

MODELS = str(pathlib.Path(__file__).resolve().parents[2] / "models")


class Learn(driver.WindowTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def lessons(self):
        return [row for row in self.program.all(self.program.find("Lessons", "list")) if row.get_role_name() == "list item"]

    def value(self, name):
        return self.program.find(name, "spin button").get_current_value()

    def shown(self, name):
        return any(node.get_name() == name and node.get_state_set().contains(Atspi.StateType.SHOWING) for node in self.program.all())

    def answers(self):
        return [row for row in self.program.all(self.program.find("Answers", "list")) if row.get_role_name() == "list item"]

    def begin(self, place, **how):
        program = self.start(**how)
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        program.key("alt+5")
        program.find("Lessons", "list")
        program.click(self.lessons()[place])
        return program

    def test_a_lesson(self):
        """From its choice to its end; all is as before then, and it is marked as done."""
        program = self.start()
        program.wait(lambda: program.scrubber().get_maximum_value() == 50)
        program.find("Steps", "spin button").set_current_value(33)
        program.key("alt+5")
        self.assertEqual(len(self.lessons()), 6)
        program.photograph("learn")
        self.check_labels()
        program.click(self.lessons()[0])
        program.find("Step 1 of 6")
        program.find("All words at once")
        program.wait(lambda: not self.shown("Latents"), "the pictures to go")
        self.assertFalse(self.shown("Next Run"))  # the settings
        program.wait_for_steps(10)
        program.photograph("lesson")
        self.check_labels()

        program.click(program.find("Next", "button"))
        program.find("Step 2 of 6")
        program.wait(lambda: program.step() == 1, "the first step")
        first = program.text()
        program.key("Right")  # the button that was pressed has no keys of its own
        program.wait(lambda: program.step() == 2, "the second step")
        wrong, right, _ = self.answers()
        program.click(wrong)
        program.label("^Not quite[.] ")
        program.click(right)
        program.label("^Right[.] ")
        self.assertEqual(len([node for node in program.all() if node.get_name() == "Right"]), 1)
        program.photograph("lesson-question")
        self.check_labels()
        program.key("alt+Right")
        program.wait(lambda: program.step() == 25, "the step half way")
        program.key("alt+Right")
        program.wait(lambda: self.shown("Change"), "the pictures")
        program.wait(lambda: program.step() == 50, "the last step")
        program.key("alt+Left", "alt+Left")
        program.wait(lambda: program.step() == 1, "the first step")
        self.assertEqual(program.text(), first)

        # something of one's own, and back to what the step wants
        program.key("End")
        program.wait(lambda: program.step() == 50)
        program.key("alt+Up")
        program.wait(lambda: program.step() == 1, "the first step again")

        for _ in range(5):
            program.press(program.find("Finish" if self.shown("Finish") else "Next", "button"))
            time.sleep(0.3)
        program.wait(lambda: program.has("Done"), "the mark")
        self.assertEqual(len([node for node in program.all() if node.get_name() == "Not done yet"]), 5)
        program.key("alt+1")
        program.wait(lambda: self.value("Steps") == 33, "the settings of before")
        self.assertTrue(self.shown("Latents"))
        self.quit()

    def task(self, name):
        return self.program.find(name, "radio button", "toggle button")

    def source(self):
        return self.program.find("A rude sentence to say politely", "text")

    def test_other_model(self):
        """A step that needs another model has it loaded; ending in the middle brings the first one back, and texts of one's own, and is not done."""
        program = self.start(environment={"COSMOS_MODELS": MODELS})
        program.wait_for_steps(20)
        program.press(self.task("Detox"))
        program.wait(lambda: program.has("playground"), "the model that reads")
        self.source().set_text_contents("you are a damn fool")
        program.press(self.task("Story"))
        program.wait(lambda: program.has("story-first"), "the model for stories")
        program.key("alt+5")
        program.find("Lessons", "list")
        program.click(self.lessons()[3])
        program.wait(lambda: program.scrubber().get_maximum_value() == 25, "the run")
        self.assertEqual(Atspi.Text.get_text(self.source(), 0, -1), "that was a damn stupid idea and you know it")
        program.key("alt+Right", "alt+Right", "alt+Right")
        program.find("Step 4 of 7")
        program.key("ctrl+shift+w")
        program.find("Lessons", "list")
        self.assertFalse(program.has("Done"))
        program.wait(lambda: program.has("story-first"), "the model of before")
        program.key("alt+1")
        program.wait(lambda: program.scrubber().get_maximum_value() == 50, "the run of before")
        program.press(self.task("Detox"))
        program.wait(lambda: Atspi.Text.get_text(self.source(), 0, -1) == "you are a damn fool", "the text of one's own")
        self.quit()

    def test_without_model(self):
        """What cannot be shown is said, and can be read on."""
        program = self.begin(3)  # no model that reads
        program.label("No model for “detox” is installed")
        program.key("alt+Right")
        program.find("Step 2 of 7")
        program.key("ctrl+shift+w")
        program.find("Lessons", "list")
        self.quit(during_run=False)

    def test_compare_and_explore(self):
        program = self.begin(4, environment={"COSMOS_MODELS": MODELS})
        program.find("Step 1 of 3")
        program.label("^Autoregressive$")
        program.key("ctrl+shift+w")
        program.find("Lessons", "list")
        program.click(self.lessons()[5])
        program.find("Step 1 of 4")
        program.wait(lambda: self.shown("Reconstruct"))
        program.key("alt+Right", "alt+Right", "alt+Right")
        program.find("Step 4 of 4")
        program.wait(lambda: self.shown("Resample"), "the experiment")
        self.quit(during_run=False)

    def test_own(self):
        """Lessons that a user wrote: a good one opens, a misspelt one says where."""
        good = self.folder / "good.json"
        bad = self.folder / "bad.json"
        good.write_text(json.dumps({"id": "own", "title": "Mine", "steps": [
            {"title": "Few", "text": "Eight steps.", "page": "denoise", "settings": {"steps": 8, "seed": 3}, "run": True, "show": 8}]}))
        bad.write_text(json.dumps({"id": "own", "title": "Mine", "steps": [{"text": "x", "pikture": "path"}]}))
        program = self.start(files=[good])
        program.find("Mine")
        program.find("Step 1 of 1")
        program.wait(lambda: program.scrubber().get_maximum_value() == 8 and program.step() == 8, "the step")
        program.press(program.find("Finish", "button"))
        program.find("Lessons", "list")
        self.quit(during_run=False)
        program = self.start(files=[bad])
        program.label("“bad.json” cannot be read as a lesson: step 1, \"pikture\": not known here")
        self.quit()

    def test_narrow(self):
        """On a telephone the lesson covers the window, and there is a way between both."""
        program = self.begin(0, size=(1280, 860))
        program.find("Step 1 of 6")
        program.resize(400, 700)
        program.wait(lambda: self.shown("Next"), "the lesson")
        program.photograph("lesson-narrow")
        program.press(program.find("Back", "button"))
        program.wait(lambda: not self.shown("Next"), "the lesson to go")
        program.photograph("lesson-narrow-text")
        program.key("F9")
        program.wait(lambda: self.shown("Next"), "the lesson")
        self.quit(during_run=False)


if __name__ == "__main__":
    driver.main()
