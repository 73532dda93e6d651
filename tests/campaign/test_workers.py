"""Workers in several languages: the examples of jobs/examples/workers, a library, and what `snpse init` writes."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import TINY_CAMPAIGN, TOOLS, USAGE, ProgramTest, events

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "jobs/examples"
SMALL = TINY_CAMPAIGN[TINY_CAMPAIGN.index("[model]"):]


class WorkerFolder(ProgramTest):
    """A copy of the examples, with snpse_worker.py."""

    def setUp(self):
        super().setUp()
        self.here = self.folder / "workers"
        shutil.copytree(EXAMPLES / "workers", self.here)
        shutil.copy(TOOLS / "snpse_worker.py", self.here)

    def compile(self, *command):
        subprocess.run(command, cwd=self.here, check=True)

    def campaign(self, command, more="", simulations=60):
        file = self.here / "growth.toml"
        text = file.read_text().replace('["sh", "growth.sh"]', json.dumps(command) + "\n" + more + "\n")
        text = text.replace("simulations = 2000", f'name = "npse"\nsimulations = {simulations}')
        file.write_text(text + SMALL)
        return file


class WorkerTest(WorkerFolder):
    def check(self, *command):
        """What the worker answers repeats by its seed, and is the growth of a population."""
        file = self.campaign(command)
        said = json.loads(self.assert_succeeds("check", file, "--json", "--seconds", 4).stdout)
        self.assertEqual(said["findings"], [])
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", out)
        table = self.assert_succeeds("simulate", out, "--id", 3)
        self.assertIn("simulation 3 gave the same x as in the campaign", table.stderr)
        start, rate, *sizes = map(float, table.stdout.splitlines()[1].split(","))
        for time, size in zip((0, 0.5, 1, 1.5, 2), sizes, strict=True):
            self.assertAlmostEqual(size, start * 2.718281828459045 ** (rate * time), delta=0.6)

    def test_shell(self):
        self.check("sh", "growth.sh")

    def test_c(self):
        self.compile(os.environ.get("CC", "cc"), "-O2", "-o", "growth", "growth.c", "-lm")
        self.check("./growth")

    def test_cpp(self):
        self.compile(os.environ.get("CXX", "c++"), "-O2", "-o", "growth", "growth.cpp")
        self.check("./growth")

    @unittest.skipUnless(shutil.which("gfortran"), "gfortran compiles the example")
    def test_fortran(self):
        self.compile("gfortran", "-O2", "-o", "growth", "growth.f90")
        self.check("./growth")

    @unittest.skipUnless(shutil.which("Rscript"), "Rscript runs the example")
    def test_r(self):
        self.check("Rscript", "growth.R")

    def test_numpy(self):
        if subprocess.run([sys.executable, "-c", "import numpy"], check=False, capture_output=True).returncode != 0:
            self.skipTest("this Python has no NumPy")
        self.check(sys.executable, "growth_numpy.py")


# The growth of a population, with a noise of a few values.
GROWTH = """
def grow(start, rate, seed):
    return [start * 2.718281828459045 ** (rate * time) + seed % 7 / 50 for time in (0.0, 0.5, 1.0, 1.5, 2.0)]
"""

# Keeps a record of how many simulations each call had, and fails by its first parameter.
BATCHES = GROWTH + """
import os, pathlib, sys
from snpse_worker import serve

def simulate(thetas, seeds):
    with open(pathlib.Path(__file__).parent / "calls.txt", "a") as calls:
        calls.write(f"{len(thetas)}\\n")
    if any(theta[0] > 1.95 for theta in thetas): os._exit(5)
    if any(theta[0] > 1.9 for theta in thetas): raise ValueError("too large")
    return [grow(*theta, seed) for theta, seed in zip(thetas, seeds)]

serve(simulate, batch=True)
"""

MISTAKES = """
from snpse_worker import serve

def simulate(theta, seed):
    if seed == 0: return None
    if seed == 1: raise MemoryError
    return [len(3) if seed == 2 else 1.0]

serve(simulate)
"""

# Answers a batch backwards.
BACKWARDS = GROWTH + """
import sys
print("ready snpse 1 batch", flush=True)
waiting = []
for line in sys.stdin:
    words = line.split()
    if words[0] == "go":
        for _, identity, seed, *theta in reversed(waiting):
            print("ok", identity, *grow(*map(float, theta), int(seed)), flush=True)
        waiting = []
    else:
        waiting.append(words)
"""


class BatchTest(WorkerFolder):
    def run_campaign(self, script, more, name, ranks=None):
        """The campaign's folder."""
        (self.here / f"{name}.py").write_text(script)
        shutil.copy(EXAMPLES / "workers/growth.toml", self.here)
        file = self.campaign(["python3", f"{name}.py"], "failure_budget = 1\nretries = 0\n" + more)
        self.assert_succeeds("run", file, "--out", self.folder / name, ranks=ranks)
        return self.folder / name

    def counts(self, out):
        """How the simulations ended."""
        committed = next(event for event in events(out) if event.get("phase") == "simulate")
        return [committed[status] for status in ("ok", "invalid", "failed", "timeout")]

    def test_a_batch_gives_what_single_simulations_give(self):
        single = self.run_campaign(BATCHES, "", "single")
        calls = self.here / "calls.txt"
        self.assertEqual(set(calls.read_text().split()), {"1"})
        calls.unlink()
        together = self.run_campaign(BATCHES, "batch = 8", "together", ranks=2)
        sizes = list(map(int, calls.read_text().split()))
        self.assertEqual(max(sizes), 8)
        self.assertEqual(self.counts(single), self.counts(together))
        self.assertGreater(self.counts(single)[2], 0)  # a crash costs the simulation that crashes alone
        backwards = self.run_campaign(BACKWARDS, "batch = 8", "backwards")
        theta = self.folder / "theta.csv"
        theta.write_text("".join(f"{0.6 + 0.05 * i},{-0.5 + 0.04 * i}\n" for i in range(24)))
        tables = [self.assert_succeeds("simulate", out, "--theta", theta).stdout for out in (single, together, backwards)]
        self.assertEqual(tables[0].count("\n"), 25)
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0], tables[2])

    def test_messages_name_the_mistake_and_not_the_worker(self):
        (self.here / "mistakes.py").write_text(MISTAKES)
        requests = "".join(f"simulate {i} {i} 0.5\n" for i in range(4))
        ended = subprocess.run([sys.executable, "mistakes.py"], cwd=self.here, input=requests, text=True, check=True,
                               capture_output=True)
        none, memory, length, good = ended.stdout.splitlines()[1:]
        self.assertIn("error 0 TypeError: the simulator returned None where numbers are expected", none)
        self.assertEqual(memory, "error 1 MemoryError")
        self.assertEqual((length, good), ("error 2 TypeError: object of type 'int' has no len()", "ok 3 1.0"))
        self.assertNotIn("snpse_worker.py", ended.stderr)
        self.assertIn("in simulate\n", ended.stderr)


class InitTest(ProgramTest):
    def init(self, kind):
        folder = self.folder / kind
        self.assert_succeeds("init", folder, "--kind", kind)
        self.assertTrue((folder / "job.sh").exists())
        return folder

    def check(self, folder, seconds=5):
        said = self.assert_succeeds("check", folder / "campaign.toml", "--seconds", seconds).stdout
        self.assertTrue(said.endswith("verdict: ok\n"), said)

    def test_every_kind(self):
        self.check(self.init("python"))
        self.check(self.init("executable"))
        folder = self.init("library")
        subprocess.run(["cc", "-shared", "-fPIC", "-I", ".", "-o", "growth.so", "growth.c", "-lm"], cwd=folder, check=True)
        self.check(folder, seconds=60)  # a worker of a library starts slowly on a busy machine, and is quick then
        folder = self.init("mpi")
        subprocess.run(["mpicc", "-O2", "-o", "heat", "heat.c", "-lm"], cwd=folder, check=True)
        self.assert_succeeds("check", folder / "campaign.toml", "--seconds", 3)
        names = {kind: {path.name for path in self.init(kind).iterdir()} for kind in ("cpp", "umbridge")}
        self.assertEqual(names["cpp"], {"CMakeLists.txt", "growth.cpp", "mean.cpp", "campaign.toml", "job.sh"})
        self.assertEqual(names["umbridge"], {"server.py", "campaign.toml", "job.sh"})

    def test_kinds_that_are_none(self):
        self.assert_refused(USAGE, "did you mean 'executable'", "init", self.folder / "x", "--kind", "exectable")
        self.assert_refused(USAGE, "excludes", "init", self.folder / "x", "--kind", "mpi", "--task", "slcp")


if __name__ == "__main__":
    unittest.main()
