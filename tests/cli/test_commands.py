"""Every verb doing what it is for."""
import csv
import json
import math
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, STOPPED, TINY_CAMPAIGN, TOOLS, USAGE, ProgramTest, snpse

VERBS = ("init", "check", "run", "status", "sample", "diagnose", "export", "simulate", "c2st", "bench", "version")
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


TRIANGLE_SIMULATOR = f"""import random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
serve(lambda theta, seed: [sum(theta) + random.Random(seed).gauss(0.0, 0.1)])
"""

TRIANGLE_CAMPAIGN = f"""[simulator]
command = ["python3", "simulator.py"]
[[parameter]]
name = "a"
[[parameter]]
name = "b"
[prior]
type = "library"
library = "{os.environ['SNPSE_TEST_TRIANGLE_PRIOR_LIBRARY']}"
[observation]
x = [0.95]
[method]
name = "METHOD"
simulations = 600
[model]
width = 32
networks = 1
[training]
max_steps = 600
[truncation]
samples = 1000
[posterior]
samples = 500
"""


def read_table(path):
    """Names of the columns, and the rows as numbers."""
    with open(path, newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    return names, [[float(value) for value in row] for row in rows]


class CommandTest(ProgramTest):
    def test_version(self):
        self.assertRegex(self.assert_succeeds("version").stdout, r"\Asnpse \d+\.\d+\.\d+\nkernels: [^\n]+\n\Z")

    def test_one_answer_for_all_ranks(self):
        self.assertRegex(self.assert_succeeds("version", ranks=2).stdout, r"\Asnpse \d+\.\d+\.\d+\nkernels: [^\n]+\n\Z")

    def test_help_lists_all_verbs(self):
        for arguments in ([], ["help"], ["--help"]):
            text = self.assert_succeeds(*arguments).stdout
            for verb in VERBS:
                self.assertRegex(text, rf"(?m)^ +{verb} ")

    def test_help_of_a_verb(self):
        self.assertIn("--wall-time", self.assert_succeeds("run", "--help").stdout)

    def test_initialised_campaigns_are_valid(self):
        for options in ([], ["--task", "slcp"]):
            folder = self.folder / ("task" if options else "own")
            self.assert_succeeds("init", folder, *options)
            said = self.assert_succeeds("check", folder / "campaign.toml").stdout
            self.assertIn("is valid", said)
            self.assertRegex(said, r"one simulation takes [0-9.e-]+ s")

    def test_a_task_with_a_measured_observation_begins_with_it(self):
        work = self.folder / "work"
        self.assert_succeeds("init", work, "--task", "pyloric")
        text = (work / "campaign.toml").read_text(encoding="utf-8")
        self.assertIn("x = [1170.85859, ", text)
        self.assertNotIn("--c2st", text)  # there is nothing exact to compare with
        said = self.assert_succeeds("check", work / "campaign.toml", "--seconds", 3).stdout
        self.assertIn("31 parameters and 15 data", said)  # one in a hundred is valid, which is no error of a few

    def test_campaign_from_init_to_samples(self):
        work = self.folder / "work"
        self.assert_succeeds("init", work, "--task", "two_moons")
        file = work / "campaign.toml"
        text = re.sub(r"simulations = \d+", "simulations = 200", file.read_text(encoding="utf-8"))
        text = text.replace("\nsamples = 10000\n", "\nsamples = 500\n")
        file.write_text(text + "\n[model]\nwidth = 32\n[training]\nmax_steps = 100\n[truncation]\nsamples = 200\n",
                        encoding="utf-8")
        results = work / "results"
        self.assert_succeeds("run", file, "--out", results, ranks=2)
        self.assert_run_again_is_harmless(file, results)
        self.assert_status(results)
        self.assert_samples(results)
        self.assert_exports(results)

    def test_a_region_that_was_cut_too_tight_is_wrong_data(self):
        # So small a tolerance that every region fails.
        file = self.write("campaign.toml",
                          TINY_CAMPAIGN.replace("[truncation]\n", "[truncation]\ntolerance = 1e-9\nepsilon = 0.9\n"))
        ran = snpse("run", file, "--out", self.folder / "results")
        self.assertEqual(ran.returncode, DATA, ran.stderr)
        # 100 simulations, the first round 30 of them.
        self.assertIn("the 100 simulations are spent", ran.stderr)
        self.assertIn("method.simulations = 170 or more: about 70 more are needed", ran.stderr)
        self.assertTrue((self.folder / "results" / "posterior.h5").exists())

    def test_added_rounds_are_continued_to_the_same_posterior(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace(
            "[truncation]\n", "[truncation]\ntolerance = 1e-9\nepsilon = 0.9\nleast_probe = 10\n"))
        results = self.folder / "results"
        ended = snpse("run", file, "--out", results).returncode
        status = json.loads(self.assert_succeeds("status", results, "--json").stdout)
        # 30 % of the 70, 49 and 35 that are left, and then all, since 30 % of 25 are no probe.
        self.assertEqual([row["simulated"] for row in status["round_table"]], [30, 21, 14, 10, 25])
        posterior = results / "posterior.h5"
        before = posterior.read_bytes()
        posterior.unlink()
        shutil.rmtree(results / "rounds" / "005")
        (results / "rounds" / "004" / "network.h5").unlink()
        self.assertEqual(snpse("run", file, "--out", results).returncode, ended)
        self.assertEqual(posterior.read_bytes(), before)

    def assert_run_again_is_harmless(self, file, results):
        before = (results / "posterior.h5").stat()
        self.assert_succeeds("run", file, "--out", results)
        self.assert_succeeds("run", results)
        self.assertEqual((results / "posterior.h5").stat().st_ino, before.st_ino)

    def assert_status(self, results):
        self.assertIn("finished", self.assert_succeeds("status", results).stdout)
        status = json.loads(self.assert_succeeds("status", results, "--json").stdout)
        self.assertEqual((status["state"], status["simulations_done"], status["seconds_left"]), ("finished", 200, 0))
        rounds = [(row["round"], row["simulated"], row["valid_share"]) for row in status["round_table"]]
        self.assertEqual(rounds, [(1, 60, 1), (2, 140, 1)])
        self.assertTrue(all(row["steps"] <= 100 for row in status["round_table"]), status)

    def assert_samples(self, results):
        output = self.folder / "samples.csv"
        self.assert_succeeds("sample", results, "--samples", 50, "--log-prob", "--output", output)
        names, rows = read_table(output)
        self.assertEqual(len(names), 3)
        self.assertEqual(names[2], "log_prob")
        self.assertEqual(len(rows), 50)
        self.assertTrue(all(math.isfinite(value) for row in rows for value in row))
        # The prior is uniform on [-1, 1]^2.
        self.assertTrue(all(abs(value) <= 1 for row in rows for value in row[:2]))

        again, other = self.folder / "again.csv", self.folder / "other.csv"
        self.assert_succeeds("sample", results, "--samples", 50, "--log-prob", "--output", again)
        self.assert_succeeds("sample", results, "--samples", 50, "--log-prob", "--output", other, "--seed", 9)
        self.assertEqual(again.read_bytes(), output.read_bytes())
        self.assertNotEqual(other.read_bytes(), output.read_bytes())

    def assert_exports(self, results):
        table, record = self.folder / "posterior.csv", self.folder / "posterior.h5"
        self.assert_succeeds("export", results, "--output", table)
        self.assert_succeeds("export", results, "--format", "hdf5", "--output", record)
        names, rows = read_table(table)
        self.assertEqual((len(names), len(rows)), (2, 500))
        self.assertTrue(record.read_bytes().startswith(HDF5_SIGNATURE))

    def test_amortised_posterior_at_another_observation(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("tsnpse", "npse").replace("rounds = 2\n", ""))
        self.assert_succeeds("run", file)
        elsewhere = self.write("x.csv", "0.3,0.1\n")
        for name, options in (("here.csv", []), ("there.csv", ["--observation", elsewhere])):
            self.assert_succeeds("sample", self.folder / "campaign", "--samples", 20, "--output", self.folder / name,
                                 *options)
        here, there = read_table(self.folder / "here.csv"), read_table(self.folder / "there.csv")
        self.assertEqual(len(there[1]), 20)
        self.assertNotEqual(here[1], there[1])

    def test_several_observations_each_by_itself_and_together(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("tsnpse", "npse").replace("rounds = 2\n", ""))
        self.assert_succeeds("run", file)
        one, both = self.write("one.csv", "0.3,0.1\n"), self.write("both.csv", "0.3,0.1\n0.2,-0.1\n")

        def sample(observations, *options):
            self.assert_succeeds("sample", self.folder / "campaign", "--samples", 20, "--observation", observations,
                                 "--output", self.folder / "draws.csv", *options)
            return read_table(self.folder / "draws.csv")

        _, alone = sample(one)
        names, apart = sample(both)
        self.assertEqual(names[-1], "observation")
        self.assertEqual([row[-1] for row in apart], [1] * 20 + [2] * 20)
        self.assertEqual([row[:-1] for row in apart[:20]], alone)
        names, together = sample(both, "--iid")
        self.assertEqual((len(names), len(together)), (2, 20))
        self.assertNotIn(together, (apart[:20], apart[20:]))
        refused = snpse("sample", self.folder / "campaign", "--observation", both, "--iid", "--log-prob", "--output",
                        self.folder / "draws.csv")
        self.assertEqual(refused.returncode, USAGE, refused.stderr)

    def test_three_lines_are_three_observations_of_one_datum(self):
        self.write("simulator.py", TRIANGLE_SIMULATOR)
        file = self.write("campaign.toml", TRIANGLE_CAMPAIGN.replace("METHOD", "npse"))
        self.assert_succeeds("run", file)
        three = self.write("three.csv", "0.3\n0.9\n0.6\n")
        draws = self.folder / "draws.csv"
        self.assert_succeeds("sample", self.folder / "campaign", "--samples", 200, "--observation", three, "--output",
                             draws)
        _, rows = read_table(draws)
        self.assertEqual(len(rows), 600)
        means = [sum(row[0] + row[1] for row in rows if row[-1] == number) / 200 for number in (1, 2, 3)]
        self.assertLess(means[0], means[2])
        self.assertLess(means[2], means[1])

    def test_a_campaign_of_several_observations_together(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("tsnpse", "npse").replace("rounds = 2\n", "").replace(
            "[observation]\n", "[observation]\nfile = 'both.csv'\n#"))
        self.write("both.csv", "0.3,0.1\n0.2,-0.1\n")
        self.assert_succeeds("run", file)
        self.assertTrue((self.folder / "campaign" / "posterior.h5").exists())

    def test_bench_of_several_observations_together(self):
        said = self.assert_succeeds("bench", "gaussian_linear", "--method", "npse", "--simulations", 2000, "--samples",
                                    200, "--iid", 5, "--json", "--set", "model.networks=1",
                                    "--set", "model.width=64", "--set", "training.max_steps=600")
        # An exact posterior of any one of the five is at .9 and more.
        self.assertLess(json.loads(said.stdout)["c2st"], 0.7)

    def test_stopped_campaign_continues_by_its_folder(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN)
        results = self.folder / "campaign"
        stopped = snpse("run", file, "--wall-time", 0)
        self.assertEqual(stopped.returncode, STOPPED, stopped.stderr)
        self.assertEqual(json.loads(self.assert_succeeds("status", results, "--json").stdout)["state"], "stopped")
        self.assert_succeeds("run", results)
        self.assertTrue((results / "posterior.h5").exists())

    def test_bench(self):
        said = self.assert_succeeds("bench", "two_moons", "--method", "npse", "--simulations", 100, "--samples", 100,
                                    "--json", "--preset", "paper", "--set", "training.max_steps=20")
        result = json.loads(said.stdout)
        self.assertEqual((result["task"], result["method"], result["ranks"]), ("two_moons", "npse", 1))
        self.assertTrue(0.4 < result["c2st"] <= 1)

    def test_bench_with_other_networks(self):
        for network in ("energy", "residual", "residual_energy"):
            said = self.assert_succeeds("bench", "two_moons", "--simulations", 200, "--samples", 100, "--json",
                                        "--set", f"model.network={network}", "--set", "model.width=32",
                                        "--set", "training.max_steps=200", "--set", "truncation.samples=1000",
                                        "--set", "model.networks=1")
            result = json.loads(said.stdout)
            self.assertEqual((result["method"], result["rounds"]), ("tsnpse", 2))
            self.assertTrue(0 < result["acceptance"][-1] <= 1)
            self.assertTrue(0.4 < result["c2st"] < 0.95, result["c2st"])

    def test_a_prior_from_a_library(self):
        """Uniform on the triangle a, b > 0, a + b < 1, with a + b observed almost at its edge."""
        (self.folder / "simulator.py").write_text(TRIANGLE_SIMULATOR, encoding="utf-8")
        file = self.folder / "campaign.toml"
        for method in ("tsnpse", "nlse"):
            file.write_text(TRIANGLE_CAMPAIGN.replace("METHOD", method), encoding="utf-8")
            work = self.folder / method
            self.assertIn("is valid", self.assert_succeeds("check", file).stdout)
            self.assert_succeeds("run", file, "--out", work)
            self.assert_succeeds("export", work, "--output", self.folder / "samples.csv")
            _, rows = read_table(self.folder / "samples.csv")
            self.assertEqual(len(rows), 500)
            self.assertTrue(all(a > 0 and b > 0 and a + b < 1 for a, b in rows))
            sums = [a + b for a, b in rows]
            self.assertTrue(0.8 < sum(sums) / len(sums) < 0.98, sum(sums) / len(sums))
            self.assertLess(min(a for a, _ in rows), 0.2)  # nothing tells a from b
            self.assertGreater(max(a for a, _ in rows), 0.7)

    def test_bench_speed(self):
        speed = json.loads(self.assert_succeeds("bench", "--speed", "--json").stdout)
        for name in ("train_gflops", "eager_train_gflops"):
            self.assertEqual(list(speed[name]), ["50", "200", "500", "1000"])
        for name in ("samples_per_s", "log_prob_per_s", "candidates_per_s"):
            self.assertEqual(list(speed[name]), ["2", "5", "10"])
        self.assertIn("OpenBLAS", speed.pop("kernels"))
        self.assertGreater(speed.pop("sgemm_gflops"), 0)
        self.assertTrue(all(rate > 0 for rates in speed.values() for rate in rates.values()))

    def test_more_threads_than_cores_are_warned_of(self):
        core = min(os.sched_getaffinity(0))
        for threads, warned in ((1, False), (2, True)):
            said = snpse("c2st", "a.csv", "b.csv", "--threads", threads,
                         preexec_fn=lambda: os.sched_setaffinity(0, {core}))
            self.assertEqual("2 threads a rank get in each other's way on one core: give fewer" in said.stderr, warned)

    def test_bench_takes_a_task_or_speed(self):
        for arguments in ((), ("two_moons", "--speed")):
            said = snpse("bench", *arguments)
            self.assertEqual(said.returncode, USAGE, said.stderr)
            self.assertIn("TASK", said.stderr)


if __name__ == "__main__":
    unittest.main()
