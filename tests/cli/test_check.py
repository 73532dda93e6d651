"""A campaign judged before it runs: what `snpse check` finds of simulators that are wrong, and what `run` says at once."""
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, TOOLS, ProgramTest, events, snpse

SIMULATOR = f"""
import math, os, random, sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    noise = random.Random(seed)
    x = [value + noise.gauss(0.0, 0.1) for value in theta]
    BEHAVIOUR
    return x

serve(simulate)
"""

CAMPAIGN = """
[simulator]
command = ["python3", "simulator.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "b"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[observation]
x = [0.2, 0.1]
[method]
name = "tsnpse"
simulations = 4000
[model]
width = 32
[training]
max_steps = 60
[posterior]
samples = 100
"""


class JudgedCampaign(ProgramTest):
    def campaign(self, behaviour="pass", *changes):
        self.write("simulator.py", SIMULATOR.replace("BEHAVIOUR", behaviour))
        text = CAMPAIGN
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write("campaign.toml", text)


class CheckTest(JudgedCampaign):
    def check(self, *campaign, seconds=20, **options):
        """The verdict, the messages by what they are about, and all that was said, for a campaign of campaign()."""
        file = self.campaign(*campaign)
        ended = snpse("check", file, "--json", "--seconds", seconds, **options)
        said = json.loads(ended.stdout)
        self.assertEqual(ended.returncode, DATA if said["verdict"] == "errors" else 0, ended.stderr)
        return said["verdict"], {finding["what"]: finding["message"] for finding in said["findings"]}, said

    def test_a_good_simulator(self):
        verdict, found, said = self.check(ranks=2)
        self.assertEqual((verdict, found), ("ok", {}))
        self.assertEqual(said["simulations"], {"run": 1000, "ok": 1000, "invalid": 0, "failed": 0, "timeout": 0})
        seconds = said["seconds"]
        self.assertTrue(0 < seconds["low"] <= seconds["median"] <= seconds["high"] < seconds["start"])
        text = self.assert_succeeds("check", self.folder / "campaign.toml").stdout
        self.assertIn("is valid: tsnpse with 2 parameters and 2 data, 4000 simulations in 3 rounds", text)
        self.assertTrue(text.endswith("verdict: ok\n"), text)

    def test_the_cost_counts_the_probe_and_the_ensemble(self):
        cost = self.check()[2]["cost"]
        # 30 % of all, 30 % of what is left, and the rest. Two networks only propose; three are the last round's.
        self.assertEqual((cost["rounds"], cost["networks"], cost["steps"]), ([1200, 840, 1960], 5, 300))
        self.assertGreater(cost["training_seconds"], 0)
        # From 5000 simulations on the last round trains one network.
        cost = self.check("pass", ("simulations = 4000", "simulations = 6000"))[2]["cost"]
        self.assertEqual(cost["networks"], 3)
        cost = self.check("pass", ('"tsnpse"', '"npse"'))[2]["cost"]
        self.assertEqual((cost["rounds"], cost["networks"]), ([4000], 3))

    def test_simulators_that_cannot_be_used(self):
        for behaviour, what, message in (
                ("x = [math.nan, 1.0]", "invalid", "output 1 is nan"),
                ("x = [1.0]", "invalid", "1 values where 2 are expected"),
                ("raise ValueError('no convergence')", "failures", "no convergence"),
                ("os._exit(3)", "failures", "exited with code 3"),
                ("x = [1.0, 2.0]", "constant_data", "gave the same x")):
            verdict, found, said = self.check(behaviour)
            self.assertEqual(verdict, "errors", behaviour)
            self.assertIn(message, found[what])
            self.assertLessEqual(said["simulations"]["failed"], 40)  # so many failures say enough
            text = self.assert_refused(DATA, message, "check", self.folder / "campaign.toml")
            self.assertNotIn("is valid", text)

    def test_a_simulator_that_always_fails_says_so_once(self):
        file = self.campaign("raise ValueError('no convergence')")
        said = self.assert_refused(DATA, "no convergence", "check", file)
        self.assertLess(len(said.splitlines()), 30, said)
        log = re.search(r"see (\S+/worker_00000\.log)", said)[1]
        self.assertIn(f"the end of {log}:\n", said)
        self.assertIn("\nValueError: no convergence\n", said)

    def test_a_command_that_cannot_run(self):
        file = self.campaign("pass", ('"python3"', '"no_such_program"'))
        message = self.assert_refused(DATA, "no_such_program", "check", file)
        self.assertNotIn("is valid", message)

    def test_simulators_that_are_odd(self):
        for behaviour, what, message in (
                ("x[1] = x[1] if seed % 2 else math.nan", "invalid", "will not be trained on"),
                ("x[1] = 0.5", "constant_data", "value 2 is 0.5 in all simulations"),
                ("x = list(theta)", "seed_ignored", "3 of 3 cases"),
                ("x = [value + random.gauss(0.0, 0.1) for value in theta]", "seed_repeats", "3 of 3 cases"),
                ("assert seed % 20", "failures", "no more than simulator.failure_budget")):
            verdict, found, said = self.check(behaviour)
            self.assertEqual(verdict, "warnings", behaviour)
            self.assertIn(message, found[what])
            self.assertTrue(all(finding["severity"] == "warning" for finding in said["findings"]))

    def test_a_round_that_is_invalid_as_a_whole(self):
        # Round 1 has 60 simulations, and check runs all of them.
        verdict, found, _ = self.check("x = [math.nan, 1.0]", ("simulations = 4000", "simulations = 200"))
        self.assertEqual(verdict, "errors")
        self.assertIn("60 of 60 simulations that answered are invalid, so that nothing is left to train on",
                      found["invalid"])

    def test_each_finding_has_examples_of_its_own_kind(self):
        behaviour = "if seed % 10 == 0: raise ValueError('no convergence')\n    if seed % 2: x[1] = math.nan"
        _, found, _ = self.check(behaviour)
        self.assertRegex(found["failures"], r"allows; simulation \d+: failed: ValueError: no convergence")
        self.assertRegex(found["invalid"], r"other policies\); simulation \d+: invalid: output 2 is nan$")
        self.assertNotIn("invalid", found["failures"])
        self.assertNotIn("failed", found["invalid"])

    def test_an_observation_outside_all_simulations(self):
        verdict, found, _ = self.check("pass", ("x = [0.2, 0.1]", "x = [0.2, 50.0]"))
        self.assertEqual(verdict, "warnings")
        self.assertIn("outside all that was simulated (1000 valid simulations): value 2 is 50, simulated were -1.",
                      found["observation"])

    def test_no_simulation_in_time(self):
        verdict, found, said = self.check("time.sleep(3600)", seconds=1)
        self.assertEqual((verdict, said["simulations"]["run"], said["seconds"]), ("warnings", 0, None))
        self.assertIn("--seconds", found["time"])

    def test_more_than_memory_holds(self):
        file = self.campaign("pass", ("simulations = 4000", "simulations = 1000000000000"))
        ended = snpse("check", file, "--json")
        self.assertEqual(ended.returncode, CONFIG, ended.stderr)
        said = json.loads(ended.stdout)
        self.assertEqual(said["verdict"], "errors")
        self.assertIn("ask for less", said["findings"][0]["message"])

    def test_a_file_that_is_wrong(self):
        file = self.campaign("pass", ("width = 32", "widht = 32"))
        ended = snpse("check", file, "--json")
        self.assertEqual(ended.returncode, CONFIG)
        said = json.loads(ended.stdout)
        self.assertEqual((said["verdict"], [finding["what"] for finding in said["findings"]]),
                         ("errors", ["campaign_file"]))
        self.assertIn("widht", said["findings"][0]["message"])


class RunTest(JudgedCampaign):
    """The loud findings come before anything is trained."""

    def warnings_before_training(self, *campaign):
        file = self.campaign(*campaign)
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", out)
        found = events(out)
        trained = next(i for i, event in enumerate(found) if event.get("phase") == "train")
        return [event["message"] for event in found[:trained] if event["event"] == "warning"]

    FEW = (('"tsnpse"', '"npse"'), ("simulations = 4000", "simulations = 200"))

    def test_nothing_is_said_of_a_good_simulator(self):
        self.assertEqual(self.warnings_before_training("pass", *self.FEW), [])

    def test_a_deterministic_simulator_and_a_constant_value(self):
        found = self.warnings_before_training("x = [theta[0], 0.5]", *self.FEW, ("[0.2, 0.1]", "[0.2, 0.5]"))
        self.assertEqual(len(found), 2, found)
        self.assertIn("value 2 is 0.5 in all simulations", found[0])
        self.assertIn("ignores its seed", found[1])

    def test_an_observation_far_away(self):
        found = self.warnings_before_training("pass", *self.FEW, ("[0.2, 0.1]", "[0.2, 1e6]"))
        self.assertEqual(len(found), 1, found)
        self.assertIn("value 2 is 1e+06, simulated were -", found[0])


if __name__ == "__main__":
    unittest.main()
