"""The job scripts, with stand-ins for the commands of Slurm; tests/slurm runs them under a real one."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import MISSING_INPUT, PROGRAM, TINY_CAMPAIGN, USAGE, ProgramTest, events

JOBS = pathlib.Path(__file__).resolve().parents[2] / "jobs"


class JobTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.commands = self.folder / "commands"
        self.commands.mkdir()
        for name, script in {"srun": "exit 0", "mpirun": 'exec "$@"', "scontrol": 'echo "scontrol $*"'}.items():
            command = self.commands / name
            command.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
            command.chmod(0o755)

    def job(self, script, *arguments, task=None):
        """Runs a copy of the script, as sbatch does, from a folder without the repository's files."""
        copy = shutil.copy(script, self.folder / "slurm_script")
        environment = {**os.environ, "PATH": f"{self.commands}:{os.environ['PATH']}", "SNPSE": PROGRAM,
                       "SLURM_JOB_ID": "17"}
        if task is not None:
            environment["SLURM_ARRAY_TASK_ID"] = str(task)
        return subprocess.run(["bash", copy, *map(str, arguments)], cwd=self.folder, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def test_no_arguments_are_explained(self):
        for script in (JOBS / "slurm.sh", JOBS / "slurm_array.sh"):
            ended = self.job(script)
            self.assertEqual(ended.returncode, USAGE, ended.stdout)
            self.assertIn("usage: sbatch", ended.stdout)

    def observations(self, method):
        observations = self.folder / "observations"
        observations.mkdir()
        for name, x in (("a", "0.3,0.1"), ("b", "-0.2,0.0")):
            (observations / f"{name}.csv").write_text(x + "\n", encoding="utf-8")
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("tsnpse", method))
        return file, observations, self.folder / "results"

    def test_npse_trains_one_network_for_all_observations(self):
        arguments = self.observations("npse")
        results = arguments[-1]
        for task in (1, 2):
            ended = self.job(JOBS / "slurm_array.sh", *arguments, task=task)
            self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertEqual([path.relative_to(results) for path in results.rglob("network.h5")],
                         [pathlib.Path("network/rounds/001/network.h5")])
        self.assertEqual(sum(event.get("phase") == "train" for event in events(results / "network")), 1)
        for name in ("a", "b"):
            self.assertTrue((results / name / "posterior.h5").exists())
        self.assertEqual((results / "a/posterior.h5").stat().st_size, (results / "b/posterior.h5").stat().st_size)
        self.assertNotEqual((results / "a/posterior.h5").read_bytes(), (results / "b/posterior.h5").read_bytes())

    def test_a_task_comes_back_while_another_one_trains(self):
        arguments = self.observations("npse")
        arguments[-1].mkdir()
        with open(arguments[-1] / ".network.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ended = self.job(JOBS / "slurm_array.sh", *arguments, task=2)
        self.assertIn("scontrol requeue 17", ended.stdout)
        self.assertFalse((arguments[-1] / "network").exists())

    def test_tsnpse_runs_a_campaign_for_each_observation(self):
        arguments = self.observations("tsnpse")
        ended = self.job(JOBS / "slurm_array.sh", *arguments, "--wall-time", 0, task=2)
        self.assertIn("scontrol requeue 17", ended.stdout)
        ended = self.job(JOBS / "slurm_array.sh", *arguments, task=2)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertTrue((arguments[-1] / "b/posterior.h5").exists())
        ended = self.job(JOBS / "slurm_array.sh", *arguments, task=3)
        self.assertEqual(ended.returncode, MISSING_INPUT, ended.stdout)


if __name__ == "__main__":
    unittest.main()
