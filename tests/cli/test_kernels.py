"""Which kernels the libraries run, and the second start that gives OpenBLAS better ones."""
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import TINY_CAMPAIGN, TOOLS, ProgramTest, events

OLDER_BLAS = os.environ["SNPSE_TEST_OLDER_BLAS_LIBRARY"]
CHOICE = "OPENBLAS_CORETYPE"
KERNELS = re.compile(r"\Asnpse \d+\.\d+\.\d+\nkernels: OpenBLAS (\w+), oneDNN [\w-]+, LibTorch [\w ]+, own loops [\w-]+\n\Z")

# Writes what it sees of the environment, and answers as any simulator.
SIMULATOR = f"""import os, pathlib, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve
pathlib.Path(__file__).with_name("seen").write_text("".join(sorted(name + chr(10) for name in os.environ if "OPENBLAS_CORE" in name)))
serve(lambda theta, seed: [sum(theta)])
"""
CAMPAIGN = """[simulator]
command = ["python3", "simulator.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = 0.0, high = 1.0 }
[observation]
x = [0.5]
"""


def environment(**changes):
    """The environment of the tests without the user's choice of kernels, and with these changes."""
    return {name: value for name, value in os.environ.items() if name != CHOICE} | changes


def best_kernels():
    """Those that the program should choose on this processor, or None where it has nothing to choose."""
    flags = set(re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)[1].split())
    if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= flags:
        return "SkylakeX"
    return "Haswell" if {"avx2", "fma"} <= flags else None


class KernelsTest(ProgramTest):
    def core(self, ranks=None, **changes):
        """The name that the program gives to OpenBLAS's kernels."""
        said = self.assert_succeeds("version", ranks=ranks, env=environment(**changes)).stdout
        self.assertRegex(said, KERNELS)
        return KERNELS.match(said)[1]

    def test_the_choice_of_the_user_stands(self):
        for core in ("Prescott", "Nehalem"):
            self.assertEqual(self.core(**{CHOICE: core}), core)
            self.assertEqual(self.core(**{CHOICE: core}, LD_PRELOAD=OLDER_BLAS), core)

    def test_kernels_of_sse_are_replaced(self):
        for ranks in (None, 2):
            self.assertEqual(self.core(ranks, LD_PRELOAD=OLDER_BLAS), best_kernels() or "Prescott")

    def test_simulators_see_the_environment_of_the_user(self):
        self.write("simulator.py", SIMULATOR)
        campaign = self.write("campaign.toml", CAMPAIGN)
        self.assert_succeeds("check", campaign, env=environment(LD_PRELOAD=OLDER_BLAS))
        self.assertEqual((self.folder / "seen").read_text(encoding="utf-8"), "")
        self.assert_succeeds("check", campaign, env=environment(**{CHOICE: "Nehalem"}))
        self.assertEqual((self.folder / "seen").read_text(encoding="utf-8"), CHOICE + "\n")

    def test_the_first_event_of_a_run_names_them(self):
        campaign = self.write("campaign.toml", TINY_CAMPAIGN)
        out = self.folder / "results"
        self.assert_succeeds("run", campaign, "--out", out, env=environment(**{CHOICE: "Nehalem"}))
        first = events(out)[0]
        self.assertEqual(first["event"], "started")
        self.assertIn("OpenBLAS Nehalem, oneDNN", first["kernels"])


if __name__ == "__main__":
    unittest.main()
