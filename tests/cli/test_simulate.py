"""A campaign's simulator run apart from the campaign: at given parameters, at draws, and again."""
import csv
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, MISSING_INPUT, TOOLS, USAGE, ProgramTest, own_campaign, snpse

SIMULATOR = f"""
import random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    if theta[0] > 0.9: raise ValueError("too hot")
    noise = random.Random(seed)
    return [value + noise.gauss(0.0, 0.01) for value in theta]

serve(simulate)
"""

OWN = own_campaign("heat", "b")


class SimulateTest(ProgramTest):
    """Around a finished campaign; a test that changes it changes a copy."""

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        cls.script, cls.results = cls.shared / "simulator.py", cls.shared / "results"
        cls.script.write_text(SIMULATOR, encoding="utf-8")
        (cls.shared / "campaign.toml").write_text(OWN, encoding="utf-8")
        result = snpse("run", cls.shared / "campaign.toml", "--out", cls.results)
        assert result.returncode == 0, result.stderr

    def setUp(self):
        super().setUp()
        self.output = self.folder / "x.csv"

    def simulate(self, *arguments, **options):
        """The table that comes of it, as a list of rows of numbers, and what was said."""
        said = self.assert_succeeds("simulate", self.results, *arguments, "--output", self.output, **options).stderr
        names, *rows = csv.reader(self.output.read_text().splitlines())
        self.assertEqual(names, ["heat", "b", "x_1", "x_2"])
        return [[float(value) for value in row] for row in rows], said

    def test_at_parameters_of_a_file(self):
        theta = self.write("theta.csv", "heat,b\n0.25,-0.5\n0.95,0\n0.5,0.75\n")
        rows, said = self.simulate("--theta", theta)
        self.assertEqual([row[:2] for row in rows], [[0.25, -0.5], [0.95, 0], [0.5, 0.75]])
        for row in rows[::2]:
            self.assertTrue(all(abs(x - value) < 0.1 for value, x in zip(row[:2], row[2:])), row)
        self.assertTrue(all(x != x for x in rows[1][2:]))  # nan
        self.assertIn("simulated 2 ok, 0 invalid, 1 failed", said)
        self.assertIn("too hot", said)
        self.assertEqual(self.simulate("--theta", theta, ranks=2)[0][::2], rows[::2])
        self.assertNotEqual(self.simulate("--theta", theta, "--seed", 9)[0][0], rows[0])
        self.write("theta.csv", "1,2,3\n")
        self.assert_refused(DATA, ["3 columns", "2 parameters"], "simulate", self.results, "--theta", theta, "--output",
                            self.output)

    def test_at_draws_of_the_prior_and_the_posterior(self):
        prior, _ = self.simulate("--prior", 200)
        posterior, _ = self.simulate("--posterior", 200)
        self.assertEqual((len(prior), len(posterior)), (200, 200))

        def spread(rows):
            return sum(abs(row[1]) for row in rows) / len(rows)
        self.assertTrue(0.4 < spread(prior) < 0.6, spread(prior))  # uniform: 0.5
        self.assertLess(spread(posterior), spread(prior))

    def test_a_simulation_again(self):
        for number in (0, 99):  # of the first and of the last round
            rows, said = self.simulate("--id", number)
            if rows[0][0] <= 0.9:
                self.assertIn(f"simulation {number} gave the same x as in the campaign", said)
        self.addCleanup(self.script.write_text, SIMULATOR, encoding="utf-8")
        self.script.write_text(SIMULATOR.replace("0.01", "0.02"), encoding="utf-8")
        rows, said = self.simulate("--id", 99)
        self.assertIn("simulation 99 gave another x than in the campaign", said)
        self.assert_refused(USAGE, ["no simulation 100", "0 to 99"], "simulate", self.results, "--id", 100, "--output",
                            self.output)

    def test_what_it_refuses(self):
        for arguments in ((), ("--prior", 3, "--id", 1)):
            self.assert_refused(USAGE, "--", "simulate", self.results, *arguments, "--output", self.output)
        self.assert_refused(USAGE, ["'two_mons'", "'two_moons'"], "simulate", "two_mons", "--output", self.output)
        self.assert_refused(USAGE, "--posterior", "simulate", "two_moons", "--posterior", 3, "--output", self.output)
        (self.folder / "empty").mkdir()
        self.assert_refused(MISSING_INPUT, "no campaign folder", "simulate", self.folder / "empty", "--prior", 3,
                            "--output", self.output)
        self.assertFalse(self.output.exists())

    def test_no_answer_at_all(self):
        theta = self.write("theta.csv", "0.95,0\n")
        ended = snpse("simulate", self.results, "--theta", theta, "--output", self.output)
        self.assertEqual(ended.returncode, DATA, ended.stderr)
        self.assertIn("too hot", ended.stderr)

    def test_columns_have_the_names_of_the_data(self):
        results = shutil.copytree(self.results, self.shared / "named")
        file = self.shared / "named.toml"
        file.write_text(OWN.replace("[method]", 'names = ["first", "second value"]\n[method]'), encoding="utf-8")
        self.assert_succeeds("run", file, "--out", results)  # names may come later
        self.assert_succeeds("simulate", results, "--prior", 3, "--output", self.output)
        self.assertEqual(self.output.read_text().splitlines()[0], "heat,b,first,second value")


if __name__ == "__main__":
    unittest.main()
