"""Grids: many campaigns, one table; stopped and continued, extended, wrong, and with cells that fail."""
import csv
import json
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, MISSING_INPUT, STOPPED, USAGE, Job, ProgramTest, snpse, wait_for

GRID = """tasks = ["two_moons", "gaussian_linear"]
methods = ["npse", "tsnpse"]
simulations = [60]
observations = [3, 4]
samples = 50
[set]
model.width = 16
training.max_steps = 20
training.early_steps = 20
training.validation_every = 10
truncation.samples = 100
"""
CELLS = 8
# What the machine and the hour decide.
TIMES = ("ranks", "seconds_propose", "seconds_simulate", "seconds_train", "seconds_infer")


def read_table(folder):
    """The rows as dictionaries."""
    with open(folder / "table.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def results(folder):
    return [{key: value for key, value in row.items() if key not in TIMES} for row in read_table(folder)]


def rows(folder):
    return sorted((folder / "rows").glob("*.json"))


class GridTest(ProgramTest):
    def grid(self, old="", new=""):
        self.assertIn(old, GRID)
        return self.write("grid.toml", GRID.replace(old, new))

    def test_killed_and_stopped_it_ends_with_the_same_table(self):
        file = self.grid()
        undisturbed, out = self.folder / "grid", self.folder / "disturbed"
        said = self.assert_succeeds("bench", file)
        self.assert_table(undisturbed, said.stdout)

        with Job("bench", file, "--out", out) as job:
            wait_for(lambda: job.finished() or rows(out), "the first row")
            job.kill()
        with Job("bench", file, "--out", out) as job:
            present = len(rows(out))
            wait_for(lambda: job.finished() or len(rows(out)) > present, "another row")
            job.send(signal.SIGTERM)
            self.assertEqual(job.wait(), STOPPED, job.output())
        before = {path: path.stat().st_ino for path in rows(out)}
        self.assertTrue(1 < len(before) < CELLS)
        self.assertEqual(len(read_table(out)), len(before))
        self.assert_succeeds("bench", file, "--out", out)
        self.assertEqual(results(out), results(undisturbed))
        self.assertEqual({path: path.stat().st_ino for path in before}, before)  # no cell ran twice

    def assert_table(self, folder, said):
        table = read_table(folder)
        self.assertEqual([(row["task"], row["method"], row["observation"]) for row in table],
                         [(task, method, observation) for task in ("gaussian_linear", "two_moons")
                          for method in ("npse", "tsnpse") for observation in ("3", "4")])
        for row in table:
            self.assertEqual((row["simulations"], row["seed"], row["ranks"], row["error"]), ("60", "1", "1", ""))
            self.assertTrue(0.2 <= float(row["c2st"]) <= 1, row)
            self.assertEqual(row["acceptance"] != "", row["method"] == "tsnpse")
            self.assertTrue(all(float(row[name]) >= 0 for name in TIMES))
        # One network for both observations of an amortised method, and one for each of another.
        self.assertEqual(len(list((folder / "campaigns").glob("*-npse-*"))), 2)
        self.assertEqual(len(list((folder / "campaigns").glob("*-tsnpse-*"))), 4)
        trained = [row["seconds_train"] for row in table if row["method"] == "npse"]
        self.assertEqual((trained[0], trained[2]), (trained[1], trained[3]))
        self.assertIn("two_moons", said)
        self.assertTrue((folder / "table.h5").exists())

    def test_ranks_and_json(self):
        file = self.grid('["two_moons", "gaussian_linear"]', '["two_moons"]')
        out = self.folder / "two"
        summary = json.loads(self.assert_succeeds("bench", file, "--out", out, "--json", ranks=2).stdout)["summary"]
        self.assertEqual([(line["method"], line["rows"], line["failed"]) for line in summary],
                         [("npse", 2, 0), ("tsnpse", 2, 0)])
        values = [float(row["c2st"]) for row in read_table(out) if row["method"] == "npse"]
        self.assertAlmostEqual(summary[0]["c2st"], sum(values) / 2)
        # The standard error of two values is half their distance.
        self.assertAlmostEqual(summary[0]["standard_error"], abs(values[0] - values[1]) / 2)
        self.assertEqual({row["ranks"] for row in read_table(out)}, {"2"})

    def test_a_cell_that_fails_is_a_row(self):
        file = self.grid("simulations = [60]", "simulations = [5, 60]")
        out = self.folder / "grid"
        self.write("grid.toml", file.read_text().replace('"gaussian_linear"', "").replace("tsnpse", "snpse_a")
                   .replace('"npse", ', ""))
        self.assert_refused(DATA, ["2 of 4 cells failed", "table.csv"], "bench", file, "--out", out)
        table = read_table(out)
        self.assertEqual([(row["simulations"], row["c2st"] == "") for row in table],
                         [("5", True), ("5", True), ("60", False), ("60", False)])
        self.assertIn("at least 10 valid ones are needed", table[0]["error"])

    def test_rows_of_another_program_join_the_table(self):
        file = self.grid('["two_moons", "gaussian_linear"]', '["two_moons"]')
        file.write_text(file.read_text().replace(', "tsnpse"', ""))
        out = self.folder / "grid"
        self.assert_succeeds("bench", file)
        row = json.loads(rows(out)[0].read_text()) | {"method": "sbi_fmpe", "process": "", "c2st": 0.625}
        (out / "rows" / "other.json").write_text(json.dumps(row))
        self.assertRegex(self.assert_succeeds("bench", file).stdout, r"sbi_fmpe +1 +0 +0\.625")
        self.assertEqual([row["method"] for row in read_table(out)], ["npse", "npse", "sbi_fmpe"])

    def test_observations_from_files(self):
        self.write("moon.csv", "0.0,0.0\n")
        self.write("exact.csv", "".join(f"{i / 100},{-i / 100}\n" for i in range(50)))
        file = self.grid("observations = [3, 4]", "")
        file.write_text(file.read_text().replace(', "gaussian_linear"', "").replace(', "tsnpse"', "") +
                        '[[observation]]\ntask = "two_moons"\nfile = "moon.csv"\nreference = "exact.csv"\n')
        self.assert_succeeds("bench", file)
        self.assertEqual([row["observation"] for row in read_table(self.folder / "grid")], ["moon"])
        self.write("moon.csv", "0.0,0.1\n")
        self.assert_refused(CONFIG, ["x.csv", "another observation"], "bench", file)

    def test_wrong_grids_create_nothing(self):
        self.assert_refused(CONFIG, ["grid.toml:2", "metods", "methods"], "bench", self.grid("methods", "metods"))
        self.assertFalse((self.folder / "grid").exists())
        self.assert_refused(MISSING_INPUT, "absent.toml", "bench", self.folder / "absent.toml")
        self.assert_refused(USAGE, ["--seed", "grid.toml"], "bench", self.grid(), "--seed", 3)

    def test_other_settings_need_another_folder(self):
        small = self.grid('["two_moons", "gaussian_linear"]', '["two_moons"]')
        small.write_text(small.read_text().replace(', "tsnpse"', "").replace("[3, 4]", "[3]"))
        self.assert_succeeds("bench", small)
        small.write_text(small.read_text().replace("[3]", "[3, 4]"))
        self.assert_succeeds("bench", small)  # more cells join
        self.assertEqual(len(read_table(self.folder / "grid")), 2)
        small.write_text(small.read_text().replace("max_steps = 20", "max_steps = 30"))
        self.assert_refused(CONFIG, ["training.max_steps: 20, now 30"], "bench", small)


class OtherProgramsTest(ProgramTest):
    """What a program of another kind needs to take part."""

    def test_simulations_do_not_depend_on_ranks(self):
        one, two = self.folder / "one.csv", self.folder / "two.csv"
        self.assert_succeeds("simulate", "slcp", "--simulations", 7, "--output", one)
        self.assert_succeeds("simulate", "slcp", "--simulations", 7, "--output", two, ranks=2)
        self.assertEqual(one.read_bytes(), two.read_bytes())
        names, *table = csv.reader(one.read_text().splitlines())
        self.assertEqual((len(names), names[4], names[5], len(table)), (13, "theta_5", "x_1", 7))
        theta = self.write("theta.csv", "\n".join(",".join(row[:5]) for row in table))
        again = self.folder / "again.csv"
        self.assert_succeeds("simulate", "slcp", "--theta", theta, "--output", again)
        self.assertEqual(again.read_bytes(), one.read_bytes())  # the parameters' own stream is another
        self.assert_refused(DATA, ["5 columns", "2 parameters"], "simulate", "two_moons", "--theta", theta,
                            "--output", again)

    def test_c2st_of_files(self):
        # Two grids of points that do not touch: any classifier tells them apart.
        near = self.write("near.csv", "".join(f"{i % 10},{i // 10}\n" for i in range(100)))
        far = self.write("far.csv", "".join(f"{i % 10},{i // 10 + 50}\n" for i in range(100)))
        result = json.loads(self.assert_succeeds("c2st", near, far, "--json").stdout)
        self.assertEqual(result["c2st"], 1)
        self.assert_refused(DATA, "columns", "c2st", near, self.write("narrow.csv", "1\n2\n"))


if __name__ == "__main__":
    unittest.main()
