"""Simulators that crash, hang and talk nonsense: what becomes of their campaigns."""
import collections
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, TOOLS, Job, ProgramTest, events, processes_that_mention, wait_for

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"

CAMPAIGN = """
[campaign]
seed = 2
[simulator]
{simulator}
[[parameter]]
name = "a"
prior = {{ type = "uniform", low = -1.0, high = 1.0 }}
[[parameter]]
name = "b"
prior = {{ type = "uniform", low = -1.0, high = 1.0 }}
[observation]
x = [0.2, 0.1]
[method]
name = "npse"
simulations = 100
[model]
width = 32
[training]
max_steps = 40
validation_every = 20
[posterior]
samples = 100
"""

# Behaves by its first parameter, and keeps a record of every request.
PYTHON = f"""
import math, os, pathlib, sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

HERE = pathlib.Path(__file__).parent

def behaviour(a):
    kinds = (("crash", -0.9), ("hang", -0.85), ("nan", -0.7), ("short", -0.5), ("raise", -0.4), ("chatter", 0.0))
    return next((kind for kind, below in kinds if a < below), "answer")

def simulate(theta, seed):
    kind = behaviour(theta[0])
    with open(HERE / "asked.txt", "a") as record:
        record.write(f"{{kind}} {{theta[0]!r}}\\n")
    if kind == "crash": os.abort()
    if kind == "hang": time.sleep(3600)
    if kind == "nan": return [math.nan, 0.0]
    if kind == "short": return [1.0]
    if kind == "raise": raise ValueError("no convergence")
    if kind == "chatter": print("ok 1 2 3 4")
    return theta

serve(simulate)
"""

# A worker that breaks the protocol where its first parameter is below -0.8.
GARBAGE = """
import pathlib, sys
print("ready snpse 1", flush=True)
for line in sys.stdin:
    _, number, _, a, b = line.split()
    with open(pathlib.Path(__file__).parent / "asked.txt", "a") as record:
        record.write(f"{'garbage' if float(a) < -0.8 else 'answer'} {a}\\n")
    print("\\x00 what?" if float(a) < -0.8 else f"ok {number} {a} {b}", flush=True)
"""

# Fails for half of the parameters while the file "broken" lies beside it.
MENDABLE = f"""
import pathlib, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

HERE = pathlib.Path(__file__).parent

def simulate(theta, seed):
    if theta[0] < 0 and (HERE / "broken").exists(): raise RuntimeError("the licence server is away")
    with open(HERE / "asked.txt", "a") as record:
        record.write(f"answer {{theta[0]!r}}\\n")
    return theta

serve(simulate)
"""

# Cannot start on the first rank that tries: a rank is its worker's parent.
LAME = f"""
import os, pathlib, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

lame = pathlib.Path(__file__).parent / "lame"
try:
    with open(lame, "x") as file: file.write(str(os.getppid()))
except FileExistsError:
    pass
if lame.read_text() in ("", str(os.getppid()), "all"): sys.exit("no licence here")
serve(lambda theta, seed: theta)
"""

SLEEPER = f"""
import sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
serve(lambda theta, seed: time.sleep(3600))
"""

LIBRARY = """
#include "snpse/simulator.h"
int snpse_simulate(const double* theta, size_t d, uint64_t seed, double* x, size_t p) {
  if (theta[0] < -0.9) return 1;
  for (size_t i = 0; i < p; ++i) x[i] = theta[i % d] + 1e-12 * (double)seed;
  return 0;
}
"""


class FailureTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "results"

    def campaign(self, script, more=""):
        self.write("simulator.py", script)
        return self.write("campaign.toml",
                          CAMPAIGN.format(simulator='command = ["python3", "simulator.py"]\n' + more))

    def requests(self):
        """Every request so far, as (behaviour, parameter)."""
        return [tuple(line.split()) for line in (self.folder / "asked.txt").read_text().splitlines()]

    def counts(self):
        """How the simulations ended, by the campaign's event log."""
        committed = next(event for event in events(self.out) if event.get("phase") == "simulate")
        return {status: committed[status] for status in ("ok", "invalid", "failed", "timeout")}

    def expected_counts(self):
        """The same by the simulator's own record."""
        asked = collections.Counter(kind for kind, _ in set(self.requests()))
        failed = asked["crash"] + asked["raise"] + asked["garbage"]
        return asked, {"ok": asked["answer"] + asked["chatter"], "invalid": asked["nan"] + asked["short"],
                       "failed": failed, "timeout": asked["hang"]}

    def test_every_failure_is_counted(self):
        campaign = self.campaign(PYTHON, "time_limit = 0.5\nfailure_budget = 0.5")
        self.assert_succeeds("run", campaign, "--out", self.out, ranks=2)
        asked, expected = self.expected_counts()
        for kind in ("crash", "hang", "nan", "short", "raise", "chatter", "answer"):
            self.assertGreater(asked[kind], 0, kind)
        self.assertEqual(self.counts(), expected)
        self.assertEqual(sum(expected.values()), 100)
        log = "".join(path.read_text() for path in (self.out / "logs").iterdir())
        self.assertIn("no convergence", log)

    def test_slow_simulations_are_given_up(self):
        hanging = "give_up_after = 20\nfailure_budget = 0.5"
        program = self.write("program.sh", 'case "$1" in -0.88*) sleep 3600 ;; esac\necho "$1 $2"\n')
        run = f'run = ["sh", "{program}", "{{a}}", "{{b}}"]\n{hanging}'
        campaigns = {"worker": self.campaign(PYTHON, hanging),
                     "program": self.write("program.toml", CAMPAIGN.replace("{simulator}", run).replace("{{", "{")
                                           .replace("}}", "}"))}
        for kind, campaign in campaigns.items():
            with self.subTest(kind):
                self.out = self.folder / kind
                said = self.assert_succeeds("run", campaign, "--out", self.out, ranks=2).stderr
                timeouts = self.counts()["timeout"]
                self.assertGreater(timeouts, 0)
                if kind == "worker":
                    self.assertEqual(self.counts(), self.expected_counts()[1])
                self.assertRegex(said, rf"{timeouts} simulations? (was|were) given up by simulator.give_up_after = 20")
                causes = self.assert_succeeds("status", self.out, "--failures").stdout
                self.assertIn("timeout: given up after", causes)
                self.assertIn("conditional on simulations that end in time", causes)

    def test_garbage_is_a_failure(self):
        campaign = self.campaign(GARBAGE, "failure_budget = 0.5")
        self.assert_succeeds("run", campaign, "--out", self.out)
        asked, expected = self.expected_counts()
        self.assertGreater(asked["garbage"], 0)
        self.assertEqual(self.counts(), expected)

    def test_spent_budget_stops_and_a_mended_simulator_goes_on(self):
        campaign = self.campaign(MENDABLE, "failure_budget = 0.1")
        broken = self.write("broken", "")
        self.assert_refused(DATA, ["failure_budget = 0.1", "the licence server is away"], "run", campaign, "--out",
                            self.out, ranks=2)
        before = self.requests()
        broken.unlink()
        self.assert_succeeds("run", campaign, "--out", self.out, ranks=2)
        self.assertEqual(self.requests()[:len(before)], before)
        # Three simulations of the round are repeated with other seeds.
        self.assertEqual((len(set(self.requests())), len(self.requests())), (100, 103),
                         "an answer of the first sitting was lost or asked for again")
        self.assertEqual(self.counts(), {"ok": 100, "invalid": 0, "failed": 0, "timeout": 0})

    def test_a_rank_without_a_simulator_leaves_its_simulations_to_the_others(self):
        campaign = self.campaign(LAME)
        result = self.assert_succeeds("run", campaign, "--out", self.out, ranks=3)
        self.assertEqual(self.counts(), {"ok": 100, "invalid": 0, "failed": 0, "timeout": 0})
        self.assertEqual(result.stderr.count("the simulator cannot start on rank "), 1, result.stderr)

    def test_a_simulator_that_starts_nowhere_ends_the_campaign(self):
        campaign = self.campaign(LAME)
        lame = self.write("lame", "all")
        self.assert_refused(DATA, ["cannot start on any rank", "exited with code 1"], "run", campaign, "--out",
                            self.out, ranks=2)
        lame.write_text("none")
        self.assert_succeeds("run", campaign, "--out", self.out, ranks=2)
        self.assertEqual(self.counts()["ok"], 100)

    def test_shared_library(self):
        source = self.write("simulator.c", LIBRARY)
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", f"-I{INCLUDE}", "-o",
                        self.folder / "simulator.so", source], check=True)
        campaign = self.write("campaign.toml", CAMPAIGN.format(simulator='library = "simulator.so"'))
        self.assert_succeeds("run", campaign, "--out", self.out, ranks=2)
        counts = self.counts()
        self.assertGreater(counts["failed"], 0)
        self.assertEqual((counts["ok"] + counts["failed"], counts["invalid"], counts["timeout"]), (100, 0, 0))

    def test_simulators_die_with_their_ranks(self):
        self.campaign(SLEEPER)
        script = self.folder / "simulator.py"
        with Job("run", self.folder / "campaign.toml", "--out", self.out, ranks=2) as job:
            wait_for(lambda: len(processes_that_mention(script)) == 2, "a simulator for each rank")
            job.kill()
            wait_for(lambda: not processes_that_mention(script), "the simulators' end")


if __name__ == "__main__":
    unittest.main()
