"""snpse report: a page that a browser shows without anything else, for campaigns in every state."""
import html.parser
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import (CANNOT_CREATE, DATA, MISSING_INPUT, STOPPED, TINY_CAMPAIGN, TOOLS, USAGE, ProgramTest,
                           own_campaign, snpse)

SIMULATOR = f"""import random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    if seed % 10 == 0:
        raise ValueError("no <convergence> here")
    noise = random.Random(seed)
    return [value + noise.gauss(0.0, 0.1) for value in theta]

serve(simulate)
"""
VOID = {"meta", "br", "hr", "img", "link", "input"}
# Attributes by which a page can fetch something or run something.
REACHING = {"src", "href", "xlink:href", "srcset", "data", "action", "poster"}


class Page(html.parser.HTMLParser):
    """The elements of a page, whose tags must be nested as they should."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.headings, self.labels = [], [], [], [], []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "svg":
            self.labels.append(dict(attrs)["aria-label"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings.append(data)
        if "style" not in self.open:
            self.text += data


class ReportTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        (cls.shared / "simulator.py").write_text(SIMULATOR, encoding="utf-8")
        text = own_campaign("a <b>", "it's `b`")
        (cls.shared / "campaign.toml").write_text(text, encoding="utf-8")
        cls.finished = cls.shared / "finished"
        ended = snpse("run", cls.shared / "campaign.toml", "--out", cls.finished, ranks=2)
        assert ended.returncode == 0, ended.stderr

    def report(self, *folders, options=(), **arguments):
        """The page, and what the program said."""
        output = self.folder / "report.html"
        said = self.assert_succeeds("report", *folders, "--output", output, *options, **arguments)
        text = output.read_text(encoding="utf-8")
        page = Page(text)
        self.assert_needs_nothing(page, text)
        return page, said

    def assert_needs_nothing(self, page, text):
        self.assertNotIn("script", page.tags)
        for name, value in page.attributes:
            self.assertNotIn(name, REACHING, value)
            self.assertFalse(name.startswith("on"), name)
        for reaching in ("url(", "@import", "<use", "<image"):
            self.assertNotIn(reaching, text)
        self.assertIn(("name", "viewport"), page.attributes)
        self.assertIn("prefers-color-scheme: dark", text)
        self.assertIn("@media print", text)

    def test_a_finished_campaign(self):
        page, said = self.report(self.finished)
        self.assertIn("report: ", said.stdout)
        self.assertEqual(page.headings[0], "Posterior of a <b> and it's `b`")
        for heading in ("Posterior", "Data at draws of the posterior", "How rounds narrowed the proposal", "Simulations",
                        "Why simulations did not end well", "Training", "Where the time went", "Where this comes from",
                        "How to cite"):
            self.assertIn(heading, page.headings)
        self.assertIn("Densities of a <b>, it's `b`, and of all their pairs", page.labels)
        self.assertIn("no <convergence> here", page.text)
        self.assertIn("max_steps = 20", page.text)
        self.assertIn("on 2 ranks", page.text)
        self.assertIn("Nothing was simulated at draws of the posterior yet", page.text)

    def test_every_summary_of_a_campaign_is_in_the_table(self):
        page, _ = self.report(self.finished)
        summary = json.loads(self.assert_succeeds("summary", self.finished, "--json").stdout)
        for parameter in summary["parameters"]:
            self.assertIn(f"{parameter['mean']:.3f}", page.text)

    def test_without_gnuplot_the_page_says_so(self):
        with_pictures, _ = self.report(self.finished)
        programs = self.folder / "programs"  # all but gnuplot: Open MPI needs some to start
        programs.mkdir()
        for folder in os.environ["PATH"].split(":"):
            for program in pathlib.Path(folder).glob("*"):
                if program.name != "gnuplot" and not (programs / program.name).is_symlink():
                    (programs / program.name).symlink_to(program)
        page, said = self.report(self.finished, env={**os.environ, "PATH": str(programs)})
        self.assertNotIn("svg", page.tags)
        self.assertIn("gnuplot is not installed", page.text)
        self.assertIn("gnuplot is not installed", said.stderr)
        self.assertEqual(page.tags.count("table"), with_pictures.tags.count("table"))

    def test_predictions_and_the_truth(self):
        truth = self.write("truth.csv", "0.25,-0.125\n")
        page, _ = self.report(self.finished, options=("--predict", 40, "--truth", truth))
        self.assertIn("40 simulations at draws of the posterior", page.text)
        self.assertIn("Values of data at draws of the posterior, and the observation", page.labels)
        self.assertIn("true value", page.text)
        self.assertIn("-0.125", page.text)
        # They are kept for the next page.
        page, _ = self.report(self.finished)
        self.assertIn("40 simulations at draws of the posterior", page.text)
        (self.finished / "predictive.h5").unlink()

    def test_a_diagnosis(self):
        folder = self.folder / "diagnosed"
        shutil.copytree(self.finished, folder)
        shutil.copy(self.shared / "simulator.py", self.folder)
        ended = snpse("diagnose", folder, "--simulations", 100, "--simulator", self.shared)
        self.assertIn(ended.returncode, (0, DATA), ended.stderr)
        page, _ = self.report(folder)
        verdict = json.loads((folder / "diagnosis.json").read_text())["verdict"]
        self.assertIn(f"{verdict}: ", page.text[:1000])
        self.assertEqual(sum("coverage" in label for label in page.labels), 2)
        self.assertEqual(sum("Ranks of" in label for label in page.labels), 1)
        self.assertIn("100 simulations at draws of the posterior", page.text)
        (folder / "diagnosis.json").write_text("[]")
        self.assert_refused(DATA, "is no diagnosis of ours", "report", folder, "--output", self.folder / "x.html")

    def test_a_task_has_true_parameters(self):
        # The observation that `snpse init` writes is the simulation of known parameters.
        self.assert_succeeds("init", self.folder / "work", "--task", "slcp")
        x = next(line for line in (self.folder / "work" / "campaign.toml").read_text().splitlines() if line.startswith("x = "))
        text = TINY_CAMPAIGN.replace("two_moons", "slcp").replace("x = [0.0, 0.0]", x)
        self.assert_succeeds("run", self.write("c.toml", text), "--report")
        page = Page((self.folder / "c" / "report.html").read_text(encoding="utf-8"))
        self.assertIn("true value", page.text)

    def test_series_are_bands_along_time(self):
        self.write("simulator.py", SIMULATOR.replace("for value in theta]", "for value in theta * 3]"))
        text = own_campaign("a", "b").replace("x = [0.0, 0.0]", 'x = [0, 0, 0, 0, 0, 0]\ntimes = [0.5, 1.0, 4.0]\nnames = ["S", "I"]')
        self.assert_succeeds("run", self.write("c.toml", text))
        page, _ = self.report(self.folder / "c", options=("--predict", 30))
        self.assertEqual(page.labels.count("Data at draws of the posterior, and the observation"), 2)
        self.assertIn("I.", page.text)
        self.assertIn("I(4)", page.text)

    def test_several_side_by_side(self):
        other = self.folder / "other"
        self.assert_succeeds("run", self.shared / "campaign.toml", "--out", other)
        page, _ = self.report(self.finished, other)
        self.assertEqual(page.headings[0], "2 campaigns side by side")
        self.assertIn("Posteriors side by side", page.headings)
        self.assertEqual(page.headings.count("Training"), 2)

    def test_a_stopped_and_a_failed_campaign(self):
        file = self.write("campaign.toml", own_campaign("a", "b"))
        self.write("simulator.py", SIMULATOR.replace("seed % 10 == 0", "seed % 2 == 0"))
        self.assert_refused(DATA, "failed or timed out", "run", file)
        page, _ = self.report(self.folder / "campaign")
        self.assertIn("the campaign failed in round 1 of 2, simulate", page.text)
        self.assertIn("no <convergence> here", page.text)
        self.write("simulator.py", SIMULATOR)
        self.assertEqual(snpse("run", file, "--wall-time", 0).returncode, STOPPED)
        page, _ = self.report(self.folder / "campaign")
        self.assertIn("the campaign stopped in round 1", page.text)
        self.assertNotIn("Posterior", page.headings)

    def test_mistakes(self):
        output = self.folder / "report.html"
        self.assert_refused(MISSING_INPUT, "absent", "report", self.folder / "absent", "--output", output)
        self.assert_refused(USAGE, "--output", "report", self.finished)
        self.assert_refused(CANNOT_CREATE, "nowhere", "report", self.finished, "--output", self.folder / "nowhere" / "x.html")
        short = self.write("truth.csv", "0.25\n")
        self.assert_refused(DATA, "has 2 parameters", "report", self.finished, "--output", output, "--truth", short)


if __name__ == "__main__":
    unittest.main()
