"""snpse diagnose: verdicts of good and bad campaigns, and its mistakes."""
import functools
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, MISSING_INPUT, STOPPED, TOOLS, USAGE, ProgramTest, events, snpse

CAMPAIGN = """\
[campaign]
seed = 3
[simulator]
task = "{task}"
[observation]
x = [{x}]
[method]
name = "{method}"
rounds = {rounds}
simulations = {simulations}
[model]
width = 64
networks = 1
[training]
max_steps = {steps}
[posterior]
samples = {draws}
"""
TEN_VALUES = "0.3, -0.2, 0.1, 0.4, -0.1, 0.2, -0.3, 0.1, 0.0, 0.2"
# The check by C2ST takes most of a diagnosis where there are many draws.
SETTINGS = {"task": "gaussian_linear", "x": TEN_VALUES, "method": "npse", "rounds": 1, "simulations": 2000, "steps": 300,
            "draws": 200}

# Of its two data one tells of the first parameter, and the other of nothing.
HALF_BLIND = f"""import random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
serve(lambda theta, seed: [theta[0] + random.Random(seed).gauss(0.0, 0.2), 7.5])
"""

HALF_BLIND_CAMPAIGN = """[simulator]
command = ["python3", "simulator.py"]
[[parameter]]
name = "seen"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "unseen"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[observation]
x = [OBSERVED, 7.5]
[method]
name = "npse"
simulations = 1000
[model]
width = 32
networks = 1
[training]
max_steps = 300
"""


@functools.lru_cache(maxsize=None)
def trained(**values):
    """The folder of a finished campaign. Tests share it, so that each gets a copy."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
    unittest.addModuleCleanup(shutil.rmtree, home)
    (home / "c.toml").write_text(CAMPAIGN.format(**SETTINGS | values), encoding="utf-8")
    result = snpse("run", home / "c.toml", "--out", home / "c")
    assert result.returncode == 0, result.stderr
    return home / "c"


class DiagnoseTest(ProgramTest):
    def campaign(self, **values):
        return pathlib.Path(shutil.copytree(trained(**values), self.folder / "c"))

    def diagnose(self, folder, *options, ranks=None):
        """The exit code and, by check, the findings."""
        ended = snpse("diagnose", folder, "--json", *options, ranks=ranks)
        self.assertIn(ended.returncode, (0, DATA), ended.stderr)
        said = json.loads(ended.stdout)
        self.assertEqual(json.loads((folder / "diagnosis.json").read_text()), said)
        self.assertEqual(ended.returncode == DATA, said["verdict"] == "fail")
        return said["verdict"], {finding["check"]: finding for finding in said["findings"]}

    def test_a_good_posterior_passes(self):
        verdict, found = self.diagnose(self.campaign(draws=1000), "--simulations", 300)
        self.assertEqual(verdict, "pass", found)
        self.assertEqual(set(found), {"sbc", "coverage", "tarp", "local_c2st", "posterior_predictive",
                                      "prior_predictive", "leakage", "observation", "constant_data", "uninformed",
                                      "valid", "c2st"})
        self.assertEqual([curve["of"] for curve in found["sbc"]["curves"]], [f"theta_{i}" for i in range(1, 11)])
        for check in ("sbc", "coverage", "tarp"):
            for curve in found[check]["curves"]:
                self.assertEqual((len(curve["values"]), curve["values"][-1]), (51, 1))

    def test_the_same_figures_on_any_number_of_ranks(self):
        folder = self.campaign()
        _, alone = self.diagnose(folder, "--simulations", 100)
        _, together = self.diagnose(folder, "--simulations", 100, ranks=3)
        for check, finding in alone.items():
            self.assertAlmostEqual(finding["figure"], together[check]["figure"], delta=0.011, msg=check)

    def test_an_observation_that_the_model_cannot_give(self):
        verdict, found = self.diagnose(self.campaign(x="5" + TEN_VALUES[3:]), "--simulations", 240)
        self.assertEqual(found["prior_predictive"]["verdict"], "warn")
        self.assertIn("value 1", found["prior_predictive"]["advice"])
        self.assertNotEqual(verdict, "pass")

    def test_too_few_simulations_decide_nothing(self):
        folder = self.campaign()
        # 100 simulations have no probability below 2 / 101, which is above the level of .01; 240 do.
        said = self.assert_succeeds("diagnose", folder, "--simulations", 100).stdout
        diagnosis = json.loads((folder / "diagnosis.json").read_text(encoding="utf-8"))
        found = {finding["check"]: finding for finding in diagnosis["findings"]}
        self.assertEqual(found["posterior_predictive"]["verdict"], "undecided")
        self.assertEqual(found["posterior_predictive"]["advice"], "raise --simulations to 240")
        self.assertEqual(diagnosis["verdict"], "undecided")
        self.assertRegex(said, r"posterior_predictive .* undecided +cannot be decided: with 100 simulations")
        self.assertTrue(said.endswith("verdict: undecided\n"))
        _, found = self.diagnose(folder, "--simulations", 240)
        self.assertEqual(found["posterior_predictive"]["verdict"], "pass")

    def test_several_observations_get_as_many_simulations_as_they_need(self):
        values = ", ".join([TEN_VALUES] * 4)
        folder = self.campaign(x=values + "]\nrows = 4\n#[")
        _, found = self.diagnose(folder)
        self.assertEqual(found["posterior_predictive"]["verdict"], "pass")
        self.assertEqual(found["prior_predictive"]["verdict"], "pass")

    def test_the_seed_is_the_campaigns_or_another(self):
        folder = self.campaign()
        figures = [{check: finding["figure"] for check, finding in
                    self.diagnose(folder, "--simulations", 100, *options)[1].items()}
                   for options in ([], ["--seed", 3], ["--seed", 4])]
        self.assertEqual(figures[0], figures[1])
        for check in ("sbc", "coverage", "tarp", "local_c2st"):
            self.assertNotEqual(figures[0][check], figures[2][check], check)
        self.assertEqual(figures[0]["prior_predictive"], figures[2]["prior_predictive"])

    def test_what_the_data_cannot_say(self):
        self.write("simulator.py", HALF_BLIND)

        def run(name, x):
            """What a campaign at (x, 7.5) says and keeps as warnings, and the verdicts on its data."""
            said = self.assert_succeeds("run", self.write(f"{name}.toml", HALF_BLIND_CAMPAIGN.replace("OBSERVED", str(x)))).stderr
            warnings = [event["message"] for event in events(self.folder / name) if event["event"] == "warning"]
            for message in warnings:
                self.assertIn(message, said)
            _, found = self.diagnose(self.folder / name, "--simulations", 100)
            return warnings, [found[check]["verdict"] for check in ("observation", "constant_data", "uninformed")]

        warnings, verdicts = run("usual", 0.3)
        self.assertEqual(len(warnings), 2, warnings)
        self.assertIn("value 2 is 7.5 in all simulations", warnings[0])
        self.assertIn("nothing about unseen:", warnings[1])
        self.assertEqual(verdicts, ["pass", "note", "note"])
        warnings, verdicts = run("unusual", 9.0)
        self.assertIn("value 1 is 9, simulated were -1.", warnings[0])
        self.assertEqual(verdicts[:2], ["warn", "note"])

    def test_a_sequential_posterior_and_other_networks(self):
        folder = self.campaign(task="two_moons", x="-0.6, 0.2", method="tsnpse", rounds=2, simulations=600)
        _, found = self.diagnose(folder, "--networks", 1, "--simulations", 100)
        self.assertLessEqual({"sbc", "coverage", "tarp", "local_c2st", "truncation", "networks"}, set(found))
        self.assertGreater(found["networks"]["figure"], 0.4)

    def test_a_method_whose_posterior_holds_at_one_observation(self):
        folder = self.campaign(task="two_moons", x="-0.6, 0.2", method="snpse_b", rounds=2, simulations=1000)
        _, found = self.diagnose(folder, "--simulations", 100)
        self.assertNotIn("sbc", found)
        self.assertIn("effective_size", found)

    def test_at_the_end_of_a_run(self):
        file = self.write("c.toml", CAMPAIGN.format(**SETTINGS))
        said = self.assert_succeeds("run", file, "--diagnose").stdout
        self.assertIn("verdict: pass", said)

    def test_a_wall_clock_limit_holds_for_the_diagnosis_too(self):
        stopped = snpse("run", self.campaign(), "--diagnose", "--wall-time", 0)
        self.assertEqual(stopped.returncode, STOPPED, stopped.stderr)
        self.assertEqual(stopped.stderr.splitlines()[-1].split("stopped")[1],
                         " as asked: run the same command to continue; exit code 75 is not an error")

    def test_mistakes(self):
        self.assertEqual(snpse("diagnose", self.folder / "nothing").returncode, MISSING_INPUT)
        for wrong in (["--network", 1], ["--simulations", 3]):
            self.assertEqual(snpse("diagnose", self.folder, *wrong).returncode, USAGE)


if __name__ == "__main__":
    unittest.main()
