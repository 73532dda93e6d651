"""Mutants of campaign files, campaign folders and CSV files: each is read right or refused, and none crashes.

SNPSE_MUTANTS sets their number and SNPSE_MUTANTS_SEED the first one's seed: a mutant follows from its seed alone.
"""
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import DATA, STOPPED, TOOLS, program_server, snpse

MUTANTS = int(os.environ.get("SNPSE_MUTANTS", "40"))
FIRST_SEED = int(os.environ.get("SNPSE_MUTANTS_SEED", "1"))
LIMIT = 120  # seconds of a run
MOST_MEMORY = 10**9
SEAL = 16  # bytes at a file's end
ANSWERS = (0, 64, 65, 66, 73, 74, 75, 78)  # exit codes that say what is wrong

# A worker that fails for half of the parameters: what it answered stays in parts.
WORKER = f"""
import sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    if theta[0] < 0: raise ValueError("half of them fail")
    return theta

serve(simulate)
"""

CAMPAIGN = """[campaign]
seed = 5
{simulator}
[method]
name = "{method}"
rounds = 2
simulations = 60
[model]
width = 16
networks = {networks}
[training]
max_steps = {steps}
patience = {steps}
validation_every = 10
[truncation]
samples = 100
[posterior]
samples = 50
"""

TASK = '[simulator]\ntask = "two_moons"\n[observation]\nx = [0.0, 0.0]'
OWN = """[simulator]
command = ["python3", "worker.py"]
failure_budget = 0.1
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "b, c"
prior = { type = "truncated_normal", mean = 0.5, standard_deviation = 2.0, low = -1.0, high = 1.0 }
[observation]
file = "x.csv"
"""

EXTREMES = (0, 1, -1, 2, 10**9, 2**31, 2**53, 2**62, 2**63 - 1, -2**63)
EXTREME_REALS = (0.0, -0.0, -1.0, 1e-320, 1e300, -1e300, 1e9, float("nan"), float("inf"), float("-inf"))
WORDS = ("1e12", "-1", "0", "1e400", "nan", "inf", "9999", "4e3", "1.5", "[]", "{}", '""', "true", '"\\u0001"', "1e9",
         "[[1.0]]", "[1.0]", "99999999999999999999", "0x10", "1979-05-27", "5", "-inf", "2147483648", "1e-320")


def sealed(body):
    """The bytes of a file of ours, whose end tells that they are undamaged."""
    return body + b"\nsnpse %08x\n" % zlib.crc32(body)


def datasets(file):
    """The type, extent, size and place of what an HDF5 file holds, by h5dump."""
    text = subprocess.run(["h5dump", "-p", "-H", file], capture_output=True, text=True, check=True).stdout
    form = re.compile(r"DATATYPE\s+(\S+).*?DATASPACE\s+(\w+)(?: \{ \( ([\d, ]+) \))?.*?SIZE (\d+)\s+OFFSET (\d+)", re.S)
    for part in text.split("DATASET ")[1:]:
        found = form.search(part)
        if found:
            kind, _, extent, size, place = found.groups()
            yield kind, [int(n) for n in (extent or "").split(",") if n], int(size), int(place)


class Mutator:
    """Changes bytes and texts, by random numbers of its own."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def hdf5(self, file):
        body = bytearray(file.read_bytes()[:-SEAL])
        kind = self.random.choice(("number", "number", "number", "extent", "bytes", "text", "cut"))
        places = [place for place in datasets(file) if place[2] > 0]
        if kind in ("number", "extent") and places:
            change = self.number if kind == "number" else self.extent
            for place in self.random.sample(places, min(len(places), self.random.choice((1, 1, 2)))):
                change(body, *place)
        elif kind == "text":
            begin = max(body.find(b"[campaign]"), 0)
            for _ in range(self.random.choice((1, 3))):
                at = self.random.randrange(begin, min(begin + 3000, len(body)))
                body[at] = self.random.choice(b"0123456789.abz\n\"= \x00\xff")
        elif kind == "cut":
            del body[self.random.randrange(len(body)):]
        else:
            for _ in range(self.random.choice((1, 2, 8))):
                body[self.random.randrange(len(body))] = self.random.choice((0, 1, 0x7f, 0x80, 0xff))
        file.write_bytes(sealed(bytes(body)))

    def number(self, body, kind, _, size, place):
        form, extremes = {"H5T_STD_I64LE": ("<q", EXTREMES), "H5T_IEEE_F64LE": ("<d", EXTREME_REALS),
                          "H5T_IEEE_F32LE": ("<f", (0.0, float("nan"), float("inf"), -1.0, 1e30))}.get(kind, ("<B", (0, 255)))
        width = struct.calcsize(form)
        at = self.random.randrange(max(size // width, 1))
        struct.pack_into(form, body, place + width * at, self.random.choice(extremes))

    def extent(self, body, _, extent, *__):
        old = struct.pack(f"<{len(extent)}Q", *extent)
        new = list(extent)
        if new:
            new[self.random.randrange(len(new))] = self.random.choice((0, 1, 3, 10**9, 2**31, 2**40, 2**61, 2**64 - 1))
        body[:] = body.replace(old, struct.pack(f"<{len(new)}Q", *new)) if extent else body

    def text(self, text):
        for _ in range(self.random.choice((1, 1, 2, 4))):
            kind = self.random.choice(("value", "value", "value", "line", "cut", "byte", "twice"))
            lines = text.splitlines()
            at = self.random.randrange(len(lines)) if lines else 0
            if kind == "value":
                numbers = list(re.finditer(r"-?\d+\.?\d*(?:e-?\d+)?", text))
                if numbers:
                    found = self.random.choice(numbers)
                    text = text[:found.start()] + self.random.choice(WORDS) + text[found.end():]
            elif kind == "byte":
                at = self.random.randrange(len(text) + 1)
                text = text[:at] + self.random.choice('\x00\x1b"\'[]{}=,;#\n\t\ufeffé0') + text[at + 1:]
            elif lines:
                changed = {"line": [], "cut": [lines[at][:len(lines[at]) // 2]], "twice": [lines[at]] * 2}[kind]
                text = "\n".join(lines[:at] + changed + lines[at + 1:]) + "\n"
        return text


class MutantTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "worker.py").write_text(WORKER)
        (cls.folder / "x.csv").write_text('a,"b, c"\n0.25,-0.5\n')
        cls.base("finished", CAMPAIGN.format(simulator=TASK, method="tsnpse", networks=1, steps=20), 0)
        cls.base("amortised", CAMPAIGN.format(simulator=TASK, method="npse", networks=2, steps=20), 0)
        cls.base("parts", CAMPAIGN.format(simulator=OWN, method="tsnpse", networks=1, steps=20), DATA)
        cls.base("training", CAMPAIGN.format(simulator=TASK, method="npse", networks=1, steps=10**8), STOPPED,
                 "--wall-time", "3")

    @classmethod
    def base(cls, name, text, code, *options):
        """A campaign folder that mutants are made of."""
        file = cls.folder / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        result = snpse("run", file, "--out", cls.folder / name, *options)
        assert result.returncode == code, (result.returncode, result.stderr)

    def mutant(self, seed):
        """Makes a mutant; returns the program's arguments that meet it."""
        mutate = Mutator(seed)
        scratch = self.folder / "mutant"
        shutil.rmtree(scratch, ignore_errors=True)
        kind = mutate.random.choice(("hdf5", "hdf5", "hdf5", "hdf5", "toml", "toml", "csv", "events", "stray"))
        output = ("--output", self.folder / "output.csv")
        if kind == "csv":
            scratch.mkdir()
            file = scratch / "theta.csv"
            file.write_text(mutate.text("# made by hand\na,b\n0.25,-0.5\n0.5,1e-3\n-0.25,0.75\n"), encoding="utf-8")
            return ["simulate", "two_moons", "--theta", file, *output]
        if kind == "toml" and mutate.random.random() < 0.7:
            scratch.mkdir()
            shutil.copy(self.folder / "worker.py", scratch)
            shutil.copy(self.folder / "x.csv", scratch)
            file = scratch / "campaign.toml"
            base = self.folder / f"{mutate.random.choice(('finished', 'parts', 'amortised/campaign'))}.toml"
            file.write_text(mutate.text(base.read_text(encoding="utf-8")), encoding="utf-8")
            return ["check", file]
        base = mutate.random.choice(("finished", "finished", "amortised", "parts", "training"))
        shutil.copytree(self.folder / base, scratch)
        self.change_folder(scratch, kind, mutate)
        verbs = [["status", scratch], ["status", scratch, "--json"], ["export", scratch, *output],
                 ["sample", scratch, "--samples", "5", "--log-prob", *output], ["sample", scratch, "--samples", "5", *output]]
        if base in ("finished", "amortised") and mutate.random.random() < 0.3:
            (scratch / "posterior.h5").unlink(missing_ok=True)
        go_on = ["run", scratch, "--wall-time", "1"]
        return mutate.random.choice(verbs + [go_on] * 3) if base in ("finished", "amortised") else \
            mutate.random.choice([verbs[0], go_on, go_on])

    @staticmethod
    def change_folder(scratch, kind, mutate):
        files = sorted(scratch.rglob("*.h5"))
        file = mutate.random.choice(files)
        if kind == "hdf5":
            mutate.hdf5(file)
        elif kind == "stray":
            file.write_bytes(mutate.random.choice(files).read_bytes())
            if (scratch / "rounds/001/parts").exists() and mutate.random.random() < 0.5:
                shutil.copy(file, scratch / "rounds/001/parts" / mutate.random.choice(("stray.h5", "1.h5", "9" * 30 + ".h5")))
        else:
            text = scratch / ("campaign.toml" if kind == "toml" else "events.jsonl")
            text.write_text(mutate.text(text.read_text(encoding="utf-8")), encoding="utf-8")

    def test_mutants_are_answered(self):
        for seed in range(FIRST_SEED, FIRST_SEED + MUTANTS):
            arguments = self.mutant(seed)
            with self.subTest(seed=seed, arguments=" ".join(map(str, arguments))):
                self.check(arguments)

    def check(self, arguments):
        code, _, stderr, memory = program_server().run(arguments, patience=LIMIT)
        stderr = stderr.decode(errors="replace")
        self.assertIn(code, ANSWERS, stderr[-2000:])
        if code not in (0, STOPPED):
            self.assertIn("snpse: ", stderr)
        self.assertNotIn("ERROR: AddressSanitizer", stderr)
        self.assertNotIn("\x1b", stderr)
        self.assertLess(memory, MOST_MEMORY)


if __name__ == "__main__":
    unittest.main()
