"""`snpse export --format arviz`: what ArviZ, xarray and netCDF4 of PyPI make of the file, without code in between."""
import csv
import functools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from python_environment import ARVIZ, ARVIZ_1, SKIPPED, environment, newer_python
from snpse_process import TINY_CAMPAIGN, USAGE, ProgramTest, snpse

SCRIPT = pathlib.Path(__file__).resolve().parent / "programs" / "open_in_arviz.py"
NPE = TINY_CAMPAIGN.replace('"tsnpse"', '"npse"').replace("rounds = 2\n", "")


@functools.lru_cache(maxsize=None)
def trained(text=TINY_CAMPAIGN):
    """The folder of a finished campaign. All tests share it, so none may change it."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
    unittest.addModuleCleanup(shutil.rmtree, home)
    (home / "c.toml").write_text(text, encoding="utf-8")
    result = snpse("run", home / "c.toml", "--out", home / "results")
    assert result.returncode == 0, result.stderr
    return home / "results"


class ArvizTest(ProgramTest):
    python = None  # that has ArviZ 0.23

    def open(self, file, python=None):
        result = subprocess.run([python or self.python, "-W", "ignore", SCRIPT, file, self.folder], check=False,
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def columns(self, results):
        self.assert_succeeds("export", results, "--output", self.folder / "draws.csv")
        with open(self.folder / "draws.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {name: [float(row[name]) for row in rows] for name in rows[0]}

    def test_arviz_makes_its_plots_and_its_summary(self):
        results = trained()
        file = self.folder / "draws.nc"
        self.assert_succeeds("export", results, "--format", "arviz", "--output", file, "--predict=40", "--log-prob")
        found = self.open(file)
        groups = found["groups"]
        self.assertEqual(set(groups), {"posterior", "posterior_predictive", "sample_stats", "prior", "prior_predictive",
                                       "observed_data", "constant_data"})
        self.assertEqual(found["in_root"], [])
        self.assertEqual(groups["posterior"]["sizes"], {"chain": 4, "draw": 25})
        self.assertEqual(groups["posterior_predictive"]["sizes"], {"chain": 4, "draw": 10, "datum": 2})
        self.assertEqual(groups["posterior_predictive"]["dims"], {"x": ["chain", "draw", "datum"]})
        self.assertEqual(groups["observed_data"]["dims"], {"x": ["datum"]})
        self.assertEqual(groups["sample_stats"]["dims"], {"lp": ["chain", "draw"]})
        self.assertEqual(groups["constant_data"]["sizes"], {"round": 2})
        self.assertEqual(groups["prior"]["sizes"]["draw"], groups["prior_predictive"]["sizes"]["draw"])
        for name, values in self.columns(results).items():
            self.assertAlmostEqual(groups["posterior"]["means"][name], sum(values) / 100)
            self.assertAlmostEqual(found["summary_means"][name], sum(values) / 100, places=2)
        self.assertEqual(found["attributes"]["inference_library"], "snpse")
        self.assertIn("[simulator]", found["attributes"]["configuration"])
        for picture in ("pair.png", "ppc.png", "prior.png"):
            self.assertGreater((self.folder / picture).stat().st_size, 1000)

    def test_several_observations_have_a_dimension(self):
        results = trained(NPE.replace("x = [0.0, 0.0]", "x = [0.0, 0.0, 0.1, 0.1, 0.0, 0.2]\nrows = 3"))
        file = self.folder / "draws.nc"
        self.assert_succeeds("export", results, "--output", file, "--predict=16", ranks=2)
        groups = self.open(file)["groups"]
        self.assertEqual(groups["observed_data"]["sizes"], {"row": 3, "datum": 2})
        self.assertEqual(groups["posterior_predictive"]["sizes"], {"chain": 4, "draw": 4, "row": 3, "datum": 2})
        self.assertNotIn("sample_stats", groups)
        self.assertAlmostEqual(groups["observed_data"]["means"]["x"], 0.4 / 6)
        self.assert_refused(USAGE, "several observations", "export", results, "--output", file, "--log-prob")

    def test_series_have_times_and_names(self):
        labels = 'times = [0.5]\nnames = ["left", "right"]'
        results = trained(TINY_CAMPAIGN.replace("x = [0.0, 0.0]", "x = [0.0, 0.0]\n" + labels))
        file = self.folder / "draws.nc"
        self.assert_succeeds("export", results, "--output", file, "--predict=16")
        groups = self.open(file)["groups"]
        self.assertEqual(groups["posterior_predictive"]["dims"], {"x": ["chain", "draw", "series", "time"]})
        self.assertEqual(groups["observed_data"]["coordinates"], {"series": ["left", "right"], "time": [0.5]})

    def test_values_have_names(self):
        results = trained(TINY_CAMPAIGN.replace("x = [0.0, 0.0]", 'x = [0.0, 0.0]\nnames = ["left", "right"]'))
        file = self.folder / "draws.nc"
        self.assert_succeeds("export", results, "--output", file)
        self.assertEqual(self.open(file)["groups"]["observed_data"]["coordinates"], {"datum": ["left", "right"]})

    def test_the_bytes_follow_from_the_campaign_alone(self):
        results = trained()
        one, two = self.folder / "one.nc", self.folder / "two.nc"
        for file in (one, two):
            self.assert_succeeds("export", results, "--output", file)
        self.assertEqual(one.read_bytes(), two.read_bytes())

    def test_version_1_opens_it(self):
        newer = newer_python()
        if newer is None:
            self.skipTest("ArviZ 1 needs Python 3.12")
        python = environment("arviz_1", ARVIZ_1, newer)
        if python is None:
            self.skipTest("ArviZ 1 cannot be installed")
        results = trained()
        file = self.folder / "draws.nc"
        self.assert_succeeds("export", results, "--output", file, "--predict=40", "--log-prob")
        found = self.open(file, python)
        self.assertEqual(found["groups"]["posterior"]["sizes"], {"chain": 4, "draw": 25})
        for name, values in self.columns(results).items():
            self.assertAlmostEqual(found["summary_means"][name], sum(values) / 100)
        self.assertGreater((self.folder / "ppc.png").stat().st_size, 1000)

    def test_numpy_opens_the_npz(self):
        results = trained()
        file = self.folder / "draws.npz"
        self.assert_succeeds("export", results, "--output", file)
        script = ("import json, sys, numpy; z = numpy.load(sys.argv[1]); "
                  "print(json.dumps({name: z[name].tolist() for name in z}))")
        read = json.loads(subprocess.run([self.python, "-c", script, file], check=True, capture_output=True).stdout)
        columns = self.columns(results)
        self.assertEqual(read["parameter_names"], list(columns))
        self.assertEqual(read["theta"], [list(row) for row in zip(*columns.values())])
        self.assertEqual(read["x_obs"], [[0.0, 0.0]])


if __name__ == "__main__":
    ArvizTest.python = environment("arviz", ARVIZ)
    if ArvizTest.python is None:
        sys.exit(SKIPPED)
    unittest.main()
