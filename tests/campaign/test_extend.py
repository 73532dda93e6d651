"""A campaign that grows: more simulations, more draws, and keys that may change at any time."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import (CONFIG, DATA, MISSING_INPUT, STOPPED, TINY_CAMPAIGN, USAGE, Job, ProgramTest, events, snpse,
                           wait_for)

METHODS = ("npse", "tsnpse", "snpse_a", "snpse_b", "snpse_c")


def campaign_of(method):
    return TINY_CAMPAIGN.replace('"tsnpse"', f'"{method}"')


def files(folder):
    """The bytes of all that the seed decides."""
    names = ("proposal.h5", "simulations.h5", "network.h5", "posterior.h5")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.h5"))
            if path.name in names}


class ExtendTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared)

    def setUp(self):
        super().setUp()
        self.out = self.folder / "results"

    def finished(self, method):
        """A copy of a finished campaign of 100 simulations in two rounds, or one."""
        first = self.shared / method
        if not first.exists():
            file = self.shared / f"{method}.toml"
            file.write_text(campaign_of(method), encoding="utf-8")
            self.assert_succeeds("run", file, "--out", first)
        return pathlib.Path(shutil.copytree(first, self.folder / method))

    def table(self, folder):
        self.assert_succeeds("export", folder, "--output", self.folder / "draws.csv")
        return (self.folder / "draws.csv").read_text(encoding="utf-8").splitlines()

    def status(self, folder):
        return json.loads(self.assert_succeeds("status", folder, "--json").stdout)


class MoreSimulationsTest(ExtendTest):
    def test_every_method_goes_on(self):
        for method in METHODS:
            with self.subTest(method):
                folder = self.finished(method)
                before = files(folder)
                rounds = 1 if method == "npse" else 2
                said = self.assert_succeeds("extend", folder, "--simulations", 60)
                self.assertIn(f"snpse run {folder}", said.stdout)
                self.assertIn("method.simulations: 100, now 160", said.stderr)
                self.assertNotEqual(self.status(folder)["state"], "finished")
                self.assert_succeeds("run", folder)
                status = self.status(folder)
                self.assertEqual((status["state"], status["simulations_done"]), ("finished", 160))
                after = files(folder)
                aside = f"rounds/{rounds:03}/posterior.h5"
                self.assertEqual(after.pop(aside), before["posterior.h5"])
                self.assertEqual({name for name in after if after[name] == before.get(name)},
                                 set(before) - {"posterior.h5"}, "an earlier round was changed")
                self.assertIn(f"rounds/{rounds + 1:03}/network.h5", after)

    def test_further_rounds_share_the_further_simulations(self):
        folder = self.finished("snpse_c")
        self.assert_succeeds("extend", folder, "--simulations", 60, "--rounds", 2)
        self.assert_succeeds("run", folder)
        self.assertEqual([row["proposed"] for row in self.status(folder)["round_table"]], [30, 70, 30, 30])

    def test_a_region_that_failed_is_followed_by_two_rounds(self):
        text = TINY_CAMPAIGN.replace("[truncation]\n", "[truncation]\ntolerance = 1e-9\nepsilon = 0.9\n")
        self.assertEqual(snpse("run", self.write("failed.toml", text), "--out", self.out).returncode, DATA)
        self.assert_refused(USAGE, ["cut too tight", "--rounds 2"], "extend", self.out, "--simulations", 60,
                            "--rounds", 1)
        self.assert_succeeds("extend", self.out, "--simulations", 60)
        self.assertIn(snpse("run", self.out).returncode, (0, DATA))
        status = self.status(self.out)
        self.assertEqual((status["state"], status["simulations_done"]), ("finished", 160))
        self.assertEqual([row["proposed"] for row in status["round_table"]], [30, 70, 30, 30])

    def test_an_extended_network_of_npse_serves_other_observations(self):
        folder = self.finished("npse")
        self.assert_refused(USAGE, ["npse adds one round", "--rounds"], "extend", folder, "--simulations", 60,
                            "--rounds", 2)
        self.assert_succeeds("extend", folder, "--simulations", 60)
        self.assert_succeeds("run", folder)
        trained = [event for event in events(folder) if event.get("phase") == "train"]
        self.assertGreater(trained[1]["training_rows"], trained[0]["training_rows"] + 30)
        x = self.write("x.csv", "0.3,0.1\n")
        self.assert_succeeds("sample", folder, "--observation", x, "--output", self.folder / "other.csv")

    def test_stops_change_nothing(self):
        wanted = self.finished("tsnpse")
        self.assert_succeeds("extend", wanted, "--simulations", 60)
        stopped = self.folder / "stopped"
        shutil.copytree(wanted, stopped)
        self.assert_succeeds("run", wanted)
        for wall_time in (0, 0.2, 0.4):
            self.assertIn(snpse("run", stopped, "--wall-time", wall_time).returncode, (0, STOPPED))
        self.assert_succeeds("run", stopped)
        self.assertEqual(files(stopped), files(wanted))

    def test_a_campaign_under_way_gets_more_for_its_rounds(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN)
        self.assertEqual(snpse("run", file, "--out", self.out, "--wall-time", 0).returncode, STOPPED)
        self.assert_succeeds("extend", self.out, "--simulations", 50)
        self.assert_succeeds("run", self.out)
        status = self.status(self.out)
        self.assertEqual((status["rounds"], status["simulations_done"]), (2, 150))

    def test_what_cannot_be_extended_is_refused(self):
        folder = self.finished("tsnpse")
        self.assert_refused(USAGE, ["--simulations", "--samples"], "extend", folder)
        self.assert_refused(USAGE, ["--simulations"], "extend", folder, "--samples", 10, "--rounds", 1)
        self.assert_refused(MISSING_INPUT, ["is no campaign folder"], "extend", self.folder, "--samples", 10)


class MoreDrawsTest(ExtendTest):
    def test_earlier_draws_stay_the_first_ones(self):
        folder = self.finished("npse")
        before = self.table(folder)
        self.assert_succeeds("extend", folder, "--samples", 50)
        self.assert_succeeds("run", folder)
        after = self.table(folder)
        self.assertEqual(len(after), len(before) + 50)
        self.assertEqual(after[:len(before)], before)
        self.assertEqual(len(set(after)), len(after))
        self.assertEqual(self.status(folder)["state"], "finished")

    def test_resampled_draws_are_drawn_anew(self):
        folder = self.finished("snpse_a")
        self.assert_succeeds("extend", folder, "--samples", 50)
        self.assert_succeeds("run", folder)
        self.assertEqual(len(self.table(folder)), 151)


class AnyTimeTest(ExtendTest):
    CHANGED = {"training": "memory = 1.0\ncheckpoint_seconds = 5.0\n",
               "simulator": "time_limit = 5.0\nretries = 3\nfailure_budget = 0.5\n"}

    def test_keys_that_change_no_number_may_change_in_a_finished_campaign(self):
        folder = self.finished("npse")
        before = files(folder)
        text = campaign_of("npse").replace("samples = 100", "samples = 120")
        for section, keys in self.CHANGED.items():
            text = text.replace(f"[{section}]\n", f"[{section}]\n{keys}")
        said = self.assert_succeeds("run", self.write("changed.toml", text), "--out", folder)
        changed = {event["key"]: (event["before"], event["now"]) for event in events(folder)
                   if event["event"] == "reconfigured"}
        self.assertEqual(changed["training.memory"], ("4.0", "1.0"))
        self.assertEqual(set(changed), {
            "training.memory", "training.checkpoint_seconds", "simulator.time_limit", "simulator.retries",
            "simulator.failure_budget", "posterior.samples"})
        self.assertIn("simulator.retries: 1, now 3", said.stderr)
        self.assertEqual(len(self.table(folder)), 121)
        after = files(folder)
        del before["posterior.h5"], after["posterior.h5"]
        self.assertEqual(after, before)

    def test_a_finished_campaign_grows_by_extend_alone(self):
        folder = self.finished("tsnpse")
        more = self.write("more.toml", TINY_CAMPAIGN.replace("simulations = 100", "simulations = 200"))
        self.assert_refused(CONFIG, ["method.simulations: 100, now 200", "snpse extend"], "run", more, "--out", folder)

    def test_the_frozen_file_may_be_edited(self):
        folder = self.finished("npse")
        frozen = folder / "campaign.toml"
        frozen.write_text(frozen.read_text().replace("samples = 100 ", "samples = 90 "), encoding="utf-8")
        said = self.assert_succeeds("run", folder).stderr
        self.assertIn("continued with another value of posterior.samples: 100, now 90", said)
        self.assertIn("posterior.samples", [event.get("key") for event in events(folder)])
        self.assertEqual(len(self.table(folder)), 91)
        # posterior.h5 stays as it is.
        frozen.write_text(frozen.read_text().replace("memory = 4.0 ", "memory = 1.0 "), encoding="utf-8")
        self.assertIn("another value of training.memory: 4.0, now 1.0", self.assert_succeeds("run", folder).stderr)
        self.assertNotIn("another value", self.assert_succeeds("run", folder).stderr)

    def test_a_running_campaign_is_not_extended(self):
        simulator = self.write("simulator.py", "import time\nprint('ready snpse 1', flush=True)\ntime.sleep(600)\n")
        text = campaign_of("npse").replace('task = "two_moons"', f'command = ["python3", "{simulator}"]')
        for name in ("a", "b"):
            text += f'[[parameter]]\nname = "{name}"\nprior = {{ type = "uniform", low = -1.0, high = 1.0 }}\n'
        with Job("run", self.write("campaign.toml", text), "--out", self.out) as job:
            wait_for(lambda: job.finished() or (self.out / "rounds/001/proposal.h5").exists(), "the proposal")
            self.assert_refused(USAGE, ["in use"], "extend", self.out, "--samples", 10)


if __name__ == "__main__":
    unittest.main()
