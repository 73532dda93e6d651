"""Stops at random moments in all phases, by every signal, by --wall-time and by kill -9: the campaign goes on to the bytes
of an undisturbed one, and the log's last line says what to do. `python3 test_stop.py 200` makes 200 stops."""
import collections
import pathlib
import random
import re
import shutil
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, STOPPED, TOOLS, Job, ProgramTest, events, own_campaign, snpse, wait_for

import test_resume as resume

STOPS = int(sys.argv.pop()) if sys.argv[-1].isdigit() else 7
WHAT_TO_DO = "run the same command to continue"
BY_SIGNAL = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1]
WAYS = [*BY_SIGNAL, "--wall-time", signal.SIGKILL]

CAMPAIGN = resume.CAMPAIGN.format(simulator='command = ["python3", "moons.py"]', simulations=60).replace(
    "rounds = 3", "rounds = 2").replace("max_steps = 400", "max_steps = 120") + """
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "b"
prior = { type = "uniform", low = -1.0, high = 1.0 }
"""

# A posterior whose draws take several times as long as all the rest.
MANY_DRAWS = resume.BUILT_IN.replace("samples = 10000", "samples = 8192").replace(
    "rounds = 3", 'name = "npse"') + """
[sampler]
kind = "sde"
sde_steps = 400
"""

COUNTING_SIMULATOR = """import random, time
from snpse_worker import serve

def simulate(theta, seed):
    with open({calls!r}, "a") as calls:
        calls.write(f"{{seed}}\\n")
    time.sleep(0.05)
    noise = random.Random(seed)
    return [value + noise.gauss(0, 0.3) for value in theta]

serve(simulate)
"""


def setUpModule():
    resume.setUpModule()


def last_line(output):
    """The last line of the program's own log: mpirun adds lines of its own."""
    lines = [line for line in output.splitlines() if re.match(r"snpse: |\d{4}-\d\d-\d\d ", line)]
    return lines[-1] if lines else ""


def write_campaign(name, text):
    file = resume.HOME / name
    file.write_text(text, encoding="utf-8")
    return file


class RandomStopTest(ProgramTest):
    """One campaign after the other under mpirun, each stopped in its steps until it is finished."""

    def setUp(self):
        super().setUp()
        self.file = write_campaign("stopped.toml", CAMPAIGN)
        self.wanted = self.folder / "undisturbed"
        self.assert_succeeds("run", self.file, "--out", self.wanted, ranks=2)
        rounds = len(list((self.wanted / "rounds").iterdir()))
        self.steps = [(number, phase) for number in range(1, rounds + 1) for phase in resume.PHASES] + [(rounds, "infer")]
        self.seconds = resume.seconds_of_steps(self.wanted)
        self.hits = collections.Counter()

    def present(self, out):
        return next((i for i, step in enumerate(self.steps) if not resume.file_of(out, step).exists()), len(self.steps))

    def stop(self, out, way, random_numbers):
        """Starts or continues the campaign, stops it in a step still to come; whether it is finished."""
        target = random_numbers.randrange(self.present(out), len(self.steps))
        delay = random_numbers.uniform(0, 1) * self.seconds[self.steps[target]]
        sitting = sum(event["event"] == "started" for event in events(out)) + 1
        before = self.present(out)
        if way == "--wall-time":
            until = sum(self.seconds[step] for step in self.steps[before:target]) + delay
            job = Job("run", self.file, "--out", out, way, f"{until:.2f}", ranks=2)
        else:
            job = Job("run", self.file, "--out", out, ranks=2)
        with job:
            if way != "--wall-time":
                wait_for(lambda: job.finished() or self.present(out) >= target and sitting <= sum(
                    event["event"] == "started" for event in events(out)), f"{self.steps[target]}: {job.output()}")
                time.sleep(delay)
                if way == signal.SIGKILL:
                    job.kill()
                else:
                    job.send(way)
            code = job.wait()
            output = job.output()
        reached = self.present(out)
        phase = "end" if reached == len(self.steps) else self.steps[reached][1]
        self.hits[phase, str(way)] += 1
        if phase != "end" and way != signal.SIGKILL:
            self.assertIn(WHAT_TO_DO, last_line(output), f"{way} in {phase}: {output}")
            # mpirun answers the other signals with a code of its own.
            if way in (signal.SIGUSR1, "--wall-time"):
                self.assertEqual(code, STOPPED, f"{way} in {phase}: {output}")
        return reached == len(self.steps)

    def check(self, out):
        """The campaign, continued to its end, has the bytes of the undisturbed one and no other files."""
        self.assert_succeeds("run", self.file, "--out", out, ranks=2)
        different = [step for step in self.steps
                     if resume.file_of(out, step).read_bytes() != resume.file_of(self.wanted, step).read_bytes()]
        self.assertEqual(different, [])
        self.assertEqual(resume.files(out), resume.files(self.wanted))

    def test_stops_at_random_moments(self):
        random_numbers = random.Random(22)
        out = self.folder / "results"
        for i in range(STOPS):
            if self.stop(out, WAYS[i % len(WAYS)], random_numbers):
                self.check(out)
                shutil.rmtree(out)
        if out.exists():
            self.check(out)
        print(f"{STOPS} stops:", dict(self.hits))


class DrawTest(ProgramTest):
    """Draws go on where they were stopped."""

    def repeat(self, wall_time, *arguments):
        """Runs the same command until it ends; the exit codes."""
        codes = []
        while not codes or codes[-1] == STOPPED and len(codes) < 60:
            result = snpse(*arguments, "--wall-time", f"{wall_time:.2f}")
            codes.append(result.returncode)
        self.assertEqual(codes[-1], 0, result.stderr)
        return codes

    def test_a_last_step_longer_than_the_time_limit_ends(self):
        file = write_campaign("draws.toml", MANY_DRAWS)
        wanted = self.folder / "undisturbed"
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", wanted)
        shutil.copytree(wanted, out)
        (out / "posterior.h5").unlink()
        limit = resume.seconds_of_steps(wanted)[1, "infer"] / 3
        codes = self.repeat(limit, "run", file, "--out", out)
        self.assertEqual(codes[0], STOPPED)
        self.assertEqual((out / "posterior.h5").read_bytes(), (wanted / "posterior.h5").read_bytes())
        self.assertEqual(resume.files(out), resume.files(wanted))

    def test_interrupted_sampling_goes_on(self):
        file = write_campaign("draws.toml", MANY_DRAWS)
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", out)
        sample = ["sample", out, "--samples", "5000", "--seed", "3", "--log-prob", "--output"]
        start = time.monotonic()
        wanted = self.folder / "wanted.csv"
        self.assert_succeeds(*sample, wanted)
        delay = 0.6 * (time.monotonic() - start)
        draws = self.folder / "draws.csv"
        for way in (signal.SIGTERM, signal.SIGHUP):
            for _ in range(20):
                with Job(*sample, draws) as job:
                    time.sleep(delay)
                    job.send(way)
                    code = job.wait()
                    if code == STOPPED:
                        self.assertIn(WHAT_TO_DO, last_line(job.output()))
                        break
                    # Too early to be heard, or too late.
                    self.assertIn(code, (0, -way), job.output())
                    delay *= 0.7 if code == 0 else 1.2
                    draws.unlink(missing_ok=True)
            self.assertEqual(code, STOPPED)
        self.assertFalse(draws.exists())
        self.assert_succeeds(*sample, draws)
        self.assertEqual(draws.read_bytes(), wanted.read_bytes())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["draws.csv", "results", "wanted.csv"])

    def test_interrupted_diagnosis_goes_on(self):
        """Neither the simulations nor the draws of a stopped diagnosis are made twice."""
        file = write_campaign("slow.toml", own_campaign("a", "b"))
        shutil.copy(TOOLS / "snpse_worker.py", resume.HOME)
        calls = resume.HOME / "calls.txt"
        (resume.HOME / "simulator.py").write_text(COUNTING_SIMULATOR.format(calls=str(calls)), encoding="utf-8")
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", out)
        diagnose = ["diagnose", out, "--simulations", "100"]
        calls.unlink()
        snpse(*diagnose)
        wanted = (out / "diagnosis.json").read_bytes()
        seeds = calls.read_text().split()
        calls.unlink()
        for stop_at in (30, len(seeds) - 30):  # in the check's simulations, and in those of the predictions
            with Job(*diagnose) as job:
                wait_for(lambda: calls.exists() and len(calls.read_text().split()) >= stop_at, "simulations")
                job.send(signal.SIGTERM)
                self.assertEqual(job.wait(), STOPPED)
                self.assertIn(WHAT_TO_DO, last_line(job.output()))
        self.assertIn(snpse(*diagnose).returncode, (0, DATA))
        self.assertEqual((out / "diagnosis.json").read_bytes(), wanted)
        again = calls.read_text().split()
        self.assertEqual(set(again), set(seeds))
        self.assertLessEqual(len(again) - len(seeds), 2)  # one in flight at each stop
        self.assertFalse((out / "diagnosis.parts").exists())


if __name__ == "__main__":
    unittest.main()
