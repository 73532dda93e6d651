"""What users are told: while a campaign runs, where it goes on, how it ended, and what to do."""
import json
import pathlib
import re
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, STOPPED, TINY_CAMPAIGN, TOOLS, Job, ProgramTest, events, snpse, wait_for

CAMPAIGN = """
[simulator]
command = ["python3", "simulator.py"]
KEYS
[[parameter]]
name = "rate"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[observation]
x = [0.2]
[method]
name = "npse"
simulations = 200
[model]
width = 32
networks = 1
[training]
max_steps = 40
validation_every = 20
[posterior]
samples = 100
"""

SIMULATOR = f"""
import os, sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    QUIRK
    return theta

serve(simulate)
"""


class ToldTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "results"

    def campaign(self, quirk="pass", keys="", more=""):
        self.write("simulator.py", SIMULATOR.replace("QUIRK", quirk))
        return self.write("campaign.toml", CAMPAIGN.replace("KEYS", keys).replace("[training]\n", f"[training]\n{more}"))

    def status(self):
        return json.loads(self.assert_succeeds("status", self.out, "--json").stdout)

    def last_line(self, text):
        return text.rstrip().splitlines()[-1]


class StatusTest(ToldTest):
    def test_a_round_under_way(self):
        campaign = self.campaign("""
    if theta[0] < -0.5: raise ValueError("no convergence")
    if theta[0] > 0.5: time.sleep(60)
    time.sleep(0.01)""", "time_limit = 0.1\nretries = 0\nfailure_budget = 1.0")
        campaign.write_text(campaign.read_text().replace("simulations = 200", "simulations = 20000"))
        with Job("run", campaign, "--out", self.out) as job:
            def counted():
                status = self.status() if (self.out / "rounds/001/parts").exists() else {"round_table": []}
                return status["round_table"] and "seconds_left" in status.get("progress", {}) and min(
                    status["round_table"][0][key] for key in ("failed", "timeout")) > 0
            wait_for(lambda: job.finished() or counted(), "failures and time-outs")
            status = self.status()
            text = self.assert_succeeds("status", self.out).stdout
            job.kill()
        self.assertEqual((status["state"], status["round"], status["phase"]), ("running", 1, "simulate"))
        self.assertGreater(status["elapsed_seconds"], 0.5)
        self.assertGreater(status["seconds_left"], 0)
        self.assertRegex(text, r"now: round 1 of 1, simulate \d+/20000, [^,]+ left, \d+ not ok, most (failed|timeout): [^\n]+\n")
        self.assertRegex(text, r"round +proposed +simulated +failed +timeout")
        # After a crash the time of the interrupted sitting counts until its last event, and no further.
        status = self.status()
        self.assertEqual((status["state"], status["phase"]), ("stopped", "simulate"))
        self.assertGreater(status["elapsed_seconds"], 0)

    def test_a_training_under_way(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("tsnpse", "npse").replace(
            "max_steps = 20", "max_steps = 2000000\npatience = 2000000"))
        with Job("run", file, "--out", self.out) as job:
            wait_for(lambda: job.finished() or [event for event in events(self.out) if event.get("what") == "train"
                                                and event["done"] > 0], "progress of the training")
            status = self.status()
            job.kill()
        self.assertEqual((status["round"], status["phase"], status["progress"]["what"]), (1, "train", "train"))
        self.assertRegex(status["progress"]["detail"], r"network 1 of 3, best validation loss \S+ \(now \S+\)")
        self.assertEqual(status["progress"]["total"], 6000000)

    def test_a_finished_campaign(self):
        self.assert_succeeds("run", self.campaign(), "--out", self.out)
        status = self.status()
        self.assertEqual((status["state"], status["seconds_left"]), ("finished", 0))
        self.assertNotIn("phase", status)
        self.assertGreaterEqual(status["elapsed_seconds"], 0.9 * status["seconds"])
        # The event log tells what the large files hold; without it, they are read.
        (self.out / "events.jsonl").unlink()
        self.assertEqual(self.status()["round_table"], status["round_table"])


class ContinuationTest(ToldTest):
    def test_simulations_that_were_kept(self):
        campaign = self.campaign("time.sleep(0.02)")
        with Job("run", campaign, "--out", self.out) as job:
            wait_for(lambda: job.finished() or list(self.out.glob("rounds/001/parts/*.h5")), "a part")
            job.kill()
        kept = self.status()["simulations_done"]
        said = self.assert_succeeds("run", campaign, "--out", self.out).stderr
        self.assertIn(f"round 1: {kept} of 200 simulations were kept", said)
        done = [event["done"] for event in events(self.out) if event.get("what") == "simulate"]
        self.assertTrue(any(kept < number for number in done), done)
        self.assertTrue(all(event["total"] == 200 for event in events(self.out) if event.get("what") == "simulate"))

    def test_a_training_goes_on(self):
        campaign = self.campaign(more="checkpoint_seconds = 0.01\n")
        campaign.write_text(campaign.read_text().replace("max_steps = 40", "max_steps = 100000\npatience = 100000"))
        with Job("run", campaign, "--out", self.out) as job:
            wait_for(lambda: job.finished() or (self.out / "rounds/001/checkpoint.h5").exists(), "a checkpoint")
            job.send(signal.SIGTERM)
            self.assertEqual(job.wait(), STOPPED, job.output())
        again = snpse("run", campaign, "--out", self.out, "--wall-time", 0.5)
        self.assertRegex(again.stderr, r"continuing the training at step [1-9]\d*\n")


class FailuresTest(ToldTest):
    def test_like_failures_are_one_line(self):
        campaign = self.campaign("""
    if theta[0] < 0: raise ValueError(f"no convergence at {theta[0]}")
    if theta[0] > 0.8: sys.stderr.write("\\x1b[31mout of memory\\n"); sys.stderr.flush(); os._exit(9)
    """, "retries = 0\nfailure_budget = 0.9")
        said = self.assert_succeeds("run", campaign, "--out", self.out).stderr
        warnings = [line for line in said.splitlines() if "warning: simulation " in line]
        self.assertEqual(len(warnings), 2, said)
        counts = next(event for event in events(self.out) if event.get("phase") == "simulate")
        more = [int(re.search(r"\(and (\d+) more like it\)", line).group(1)) for line in warnings]
        self.assertEqual(sum(more) + 2, counts["failed"])
        text = "\n".join(warnings)
        self.assertRegex(text, r"simulation \d+: failed: [^\n]*no convergence at -0\.\d+[^\n]*logs/worker_00000\.log")
        self.assertRegex(text, r"simulation \d+: failed: the simulator exited with code 9; logs/worker_00000\.log ends "
                               r"with '\[31mout of memory'")

    def test_a_worker_that_cannot_start_says_why(self):
        self.write("simulator.py", "import no_such_module\n")
        campaign = self.write("campaign.toml", CAMPAIGN.replace("KEYS", ""))
        said = self.assert_refused(DATA, ["No module named 'no_such_module'", "logs/worker_00000.log"], "run", campaign,
                                   "--out", self.out)
        self.assertEqual(said.count("no_such_module"), 1, said)


class EndTest(ToldTest):
    def test_the_last_line_says_how_it_ended(self):
        campaign = self.campaign("if theta[0] < 0: raise ValueError('no licence')", "failure_budget = 0.1")
        ended = snpse("run", campaign, "--out", self.out)
        self.assertEqual(ended.returncode, DATA)
        self.assertRegex(self.last_line(ended.stderr), "^ended with exit code 65: mend .* run the same command again")
        self.campaign()
        ended = snpse("run", self.folder / "campaign.toml", "--out", self.folder / "my results")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertRegex(self.last_line(ended.stderr), 'finished: the posterior is in ".*my results/posterior.h5"$')
        self.assertIn(f'snpse export "{self.folder}/my results" --output', ended.stdout)
        self.write("campaign.toml", "[campain]\n")
        ended = snpse("run", self.folder / "campaign.toml")
        self.assertEqual(ended.returncode, CONFIG)
        self.assertRegex(self.last_line(ended.stderr), "^ended with exit code 78: mend the campaign file")


class TextsTest(ToldTest):
    def test_help_and_version(self):
        self.assertEqual(self.assert_succeeds("help", "run").stdout, self.assert_succeeds("run", "--help").stdout)
        self.assertEqual(self.assert_succeeds("--version").stdout, self.assert_succeeds("version").stdout)
        self.assert_refused(64, ["did you mean 'run'"], "help", "rnu")

    def test_a_missing_key_is_named(self):
        file = self.write("campaign.toml", CAMPAIGN.replace("KEYS", "").replace(
            'type = "uniform", low = -1.0, high = 1.0', 'type = "lognormal", location = 0.0, sigma = 1.0'))
        self.assert_refused(CONFIG, ["the prior of 'rate': sigma is unknown; did you mean scale?"], "check", file)

    def test_a_difference_has_no_more_digits_than_were_written(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("[0.0, 0.0]", "[5.1, 3.4]"))
        self.assertEqual(snpse("run", file, "--out", self.out, "--wall-time", 0).returncode, STOPPED)
        self.write("campaign.toml", TINY_CAMPAIGN.replace("[0.0, 0.0]", "[5.2, 3.0]"))
        self.assert_refused(CONFIG, ["observation.x: [5.1, 3.4], now [5.2, 3.0]"], "run", file, "--out", self.out)


if __name__ == "__main__":
    unittest.main()
