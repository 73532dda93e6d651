"""Files of other campaigns, odd outputs and impossible numbers: each is refused with the reason, or done right."""
import functools
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import (CANNOT_CREATE, CONFIG, DATA, IO, PROGRAM, TINY_CAMPAIGN, TOOLS, USAGE, ProgramTest, command,
                           snpse)

OWN_CAMPAIGN = """[simulator]
command = ["python3", "simulator.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[observation]
x = [0.2]
[method]
name = "npse"
simulations = 100
[posterior]
samples = 100
"""


@functools.lru_cache(maxsize=None)
def finished_campaigns():
    """The folder of a finished campaign, results, and of one of another seed, other."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
    unittest.addModuleCleanup(shutil.rmtree, home)
    for name, seed in (("results", 5), ("other", 6)):
        file = home / f"{name}.toml"
        file.write_text(TINY_CAMPAIGN.replace("seed = 5", f"seed = {seed}"), encoding="utf-8")
        result = snpse("run", file, "--out", home / name)
        assert result.returncode == 0, result.stderr
    return home


class FinishedTest(ProgramTest):
    """Around finished campaigns that each test gets a copy of."""

    def setUp(self):
        super().setUp()
        shutil.copytree(finished_campaigns(), self.folder, dirs_exist_ok=True)
        self.out = self.folder / "results"
        self.samples = self.folder / "samples.csv"
        self.draw = ["sample", self.out, "--samples", 5, "--output", self.samples]

    def edit(self, old, new):
        frozen = self.out / "campaign.toml"
        text = frozen.read_text(encoding="utf-8")
        self.assertIn(old, text)
        frozen.write_text(text.replace(old, new), encoding="utf-8")


class MemoryTest(FinishedTest):
    def test_more_draws_than_memory_holds(self):
        self.assert_refused(USAGE, "--samples", "sample", self.out, "--samples", 10**12, "--output", "-")


class IdentityTest(FinishedTest):
    def test_files_of_another_campaign(self):
        for name in ("rounds/001/proposal.h5", "rounds/001/simulations.h5", "rounds/001/provenance.h5",
                     "rounds/002/network.h5", "rounds/002/training.h5"):
            with self.subTest(name):
                own = (self.out / name).read_bytes()
                shutil.copy(self.folder / "other" / name, self.out / name)
                self.assert_refused(DATA, [self.out / name, "campaign.seed: 6, now 5"], *self.draw)
                (self.out / name).write_bytes(own)
        self.assertFalse(self.samples.exists())
        shutil.copy(self.folder / "other" / "posterior.h5", self.out)
        self.assert_refused(DATA, [self.out / "posterior.h5", "campaign.seed: 6, now 5"], "export", self.out, "--output",
                            self.samples)
        self.assert_refused(DATA, [self.out / "posterior.h5", "campaign.seed"], "run", self.out)

    def test_files_of_another_round(self):
        for name in ("network.h5", "training.h5", "proposal.h5"):
            with self.subTest(name):
                second = self.out / "rounds" / "002" / name
                own = second.read_bytes()
                shutil.copy(self.out / "rounds" / "001" / name, second)
                self.assert_refused(DATA, [second, "of round 1, but round 2"], *self.draw)
                second.write_bytes(own)

    def test_flipped_bits_of_the_provenance(self):
        provenance = self.out / "rounds" / "001" / "provenance.h5"
        whole = provenance.read_bytes()
        for at in range(100, len(whole), len(whole) // 4):
            provenance.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            self.assert_refused(DATA, provenance, *self.draw)

    def test_edited_observation(self):
        self.edit("x = [0.0, 0.0]", "x = [0.5, 0.0]")
        for verb in (self.draw, ["run", self.out], ["status", self.out], ["export", self.out, "--output", self.samples]):
            self.assert_refused(DATA, ["observation.x", "0.5", "campaign.toml"], *verb)

    def test_edited_task(self):
        self.edit('"two_moons"', '"slcp"')
        self.edit("x = [0.0, 0.0]", "x = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]")
        self.assert_refused(DATA, ["simulator.task", "slcp", "two_moons"], *self.draw)

    def test_key_that_may_change(self):
        self.edit("min_acceptance = 0.01 ", "min_acceptance = 0.02 ")
        self.assert_succeeds(*self.draw)

    def test_stray_file_among_parts(self):
        (self.out / "posterior.h5").unlink()
        for name in ("simulations.h5", "network.h5"):
            (self.out / "rounds" / "002" / name).unlink()
        parts = self.out / "rounds" / "002" / "parts"
        parts.mkdir()
        (parts / "stray.h5").write_text("")
        for verb in ("status", "run"):
            self.assert_refused(DATA, [parts / "stray.h5", "remove it"], verb, self.out)


class OutputTest(FinishedTest):
    def setUp(self):
        super().setUp()
        self.export = ["export", self.out, "--output"]
        self.assert_succeeds(*self.export, self.samples)
        self.table = self.samples.read_text()

    def printed(self, output, *options):
        return self.assert_succeeds(*self.export, output, *options).stdout

    def test_standard_output(self):
        self.assertEqual(self.printed("-"), self.table)
        self.assertEqual(self.printed("/dev/stdout"), self.table)
        with (self.folder / "redirected").open("w+") as file:
            file.write("before\n")
            file.flush()
            subprocess.run(command([*self.export, "/dev/stdout"]), stdout=file, check=True)
        self.assertEqual((self.folder / "redirected").read_text(), "before\n" + self.table)

    def test_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
            self.assert_succeeds(*self.export, pipe)
            self.assertEqual(reader.communicate()[0], self.table)
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))

    def test_device(self):
        before = os.stat("/dev/full")
        self.assert_refused(IO, ["/dev/full", "No space left"], *self.export, "/dev/full")
        self.assertEqual(os.stat("/dev/full").st_rdev, before.st_rdev)

    def test_symbolic_links(self):
        for content in ("old", None):
            target = self.folder / f"target_{content}.csv"
            link = self.folder / f"link_{content}.csv"
            link.symlink_to(target.name)
            if content:
                target.write_text(content)
            self.assert_succeeds(*self.export, link)
            self.assertTrue(link.is_symlink())
            self.assertEqual(target.read_text(), self.table)
        self.assert_refused(CANNOT_CREATE, [self.out, "folder"], *self.export, self.out)

    def test_suffix_decides(self):
        record = self.folder / "samples.h5"
        self.assert_succeeds(*self.export, record)
        self.assertEqual(record.read_bytes()[1:4], b"HDF")
        for verb, formats in ((self.export, [".csv", ".h5", ".npz", ".nc"]), (self.draw[:-1], [".csv", ".h5"]),
                              (["simulate", "two_moons", "--output"], [".csv"])):
            self.assert_refused(USAGE, ["x.pdf", *formats], *verb, self.folder / "x.pdf")
        self.assert_refused(USAGE, "hdf5", *self.export, self.folder / "x.csv", "--format", "hdf5")
        self.assertFalse((self.folder / "x.pdf").exists())

    def test_standard_output_that_is_full(self):
        for verb in (["status", self.out], ["version"], ["help"], [*self.export, "-"], ["check", self.folder / "results.toml"],
                     ["run", self.out], ["init", self.folder / "new"], ["c2st", self.samples, self.samples]):
            with self.subTest(verb[0]), open("/dev/full", "w") as full:
                result = subprocess.run(command(verb), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(result.returncode, IO, result.stderr)
                self.assertIn("standard output", result.stderr)

    def test_standard_output_that_is_closed_or_left(self):
        closed = subprocess.run(["sh", "-c", f'"{PROGRAM}" status "{self.out}" >&-'], stderr=subprocess.PIPE, check=False)
        self.assertEqual(closed.returncode, IO, closed.stderr)
        reader, writer = os.pipe()
        os.close(reader)
        left = subprocess.run(command(["status", self.out]), stdout=writer, stderr=subprocess.PIPE, check=False,
                              restore_signals=True)
        os.close(writer)
        self.assertEqual(left.returncode, IO, left.stderr)


class NumberTest(ProgramTest):
    def refuse(self, code, wanted, *changes, campaign=TINY_CAMPAIGN):
        """The campaign file with these changes is refused by check and by run, which creates nothing."""
        for old, new in changes:
            self.assertIn(old, campaign)
            campaign = campaign.replace(old, new)
        file = self.write("campaign.toml", campaign)
        self.assert_refused(code, wanted, "check", file)
        self.assert_refused(code, wanted, "run", file)
        self.assertFalse((self.folder / "campaign").exists())

    def test_more_than_memory_holds(self):
        self.refuse(CONFIG, ["method.simulations = 1000000000000", "GB"], ("simulations = 100", "simulations = 1e12"))
        self.refuse(CONFIG, ["posterior.samples = 1000000000000", "GB"], ("\nsamples = 100", "\nsamples = 1e12"))
        self.refuse(CONFIG, ["model.width = 65000", "GB"], ("width = 32", "width = 65000\ndepth = 50"))

    def test_too_few_simulations(self):
        self.refuse(CONFIG, "method.rounds = 9999", ("rounds = 2", "rounds = 9999"))
        self.refuse(DATA, ["round 1", "9 of the 30", "at least 10"], ("simulations = 100", "simulations = 30"))

    def test_priors_that_are_none(self):
        self.write("simulator.py", "")
        for wanted, prior in (("too narrow", "low = 1.0, high = 1.0000000000000002"),
                              ("beyond what numbers can hold", "low = -1e308, high = 0.0")):
            self.refuse(CONFIG, ["'a'", wanted], ("low = -1.0, high = 1.0", prior), campaign=OWN_CAMPAIGN)

    def test_whole_number_with_an_exponent(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace("simulations = 100", "simulations = 1e2"))
        self.assertIn("100 simulations", self.assert_succeeds("check", file).stdout)
        self.write("campaign.toml", TINY_CAMPAIGN.replace("simulations = 100", "simulations = 100.5"))
        self.assert_refused(CONFIG, "method.simulations = 100.5 must be a whole number", "check", file)

    def test_names_that_no_column_can_have(self):
        for name, wanted in (("log_prob", "another column"), ("observation", "another column"), ("1.5", "a number"),
                             ("\\u001b[31m", "control character"), ("a\\nb", "control character")):
            self.refuse(CONFIG, wanted, ('"a"', f'"{name}"'), campaign=OWN_CAMPAIGN)

    def test_more_draws_than_memory_holds(self):
        self.assert_refused(USAGE, "--prior", "simulate", "two_moons", "--prior", 10**12, "--output", "-")


class WorkerTest(ProgramTest):
    def test_control_characters_are_not_shown(self):
        self.write("simulator.py", f"""
import sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    raise ValueError("\\x1b[31mred\\x07\\rall is well")

serve(simulate)
""")
        file = self.write("campaign.toml", OWN_CAMPAIGN)
        for verb in ("check", "run"):
            message = self.assert_refused(DATA, "\\x1b[31mred\\x07 all is well", verb, file)
            self.assertNotIn("\x1b", message)

    def test_library_with_the_prior_is_named_before_it_is_loaded(self):
        library = os.environ["SNPSE_TEST_TRIANGLE_PRIOR_LIBRARY"]
        self.write("simulator.py", f"""
import sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
serve(lambda theta, seed: theta)
""")
        campaign = OWN_CAMPAIGN.replace('prior = { type = "uniform", low = -1.0, high = 1.0 }\n',
                                        '[[parameter]]\nname = "b"\n').replace("x = [0.2]", "x = [0.2, 0.2]") + \
            f'[training]\nmax_steps = 20\nvalidation_every = 10\n[prior]\ntype = "library"\nlibrary = "{library}"\n'
        file = self.write("campaign.toml", campaign)
        out = self.folder / "campaign"
        self.assertIn(library, self.assert_succeeds("run", file).stderr)
        draw = ["sample", out, "--samples", 5, "--output", self.folder / "s.csv"]
        self.assertIn(library, self.assert_succeeds(*draw).stderr)
        for verb in (["status", out], ["export", out, "--output", self.folder / "s.csv"]):
            self.assertNotIn(library, self.assert_succeeds(*verb).stderr)
        # A folder that is refused loads nothing.
        (out / "campaign.toml").write_text((out / "campaign.toml").read_text().replace("seed = 1 ", "seed = 2 "))
        self.assertNotIn("which is loaded", self.assert_refused(DATA, "campaign.seed", *draw))


if __name__ == "__main__":
    unittest.main()
