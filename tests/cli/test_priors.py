"""Priors of every type in a whole campaign: what the simulator receives, and what the posterior holds."""
import csv
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import TINY_CAMPAIGN, TOOLS, ProgramTest

# x is all parameters as they arrive.
ECHO = f"""
import sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
serve(lambda theta, seed: theta)
"""
SETTINGS = TINY_CAMPAIGN[TINY_CAMPAIGN.index("[method]"):]


class PriorsTest(ProgramTest):
    def campaign(self, parameters, count, prior=""):
        """Runs a campaign of these parameters; returns its folder and what was said."""
        self.write("simulator.py", ECHO)
        text = '[simulator]\ncommand = ["python3", "simulator.py"]\n' + parameters + prior
        text += f"[observation]\nx = {[0.4] * count}\n" + SETTINGS
        folder = self.folder / "results"
        result = self.assert_succeeds("run", self.write("campaign.toml", text), "--out", folder)
        return folder, result.stderr

    def draws(self, folder):
        self.assert_succeeds("export", folder, "--output", self.folder / "draws.csv")
        with open(self.folder / "draws.csv", newline="", encoding="utf-8") as file:
            return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]

    def test_constants_and_integers(self):
        types = {"fixed": 'type = "constant", value = 2.5', "count": 'type = "integer", low = 1, high = 6',
                 "size": 'type = "gamma", shape = 2, rate = 3', "share": 'type = "beta", alpha = 2, beta = 3'}
        folder, said = self.campaign("".join(f'[[parameter]]\nname = "{name}"\nprior = {{ {prior} }}\n'
                                             for name, prior in types.items()), 4)
        self.assertIn("count", said)
        self.assertIn("nearest whole number", said)
        output = self.folder / "x.csv"
        self.assert_succeeds("simulate", folder, "--prior", 50, "--output", output)
        with open(output, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), ["count", "size", "share", "x_1", "x_2", "x_3", "x_4"])
        for row in rows:
            self.assertEqual(row["x_1"], "2.5")
            self.assertEqual(float(row["x_2"]), float(round(float(row["count"]))))
            self.assertEqual((row["x_3"], row["x_4"]), (row["size"], row["share"]))
        self.assertGreater(len({row["x_2"] for row in rows}), 3)
        for draw in self.draws(folder):
            self.assertTrue(0.5 <= draw["count"] <= 6.5 and draw["size"] > 0 and 0 < draw["share"] < 1, draw)
        summary = json.loads(self.assert_succeeds("summary", folder, "--json").stdout)
        self.assertEqual([p["name"] for p in summary["parameters"]], ["count", "size", "share"])

    def test_ordered_parameters_stay_ascending(self):
        parameters = "".join(f'[[parameter]]\nname = "{name}"\n' for name in "abc")
        prior = '[prior]\ntype = "ordered"\nmarginal = { type = "uniform", low = 0.0, high = 1.0 }\n'
        folder, _ = self.campaign(parameters, 3, prior)
        for draw in self.draws(folder):
            self.assertTrue(0 <= draw["a"] <= draw["b"] <= draw["c"] <= 1, draw)

    def test_parts_stay_on_the_simplex(self):
        parameters = "".join(f'[[parameter]]\nname = "{name}"\n' for name in "ab")
        folder, _ = self.campaign(parameters, 2, '[prior]\ntype = "dirichlet"\nconcentrations = [2.0, 3.0, 1.0]\n')
        for draw in self.draws(folder):
            self.assertTrue(min(draw.values()) > 0 and sum(draw.values()) < 1, draw)


if __name__ == "__main__":
    unittest.main()
