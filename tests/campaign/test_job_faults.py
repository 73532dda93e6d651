"""Jobs that meet, are frozen, or lose one of their ranks."""
import os
import pathlib
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import TOOLS, USAGE, Job, ProgramTest, own_campaign, processes_that_mention, wait_for

SLOW = f"""
import random, sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    time.sleep(0.1)
    return [value + random.Random(seed).gauss(0.0, 0.1) for value in theta]

serve(simulate)
"""


class JobFaultTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("simulator.py", SLOW)
        text = own_campaign("a", "b").replace('"tsnpse"\nrounds = 2', '"npse"')
        self.campaign = self.write("campaign.toml", text)
        self.out = self.folder / "results"

    def job(self, ranks=2):
        """A job that has begun to simulate."""
        job = Job("run", self.campaign, "--out", self.out, ranks=ranks)
        self.addCleanup(job.__exit__)
        wait_for(self.parts, "the first simulations")
        return job

    def parts(self):
        return list(self.out.glob("rounds/001/parts/*.h5"))

    def ranks(self):
        """The processes of the program, rank 0 first."""
        def rank_of(process):
            variables = pathlib.Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
            return next((int(v.partition(b"=")[2]) for v in variables if v.startswith(b"OMPI_COMM_WORLD_RANK=")), None)
        found = {process: rank_of(process) for process in processes_that_mention(self.out)}
        return sorted((process for process in found if found[process] is not None), key=found.get)

    def simulations(self):
        return (self.out / "rounds/001/simulations.h5").read_bytes()

    def undisturbed(self):
        """The simulations of a run without faults."""
        other = self.folder / "other"
        self.assert_succeeds("run", self.campaign, "--out", other, ranks=2)
        return (other / "rounds/001/simulations.h5").read_bytes()

    def test_two_jobs_on_one_folder(self):
        job = self.job()
        said = self.assert_refused(USAGE, f"'{self.out}' is in use by process", "run", self.campaign, "--out", self.out)
        self.assertIn(f"process {self.ranks()[0]} on {socket.gethostname()} since", said)
        self.assertFalse(job.finished())
        self.assertEqual(job.wait(), 0, job.output())

    def test_the_lock_of_a_dead_job_of_another_host(self):
        job = self.job()
        job.kill()
        lock = self.out / ".lock"
        lock.write_text("process 1 on another-host since 2020-01-01 00:00:00 UTC")
        self.assert_succeeds("run", self.campaign, "--out", self.out, ranks=2)
        self.assertEqual(self.simulations(), self.undisturbed())

    def test_a_frozen_rank_goes_on(self):
        job = self.job(ranks=3)
        frozen = self.ranks()[1]
        os.kill(frozen, signal.SIGSTOP)
        time.sleep(8)  # in 5 the other ranks have made all simulations
        self.assertFalse(job.finished(), job.output())
        os.kill(frozen, signal.SIGCONT)
        self.assertEqual(job.wait(), 0, job.output())
        self.assertEqual(self.simulations(), self.undisturbed())

    def test_a_rank_that_dies_ends_the_job(self):
        for dying in (0, 1):
            with self.subTest(rank=dying):
                self.out = self.folder / f"results_{dying}"
                job = self.job(ranks=3)
                os.kill(self.ranks()[dying], signal.SIGKILL)
                start = time.monotonic()
                self.assertNotEqual(job.wait(), 0)
                self.assertLess(time.monotonic() - start, 15)
                self.assertRegex(job.output(), "signal 9")
                self.assert_succeeds("run", self.campaign, "--out", self.out, ranks=3)
                self.assertEqual(self.simulations(), self.undisturbed())


if __name__ == "__main__":
    unittest.main()
