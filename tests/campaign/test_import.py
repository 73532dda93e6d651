"""Campaigns that begin with simulations that were run elsewhere."""
import pathlib
import random
import struct
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, MISSING_INPUT, TOOLS, ProgramTest, events, own_campaign

SIMULATOR = f"""
import pathlib, random, sys
sys.path.insert(0, {str(TOOLS)!r})
from snpse_worker import serve

def simulate(theta, seed):
    noise = random.Random(seed)
    x = [value + noise.gauss(0.0, 0.1) for value in theta]
    with open(pathlib.Path(__file__).parent / "asked.txt", "a") as record:
        record.write(",".join(map(repr, theta + x)) + "\\n")
    if theta[0] > 0.95: raise ValueError("too hot")
    return x

serve(simulate)
"""


class ImportTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("simulator.py", SIMULATOR)
        text = own_campaign("heat", "b").replace('"tsnpse"\nrounds = 2', '"npse"')
        self.file = self.write("campaign.toml", text)
        self.simulated, self.out = self.folder / "simulated", self.folder / "results"

    def simulations(self, out):
        return out / "rounds/001/simulations.h5"

    def network(self, out):
        return (out / "rounds/001/network.h5").read_bytes()

    def table(self, rows, names="heat,b,x_1,x_2"):
        """A CSV file."""
        return self.write("data.csv", "\n".join([names] + [",".join(map(repr, row)) for row in rows]) + "\n")

    def draws(self, n):
        """Simulations at draws of the prior."""
        source = random.Random(3)
        theta = [(source.uniform(-1, 0.95), source.uniform(-1, 1)) for _ in range(n)]
        return [(a, b, a + source.gauss(0, 0.1), b + source.gauss(0, 0.1)) for a, b in theta]

    def asked(self):
        path = self.folder / "asked.txt"
        return path.read_text().splitlines() if path.exists() else []

    def import_data(self, data, out=None):
        return self.assert_succeeds("import", self.file, "--data", data, "--out", out or self.out)

    def assert_import_refused(self, code, wanted, data):
        self.assert_refused(code, wanted, "import", self.file, "--data", data, "--out", self.out)
        self.assertFalse((self.out / "rounds").exists())

    def test_the_network_is_that_of_the_same_rows_simulated(self):
        self.write("simulator.py", SIMULATOR.replace("0.95", "9"))  # no failure
        self.assert_succeeds("run", self.file, "--out", self.simulated)
        rows = [row.split(",") for row in self.asked()[:100]]  # one rank asks in the order of the ids
        said = self.assert_succeeds("simulate", self.simulated, "--id", 0).stdout
        before = self.asked()
        # As HDF5, and as the CSV file of the same numbers.
        self.import_data(self.simulations(self.simulated))
        self.assert_succeeds("run", self.file, "--out", self.out)
        self.assertEqual(self.network(self.out), self.network(self.simulated))
        self.assertEqual((self.out / "posterior.h5").read_bytes(), (self.simulated / "posterior.h5").read_bytes())
        self.assertEqual(self.asked(), before)
        self.assertEqual([float(value) for value in rows[0]], [float(value) for value in said.splitlines()[1].split(",")])
        shuffled = self.folder / "shuffled.csv"
        shuffled.write_text("x_1,b,heat,x_2\n" + "".join(f"{x},{b},{a},{y}\n" for a, b, x, y in rows))
        other = self.folder / "other"
        self.import_data(shuffled, other)
        self.assert_succeeds("run", self.file, "--out", other)
        self.assertEqual(self.network(other), self.network(self.simulated))
        event = next(event for event in events(other) if event["event"] == "imported")
        self.assertEqual((event["simulations"], event["files"]), (100, [str(shuffled)]))
        said = self.assert_succeeds("simulate", other, "--id", 7).stderr
        self.assertIn(f"simulation 7 was imported: it is row 8 of '{shuffled}'", said)

    def test_what_is_missing_is_simulated(self):
        self.import_data(self.table(self.draws(60)))
        self.assert_succeeds("run", self.file, "--out", self.out)
        self.assertGreaterEqual(len(self.asked()), 40)
        self.assertLessEqual(len(self.asked()), 50)  # with retries, and with simulations that are repeated
        said = self.assert_succeeds("status", self.out).stdout
        self.assertIn("finished (npse): 100 of 100 simulations", said)

    def test_a_sequential_campaign_goes_on(self):
        self.file.write_text(self.file.read_text().replace('"npse"', '"tsnpse"\nrounds = 2'))
        self.import_data(self.table(self.draws(60)))
        self.assert_succeeds("run", self.file, "--out", self.out)
        self.assertIn("finished (tsnpse): 100 of 100 simulations", self.assert_succeeds("status", self.out).stdout)

    def test_failed_rows_are_left_out(self):
        self.assert_succeeds("run", self.file, "--out", self.simulated)
        failed = next(event for event in events(self.simulated) if event.get("phase") == "simulate")["failed"]
        self.assertGreater(failed, 0)
        said = self.import_data(self.simulations(self.simulated)).stdout
        self.assertIn(f"imported {100 - failed} simulations", said)

    def test_what_is_refused(self):
        rows = self.draws(60)
        self.assert_import_refused(MISSING_INPUT, "absent.csv", self.folder / "absent.csv")
        self.assert_import_refused(DATA, ["outside the prior's support", "simulation 2"],
                                   self.table([rows[0], (1.5, 0, 1, 1)]))
        self.assert_import_refused(DATA, ["simulation 1 of '", "and simulation 60 of '", "have the same parameters"],
                                   self.table(rows[:59] + [(*rows[0][:2], 1, 1)]))
        self.assert_import_refused(DATA, ["no column 'heat'", "temperature"], self.table(rows, "temperature,b,x_1,x_2"))
        self.assert_import_refused(DATA, "3 data a simulation, but the observation has 2",
                                   self.table([(*row, 0) for row in rows], "heat,b,x_1,x_2,x_3"))
        headless = self.write("headless.csv", "0.1,0.2,0.3,0.4\n")
        self.assert_import_refused(DATA, "names of its columns", headless)
        self.assert_import_refused(DATA, ["'heat' are no draws of its prior"],
                                   self.table([(0.9 * abs(row[0]), *row[1:]) for row in self.draws(100)]))
        self.assert_import_refused(CONFIG, ["holds 101 simulations", "method.simulations = 100"],
                                   self.table(self.draws(101)))
        self.assert_import_refused(DATA, "not finite", self.table([(float("nan"), 0, 1, 1)]))

    def test_numpy(self):
        rows = self.draws(60)
        numpy_file = self.folder / "data.npz"
        self.save_numpy(numpy_file, theta=[row[:2] for row in rows], x=[row[2:] for row in rows])
        self.import_data(numpy_file)
        other = self.folder / "other"
        self.import_data(self.table(rows), other)
        self.assertEqual(self.proposal(self.out), self.proposal(other))
        self.out = self.folder / "refused"
        self.save_numpy(numpy_file, theta=[row[:2] for row in rows])
        self.assert_import_refused(DATA, ["no array of numbers 'x'", "numpy.savez"], numpy_file)

    def save_numpy(self, path, **arrays):
        """What numpy.savez_compressed() writes of lists of rows."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in arrays.items():
                header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
                header = header.ljust(117) + "\n"
                values = struct.pack(f"<{len(rows) * len(rows[0])}d", *(value for row in rows for value in row))
                archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
                                 + header.encode() + values)

    def proposal(self, out):
        return (out / "rounds/001/proposal.h5").read_bytes()

    def test_campaigns_of_several_seeds_are_merged(self):
        self.write("simulator.py", SIMULATOR.replace("0.95", "9"))  # no failure
        parts = []
        text = self.file.read_text()
        for seed, n in ((5, 40), (6, 60)):
            file = self.write(f"seed_{seed}.toml", text.replace("seed = 5", f"seed = {seed}")
                              .replace("simulations = 100", f"simulations = {n}"))
            self.assert_succeeds("run", file, "--out", self.folder / f"seed_{seed}")
            parts.append(self.simulations(self.folder / f"seed_{seed}"))
        said = self.assert_succeeds("import", self.file, "--data", parts[0], "--data", parts[1], "--out", self.out)
        self.assertIn("imported 100 simulations", said.stdout)
        asked = self.asked()
        self.assert_succeeds("run", self.file, "--out", self.out)
        self.assertEqual(self.asked(), asked)  # nothing was simulated anew
        for number, row, part in ((39, 40, parts[0]), (40, 1, parts[1]), (99, 60, parts[1])):
            said = self.assert_succeeds("simulate", self.out, "--id", number).stderr
            self.assertIn(f"simulation {number} was imported: it is row {row} of '{part}'", said)
        refused = self.folder / "refused"
        said = self.assert_refused(DATA, "have the same parameters", "import", self.file, "--data", parts[0], "--data",
                                   parts[0], "--out", refused)
        self.assertRegex(said, rf"simulation (\d+) of '{parts[0]}' and simulation \1 of '{parts[0]}'")
        self.assert_refused(CONFIG, [parts[0], parts[1], "hold 100 simulations"], "import",
                            self.write("few.toml", text.replace("simulations = 100", "simulations = 99")),
                            "--data", parts[0], "--data", parts[1], "--out", refused)

    def test_draws_of_another_proposal_are_refused(self):
        rows = self.draws(60)
        self.assert_import_refused(DATA, "'log_prob', the log-density of a proposal",
                                   self.table([(*row, -1.4) for row in rows], "heat,b,x_1,x_2,log_prob"))
        numpy_file = self.folder / "data.npz"
        self.save_numpy(numpy_file, theta=[row[:2] for row in rows], x=[row[2:] for row in rows],
                        log_prob=[[-1.4] for _ in rows])
        self.assert_import_refused(DATA, "'log_prob', the log-density of a proposal", numpy_file)

    def test_an_import_begins_a_campaign(self):
        data = self.table(self.draws(30))
        self.import_data(data)
        self.assert_refused(DATA, "has simulations already", "import", self.file, "--data", data, "--out", self.out)

    def test_invalid_rows_are_invalid(self):
        rows = self.draws(60)
        rows[5] = (*rows[5][:2], float("nan"), 1.0)
        self.import_data(self.table(rows))
        self.assert_succeeds("run", self.file, "--out", self.out)
        self.assertIn("99 %", self.assert_succeeds("status", self.out).stdout)


if __name__ == "__main__":
    unittest.main()
