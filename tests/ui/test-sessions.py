"""The side bar with the session log: what was run is kept, found, shown once more, and says whether it came out the same."""
import os
import pathlib
import shutil

import program as driver
import sessions
from program import WITHIN

MODELS = os.environ.get("COSMOS_MODELS", "")


class Sessions(sessions.SessionsTest):
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
        self.write("Title", "The First Zeppelin")
        self.write("Tags, with commas between them", "keep, blue kumquat")
        program.photograph("sessions-details")
        self.check_labels()
        program.find("Save").do_action(0)
        program.wait(lambda: self.rows()[3].get_name().startswith("The First Zeppelin"), "the title")

        # search
        self.search("kumquat")  # which no story of chance has
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
        program.said("“The First Zeppelin” is deleted")
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
        self.search("first zeppelin")
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
