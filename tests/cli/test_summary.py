"""`snpse summary`: the table at the end of a run, of several campaigns, and of draws of other programs."""
import csv
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, MISSING_INPUT, TINY_CAMPAIGN, USAGE, ProgramTest, snpse

NAMES = ["theta_1", "theta_2"]


class SummaryTest(ProgramTest):
    """Around a finished campaign, which no test changes."""

    @classmethod
    def setUpClass(cls):
        shared = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, shared)
        file, cls.results = shared / "c.toml", shared / "results"
        file.write_text(TINY_CAMPAIGN, encoding="utf-8")
        result = snpse("run", file, "--out", cls.results)
        assert result.returncode == 0, result.stderr
        cls.said = result.stdout

    def summary(self, *arguments):
        return json.loads(self.assert_succeeds("summary", *arguments, "--json").stdout)

    def draws(self):
        self.assert_succeeds("export", self.results, "--output", self.folder / "draws.csv")
        with open(self.folder / "draws.csv", newline="", encoding="utf-8") as file:
            return [[float(row[name]) for row in csv.DictReader(file)] for name in NAMES if not file.seek(0)]

    def test_a_run_ends_with_the_table(self):
        table = self.assert_succeeds("summary", self.results).stdout
        self.assertIn(table, self.said)
        self.assertRegex(table, r"100 draws, .*leaked")
        self.assertRegex(table, r"parameter +mean +sd +median +5 % +95 % +mode +shrinkage\ntheta_1 ")

    def test_json_has_the_figures_of_the_draws(self):
        summary = self.summary(self.results)
        self.assertEqual([p["name"] for p in summary["parameters"]], NAMES)
        self.assertEqual((summary["draws"], summary["mode_by"]), (100, "kernel"))
        for parameter, values in zip(summary["parameters"], self.draws()):
            self.assertAlmostEqual(parameter["mean"], sum(values) / len(values))
            ordered = sorted(values)
            self.assertAlmostEqual(parameter["median"], (ordered[49] + ordered[50]) / 2)
            self.assertAlmostEqual(parameter["q05"], 0.05 * ordered[4] + 0.95 * ordered[5])
            self.assertTrue(ordered[0] <= parameter["mode"] <= ordered[-1])
            self.assertLess(parameter["shrinkage"], 1)

    def test_the_mode_is_the_draw_of_the_greatest_density(self):
        for name in ("more.csv", "more.h5"):
            more = self.folder / name
            self.assert_succeeds("sample", self.results, "--samples", 50, "--log-prob", "--output", more)
            summary = self.summary(more)
            self.assertEqual(summary["mode_by"], "density")
            with open(self.folder / "more.csv", newline="", encoding="utf-8") as file:
                best = max(csv.DictReader(file), key=lambda row: float(row["log_prob"]))
            self.assertEqual([p["mode"] for p in summary["parameters"]], [float(best[name]) for name in NAMES])

    def test_several_stand_side_by_side(self):
        other = self.write("other.csv", "theta_2,phi\n" + "".join(f"{i},{-i}\n" for i in range(11)))
        table = self.assert_succeeds("summary", self.results, other).stdout
        self.assertRegex(table, r"theta_2 +1 .*\ntheta_2 +2 +5\.00 +3\.32 +5\.00 +0\.50 +9\.50 .* -\nphi +2 ")
        self.assertIn("correlation -1.00: theta_2, phi", table)
        rows = list(csv.DictReader(self.assert_succeeds("summary", self.results, other, "--csv").stdout.splitlines()))
        self.assertEqual([(row["source"], row["parameter"]) for row in rows],
                         [(str(self.results), name) for name in NAMES] + [(str(other), "theta_2"), (str(other), "phi")])
        self.assertEqual((rows[3]["mean"], rows[3]["shrinkage"]), ("-5", ""))
        self.assertEqual(len(self.summary(self.results, other)["summaries"]), 2)

    def test_predicted_data_are_no_parameters(self):
        predicted = self.folder / "predicted.csv"
        self.assert_succeeds("sample", self.results, "--samples", 20, "--predict", "--output", predicted)
        self.assertEqual([p["name"] for p in self.summary(predicted)["parameters"]], NAMES)
        # All columns of a file that has no others may be called so.
        columns = self.write("x.csv", "x_1,x_2\n" + "".join(f"{i},{-i}\n" for i in range(11)))
        self.assertEqual([p["name"] for p in self.summary(columns)["parameters"]], ["x_1", "x_2"])

    def test_chosen_parameters(self):
        named = self.write("named.csv", "rate,start,I(1)\n" + "".join(f"{i},{-i},nan\n" for i in range(11)))
        chosen = self.summary(named, "--parameters", "start", "rate")
        self.assertEqual([(p["name"], p["mean"]) for p in chosen["parameters"]], [("start", -5), ("rate", 5)])
        self.assertEqual([p["name"] for p in self.summary(self.results, "--parameters", "theta_2")["parameters"]],
                         ["theta_2"])
        self.assert_refused(DATA, "did you mean 'rate'?", "summary", named, "--parameters", "rat")
        several = self.write("several.csv", "rate,observation\n1,1\n2,2\n")
        self.assert_refused(DATA, "several posteriors", "summary", several, "--parameters", "rate")

    def test_mistakes(self):
        self.assert_refused(MISSING_INPUT, "absent", "summary", self.folder / "absent")
        self.assert_refused(USAGE, "excludes", "summary", self.results, "--json", "--csv")
        self.assert_refused(DATA, "'x' is not a number", "summary", self.write("a.csv", "a,b\n1,x\n"))
        unfinished = self.folder / "unfinished"
        snpse("run", self.write("c.toml", TINY_CAMPAIGN), "--out", unfinished, "--wall-time", "0")
        self.assert_refused(MISSING_INPUT, "no posterior yet", "summary", unfinished)


if __name__ == "__main__":
    unittest.main()
