"""The Compare page."""
import re
import subprocess
import time

import program as driver
from program import Atspi, WITHIN


class Compare(driver.WindowTest):
    def open(self, **how):
        program = self.start(**how)
        program.wait_for_steps()
        program.act("win.compare")
        program.find("Text of Column 2")
        program.label("^Perplexity of column 2: [0-9]")
        return program

    def text(self, column):
        def read():
            node = self.program.find(f"Text of Column {column}")
            return [Atspi.Text.get_text(node, 0, -1)]
        return self.program.wait(read, f"the text of column {column}")[0]

    def position(self):
        # The toolkit says a new value only where the knob moves by a pixel: .9999 may stay where 1 is reached.
        return round(self.program.find("Position", "slider").get_current_value(), 2)

    def to_end(self):
        """Where it may be already, as it was playing."""
        self.program.act("win.last-step", unless=lambda: self.position() == 1)

    def mode(self, name):
        self.program.find(name, "radio button").do_action(0)

    def choose(self, *places):
        """Of the menu that adds a column, and what hangs on it. The toolkit's menu items have no names here; a submenu begins with the way back."""
        program = self.program
        next(node for node in program.all(program.find("Add Column")) if node.get_n_actions()).do_action(0)

        def items():
            return [node for node in program.all() if node.get_role_name() == "menu item" and node.get_state_set().contains(Atspi.StateType.SHOWING)]
        for place in places:
            time.sleep(0.5)  # for the popover to slide in
            program.wait(lambda: len(items()) > place, "the menu")
            items()[place].do_action(0)

    def pause(self):
        if self.program.has("Pause"):
            self.program.act("win.play")
            self.program.wait(lambda: not self.program.has("Pause"))

    def test_a_comparison(self):
        program = self.open()
        program.label("^Autoregressive$")
        program.photograph("compare-playing")
        self.pause()
        self.check_labels()

        # by step
        self.to_end()
        program.label(r"^Done: \d+ tokens? in 50 steps")
        program.label(r"^Done: \d+ tokens?, one after the other")
        ends = [self.text(1), self.text(2)]
        self.assertTrue(all(len(text) > 40 for text in ends), ends)
        self.assertNotEqual(*ends)
        program.photograph("compare")
        program.key("Home")
        program.wait(lambda: self.position() == 0)
        program.wait(lambda: len(self.text(2).split()) == 1, "one word")
        program.key("Right", "Right")
        program.wait(lambda: len(self.text(2)) < 40 and ends[1].startswith(self.text(2)) and len(self.text(2).split()) > 1, "some words")
        program.find("Position", "slider").set_current_value(0.5)
        program.label(r"^Step \d+ of \d+$")

        program.act("win.copy-text")
        program.said("The texts are copied$")

        # by share, and with them together at the end
        self.mode("Share")
        program.label("^50 % of each$")
        program.photograph("compare-share")
        program.act("win.next-step")
        program.wait(lambda: self.position() > 0.5)

        # in true time
        self.mode("Race")
        program.label(r"^[\d.]+ of [\d.]+ seconds")  # and how many times slower, where it was fast
        program.act("win.first-step")
        program.wait(lambda: self.text(1) == "" and self.text(2) == "", "nothing at the start")
        program.label("^Nothing is written yet$")
        program.act("win.play")
        program.wait(lambda: 0 < len(self.text(2)) < len(ends[1]) or self.position() == 1, "the race to go on")
        program.photograph("compare-race")
        program.wait(lambda: self.position() == 1 and not program.has("Pause"), "the race to end")
        program.wait(lambda: [self.text(1), self.text(2)] == ends)

        # columns
        self.choose(2)
        program.label("^Perplexity of column 3: [0-9]")
        self.choose(3, 5)
        program.label("^Perplexity of column 4: [0-9]")
        program.label("DDIM")
        program.wait(lambda: len(self.text(4)) > 40)
        self.assertEqual([self.text(1), self.text(2)], ends)
        self.check_labels()
        program.photograph("compare-four")
        program.find("Remove Column 2").do_action(0)
        program.wait(lambda: not program.has("Text of Column 4"))
        program.wait(lambda: self.text(1) == ends[0])
        program.find("Remove Column 3").do_action(0)
        program.wait(lambda: not program.has("Text of Column 3") and not program.has("Remove Column 1"))

        # a reference
        self.assertFalse(program.has("BLEU"))
        program.find("Reference Text", "toggle button", "button", "push button").do_action(0)
        entry = program.find("Reference", "text", "entry")
        Atspi.EditableText.insert_text(entry, 0, ends[0], len(ends[0].encode()))
        program.label("^BLEU of column 1: 1.000, the best")
        program.photograph("compare-reference")

        # anew
        program.act("win.run")
        program.wait(lambda: self.text(1) not in ("", ends[0]), "another text")
        self.quit()

    def test_first_showing(self):
        """The page by itself is not empty; a long comparison can be stopped."""
        program = self.start()
        program.wait_for_steps()
        program.key("alt+2")
        program.label("^Seconds of column 2: [0-9]")
        program.wait(lambda: self.text(1))
        program.key("alt+1")
        program.find("Steps", "spin button").set_current_value(1000)
        program.key("alt+2")
        program.act("win.run")
        program.find("Stop")
        program.photograph("compare-running")
        program.act("win.stop")
        program.label(r"^Stopped after \d+ of 1000 steps")
        program.label("^Stopped before it began$")
        program.label("^Perplexity of column 1: The text was not finished")
        program.photograph("compare-stopped")
        program.act("win.run")  # and quit during it
        program.key("ctrl+q")
        self.assertEqual(program.process.wait(WITHIN), 0)
        self.assertFalse(re.search("CRITICAL|WARNING", program.read_log().replace("fd limit", "")), program.read_log())

    def test_narrow(self):
        program = self.open(size=(370, 740))
        self.pause()
        self.to_end()
        program.photograph("compare-narrow")
        self.choose(1, 1)
        self.choose(5)
        program.label("^Perplexity of column 4: [0-9]")
        self.pause()
        program.photograph("compare-narrow-four")
        subprocess.run(["xdotool", "mousemove", "180", "300", "click", "--repeat", "60", "--delay", "5", "5"], check=True)
        program.photograph("compare-narrow-table")
        self.check_labels()
        self.quit()

    def test_dark(self):
        program = self.open(environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        self.pause()
        self.to_end()
        program.photograph("compare-dark")
        self.quit()


if __name__ == "__main__":
    driver.main()
