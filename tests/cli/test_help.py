"""Help in all its forms: topics, explanations of keys, manual pages, completions, files to fill in."""
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, USAGE, ProgramTest

WIDTH = 80
SECRET = "serve-library"


class HelpTest(ProgramTest):
    def verbs(self):
        listed = self.assert_succeeds("--help").stdout.partition("Subcommands:")[2]
        return re.findall(r"^  ([a-z][\w-]*)", listed, re.MULTILINE)

    def options(self, verb):
        return set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", self.assert_succeeds(verb, "--help").stdout, re.MULTILINE))

    def test_topics(self):
        methods = self.assert_succeeds("help", "methods").stdout
        for name in ("tsnpse", "npse", "nlse", "snpse_a"):
            self.assertIn(name, methods)
        self.assertEqual(self.assert_succeeds("help", "METHODS").stdout, methods)
        self.assertLessEqual(max(map(len, methods.splitlines())), WIDTH)
        self.assertIn("75", self.assert_succeeds("help", "exit-codes").stdout)
        self.assertIn("--wall-time", self.assert_succeeds("help", "run").stdout)
        self.assert_refused(USAGE, "did you mean 'methods'", "help", "method")

    def test_explanations(self):
        text = self.assert_succeeds("explain", "truncation.epsilon").stdout
        self.assertIn("source   the paper, section 3.1", text)
        self.assert_refused(USAGE, "did you mean 'training.patience'", "explain", "training.patiense")
        self.assert_refused(USAGE, "KEY", "explain")

    def test_a_campaign_to_fill_in(self):
        folder = self.folder / "work"
        said = self.assert_succeeds("init", folder, "--parameters", "rate", 'a "b"', "--data-size", 3).stdout
        self.assertIn("fill in", said)
        text = (folder / "campaign.toml").read_text(encoding="utf-8")
        self.assertEqual([entry["name"] for entry in tomllib.loads(text)["parameter"]], ["rate", 'a "b"'])
        self.assertEqual(len(tomllib.loads(text)["observation"]["x"]), 3)
        # All that is not filled in is refused at once.
        refused = self.assert_refused(CONFIG, "low", "check", folder / "campaign.toml")
        self.assertEqual(len(re.findall(r"\b(low|high) ", refused)), 4, refused)
        filled = text.replace("low = nan, high = nan", "low = -1.0, high = 1.0").replace("nan", "0.5")
        (folder / "campaign.toml").write_text(filled, encoding="utf-8")
        simulator = folder / "simulator.py"
        code = simulator.read_text(encoding="utf-8")
        simulator.write_text(re.sub(r"raise .*", "return [theta[0] + noise.gauss(0, 1) for _ in range(3)]", code),
                             encoding="utf-8")
        self.assertIn("is valid", self.assert_succeeds("check", folder / "campaign.toml", "--seconds", 2).stdout)
        self.assert_refused(USAGE, "--data-size", "init", self.folder / "other", "--parameters", "rate")
        self.assert_refused(USAGE, "--parameters", "init", self.folder / "other", "--data-size", 3)
        self.assert_refused(USAGE, "twice", "init", self.folder / "other", "--parameters", "a", "a", "--data-size", 3)

    def test_manual_pages_say_what_help_says(self):
        pages = {verb: self.assert_succeeds("manual", verb).stdout for verb in self.verbs()}
        for verb, page in pages.items():
            self.assertTrue(page.startswith(f".TH SNPSE\\-{verb.upper()} 1"), page[:100])
        for verb in ("run", "status", "init"):
            for option in self.options(verb):
                self.assertIn(option.replace("-", "\\-"), pages[verb])
        pages[""] = self.assert_succeeds("manual").stdout
        for verb in self.verbs():
            self.assertIn(f"snpse\\-{verb} (1)", pages[""])
        for verb, page in pages.items():
            judged = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=page, capture_output=True, text=True,
                                    check=False)
            self.assertEqual(re.sub(r".*missing date.*\n", "", judged.stdout), "", verb)

    def test_completions_in_bash(self):
        script = self.write("completion", self.assert_succeeds("completion", "bash").stdout)

        def complete(*words):
            line = " ".join(f"'{word}'" for word in words)
            program = (f"source '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _snpse; "
                       'printf "%s\\n" "${COMPREPLY[@]}"')
            return set(subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True,
                                      cwd=self.folder).stdout.split())
        self.assertEqual(complete("snpse", "dia"), {"diagnose"})
        self.assertEqual(complete("snpse", ""), set(self.verbs()))
        self.assertEqual(complete("snpse", "run", "--wall"), {"--wall-time"})
        self.assertEqual(complete("snpse", "run", "-"), self.options("run"))
        self.assertEqual(complete("snpse", "init", "--task", "two"), {"two_moons"})
        self.write("campaign.toml", "")
        self.assertEqual(complete("snpse", "run", "camp"), {"campaign.toml"})

    def test_completions_of_other_shells(self):
        for shell, line in (("zsh", "'--wall-time[stop cleanly"), ("fish", "-l wall-time -d 'stop cleanly")):
            text = self.assert_succeeds("completion", shell).stdout
            self.assertIn(line, text)
            if shutil.which(shell):
                script = self.write(f"completion.{shell}", text)
                parsed = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
                self.assertEqual((parsed.returncode, parsed.stderr), (0, ""))
        self.assert_refused(USAGE, "did you mean 'fish'", "completion", "fisch")

    def test_nothing_internal_is_shown(self):
        for text in (self.assert_succeeds("--help").stdout, self.assert_succeeds("completion", "bash").stdout):
            self.assertNotIn(SECRET, text)


if __name__ == "__main__":
    unittest.main()
