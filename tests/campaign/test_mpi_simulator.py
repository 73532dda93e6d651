"""A simulator that is an MPI program: the example of jobs/examples/mpi on 1, 2 and 4 ranks."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, TINY_CAMPAIGN, ProgramTest, events, processes_that_mention, snpse

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "jobs/examples/mpi"
SMALL = TINY_CAMPAIGN[TINY_CAMPAIGN.index("[model]"):]


class MpiSimulatorTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.heat = self.folder / "heat"
        shutil.copytree(EXAMPLE, self.heat)
        subprocess.run(["mpicc", "-O2", "-o", "heat", "heat.c", "-lm"], cwd=self.heat,
                       check=True)

    def campaign(self, ranks, more=""):
        """The folder of a campaign that has not begun."""
        folder = self.heat / f"on_{ranks}"
        folder.mkdir()
        text = (self.heat / "heat.toml").read_text()
        text = text.replace("ranks = 2", f'ranks = {ranks}\nfolder = ".."\n{more}').replace('"heat.in"', '"../heat.in"')
        (folder / "campaign.toml").write_text(text)
        return folder

    def test_the_same_data_on_any_number_of_ranks(self):
        tables = []
        for ranks in (1, 2, 4):
            folder = self.campaign(ranks)
            said = self.assert_succeeds("simulate", folder, "--prior", 3)
            self.assertIn("simulated 3 ok", said.stderr)
            tables.append(said.stdout)
        self.assertEqual(tables[0].count("\n"), 4)
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0], tables[2])
        # In a job of MPI, whose environment the simulator's ranks do not see.
        self.assertEqual(self.assert_succeeds("simulate", self.heat / "on_2", "--prior", 3, ranks=2).stdout, tables[0])

    def test_check_prints_the_launch_line(self):
        file = self.heat / "heat.toml"
        said = self.assert_succeeds("check", file, "--seconds", 3, ranks=2).stdout
        self.assertIn("--bind-to none --oversubscribe -n 2 ", said)
        ranks = min(2, max(1, len(os.sched_getaffinity(0)) // 2))
        self.assertIn("1 of 2 ranks simulate" if ranks == 1 else "each rank's simulations have 2 cores", said)
        said = json.loads(self.assert_succeeds("check", file, "--seconds", 3, "--json").stdout)
        self.assertIn("mpirun", said["launch"]["command"])

    def test_the_nodes_of_a_batch_job_are_left_alone(self):
        """mpirun would start ranks on the first nodes of the job, here on nodes that there are not."""
        said = self.assert_succeeds("check", self.heat / "heat.toml", "--seconds", 3, "--json").stdout
        launcher = json.loads(said)["launch"]["command"].split()[:-3]  # without ./heat {input} {output}
        job = {"SLURM_JOB_ID": "7", "SLURM_JOBID": "7", "SLURM_NODELIST": "node[1-2]", "SLURM_JOB_NODELIST": "node[1-2]",
               "SLURM_TASKS_PER_NODE": "2(x2)", "SLURM_JOB_NUM_NODES": "2", "SLURM_NNODES": "2"}
        ranks = subprocess.run([*launcher, "hostname"], check=True, capture_output=True, text=True, timeout=60,
                               env=os.environ | job)
        self.assertEqual(len(ranks.stdout.split()), 2)

    def test_a_campaign(self):
        file = self.heat / "heat.toml"
        text = file.read_text().replace("simulations = 2000", 'name = "npse"\nsimulations = 20')
        file.write_text(text + SMALL)
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", out, ranks=2)
        committed = next(event for event in events(out) if event.get("phase") == "simulate")
        self.assertEqual(committed["ok"], 20)

    def test_every_verb_divides_the_cores(self):
        """Simulations of a diagnosis and of predictions are bound to cores as those of the campaign are."""
        seen = self.folder / "cores.txt"
        script = self.write("simulator.sh", f"grep Cpus_allowed_list /proc/self/status >> {seen}\necho $1 0.5\n")
        file = self.write("cores.toml", f"""
[simulator]
run = ["sh", "{script}", "{{a}}"]
launcher = ["env"]
ranks = 1
[[parameter]]
name = "a"
prior = {{ type = "uniform", low = -1.0, high = 1.0 }}
[observation]
x = [0.2, 0.5]
[method]
name = "npse"
simulations = 60
{SMALL}""")
        out = self.folder / "results"

        def cores_of(*arguments):
            seen.unlink(missing_ok=True)
            snpse(*arguments, ranks=2)
            return set(seen.read_text().splitlines())

        cores = cores_of("run", file, "--out", out)
        self.assertTrue(cores)
        self.assertEqual(cores_of("diagnose", out, "--simulations", 100), cores)
        self.assertEqual(cores_of("sample", out, "--samples", 40, "--predict", "--output", self.folder / "x.csv"), cores)

    def test_a_timeout_ends_all_ranks(self):
        source = self.heat / "hang.c"
        source.write_text("#include <mpi.h>\n#include <unistd.h>\nint main(int c, char** v) { MPI_Init(&c, &v); "
                          "sleep(1000); MPI_Finalize(); }\n")
        subprocess.run(["mpicc", "-o", "hang_for_ever", source], cwd=self.heat, check=True)
        folder = self.campaign(2)
        text = (folder / "campaign.toml").read_text().replace('"./heat"', '"./hang_for_ever"')
        (folder / "campaign.toml").write_text(text.replace("time_limit = 60", "time_limit = 2"))
        result = self.folder / "x.csv"
        before = time.monotonic()
        said = self.run_failing("simulate", folder, "--prior", 1, "--output", result)
        self.assertIn("no end within 2 s", said)
        self.assertLess(time.monotonic() - before, 20)
        self.assertEqual(processes_that_mention("hang_for_ever"), [])

    def run_failing(self, *arguments):
        ended = snpse(*arguments)
        self.assertEqual(ended.returncode, DATA, ended.stderr)
        return ended.stderr


if __name__ == "__main__":
    unittest.main()
