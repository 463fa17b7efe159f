"""The Explore page: each experiment with what people type into it."""
import re
import subprocess
import tempfile

import program as driver
from program import Atspi

STORY = "Anna had a red kite. One windy day it flew away."
LONG = "Tom had a new dog. The dog ran home. " * 60


class Explore(driver.WindowTest):
    def open(self, experiment, **how):
        program = self.start(**how)
        program.wait_for_steps()
        program.key("alt+3")
        self.show(experiment)
        return program

    def show(self, experiment):
        self.program.find(experiment, "radio button", "toggle button", "page tab").do_action(0)

    def read(self, name):
        node = self.program.find(name, "article")
        return Atspi.Text.get_text(node, 0, -1)

    def wait_text(self, name, condition=bool):
        self.program.wait(lambda: condition(self.read(name)), f"another {name}")
        return self.read(name)

    def write(self, field, text):
        node = self.program.find(field, "text", "entry")
        Atspi.EditableText.set_text_contents(node, text)

    def value(self, name):
        return self.program.find(name, "image", "img").get_description()

    def test_reconstruct(self):
        program = self.open("Reconstruct")
        self.wait_text("Text from the Latents")
        program.label(r"comes? back as")
        program.wait(lambda: "16 latents of 64" in self.value("Latents"), "the picture of the latents")
        program.photograph("explore-reconstruct")
        self.check_labels()

        self.write("Text", STORY)
        self.wait_text("Text from the Latents", lambda text: text.startswith("Anna had a red kite"))
        program.label(r"^\d+ → 16$")
        program.key("ctrl+shift+c")
        program.said("The text is copied")

        # what nobody should write
        self.write("Text", "   ")
        program.label("There is no text yet")
        self.wait_text("Text from the Latents", lambda text: not text)
        program.photograph("explore-reconstruct-empty")
        self.write("Text", LONG)
        program.label(r"^The model reads 64 tokens")
        self.wait_text("Text from the Latents")
        program.photograph("explore-reconstruct-long")
        self.write("Text", "🐕🦴 مرحبا ☃ <b>&amp;")
        program.wait(lambda: not any(re.match("The model reads", node.get_name()) for node in program.all()), "the hint to go")
        self.wait_text("Text from the Latents")
        program.photograph("explore-reconstruct-odd")

        # the run's text
        program.find("Use the Shown Text", "button", "push button").do_action(0)
        self.wait_text("Text from the Latents", lambda text: "🐕" not in text and len(text) > 20)
        self.quit()

    def test_perturb(self):
        program = self.open("Perturb")
        self.wait_text("Text with Noise")
        noise = program.find("Noise", "slider")
        program.label(r"^With noise of 0.50, \d+ of \d+ tokens stay; BLEU is")
        program.wait(lambda: "Noise 0.50: BLEU" in self.value("Text over Noise"))
        program.photograph("explore-perturb")
        self.check_labels()
        noise.set_current_value(0)
        program.label(r"^With noise of 0.00, (\d+) of \1 tokens stay; BLEU is 1.00")
        clean = self.read("Text with Noise")
        noise.set_current_value(2)
        program.label(r"^With noise of 2.00")
        self.wait_text("Text with Noise", lambda text: text != clean)
        noisy = self.read("Text with Noise")
        program.find("Another Noise").do_action(0)
        self.wait_text("Text with Noise", lambda text: text != noisy)
        # between levels there is none
        noise.set_current_value(1.234)
        program.wait(lambda: abs(noise.get_current_value() - 1.25) < 1e-6, "the next level")
        program.label(r"^With noise of 1.25")
        # as fast as the hand can
        for i in range(60):
            noise.set_current_value(i % 41 / 20)
        noise.set_current_value(0.3)
        program.label(r"^With noise of 0.30")
        self.write("Text", "")
        program.label("There is no text yet")
        self.wait_text("Text with Noise", lambda text: not text)
        self.write("Text", STORY)
        self.wait_text("Text with Noise")
        self.quit()

    def test_interpolate(self):
        program = self.open("Interpolate")
        self.wait_text("Text on the Way")
        program.label(r"^50 % of the way")
        rows = program.wait(lambda: [node for node in program.all(program.find("Nine Texts on the Way")) if node.get_role_name() == "list item"])
        self.assertEqual(len(rows), 9)
        program.wait(lambda: all(len(row.get_name()) > 20 for row in rows), "all nine texts")
        program.photograph("explore-interpolate")
        self.check_labels()
        place = program.find("Place Between the Texts", "slider")
        place.set_current_value(0)
        program.label(r"^0 % of the way")
        first = self.read("Text on the Way")
        place.set_current_value(1)
        program.label(r"^100 % of the way")
        self.assertNotEqual(self.read("Text on the Way"), first)
        middle = None
        for name in ("Spherical", "Linear"):
            place.set_current_value(0.5)
            program.find(name, "radio button", "toggle button").do_action(0)
            program.label(r"^50 % of the way")
            middle = self.wait_text("Text on the Way")
        self.assertTrue(middle)
        self.write("Second Text", " ")
        program.label("There is no text yet")
        program.photograph("explore-interpolate-empty")
        self.write("Second Text", LONG)
        program.label(r"^The model reads 64 tokens")
        self.wait_text("Text on the Way")
        self.write("Second Text", STORY)
        self.wait_text("Text on the Way")
        self.quit()

    def test_edit(self):
        program = self.open("Edit")
        original = self.wait_text("Original Text")
        program.label(r"^8 of 16 latents are pinned: 50 %$")
        program.label(r"tokens? differs? from the original; 8 of 16 latents were kept")
        program.photograph("explore-edit")
        self.check_labels()
        program.find("Pin All").do_action(0)
        program.label(r"^16 of 16 latents are pinned: 100 %$")
        program.act("win.run")
        program.label(r"The text is the same as the original; 16 of 16")
        self.assertEqual(self.read("Edited Text"), original)
        program.find("Unpin All").do_action(0)
        program.label(r"^0 of 16 latents are pinned")
        program.act("win.run")
        program.label(r"from the original; 0 of 16 latents were kept")
        fresh = self.read("Edited Text")
        self.assertNotEqual(fresh, original)
        program.find("Another Seed for the Others").do_action(0)
        self.wait_text("Edited Text", lambda text: text and text != fresh)
        program.find("Invert").do_action(0)
        program.label(r"^16 of 16 latents are pinned")
        # from late on, little changes
        program.find("Unpin All").do_action(0)
        program.label(r"^0 of 16 latents are pinned")
        program.find("Begin at Step", "spin button").set_current_value(48)
        program.act("win.run")
        program.label(r"the original; 0 of 16")
        program.photograph("explore-edit-late")
        # of another step; all of its latents pinned, it is that step's text
        program.find("Begin at Step", "spin button").set_current_value(1)
        program.find("Pin All").do_action(0)
        program.key("alt+1")
        self.stop_playing()
        program.scrubber().set_current_value(20)
        program.wait(lambda: program.step() == 20, "the step")
        program.key("alt+3")
        program.find("Shown Step", "radio button", "toggle button").do_action(0)
        of_step = self.wait_text("Original Text", lambda text: text and text != original)
        program.label(r"The text is the same as the original; 16 of 16")
        self.wait_text("Edited Text", lambda text: text == of_step)
        button = program.find("Open on the Denoise Page")
        program.wait(lambda: button.get_state_set().contains(Atspi.StateType.SENSITIVE), "the edit of the shown step")
        edited = self.read("Edited Text")
        button.do_action(0)
        program.find("Step", "slider")
        program.wait(lambda: program.text() == edited, "the edited text on the Denoise page")
        self.quit()

    def test_narrow(self):
        program = self.open("Reconstruct", size=(370, 740))
        for name, experiment in (("Text from the Latents", "Reconstruct"), ("Text with Noise", "Perturb"), ("Text on the Way", "Interpolate"),
                                 ("Edited Text", "Edit")):
            self.show(experiment)
            self.wait_text(name)
            program.photograph("explore-narrow-" + experiment.lower())
            self.check_labels()
        self.quit()

    def test_dark(self):
        program = self.open("Perturb", environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        self.wait_text("Text with Noise")
        program.photograph("explore-dark-perturb")
        self.show("Edit")
        self.wait_text("Edited Text")
        program.label(r"the original; 8 of 16")
        program.photograph("explore-dark-edit")
        self.quit()

    def test_right_to_left(self):
        with tempfile.TemporaryDirectory() as folder:
            if subprocess.run(["localedef", "-i", "ar_EG", "-f", "UTF-8", folder + "/ar_EG.UTF-8"], capture_output=True).returncode > 1:
                self.skipTest("no locales here")
            program = self.start(environment={"LOCPATH": folder, "LANG": "ar_EG.UTF-8", "LC_ALL": "ar_EG.UTF-8"})
            program.label(r"^Step [23٢٣]|^Done")
            program.key("alt+3")
            self.show("Perturb")
            self.wait_text("Text with Noise")
            program.photograph("explore-right-to-left")
            self.quit()


if __name__ == "__main__":
    driver.main()
