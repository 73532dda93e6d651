"""The documents: their commands are commands of the program, their links and files exist, and they are not too long."""
import functools
import json
import math
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, TINY_CAMPAIGN, TOOLS, ProgramTest, events, own_campaign, snpse

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMITS = {  # lines of each document
    "README.md": 150,
    "jobs/README.md": 350,
    "jobs/simulators.md": 350,
    "jobs/priors.md": 100,
    "jobs/tutorial.md": 200,
    "jobs/methods.md": 150,
    "jobs/files.md": 150,
    "jobs/changelog.md": 100,
    "src/contributing.md": 60,
    "jobs/paper/README.md": 350,
    "jobs/results.md": 200,
    "src/README.md": 250,
    "tests/README.md": 60,
    "tools/README.md": 200,
}
WIDTH = 130  # characters of a line
LAUNCHERS = {"mpirun", "srun"}
COMMANDS = LAUNCHERS | {"snpse", "sbatch", "ctest", "cmake", "python3"}
FOLDERS = ("jobs/", "src/", "tests/", "tools/", "include/")  # of this project
PLACEHOLDER = re.compile(r"[A-Z][A-Z]+|^[A-Z]$")  # TASK, FILE.csv, N: for the reader to fill in
# Sections that make a campaign one of seconds.
SMALL = TINY_CAMPAIGN[TINY_CAMPAIGN.index("[model]"):].replace("[training]", "networks = 1\n[training]")

SIMULATOR_THAT_FAILS = f"""import math, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    if theta[0] > 0.9:
        raise ValueError("too large")
    return [math.nan if theta[1] > 0.9 else theta[0], theta[1]]

serve(simulate)
"""


def text_of(document):
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(text):
    """The code blocks of a document, indented or fenced, without their indentation."""
    block = []
    fenced = False
    for line in text.splitlines() + ["end"]:
        fence = line.startswith("```")
        inside = not fence and (fenced or line.startswith("    ") or (bool(block) and not line.strip()))
        if inside:
            block.append(line if fenced else line[4:])
        elif block:
            yield "\n".join(block).strip("\n")
            block = []
        fenced ^= fence


def spans(text):
    """The code inside lines of a document."""
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    return [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose)]


def words_of(line):
    """The words of a shell command, without settings of variables before it; none where the line is no command."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return []
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    return words if words and (words[0] in COMMANDS or words[0].startswith("tools/")) else []


def whole_commands(document):
    """The words of the shell commands that stand in blocks: a reader can copy them as they are."""
    lines = [line for block in blocks(text_of(document)) for line in block.splitlines()]
    return [words for words in map(words_of, lines) if words]


def commands(document):
    """The words of all shell commands of a document. A span that is the name of a command alone is none."""
    found = whole_commands(document) + [words_of(span) for span in spans(text_of(document))]
    return [words for words in found if len(words) > 1 or (words and words[0].startswith("tools/"))]


def program_part(words):
    """The arguments of snpse in a command, also behind a launcher; None where there is none."""
    if words[0] not in LAUNCHERS | {"snpse"} or "snpse" not in words:
        return None
    return words[words.index("snpse") + 1:]


@functools.lru_cache(maxsize=None)
def verbs():
    lines = snpse("--help").stdout.partition("Subcommands:")[2].splitlines()
    return {line.split()[0] for line in lines if re.match(r"  [a-z]", line)}


@functools.lru_cache(maxsize=None)
def usage(verb):
    """What a verb takes: the choices or None of each option with a value, its flags, and the most positionals.
    And the options and the number of positionals that must be there."""
    text = snpse(verb, "--help").stdout
    values, flags = {}, set()
    for option, kind in re.findall(r"^  (?:-\w,)?(--[\w-]+)(?: (?!Needs|Excludes)([A-Z]+\S*))?", text, re.MULTILINE):
        if kind:
            choices = re.search(r"\{(.*)\}", kind)
            values[option] = choices[1].split(",") if choices else None
        else:
            flags.add(option)
    positionals = re.findall(r"^  [A-Z][A-Z0-9]* TEXT.*", text.partition("Options:")[0], re.MULTILINE)
    most = math.inf if any(" TEXT ..." in line for line in positionals) else len(positionals)
    needed = set(re.findall(r"^  (?:-\w,)?(--[\w-]+) .*REQUIRED", text, re.MULTILINE))
    return values, flags, most, needed, sum("REQUIRED" in line for line in positionals)


def mistake_in(arguments, whole=False):
    """What the program would refuse about these arguments; None for nothing. whole: they are to be complete."""
    verb, *rest = arguments
    if verb not in verbs():
        return f"there is no verb '{verb}'"
    values, flags, positionals, needed, needed_positionals = usage(verb)
    if whole and not needed <= set(rest):
        return f"it lacks {needed - set(rest)}"
    given = 0
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            given += 1
        elif word in values:
            if not rest or rest[0].startswith("--"):
                return f"{word} has no value"
            value = rest.pop(0)
            if values[word] and value not in values[word] and not PLACEHOLDER.search(value):
                return f"{word} cannot be '{value}'"
        elif word not in flags:
            return f"'snpse {verb}' has no option '{word}'"
    if whole and given < needed_positionals:
        return "too few arguments"
    return "too many arguments" if given > positionals else None


class DocumentsTest(ProgramTest):
    def test_lengths(self):
        for document in LIMITS:
            lines = text_of(document).splitlines()
            self.assertLessEqual(len(lines), LIMITS[document], document)
            for number, line in enumerate(lines, 1):
                self.assertLessEqual(len(line), WIDTH, f"{document}:{number}")

    def test_links(self):
        for document in LIMITS:
            for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
                if not re.match(r"https?://|#", target):
                    path = (ROOT / document).parent / target.partition("#")[0]
                    self.assertTrue(path.exists(), f"{document}: the link {target} leads nowhere")

    def test_named_files(self):
        for document in LIMITS:
            bases = [ROOT] + ([ROOT / "src"] if document == "src/README.md" else [])
            for span in spans(text_of(document)):
                for word in span.split():
                    is_path = re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", word) and "/" in word
                    named = word.startswith(FOLDERS) or (document == "src/README.md" and re.search(r"\.[ch]pp$|/$", word))
                    if is_path and named and not PLACEHOLDER.search(word.replace("README", "")):
                        self.assertTrue(any((base / word).exists() for base in bases), f"{document}: there is no {word}")

    def test_named_functions_and_classes(self):
        sources = "\n".join(path.read_text(encoding="utf-8") for folder in ("src", "tests/support")
                            for path in sorted((ROOT / folder).rglob("*.[ch]pp")))
        for span in spans(text_of("src/README.md")):
            function = re.fullmatch(r"(?:(\w+)::)?(\w+)\(\)", span)
            if function:
                self.assertTrue(re.search(rf"\b{function[2]}\(", sources), f"src/README.md names {span}")
            name = function[1] if function else span
            if name and re.fullmatch(r"[A-Z]\w*[a-z]\w*", name):
                self.assertTrue(re.search(rf"\b{name}\b", sources), f"src/README.md names {span}")

    def test_rooms(self):
        """The table of rooms says what src/layers.txt says, each row by what the rooms in it may include."""
        table = re.search(r"^\[layers\].*?^\[", text_of("src/layers.txt"), re.MULTILINE | re.DOTALL)[0]
        wanted = {room: set(others.split()) for room, others in re.findall(r"^(\w+):(.*)$", table, re.MULTILINE)}
        rows = re.findall(r"^\| `(\w+)` \| ([\w, ]*)\|", text_of("src/README.md"), re.MULTILINE)
        named = {}
        for room, others in rows:
            direct = set(re.findall(r"\w+", others))
            named[room] = direct.union(*(named[other] for other in direct))
        self.assertEqual(named, wanted)

    def test_commands_of_the_program(self):
        for document in LIMITS:
            for words in commands(document):
                arguments = program_part(words)
                if arguments:
                    whole = words in whole_commands(document)
                    self.assertIsNone(mistake_in(arguments, whole), f"{document}: {' '.join(words)}")

    def test_a_wrong_command_is_found(self):
        for line in ("snpse rum campaign.toml", "snpse run --outt results campaign.toml", "mpirun -n 2 snpse run a b",
                     "snpse sample results --samples", "snpse bench slcp --method npsee"):
            self.assertIsNotNone(mistake_in(program_part(words_of(line))), line)
        for line in ("snpse export results", "snpse run --out results"):
            self.assertIsNotNone(mistake_in(program_part(words_of(line)), whole=True), line)

    def test_files_in_commands(self):
        for document in LIMITS:
            for words in commands(document):
                for word in words:
                    if word.startswith(FOLDERS) and not PLACEHOLDER.search(word):
                        self.assertTrue((ROOT / word).exists(), f"{' '.join(words)}: there is no {word}")

    def test_tools(self):
        presets = {preset["name"] for preset in json.loads(text_of("CMakePresets.json"))["configurePresets"]}
        for document in LIMITS:
            for words in commands(document):
                if words[0].startswith("tools/") and (ROOT / words[0]).is_file():
                    script = text_of(words[0])
                    for option in (word for word in words[1:] if word.startswith("--")):
                        self.assertRegex(script, rf"{option}(?![\w-])", " ".join(words))
                wanted = words[1:] if words[0] == "tools/build" else [b for a, b in zip(words, words[1:]) if a == "--preset"]
                for preset in wanted:
                    self.assertIn(preset, presets, " ".join(words))

    def test_names_of_tests(self):
        registered = "".join(path.read_text(encoding="utf-8") for pattern in ("CMakeLists.txt", "*.cmake")
                             for path in (ROOT / "tests").rglob(pattern))
        for words in commands("tests/README.md"):
            for pattern in (b for a, b in zip(words, words[1:]) if a == "-R"):
                kind, name = re.match(r"\^(\w+)\.(\w+)", pattern).groups()
                files = {"unit": f"unit/{name}/*.cpp", "mpi": f"mpi/*/{name}.cpp"}.get(kind, f"{kind}/test_{name}.py")
                exists = any((ROOT / "tests").glob(files)) or f"NAME {kind}.{name} " in registered
                self.assertTrue(exists, " ".join(words))

    def test_blocks_of_toml(self):
        for document in LIMITS:
            for block in blocks(text_of(document)):
                if re.match(r"\[\[?\w+\]|\w+ = ", block):
                    tomllib.loads(block)

    def test_keys(self):
        """Every section.key that a document names is a key of a campaign file."""
        self.assert_succeeds("run", self.write("c.toml", TINY_CAMPAIGN), "--out", self.folder / "c")
        config = tomllib.loads((self.folder / "c/campaign.toml").read_text(encoding="utf-8"))
        config["simulator"] |= {"command": [], "library": "", "folder": "", "files": [], "time_limit": 0, "start_limit": 0,
                                "memory_limit": 0, "give_up_after": 0}
        config["observation"] |= {"file": "", "names": [], "times": []}
        for document in set(LIMITS) - {"tests/README.md"}:  # whose names of tests look like keys
            code = " ".join(list(blocks(text_of(document))) + spans(text_of(document)))
            for section, key in re.findall(r"(?<![\w./])([a-z]+)\.([a-z_]+)(?![\w(/.])", code):
                if section in config and key not in ("toml", "hpp", "cpp", "py", "h5", "csv", "json", "md"):
                    self.assertIn(key, config[section], f"{document} names {section}.{key}")

    def run_with_small_budgets(self, line, folder):
        """A command of a document, in a folder."""
        words = words_of(line)
        if words[0] == "python3":
            command, _, output = line.partition(" > ")
            result = subprocess.run(shlex.split(command), cwd=folder, capture_output=True, text=True, check=True)
            if output:
                (folder / output).write_text(result.stdout, encoding="utf-8")
            return
        arguments = [re.sub(r"^\d{4,}$", "50", word) for word in program_part(words)]
        if arguments[0] == "diagnose":
            arguments += ["--simulations", "100"]
        ranks = int(words[words.index("-n") + 1]) if words[0] == "mpirun" else None
        result = snpse(*arguments, ranks=ranks, cwd=folder)
        # So few steps make no good posterior, which diagnose says.
        self.assertIn(result.returncode, (0, DATA) if arguments[0] == "diagnose" else (0,), line + result.stderr)

    def test_first_campaign_of_the_readme(self):
        """Its files and commands, with small budgets."""
        text = text_of("README.md")
        all_blocks = list(blocks(text[text.index("## A first own campaign"):]))
        simulator = next(block for block in all_blocks if "import serve" in block)
        campaign = next(block for block in all_blocks if block.startswith("[simulator]"))
        lines = next(block for block in all_blocks if block.startswith("snpse check")).splitlines()
        self.assert_succeeds("init", "my_campaign", cwd=self.folder)
        folder = self.folder / "my_campaign"
        (folder / "simulator.py").write_text(simulator, encoding="utf-8")
        (folder / "campaign.toml").write_text(
            re.sub(r"simulations = \d+", "simulations = 200", campaign) + "\n" + SMALL, encoding="utf-8")
        for line in lines:
            self.run_with_small_budgets(line, folder)
        self.assertTrue((folder / "samples.csv").exists())
        self.assertTrue((folder / "results/diagnosis.json").exists())

    def test_the_tutorial(self):
        """Its files and commands in their order, with small budgets."""
        folder = self.folder / "oscillator"
        for block in blocks(text_of("jobs/tutorial.md")):
            if "import serve" in block:
                (folder / "simulator.py").write_text(block, encoding="utf-8")
            elif block.startswith("[simulator]"):
                small = re.sub(r"simulations = \d+", "simulations = 200", block.partition("[training]")[0])
                (folder / "campaign.toml").write_text(small + SMALL, encoding="utf-8")
            for line in filter(words_of, block.splitlines()):
                self.run_with_small_budgets(line, self.folder if words_of(line)[1] == "init" else folder)
        rows = [line.split(",") for line in (folder / "predicted.csv").read_text(encoding="utf-8").splitlines()]
        self.assertEqual(rows[0], ["frequency", "damping", "push", *(f"x_{i}" for i in range(1, 17))])
        self.assertEqual(len(rows), 51)
        self.assertTrue((folder / "results/rounds/003/network.h5").exists())

    def test_the_page_of_files_names_every_dataset(self):
        """All datasets of a campaign with every step, also of a round with failures and stand-ins, and all events."""
        self.write("simulator.py", SIMULATOR_THAT_FAILS)
        campaign = own_campaign("a", "b").replace("[observation]", '[invalid]\npolicy = "replace"\n[observation]')
        self.assert_succeeds("run", self.write("c.toml", campaign))
        # A diagnosis of one network of npse is ten times as fast.
        fast = campaign.replace('"tsnpse"\nrounds = 2', '"npse"').replace("[training]", "networks = 1\n[training]")
        self.assert_succeeds("run", self.write("d.toml", fast))
        snpse("diagnose", self.folder / "d", "--simulations", "100")
        self.assertTrue((self.folder / "d/diagnosis.json").exists())
        named = set(spans(text_of("jobs/files.md")))
        seen = set()
        for file in self.folder.rglob("*.h5"):
            listed = subprocess.run(["h5dump", "-n", file], capture_output=True, text=True, check=True).stdout
            seen |= set(re.findall(r"^ dataset +/(\S+)$", listed, re.MULTILINE))
        self.assertLess({"theta", "faults/id", "replacement/values", "history/step", "x_obs"}, seen)
        self.assertEqual(seen - named, set())
        for event in events(self.folder / "c") + events(self.folder / "d"):
            self.assertIn(event["event"], named)


if __name__ == "__main__":
    unittest.main()
