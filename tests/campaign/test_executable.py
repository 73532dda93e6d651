"""Simulators that are executables with files: every example of jobs/examples, and what becomes of failures."""
import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, MISSING_INPUT, TINY_CAMPAIGN, Job, ProgramTest, events, snpse, wait_for

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "jobs/examples"
SMALL = TINY_CAMPAIGN[TINY_CAMPAIGN.index("[model]"):]  # sections that make a campaign one of seconds

CAMPAIGN = f"""
[simulator]
run = ["sh", "simulator.sh", "{{a}}", "{{b}}", "{{id}}"]
MORE
[[parameter]]
name = "a"
prior = {{ type = "uniform", low = -1.0, high = 1.0 }}
[[parameter]]
name = "b"
prior = {{ type = "uniform", low = -1.0, high = 1.0 }}
[observation]
x = [0.2, 0.1]
[method]
name = "npse"
simulations = 60
{SMALL}"""

# Does by its first parameter, as decimal text, what simulators do; the others echo their parameters.
MOODY = """
case $1 in
-0.9*) echo "no mesh for $1" >&2; exit 3;;
-0.8*) kill -SEGV $$;;
-0.7*) sleep 1000 & sleep 1000;;
-0.6*) echo nan 1;;
-0.5*) echo garbage;;
*) echo $1 $2;;
esac
"""


class ExampleTest(ProgramTest):
    """The posterior of an example: the observation is 1.05 exp(t / 3) with noise of .1."""

    def copy(self, name):
        """A copy of an example, with a campaign of seconds."""
        folder = self.folder / name
        shutil.copytree(EXAMPLES / name, folder)
        file = folder / "growth.toml"
        file.write_text(file.read_text().replace("simulations = 2000", 'name = "npse"\nsimulations = 150') + SMALL)
        return folder, file

    def check_and_run(self, folder, file):
        said = json.loads(self.assert_succeeds("check", file, "--json", "--seconds", 5).stdout)
        self.assertNotEqual(said["verdict"], "errors", said)
        self.assertEqual(said["findings"], [])
        self.assert_succeeds("run", file, "--out", folder / "results", ranks=2)
        said = self.assert_succeeds("simulate", folder / "results", "--id", 3)
        self.assertIn("simulation 3 gave the same x as in the campaign", said.stderr)
        self.assertTrue((folder / "results/workdirs/3/stderr.txt").exists())
        rows = list(csv.reader(io.StringIO(said.stdout)))
        self.assertEqual(rows[0][:3], ["start", "rate", "x_1"])
        start, rate, *sizes = map(float, rows[1])
        for time, size in zip((0, 0.5, 1, 1.5, 2), sizes, strict=True):
            self.assertAlmostEqual(size, start * 2.718281828459045 ** (rate * time), delta=0.6)
        return sizes

    @unittest.skipUnless(shutil.which("gfortran"), "gfortran compiles the example")
    def test_fortran_namelist(self):
        folder, file = self.copy("namelist")
        subprocess.run(["gfortran", "-o", "growth", "growth.f90"], cwd=folder, check=True)
        self.check_and_run(folder, file)

    def test_ini(self):
        self.check_and_run(*self.copy("ini"))

    def test_json(self):
        self.check_and_run(*self.copy("json"))

    def test_driver_of_dakota(self):
        self.check_and_run(*self.copy("dakota"))


class MoodyTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "results"

    def campaign(self, script=MOODY, more=""):
        self.write("simulator.sh", script)
        return self.write("campaign.toml", CAMPAIGN.replace("MORE", more))

    def counts(self):
        committed = next(event for event in events(self.out) if event.get("phase") == "simulate")
        return {status: committed[status] for status in ("ok", "invalid", "failed", "timeout")}

    def failures(self):
        return list(csv.DictReader(io.StringIO(self.assert_succeeds("export", self.out, "--failures", "--output",
                                                                    "-").stdout)))

    def test_every_failure_is_counted_explained_and_exported(self):
        file = self.campaign(more="time_limit = 1\nfailure_budget = 1\nretries = 1\nworkdir_limit = 5")
        self.assert_succeeds("run", file, "--out", self.out, ranks=2)
        counts = self.counts()
        self.assertEqual(sum(counts.values()), 60)
        rows = self.failures()
        last = {row["id"]: row for row in rows}  # the last attempt of each
        for status, count in counts.items():
            if status != "ok":
                self.assertEqual(sum(row["status"] == status for row in last.values()), count, status)
        for row in rows:
            a = row["a"]
            if a.startswith("-0.9"):
                self.assertEqual((row["status"], row["exit_code"], row["signal"]), ("failed", "3", ""))
                self.assertIn("exited with code 3", row["cause"])
                self.assertIn("no mesh for -0.9", row["standard_error"])
            elif a.startswith("-0.8"):
                self.assertEqual((row["status"], row["signal"]), ("failed", "11"))
            elif a.startswith("-0.7"):
                self.assertEqual((row["status"], row["attempt"]), ("timeout", "1"))
                self.assertGreater(float(row["seconds"]), 0.9)
            elif a.startswith("-0.6"):
                self.assertEqual((row["status"], row["cause"]), ("invalid", "output 1 is nan"))
            else:
                self.assertTrue(a.startswith("-0.5"), a)
                self.assertIn("'garbage', which is no number", row["cause"])
        failed = [row for row in rows if row["status"] == "failed"]
        self.assertEqual(len(failed), 2 * counts["failed"])  # each was tried twice
        self.assertEqual({row["attempt"] for row in failed}, {"1", "2"})
        kept = list((self.out / "workdirs").iterdir())
        self.assertLessEqual(len(kept), 5)
        self.assertGreater(len(kept), 0)

        said = json.loads(self.assert_succeeds("status", self.out, "--failures", "--json").stdout)
        self.assertEqual(said["failed_attempts"], len(rows))
        causes = said["causes"]
        self.assertEqual(sum(cause["attempts"] for cause in causes), len(rows))
        text = self.assert_succeeds("status", self.out, "--failures").stdout
        for cause in causes:
            example = cause["example"]
            self.assertIn(example["command"], text)
            self.assertEqual(example["command"], f"snpse simulate {self.out} --id {example['id']}")
            row = next(row for row in rows if row["id"] == str(example["id"]))
            self.assertEqual([float(row["a"]), float(row["b"])], example["theta"])
        mesh = next(cause["example"] for cause in causes if "code 3" in cause["cause"])
        self.assertIn("no mesh for", mesh["standard_error"])
        again = snpse("simulate", self.out, "--id", mesh["id"])
        self.assertEqual(again.returncode, DATA)
        self.assertIn("exited with code 3", again.stderr)
        self.assertIn(f"workdirs/{mesh['id']}", again.stderr)

    def test_failures_of_a_round_under_way_and_of_earlier_sittings(self):
        broken = self.write("broken", "")
        file = self.campaign(f"[ -e {broken} ] && exit 7\necho $1 $2", "failure_budget = 0.1\nretries = 0")
        self.assert_refused(DATA, ["failure_budget = 0.1", "exited with code 7"], "run", file, "--out", self.out)
        before = self.failures()
        self.assertGreater(len(before), 5)
        self.assertTrue(all(row["exit_code"] == "7" for row in before))
        broken.unlink()
        self.assert_succeeds("run", file, "--out", self.out)
        self.assertEqual(self.counts()["ok"], 60)
        self.assertEqual(self.failures(), before)

    def test_work_directories_are_removed(self):
        scratch = self.folder / "scratch"
        scratch.mkdir()
        file = self.campaign(more='time_limit = 0.5\nfailure_budget = 1\nworkdir = "never"')
        self.assert_succeeds("run", file, "--out", self.out, env={**os.environ, "TMPDIR": str(scratch)})
        self.assertGreater(self.counts()["timeout"], 0)
        self.assertEqual(list(scratch.iterdir()), [])
        self.assertFalse((self.out / "workdirs").exists())

    def test_the_same_data_for_any_number_of_ranks_and_after_a_kill(self):
        file = self.campaign("sleep 0.02; echo $1 $2")
        self.assert_succeeds("run", file, "--out", self.out)
        killed = self.folder / "killed"
        with Job("run", file, "--out", killed, ranks=2) as job:
            wait_for(lambda: list(killed.glob("rounds/001/parts/*.h5")) or job.finished(), "a part")
            job.kill()
        self.assert_succeeds("run", file, "--out", killed, ranks=3)
        name = "rounds/001/simulations.h5"
        self.assertEqual((self.out / name).read_bytes(), (killed / name).read_bytes())

    def test_a_campaign_moves_with_its_files(self):
        self.write("growth.in", "{a} {b}\n")
        file = self.campaign("cat growth.in; echo $3 > trace")
        text = file.read_text().replace("[[parameter]]", 'template = "growth.in"\nfiles = ["simulator.sh", "growth.in"]\n'
                                                         'workdir = "always"\n[[parameter]]', 1)
        file.write_text(text)
        self.assert_succeeds("run", file, "--out", self.out)
        self.assertEqual(len(list((self.out / "workdirs").glob("*/trace"))), 20)
        moved = self.folder / "elsewhere" / "results"
        moved.parent.mkdir()
        self.out.rename(moved)
        for name in ("simulator.sh", "growth.in", "campaign.toml"):
            (self.folder / name).unlink()
        said = self.assert_succeeds("simulate", moved, "--id", 5).stderr
        self.assertIn("simulation 5 gave the same x", said)
        # The posterior needs no simulator.
        shutil.rmtree(moved / "simulator")
        self.assert_succeeds("sample", moved, "--samples", 5, "--output", self.folder / "draws.csv")

    def test_mistakes_are_found_before_any_simulation(self):
        for more, code, message in (
                ('template = "a.in"', MISSING_INPUT, "a.in"),
                ('input = "dakoto"', CONFIG, 'did you mean "dakota"'),
                ('input = "json"\ntemplate = "a.in"', CONFIG, "both template and input"),
                ('output = "stdout"', CONFIG, "stdout = true"),
                ('output = { file = "../x" }', CONFIG, "not inside the simulation's work directory"),
                ('output = { file = "x", columns = [0] }', CONFIG, "columns"),
                ('output = { file = "x", colums = [1] }', CONFIG, "did you mean simulator.output.columns"),
                ('output = { file = "x", pointer = "u" }', CONFIG, "must begin with a slash"),
                ('output = { dataset = "/u" }', CONFIG, "needs either file or stdout"),
                ('workdir = "sometimes"', CONFIG, "on_failure"),
                ('launcher = ["srun"]', CONFIG, "simulator.ranks")):
            with self.subTest(more):
                self.assert_refused(code, message, "check", self.campaign(more=more))
        file = self.campaign()
        file.write_text(file.read_text().replace("{id}", "{idd}"))
        self.assert_refused(CONFIG, "there is no field '{idd}'; did you mean '{id}'?", "check", file)
        file.write_text(file.read_text().replace('run = ["sh", "simulator.sh", "{a}", "{b}", "{idd}"]',
                                                 'command = ["sh"]\nworkdir = "always"'))
        self.assert_refused(CONFIG, "simulator.workdir is for run alone", "check", file)


if __name__ == "__main__":
    unittest.main()
