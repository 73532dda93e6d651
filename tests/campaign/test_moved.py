"""Campaigns that are moved: where the simulator is, where it runs, and what a copied folder needs."""
import json
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, MISSING_INPUT, TOOLS, ProgramTest, events, own_campaign

# Needs a module and a table beside it, by relative paths, and says where it runs.
SIMULATOR = f"""
import json, os, random, sys, tempfile
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
from model import law

table = json.load(open("data/table.json"))
with open(os.environ["SNPSE_TEST_RECORD"], "a") as record:
    record.write(json.dumps([os.getcwd(), os.environ["SNPSE_SCRATCH"], tempfile.gettempdir()]) + "\\n")
open(os.path.join(os.environ["SNPSE_SCRATCH"], "left_behind"), "w").close()

serve(lambda theta, seed: law(theta, table["noise"] * random.Random(seed).gauss(0.0, 1.0)))
"""

OWN = own_campaign("a", "b")


class MovedTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.record = self.folder / "record.txt"
        self.options = {"env": {**os.environ, "SNPSE_TEST_RECORD": str(self.record)}}
        self.work = self.folder / "work"
        (self.work / "data").mkdir(parents=True)
        (self.work / "data" / "table.json").write_text('{"noise": 0.1}')
        (self.work / "model.py").write_text("def law(theta, noise):\n    return [value + noise for value in theta]\n")
        (self.work / "simulator.py").write_text(SIMULATOR)

    def campaign(self, more=""):
        file = self.work / "campaign.toml"
        file.write_text(OWN.replace("[[parameter]]", more + "\n[[parameter]]", 1))
        return file

    def ran_in(self):
        """Where the workers ran since the last call, and their scratch folders."""
        lines = [json.loads(line) for line in self.record.read_text().splitlines()]
        self.record.unlink()
        return {folder for folder, _, _ in lines}, [scratch for _, scratch, _ in lines]

    def test_it_runs_beside_the_campaign_file_and_has_a_scratch_folder(self):
        for start in (self.folder, self.work, pathlib.Path("/")):
            out = self.folder / f"from_{start.name}"
            self.assert_succeeds("run", self.campaign(), "--out", out, cwd=start, **self.options)
            lines = [json.loads(line) for line in self.record.read_text().splitlines()]
            self.assertTrue(all(scratch == temporary for _, scratch, temporary in lines))
            folders, scratch = self.ran_in()
            self.assertEqual(folders, {str(self.work)})
            self.assertEqual(len(set(scratch)), len(scratch))
            self.assertFalse([path for path in scratch if pathlib.Path(path).exists()])

    def test_all_of_it_copied(self):
        self.assert_succeeds("run", self.campaign(), **self.options)
        other = self.folder / "elsewhere" / "copy"
        shutil.copytree(self.work, other)
        shutil.rmtree(self.work)
        self.record.unlink()
        self.uses_the_simulator(other / "campaign", other)
        # The same command goes on, with nothing changed.
        self.assert_succeeds("run", other / "campaign.toml", **self.options)
        self.assertNotIn("reconfigured", [event["event"] for event in events(other / "campaign")])

    def uses_the_simulator(self, results, folder, *more):
        shutil.rmtree(results / "rounds" / "002")
        (results / "posterior.h5").unlink()
        self.assert_succeeds("run", results, *more, **self.options)
        self.assert_succeeds("simulate", results, "--prior", 3, "--output", self.folder / "x.csv", *more, **self.options)
        self.assertEqual(self.ran_in()[0], {str(folder)})

    def test_a_folder_that_has_the_simulator_in_it(self):
        file = self.campaign('files = ["simulator.py", "model.py", "data"]')
        results = self.folder / "results"
        self.assert_succeeds("run", file, "--out", results, **self.options)
        self.assertEqual(self.ran_in()[0], {str(results / "simulator")})
        # A mended file is taken along by the same command.
        (self.work / "model.py").write_text((self.work / "model.py").read_text() + "# mended\n")
        self.assertIn("copied 1 files", self.assert_succeeds("run", file, "--out", results, **self.options).stderr)
        self.assertIn("mended", (results / "simulator" / "model.py").read_text())
        shutil.copytree(results, self.folder / "copy", ignore=shutil.ignore_patterns("logs"))
        shutil.rmtree(results)
        shutil.rmtree(self.work)
        self.uses_the_simulator(self.folder / "copy", self.folder / "copy" / "simulator")

    def test_a_simulator_that_is_elsewhere_now(self):
        results = self.folder / "results"
        self.assert_succeeds("run", self.campaign(), "--out", results, **self.options)
        self.record.unlink()
        moved = self.folder / "moved"
        self.work.rename(moved)
        diagnosed = self.assert_succeeds("simulate", results, "--id", 0, "--simulator", moved, "--output",
                                         self.folder / "x.csv", **self.options)
        self.assertIn("the same x", diagnosed.stderr)
        self.uses_the_simulator(results, moved, "--simulator", moved)
        self.assertIn("simulator.folder", [event.get("key") for event in events(results)])

    def test_files_that_cannot_be_copied(self):
        out = self.folder / "results"
        self.assert_refused(MISSING_INPUT, ["simulator.files", "'absent.py'"], "run",
                            self.campaign('files = ["absent.py"]'), "--out", out)
        for name in ("../model.py", "/etc/passwd"):
            self.assert_refused(CONFIG, ["simulator.files", name, "not inside"], "run",
                                self.campaign(f'files = ["{name}"]'), "--out", out)


if __name__ == "__main__":
    unittest.main()
