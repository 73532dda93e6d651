"""The installed C++ interface: a project of a user's own, built against the prefix and run under mpirun."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, MPIEXEC, ProgramTest

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "jobs/examples/cpp"
CMAKE = os.environ["SNPSE_CMAKE"]
BUILD = os.environ["SNPSE_BUILD"]
SHORT = """
[model]
width = 32
networks = 1
[training]
max_steps = 300
[truncation]
samples = 500
"""


def output_of(*command):
    """What a command that succeeds prints."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


class InterfaceTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        home = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, home)
        cls.prefix, build = home / "prefix", home / "build"
        output_of(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        output_of(CMAKE, "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={cls.prefix}", "-DCMAKE_BUILD_TYPE=Release")
        output_of(CMAKE, "--build", build)
        cls.growth, cls.mean = build / "growth", build / "mean"

    def test_a_project_against_the_prefix(self):
        file = self.folder / "growth.toml"
        file.write_text((EXAMPLE / "growth.toml").read_text() + SHORT)
        out = self.folder / "campaign"
        self.assertIn("one simulation takes", output_of(self.growth, "check", file))
        output_of(MPIEXEC, "--oversubscribe", "-n", "2", self.growth, "run", file, "--out", out)
        lines = dict(line.split() for line in output_of(self.mean, out).splitlines())
        # The observation is exp(t / 3) with noise of .1; the least-squares fit is 1.05 and .32.
        self.assertAlmostEqual(float(lines["start"]), 1.05, delta=0.1)
        self.assertAlmostEqual(float(lines["rate"]), 0.32, delta=0.08)
        self.assertGreater(float(lines["log_prob"]), 0)
        two = output_of(MPIEXEC, "--oversubscribe", "-n", "2", self.mean, out)
        self.assertEqual(two.count("start"), 2)
        # A program without the simulator draws from the posterior, and says what it lacks to simulate.
        self.assert_succeeds("sample", out, "--samples", "10", "--output", self.folder / "draws.csv")
        shutil.rmtree(out / "rounds" / "002")
        self.assert_refused(CONFIG, ["in_process", "snpse::main()"], "run", file, "--out", out)

    def test_manual_pages_and_completions_are_installed(self):
        pages = {path.name for path in (self.prefix / "share/man/man1").iterdir()}
        self.assertLessEqual({"snpse.1", "snpse-run.1", "snpse-report.1"}, pages)
        for script in ("bash-completion/completions/snpse", "zsh/site-functions/_snpse",
                       "fish/vendor_completions.d/snpse.fish"):
            self.assertIn("diagnose", (self.prefix / "share" / script).read_text())

    def test_the_library_shows_the_interface_alone(self):
        library = next(self.prefix.glob("lib*/**/libsnpse.so"))
        symbols = output_of("nm", "-D", "--defined-only", "-C", library)
        own = [line for line in symbols.splitlines() if "snpse::" in line]
        self.assertTrue(own)
        for line in own:
            self.assertRegex(line, r"snpse::(main|Posterior|Simulator)\b", line)
        headers = sorted(path.name for path in (self.prefix / "include/snpse").iterdir())
        self.assertEqual(headers, ["posterior.hpp", "prior.h", "program.hpp", "simulator.h", "simulator.hpp"])


if __name__ == "__main__":
    unittest.main()
