"""What `snpse sample` says of draws besides the draws, and `snpse diff`."""
import csv
import json
import pathlib
import random
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, MISSING_INPUT, TINY_CAMPAIGN, USAGE, ProgramTest, snpse

# x of a linear problem: the posterior is close to a normal.
LINEAR = TINY_CAMPAIGN.replace("two_moons", "gaussian_linear").replace("x = [0.0, 0.0]", f"x = {[0.2] * 10}").replace(
    "simulations = 100", "simulations = 600")
NAMES = [f"theta_{i}" for i in range(1, 11)]


class SampleTest(ProgramTest):
    """Around a finished campaign, which no test changes."""

    @classmethod
    def setUpClass(cls):
        shared = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, shared)
        file, cls.results = shared / "c.toml", shared / "results"
        file.write_text(LINEAR, encoding="utf-8")
        result = snpse("run", file, "--out", cls.results)
        assert result.returncode == 0, result.stderr

    def sample(self, *arguments, **options):
        """The table as a list of dictionaries of numbers."""
        output = self.folder / "out.csv"
        self.assert_succeeds("sample", self.results, *arguments, "--output", output, **options)
        with open(output, newline="", encoding="utf-8") as file:
            return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]

    def test_the_region_holds_the_densest_draws(self):
        rows = self.sample("--samples", 200, "--region", 0.9)
        inside = [row["log_prob"] for row in rows if row["in_region"] == 1]
        outside = [row["log_prob"] for row in rows if row["in_region"] == 0]
        self.assertEqual((len(inside), len(outside)), (180, 20))
        self.assertGreater(min(inside), max(outside))

    def test_the_mode_is_denser_than_every_draw(self):
        mode, = self.sample("--samples", 300, "--map")
        draws = self.sample("--samples", 300, "--log-prob")
        self.assertGreater(mode["log_prob"], max(row["log_prob"] for row in draws))
        self.assertEqual(list(mode), NAMES + ["log_prob"])
        # That of a normal is its mean, which 300 draws tell to their standard error.
        for name in NAMES:
            values = [row[name] for row in draws]
            mean = sum(values) / len(values)
            deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
            self.assertLess(abs(mode[name] - mean), deviation, name)
        self.assertEqual(self.sample("--samples", 300, "--map", ranks=2)[0].keys(), mode.keys())

    def test_densities_at_given_parameters(self):
        draws = self.sample("--samples", 5, "--log-prob")
        theta = self.folder / "theta.csv"
        theta.write_text("".join(",".join(str(row[name]) for name in NAMES) + "\n" for row in draws), encoding="utf-8")
        for given, drawn in zip(self.sample("--theta", theta), draws):
            self.assertAlmostEqual(given["log_prob"], drawn["log_prob"], places=4)
        self.assertFalse((self.folder / "out.csv.parts").exists())
        theta.write_text("1,2\n", encoding="utf-8")
        output = self.folder / "x.csv"
        self.assert_refused(DATA, "2 columns, but the campaign has 10 parameters", "sample", self.results, "--theta", theta,
                            "--output", output)
        self.assert_refused(USAGE, "--map", "sample", self.results, "--theta", theta, "--map", "--output", output)

    def test_predictions_stand_beside_their_draws(self):
        rows = self.sample("--samples", 50, "--predict", ranks=2)
        self.assertEqual(list(rows[0]), NAMES + [f"x_{i}" for i in range(1, 11)])
        # x is theta and noise of standard deviation 0.1^0.5: all 500 differences are within 5 of these.
        differences = [row[f"x_{i}"] - row[f"theta_{i}"] for row in rows for i in range(1, 11)]
        self.assertLess(max(map(abs, differences)), 5 * 0.1**0.5)
        mean_square = sum(difference**2 for difference in differences) / len(differences)
        self.assertAlmostEqual(mean_square, 0.1, delta=5 * 0.1 * (2 / 500) ** 0.5)
        self.assertEqual(rows, self.sample("--samples", 50, "--predict", ranks=2))

    def test_diff_finds_what_differs(self):
        same = json.loads(self.assert_succeeds("diff", self.results, self.results, "--json").stdout)
        self.assertEqual((same["configuration"], same["only_in_a"], same["only_in_b"]), ([], [], []))
        self.assertTrue(all(p["distance"] == 0 and p["shift"] == 0 for p in same["parameters"]))
        self.write("d.toml", LINEAR.replace("seed = 5", "seed = 6").replace("x = [0.2", "x = [0.9"))
        other = self.folder / "other"
        self.assert_succeeds("run", self.folder / "d.toml", "--out", other)
        found = json.loads(self.assert_succeeds("diff", self.results, other, "--json", ranks=2).stdout)
        self.assertEqual({entry["key"] for entry in found["configuration"]}, {"campaign.seed", "observation.x"})
        self.assertEqual(found["data"]["a"], {"simulations": 600, "valid": 600})
        first = found["parameters"][0]
        self.assertGreater(first["distance"], first["by_chance"])
        self.assertGreater(first["shift"], 0.5)
        self.assertGreater(found["c2st"], 0.6)
        text = self.assert_succeeds("diff", self.results, other).stdout
        self.assertIn("configuration: campaign.seed: A 5, B 6\n", text)
        self.assert_refused(MISSING_INPUT, "absent", "diff", self.results, self.folder / "absent")

    def test_files_of_draws_are_compared_by_their_names(self):
        generator = random.Random(1)
        rows = [(generator.gauss(0, 1), generator.gauss(5, 1)) for _ in range(300)]
        a = self.write("a.csv", "u,v\n" + "".join(f"{u},{v}\n" for u, v in rows[:150]))
        b = self.write("b.csv", "v,u,w\n" + "".join(f"{v},{u},0\n" for u, v in rows[150:]))
        found = json.loads(self.assert_succeeds("diff", a, b, "--json").stdout)
        self.assertEqual(found["only_in_b"], ["w"])
        self.assertTrue(all(p["distance"] < p["by_chance"] for p in found["parameters"]))
        c = self.write("c.csv", "v,u\n" + "".join(f"{v},{u}\n" for u, v in rows[150:]))
        self.assertLess(json.loads(self.assert_succeeds("c2st", a, c, "--json").stdout)["c2st"], 0.65)


if __name__ == "__main__":
    unittest.main()
