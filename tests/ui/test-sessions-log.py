"""The session log behind the side bar: what it keeps of comparisons, what is as it was after a new start, and what is done where it cannot be used."""
import os
import pathlib
import sqlite3
import subprocess

import program as driver
import sessions


class SessionsLog(sessions.SessionsTest):
    def test_as_it_was_left(self):
        """The side bar, what is looked for in it, and the run that is shown."""
        home = self.folder()
        kept = {"GSETTINGS_BACKEND": "keyfile"}
        program = self.start(home=home, environment=kept)
        self.finish()
        first = program.text()
        self.show()
        program.act("win.run")
        self.wait_for_rows(2)
        self.finish()
        self.assertNotEqual(program.text(), first)
        self.open(lambda: self.rows()[1], "The same to the last bit")
        self.finish()
        self.assertEqual(program.text(), first)
        word = max(first.split(), key=len).strip(".,!?\"'")
        self.search(word)
        self.wait_for_rows(1)
        self.quit(during_run=False)

        program = self.start(home=home, environment=kept)
        self.finish()
        self.assertEqual(program.text(), first)
        self.wait_for_rows(1)  # which is found by the word
        program.label(word)
        program.photograph("sessions-as-left")
        self.search("")
        self.wait_for_rows(2)  # no run was made for the start
        self.quit()

        # what was shown is gone from the log: a start as any
        log = sqlite3.connect(self.place(home))
        log.execute("DELETE FROM runs")
        log.commit()
        log.close()
        program = self.start(home=home, environment=kept)
        self.finish()
        self.assertEqual(program.text(), first)  # the story of the first start
        self.wait_for_rows(1)
        self.quit()

    def test_damaged(self):
        home = self.folder()
        place = self.place(home)
        place.parent.mkdir(parents=True)
        place.write_text("This was a database once. " * 100)
        program = self.start(home=home)
        program.find("Session Log Is Damaged")
        program.photograph("sessions-damaged")
        self.answer("Session Log Is Damaged", "Go On Without")
        self.finish()
        self.show()
        program.find("Runs Are Not Kept")
        program.photograph("sessions-problem")
        self.check_labels()
        self.assertTrue(place.read_text().startswith("This was a database once."))

        # asked again, and mended: the run of the time without is there, too
        program.find("What Can Be Done…", "button", "push button").do_action(0)
        self.answer("Session Log Is Damaged", "Move Aside and Begin Anew")
        program.said("the old one is beside it as “sessions-2.db”")
        self.wait_for_rows(1)
        self.assertTrue((place.parent / "sessions-2.db").read_text().startswith("This was a database once."))
        program.act("win.run")
        self.wait_for_rows(2)
        self.quit()

    def test_newer(self):
        home = self.folder()
        place = self.place(home)
        place.parent.mkdir(parents=True)
        newer = sqlite3.connect(place)
        newer.execute("CREATE TABLE runs_in_stone (x)")
        newer.execute("PRAGMA user_version = 1000")
        newer.commit()
        newer.close()
        before = place.read_bytes()
        program = self.start(home=home)
        program.find("Session Log Is Newer")
        program.label("Update the program")
        program.photograph("sessions-newer")
        self.answer("Session Log Is Newer", "Go On Without")
        self.finish()
        self.quit()
        self.assertEqual(place.read_bytes(), before)

    def test_read_only(self):
        home = self.folder()
        program = self.start(home=home)
        self.finish()
        self.quit(during_run=False)
        place = self.place(home)
        # Root may write everywhere, but for a file system that nobody can write.
        if os.geteuid() == 0 and subprocess.run(["mount", "--bind", place.parent, place.parent], capture_output=True).returncode != 0:
            self.skipTest("nothing is read-only here")
        if os.geteuid() == 0:
            self.addCleanup(subprocess.run, ["umount", place.parent], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", place.parent], check=True)
        else:
            place.parent.chmod(0o555)
            self.addCleanup(place.parent.chmod, 0o755)
        before = place.read_bytes()
        program = self.start(home=home)
        program.find("Session Log Is Read-Only")
        program.photograph("sessions-read-only")
        self.answer("Session Log Is Read-Only", "Open Read-Only")
        self.finish()
        self.show()
        program.find("Read-only: new runs are not kept")
        program.photograph("sessions-read-only-open")
        self.wait_for_rows(1)
        self.open(lambda: self.rows()[0], "The same to the last bit")
        program.act("win.run")
        self.finish()
        self.wait_for_rows(1)
        self.quit()
        self.assertEqual(place.read_bytes(), before)

    def test_comparison(self):
        home = self.folder()
        program = self.start(home=home)
        self.finish()
        program.act("win.compare")
        program.label("^Perplexity of column 2: [0-9]")
        program.wait(lambda: all(len(text) > 40 for text in self.ends()))
        texts, cells = [self.column(1), self.column(2)], self.cells()
        self.show()
        program.wait(lambda: any("Comparison of 2" in row.get_name() for row in self.rows()), "the comparison")
        self.assertEqual(len(self.rows()), 2)  # with the run that it took over
        program.photograph("sessions-comparison")
        self.quit()

        # the next day, as it was
        program = self.start(home=home)
        self.finish()
        self.show()
        self.search(texts[1].split()[-1].strip(".,!?\"'"))  # a word of the autoregressive text
        find = lambda: next((row for row in self.rows() if "Comparison of 2" in row.get_name()), None)
        program.wait(find, "the comparison")
        self.open(find, "The same to the last bit")
        program.wait(lambda: self.ends() == texts, "the texts")
        program.wait(lambda: self.cells() == cells, "the table")
        program.photograph("sessions-comparison-opened")
        self.check_labels()

        # deleted, had back, exported
        self.choose_of(program.wait(find), 3)
        program.said("is deleted")
        program.find("Nothing Found")
        program.find("Undo").do_action(0)
        self.choose_of(program.wait(find), 2)
        file = pathlib.Path(home) / "two.cosmosrun"
        self.type_path("Export the Run", str(file))
        program.said("The run is in “two.cosmosrun”")
        self.quit()

        # on another computer
        program = self.start()
        self.finish()
        self.show()
        self.import_file(file)
        program.said("were imported|was imported")
        program.wait(find)
        self.open(find, "The same to the last bit")
        program.wait(lambda: self.ends() == texts, "the texts")
        self.quit()


if __name__ == "__main__":
    driver.main()
