"""Campaigns whose simulators leave values undefined."""
import csv
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, TOOLS, ProgramTest, events

SIZES = """
[training]
max_steps = 200
[truncation]
samples = 500
[posterior]
samples = 500
"""

# Both parameters with noise; the second is not defined above 0.5.
TOY = f"""
import math, random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    noise = random.Random(seed)
    first, second = (value + noise.gauss(0, 0.3) for value in theta)
    return [first, second if second < 0.5 else math.nan]

serve(simulate)
"""

TOY_CAMPAIGN = """
[campaign]
seed = 3
[simulator]
command = ["python3", "toy.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "b"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[observation]
x = [0.2, 0.1]
[method]
rounds = 2
simulations = 400
first_round = 200
[model]
width = 32
[invalid]
policy = "drop"
""" + SIZES

# A few statistics of the bursts in short traces, and few simulations: with one network in round 1, the region of round 2
# leaves out 44 % of the posterior at this seed.
PYLORIC = """
[campaign]
seed = 3
[simulator]
task = "pyloric_short"
[observation]
x = [1170.85859, 206.036434, 214.307031, 412.842187, 0.175970382, 0.183034085, 0.35259782]
[method]
rounds = 2
simulations = 192
first_round = 128
[model]
process = "vp"
width = 32
[invalid]
policy = "replace"
""" + SIZES


# Few draws of the prior are valid.
RARE = f"""
import math, random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
serve(lambda theta, seed: [theta[0] + random.Random(seed).gauss(0, 0.1) if theta[0] > 0.8 else math.nan])
"""

RARE_CAMPAIGN = """
[campaign]
seed = 4
[simulator]
command = ["python3", "rare.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[observation]
x = [0.95]
[method]
name = "NAME"
rounds = ROUNDS
simulations = SIMULATIONS
[model]
width = 32
networks = 1
""" + SIZES.replace("max_steps = 200", "max_steps = 40")


class RaisedSimulationsTest(ProgramTest):
    """A campaign that stopped for too few valid simulations takes the advice to raise their number."""

    def run_with(self, name, rounds, simulations, out, code=None, wanted=(), more=""):
        self.write("rare.py", RARE)
        file = self.write("campaign.toml", RARE_CAMPAIGN.replace("NAME", name).replace("ROUNDS", str(rounds)).replace(
            "SIMULATIONS", str(simulations)).replace("[model]", more + "[model]"))
        arguments = ("run", file, "--out", self.folder / out)
        return self.assert_refused(code, wanted, *arguments) if code else self.assert_succeeds(*arguments).stderr

    def assert_as_if_started_so(self, name, rounds, few, many, more="", more_then=""):
        """What comes of raising the number is what a campaign that has it from the start gives, to the bit."""
        advice = ["only ", "valid simulations lie in the region", "raise method.", "run the same command again"]
        self.run_with(name, rounds, few, "raised", DATA, advice, more)
        self.assertIn(f"method.simulations: {few}, now {many}", self.run_with(name, rounds, many, "raised", more=more_then))
        self.run_with(name, rounds, many, "fresh", more=more_then)
        files = ["posterior.h5", "campaign.toml"] + [
            f"rounds/{i:03}/{part}.h5" for i in range(1, rounds + 1) for part in ("simulations", "network")]
        for file in files:
            self.assertEqual((self.folder / "raised" / file).read_bytes(), (self.folder / "fresh" / file).read_bytes(),
                             file)
        # One sitting simulated the first ones, and another the others.
        changed = [event for event in events(self.folder / "raised") if event["event"] == "reconfigured"]
        self.assertIn({"key": "method.simulations", "before": str(few), "now": str(many)},
                      [{key: event[key] for key in ("key", "before", "now")} for event in changed])

    def test_in_the_only_round(self):
        self.assert_as_if_started_so("npse", 1, 40, 400)

    def test_in_the_first_of_two_rounds(self):
        self.assert_as_if_started_so("tsnpse", 2, 100, 800)

    def test_where_the_first_round_has_a_number_of_its_own(self):
        self.assert_as_if_started_so("tsnpse", 2, 400, 800, "first_round = 30\n", "first_round = 300\n")

    def test_a_number_that_shrinks_or_comes_too_late_is_refused(self):
        self.run_with("npse", 1, 40, "raised", DATA)
        changed = "started with another configuration:\n  method.simulations: 40, now 20"
        self.run_with("npse", 1, 20, "raised", CONFIG, changed)
        self.run_with("npse", 1, 400, "raised")
        self.run_with("npse", 1, 500, "raised", CONFIG, "method.simulations: 400, now 500")
        self.run_with("npse", 1, 400, "raised")


class InvalidTest(ProgramTest):
    def start(self, campaign):
        self.write("toy.py", TOY)
        self.file = self.write("campaign.toml", campaign)
        self.out = self.folder / "results"

    def run_campaign(self, **options):
        return self.assert_succeeds("run", self.file, "--out", self.out, **options)

    def rounds(self):
        return json.loads(self.assert_succeeds("status", self.out, "--json").stdout)["round_table"]

    def trained(self):
        return [event for event in events(self.out) if event.get("phase") == "train"]

    def test_dropped_with_a_region_of_valid_ones(self):
        self.start(TOY_CAMPAIGN.replace('policy = "drop"', 'region = "learned"\nlost_share = 0.1'))
        said = self.run_campaign(ranks=2).stderr
        self.assertIn("invalid: dropped", said)
        self.assertIn("of the valid ones are lost", said)
        first, second = self.rounds()
        self.assertTrue(0 < second["expected_valid"] < 1)
        self.assertGreater(second["valid_share"], first["valid_share"])
        self.assertTrue(all("invalid: dropped" in event["invalid_note"] for event in self.trained()))
        self.assertNotIn("outside_share", first)
        self.assertTrue(0 <= second["outside_share"] <= 1)
        self.assertIn("outside", self.assert_succeeds("status", self.out).stdout)

    def test_replaced_at_an_observation_that_is_undefined_itself(self):
        self.start(TOY_CAMPAIGN.replace('"drop"', '"replace"').replace("0.2, 0.1", "0.2, nan"))
        self.run_campaign()
        first, second = self.trained()
        # The box of round 2 leaves out some of round 1's; all in it are trained on, valid or not.
        self.assertEqual(first["training_rows"], 140)  # of 200, a fifth validates and a tenth is kept for the check
        self.assertIn("stand-in for each", second["invalid_note"])
        posterior = self.out / "posterior.h5"
        before = posterior.read_bytes()
        for path in (posterior, self.out / "rounds" / "002" / "network.h5"):
            path.unlink()
        self.run_campaign()
        self.assertEqual(posterior.read_bytes(), before)
        table = self.folder / "samples.csv"
        self.assert_succeeds("export", self.out, "--output", table)
        with open(table, newline="", encoding="utf-8") as file:
            draws = [float(row["b"]) for row in csv.DictReader(file)]
        # Given that b and noise of 0.3 are above 0.5, b's mean is 0.67; the prior's is 0.
        self.assertGreater(sum(draws) / len(draws), 0.4)

    def test_pyloric_network_cut_down(self):
        self.start(PYLORIC)
        self.run_campaign(ranks=2)
        first, second = self.rounds()
        self.assertEqual((first["simulated"], second["simulated"]), (128, 64))
        self.assertTrue(0 < first["valid_share"] < 1)
        self.assertLess(second["outside_share"], 0.25)
        self.assertEqual(self.trained()[0]["training_rows"], 91)  # of 128, all answered, 25 validate and 12 are kept for the check

    def test_where_nothing_is_valid_the_advice_is_not_to_simulate_more(self):
        self.write("rare.py", RARE.replace("> 0.8", "> 1.8"))
        file = self.write("campaign.toml", RARE_CAMPAIGN.replace("NAME", "npse").replace("ROUNDS", "1").replace(
            "SIMULATIONS", "40"))
        said = self.assert_refused(DATA, "no simulation of round 1 is valid", "run", file, "--out", self.folder / "out")
        self.assertIn("start a new campaign with another --out", said)


if __name__ == "__main__":
    unittest.main()
