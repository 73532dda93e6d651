"""snpse status --watch and --prometheus."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import PATIENCE, TINY_CAMPAIGN, TOOLS, USAGE, Job, ProgramTest, command, own_campaign, wait_for

# Which waits for the file "go".
SIMULATOR = f"""import os, sys, time
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    while not os.path.exists("go"):
        time.sleep(0.01)
    if seed % 8 == 0:
        raise ValueError("no convergence")
    return theta

serve(simulate)
"""


class WatchTest(ProgramTest):
    def test_a_campaign_is_watched_until_it_is_finished(self):
        self.write("simulator.py", SIMULATOR)
        file = self.write("campaign.toml", own_campaign("a", "b"))
        out, metrics = self.folder / "out", self.folder / "snpse.prom"
        with Job("run", file, "--out", out) as job:
            wait_for(lambda: job.finished() or (out / "rounds/001/proposal.h5").exists(), "the first round")
            log = self.folder / "watched"
            with open(log, "w", encoding="utf-8") as file:
                watched = subprocess.Popen(command(["status", out, "--watch", "--every", "0.3", "--prometheus", metrics]),
                                           stdout=file, env={**os.environ, "LC_ALL": "C"})
                self.addCleanup(watched.kill)
                wait_for(lambda: watched.poll() is not None or "simulate: " in log.read_text(encoding="utf-8"),
                         "a picture of the simulations")
                self.write("go", "")
                self.assertEqual(job.wait(), 0, job.output())
                self.assertEqual(watched.wait(PATIENCE), 0)
        seen = log.read_text(encoding="utf-8")
        pictures = re.split(r"(?m)^(?=(?:running|stopped|finished) \()", seen)[1:]
        self.assertGreater(len(pictures), 1)
        for line in seen.replace(str(out), "").splitlines():
            self.assertLessEqual(len(line), 80)
        self.assertRegex(seen, r"(?m)^running \(tsnpse\), round 1 of 2, simulate: ")
        self.assertRegex(seen, r"(?m)^simulations \[#*-*\] \d+/100 +\d+ %$")
        self.assertRegex(seen, r"(?m)^loss        [_.\-~=+*#]+ ")
        self.assertTrue(seen.isascii())  # no colours, and no characters that the terminal lacks
        self.assertNotIn("\x1b", seen)
        last = pictures[-1]
        self.assertIn("finished (tsnpse)", last)
        self.assertRegex(last, r"round \d: failed: (ValueError: )?no convergence")
        text = metrics.read_text(encoding="utf-8")
        self.assertRegex(text, rf'(?m)^snpse_state{{campaign="{re.escape(str(out))}",state="finished"}} 1$')
        # Every figure has a help and a type, and no name comes twice.
        names = re.findall(r"(?m)^# TYPE (\S+) gauge$", text)
        self.assertEqual(len(names), len(set(names)))
        for line in text.splitlines():
            if not line.startswith("#"):
                self.assertRegex(line, r'^snpse_\w+{(\w+="[^"]*",?)+} \S+$')
                self.assertIn(line.partition("{")[0], names)

    def test_figures_alone_go_to_standard_output(self):
        self.assert_succeeds("run", self.write("c.toml", TINY_CAMPAIGN))
        text = self.assert_succeeds("status", self.folder / "c", "--prometheus", "-").stdout
        self.assertTrue(text.startswith("# HELP snpse_state"))
        self.assertIn("snpse_simulations_done", text)
        self.assertNotIn("round proposed", text)

    def test_mistakes(self):
        self.assert_refused(USAGE, "--watch", "status", self.folder, "--every", 2)
        self.assert_refused(USAGE, "--json", "status", self.folder, "--watch", "--json")


if __name__ == "__main__":
    unittest.main()
