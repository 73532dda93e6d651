"""`--json`: every verb that reports prints one JSON object on standard output, and nothing else there."""
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, TINY_CAMPAIGN, USAGE, ProgramTest, own_campaign, snpse

SMALL_BENCH = [word for setting in ("model.width=32", "training.max_steps=20", "truncation.samples=200")
               for word in ("--set", setting)]
# What each verb is given, with {0} for a finished campaign, and keys that its object has.
VERBS = {
    "check": (["{0}.toml", "--seconds", 2], ["verdict", "findings", "cost"]),
    "import": (["{folder}/own.toml", "--data", "{folder}/data.csv", "--out", "{folder}/imported"],
               ["folder", "simulations", "next"]),
    "status": (["{0}"], ["state", "rounds"]),
    "diagnose": (["{0}", "--simulations", 100], ["verdict", "findings"]),
    "summary": (["{0}"], ["source", "draws", "parameters", "correlations"]),
    "diff": (["{0}", "{0}"], ["parameters"]),
    "c2st": (["{0}", "{0}"], ["c2st", "c2st_folds"]),
    "bench": (["two_moons", "--simulations", 100, "--samples", 100, *SMALL_BENCH], ["c2st", "seconds"]),
    "version": ([], ["version", "kernels"]),
    "explain": (["truncation.epsilon"], ["keys", "priors"]),
    "extend": (["{0}", "--samples", 10], ["folder", "changes", "next"]),  # the last: it changes the campaign
}


class JsonTest(ProgramTest):
    def make_inputs(self):
        """A finished campaign c, and what `import` takes."""
        self.assert_succeeds("run", self.write("c.toml", TINY_CAMPAIGN), "--out", self.folder / "c")
        self.write("own.toml", own_campaign("a", "b"))
        self.write("data.csv", "a,b,x_1,x_2\n" + "".join(
            f"{-1 + i / 50 + 0.001},{-1 + (37 * i % 100) / 50 + 0.003},{i},{-i}\n" for i in range(100)))
        self.write("simulator.py", "")

    def arguments(self, words):
        return [str(word).format(self.folder / "c", folder=self.folder) for word in words]

    def test_every_verb_that_has_it_prints_one_object(self):
        self.make_inputs()
        for verb, (words, keys) in VERBS.items():
            result = snpse(verb, *self.arguments(words), "--json")
            # So few steps make no good posterior, which diagnose says.
            self.assertIn(result.returncode, (0, DATA) if verb == "diagnose" else (0,), verb + result.stderr)
            said = json.loads(result.stdout)
            for key in keys:
                self.assertIn(key, said, verb)
        self.assertEqual(said["changes"], [{"key": "posterior.samples", "before": "100", "now": "110"}])

    def test_no_verb_is_forgotten(self):
        listed = self.assert_succeeds("--help").stdout.partition("Subcommands:")[2]
        for verb in re.findall(r"^  ([a-z]\w*)", listed, re.MULTILINE):
            has = "--json" in self.assert_succeeds(verb, "--help").stdout
            self.assertEqual(has, verb in VERBS, verb)

    def test_what_the_texts_say(self):
        version = json.loads(self.assert_succeeds("version", "--json").stdout)
        self.assertIn(f"snpse {version['version']}\n", self.assert_succeeds("version").stdout)
        key = json.loads(self.assert_succeeds("explain", "epsilon", "--json").stdout)["keys"][0]
        self.assertEqual((key["key"], key["default"], key["paper"]), ("truncation.epsilon", "0.0", "0.0005"))
        section = json.loads(self.assert_succeeds("explain", "truncation", "--json").stdout)["keys"]
        self.assertTrue(all(key["key"].startswith("truncation.") for key in section) and len(section) > 5)
        prior = json.loads(self.assert_succeeds("explain", "uniform", "--json").stdout)["priors"]
        self.assertEqual([number["name"] for number in prior[0]["numbers"]], ["low", "high"])
        self.assert_refused(USAGE, "did you mean 'training.patience'", "explain", "training.patiense", "--json")


if __name__ == "__main__":
    unittest.main()
