"""A campaign that was killed or stopped at any moment, and continued, ends with the bytes of an undisturbed one."""
import functools
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import STOPPED, TOOLS, USAGE, Job, ProgramTest, events, snpse, wait_for

ROUNDS = 3
PHASES = {"propose": "proposal.h5", "simulate": "simulations.h5", "train": "network.h5"}
STEPS = [(number, phase) for number in range(1, ROUNDS + 1) for phase in PHASES] + [(ROUNDS, "infer")]

CAMPAIGN = """
[campaign]
seed = 5
[simulator]
{simulator}
[observation]
x = [0.0, 0.0]
[method]
rounds = 3
simulations = {simulations}
[model]
width = 32
networks = 1
[training]
max_steps = 400
validation_every = 20
checkpoint_seconds = 0.02
[truncation]
samples = 500
[posterior]
samples = 10000
"""

BUILT_IN = CAMPAIGN.format(simulator='task = "two_moons"', simulations=300)

FULL_SIZE = """
[simulator]
task = "slcp"
[observation]
x = [0.5, 0.5, 1.0, -1.0, -0.5, 0.5, 0.0, 0.0]
[method]
name = "npse"
simulations = 2000
[training]
checkpoint_seconds = 1
"""

# Two moons again, slow enough that a kill interrupts a round.
EXTERNAL = CAMPAIGN.format(simulator='command = ["python3", "moons.py"]', simulations=150) + """
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "b"
prior = { type = "uniform", low = -1.0, high = 1.0 }
"""

MOONS = f"""
import math, os, random, sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    a, b = theta
    numbers = random.Random(seed)
    angle, radius = numbers.uniform(-math.pi / 2, math.pi / 2), numbers.gauss(0.1, 0.01)
    time.sleep(float(os.environ.get("MOONS_SECONDS", "0.03")))
    return [radius * math.cos(angle) + 0.25 - abs(a + b) / math.sqrt(2),
            radius * math.sin(angle) + (b - a) / math.sqrt(2)]

serve(simulate)
"""


# Holds the campaign files and the simulator, whose path is part of every result.
HOME = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))


def setUpModule():
    unittest.addModuleCleanup(shutil.rmtree, HOME)
    (HOME / "moons.py").write_text(MOONS, encoding="utf-8")


def campaign_file(text):
    file = HOME / ("built_in.toml" if text == BUILT_IN else "external.toml")
    file.write_text(text, encoding="utf-8")
    return file


@functools.lru_cache(maxsize=None)
def undisturbed(text, ranks):
    """The folder of a campaign that ran without interruption; all tests share it, so none may change it."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))  # as far from HOME as each test's folder is
    unittest.addModuleCleanup(shutil.rmtree, home)
    out = home / "results"
    result = snpse("run", campaign_file(text), "--out", out, ranks=ranks)
    assert result.returncode == 0, result.stderr
    return out


def file_of(folder, step):
    """The file whose existence commits the step."""
    number, phase = step
    return folder / "posterior.h5" if phase == "infer" else folder / "rounds" / f"{number:03}" / PHASES[phase]


def present_step(folder):
    """The index of the first step that is not committed."""
    return next((i for i, step in enumerate(STEPS) if not file_of(folder, step).exists()), len(STEPS))


def results(folder):
    """The bytes of all that the seed decides; provenance.h5 and training.h5 hold times."""
    return {step: file_of(folder, step).read_bytes() for step in STEPS}


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def seconds_of_steps(folder):
    return {(event["round"], event["phase"]): event["seconds"] for event in events(folder)
            if event["event"] == "committed"}


class ResumeTest(ProgramTest):
    def start(self, text, ranks, *options, folder="results", moons_seconds=0.03):
        """The program in the background, and the campaign's folder."""
        out = self.folder / folder
        environment = {**os.environ, "MOONS_SECONDS": str(moons_seconds)}
        return Job("run", campaign_file(text), "--out", out, *options, ranks=ranks, env=environment), out

    def wait_for_step(self, job, out, index, sittings=1):
        """Until this sitting, the so manieth of the campaign, has begun and all steps before index are committed."""
        def begun():
            started = [event for event in events(out) if event["event"] == "started"]
            return len(started) >= sittings and present_step(out) >= index

        wait_for(lambda: job.finished() or begun(), f"{STEPS[index]}: {job.output()}")

    def assert_same(self, folder, wanted):
        """folder holds the results of the undisturbed campaign, and no other files than that."""
        found, expected = results(folder), results(wanted)
        different = [step for step in STEPS if found[step] != expected[step]]
        self.assertEqual(different, [])
        self.assertEqual(files(folder), files(wanted))

    def finish(self, text, ranks):
        job, _ = self.start(text, ranks)
        with job:
            self.assertEqual(job.wait(), 0, job.output())


class KillTest(ResumeTest):
    """kill -9 of all ranks in steps of a campaign, after a random share of the step's time."""

    def kill_in(self, text, index, delay):
        """Runs until the delay after the step's beginning; returns the step that the kill interrupted."""
        sittings = len([event for event in events(self.folder / "results") if event["event"] == "started"]) + 1
        job, out = self.start(text, 2)
        with job:
            self.wait_for_step(job, out, index, sittings)
            time.sleep(delay)
            job.kill()
        return present_step(out)

    def check(self, text, seed, phases):
        """Kills once in each step of these phases."""
        wanted = undisturbed(text, 2)
        seconds = seconds_of_steps(wanted)
        out = self.folder / "results"
        moments = random.Random(seed)
        hit = set()
        for index, step in enumerate(STEPS):
            if step[1] not in phases:
                continue
            delay = moments.uniform(0, 0.8) * seconds[step]
            before = self.folder / "before"
            for _ in range(12):  # on a busy machine this program, too, comes late
                if out.exists():
                    shutil.copytree(out, before, dirs_exist_ok=True)
                interrupted = self.kill_in(text, index, delay)
                hit.update(phase for _, phase in STEPS[interrupted:interrupted + 1])
                state = json.loads(self.assert_succeeds("status", out, "--json").stdout)["state"]
                self.assertEqual(state, "finished" if interrupted == len(STEPS) else "stopped")
                if interrupted == index or step[1] in hit:
                    break
                # The kill came late, and no other has met this phase: once more, and sooner.
                shutil.rmtree(out)
                if before.exists():
                    before.rename(out)
                delay /= 2
            shutil.rmtree(before, ignore_errors=True)
        self.finish(text, 2)
        self.assert_same(out, wanted)
        self.assertLessEqual(phases, hit)

    def test_simulations_that_reached_the_disk_are_kept(self):
        job, out = self.start(EXTERNAL, 2, moons_seconds=0.5)
        with job:
            wait_for(lambda: job.finished() or list(out.glob("rounds/001/parts/*.h5")), "a part of the round")
            job.kill()
        kept = json.loads(self.assert_succeeds("status", out, "--json").stdout)["simulations_done"]
        self.assertTrue(0 < kept < 50, kept)
        self.finish(EXTERNAL, 2)
        self.assert_same(out, undisturbed(EXTERNAL, 2))

    def test_built_in_task(self):
        self.check(BUILT_IN, 1, {"propose", "simulate", "train", "infer"})

    def test_external_simulator(self):
        self.check(EXTERNAL, 2, {"simulate"})  # the other steps do not know where the data came from


class StopTest(ResumeTest):
    """A request to stop ends the program with exit code 75 and everything saved."""

    def check_signal(self, number, ranks, index):
        job, out = self.start(EXTERNAL, ranks)
        with job:
            self.wait_for_step(job, out, index)
            job.send(number)
            self.assertEqual(job.wait(), STOPPED, job.output())
        self.assertEqual(events(out)[-1]["event"], "stopped")
        self.finish(EXTERNAL, ranks)
        self.assert_same(out, undisturbed(EXTERNAL, ranks))

    def test_sigterm_while_simulating(self):
        self.check_signal(signal.SIGTERM, None, STEPS.index((1, "simulate")))

    def test_sigusr1_while_training(self):
        self.check_signal(signal.SIGUSR1, None, STEPS.index((2, "train")))

    def test_sigusr1_by_way_of_mpirun(self):
        self.check_signal(signal.SIGUSR1, 2, STEPS.index((2, "simulate")))

    def test_sigterm_while_training_a_network_of_full_size(self):
        """Large products may work with the stack pointer in the heap, where a signal's frame must not go."""
        out = self.folder / "results"
        checking = {**os.environ, "LD_PRELOAD": "libc_malloc_debug.so.0", "GLIBC_TUNABLES": "glibc.malloc.check=3"}
        file = self.write("slcp.toml", FULL_SIZE)
        with Job("run", file, "--out", out, env=checking) as job:
            wait_for(lambda: job.finished() or (out / "rounds/001/checkpoint.h5").exists(), "a checkpoint")
            for _ in range(50):
                job.send(signal.SIGTERM)
                time.sleep(0.002)
            self.assertEqual(job.wait(), STOPPED, job.output())

    def test_wall_time(self):
        codes = []
        while not codes or codes[-1] == STOPPED and len(codes) < 30:
            # A busy machine may need half a second to begin.
            job, out = self.start(BUILT_IN, None, "--wall-time", f"{0.5 * 1.2 ** len(codes):.2f}")
            with job:
                codes.append(job.wait())
        self.assertEqual(codes[0], STOPPED)
        self.assertEqual(codes[-1], 0, codes)
        self.assert_same(out, undisturbed(BUILT_IN, None))


class SharedFolderTest(ResumeTest):
    def test_second_run_is_refused_without_harm(self):
        job, out = self.start(EXTERNAL, 2)
        with job:
            wait_for(lambda: present_step(out) >= 1, "the first proposal")
            status = json.loads(self.assert_succeeds("status", out, "--json").stdout)
            self.assertEqual(status["state"], "running")
            self.assert_refused(USAGE, [out, "in use"], "run", campaign_file(EXTERNAL), "--out", out)
            self.assertEqual(job.wait(), 0, job.output())
        self.assert_same(out, undisturbed(EXTERNAL, 2))
        status = json.loads(self.assert_succeeds("status", out, "--json").stdout)
        self.assertEqual((status["state"], status["simulations_done"]), ("finished", 150))

    def test_leftovers_of_a_crash_vanish(self):
        out = self.folder / "results"
        shutil.copytree(undisturbed(BUILT_IN, None), out)
        before = files(out)
        first = out / "rounds" / "001"
        (first / "parts").mkdir()
        for leftover in (out / ".posterior.h5.1.partial", first / ".network.h5.1.partial", first / "checkpoint.h5",
                         first / "checkpoint.previous.h5", first / "parts" / "000000000.h5"):
            leftover.write_bytes(b"torn")
        self.finish(BUILT_IN, None)
        self.assertEqual(files(out), before)
        self.assertFalse((first / "parts").exists())


class AnyRanksTest(ResumeTest):
    def test_simulations_are_the_same_for_any_number_of_ranks(self):
        first = (1, "simulate")
        alone = file_of(undisturbed(EXTERNAL, None), first).read_bytes()
        self.assertEqual(file_of(undisturbed(EXTERNAL, 2), first).read_bytes(), alone)
        job, out = self.start(EXTERNAL, 3)
        with job:
            wait_for(lambda: job.finished() or file_of(out, first).exists(), "the first round's simulations")
        self.assertEqual(file_of(out, first).read_bytes(), alone)


if __name__ == "__main__":
    unittest.main()
