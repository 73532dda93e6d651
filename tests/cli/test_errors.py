"""Bad input: each gives one clear message and the right exit code, and harms nothing."""
import base64
import pathlib
import shutil
import sys
import tempfile
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CANNOT_CREATE, CONFIG, DATA, MISSING_INPUT, TINY_CAMPAIGN, USAGE, ProgramTest, snpse

# An HDF5 file of another program: one dataset, "data", of two numbers.
FOREIGN_HDF5 = zlib.decompress(base64.b85decode(
    "c-rgqaB<`1lHy_j0S*oZ76t(ZWbhvf1UOLnF!=;1%?PDCp!5nRm^dR?P68?}2sIyFT}Y6tD@gT!Gyt>5fCWNxFpPqc2s~UJ13+{Hln+a#"
    "Czw#xr6iUlBBw_W3hiZNV1t;&2;)OiG9x2I0A@XmW(LZGWCRuLp=s5D!GxQ^<Ucb+o)stxl4oLKVuYk;h<VJ6u%wNe|Ae5zAjRL(S+W@z"
    "Dh4zjg8lqmKsg$g4;7e4)8;4`1w$Kru!k}n08tV$Mg"))


class CommandLineTest(ProgramTest):
    def test_misspelt_verb(self):
        self.assert_refused(USAGE, ["'rnu'", "'run'"], "rnu", "campaign.toml")

    def test_misspelt_option(self):
        self.assert_refused(USAGE, ["'--wall-tme'", "'--wall-time'"], "run", "campaign.toml", "--wall-tme", "5")

    def test_missing_argument(self):
        self.assert_refused(USAGE, ["FILE", "snpse run --help"], "run")

    def test_value_of_the_wrong_type(self):
        self.assert_refused(USAGE, ["--samples", "many"], "sample", "results", "--samples", "many", "--output", "s.csv")

    def test_wall_time_that_is_no_duration(self):
        self.assert_refused(USAGE, "'soon' is no duration", "run", "campaign.toml", "--wall-time", "soon")

    def test_misspelt_task(self):
        self.assert_refused(USAGE, ["two_mons", "two_moons"], "bench", "two_mons")
        self.assert_refused(USAGE, ["pyloric", "no exact posterior", "--reference"], "bench", "pyloric")
        self.assert_refused(USAGE, ["two_mons", "two_moons"], "init", self.folder / "new", "--task", "two_mons")
        self.assertFalse((self.folder / "new").exists())

    def test_misspelt_method(self):
        self.assert_refused(USAGE, ["tsnpe", "tsnpse"], "bench", "two_moons", "--method", "tsnpe")

    def test_misspelt_preset(self):
        self.assert_refused(USAGE, ["papr", "paper"], "bench", "two_moons", "--preset", "papr")

    def test_init_keeps_what_exists(self):
        mine = self.write("campaign.toml", "mine")
        self.assert_refused(CANNOT_CREATE, [mine, "exists already"], "init", self.folder)
        self.assertEqual(mine.read_text(), "mine")

    def test_one_message_for_all_ranks(self):
        self.assert_refused(USAGE, ["'rnu'", "'run'"], "rnu", "campaign.toml", ranks=2)

    def test_misspelt_format(self):
        self.assert_refused(USAGE, ["'cvs'", "'csv'"], "export", "results", "--format", "cvs", "--output", "s.csv")


class CampaignFileTest(ProgramTest):
    def refuse(self, code, wanted, old="", new="", ranks=None):
        """The campaign file with old replaced by new is refused, before anything is created."""
        self.assertIn(old, TINY_CAMPAIGN)
        file = self.write("campaign.toml", TINY_CAMPAIGN.replace(old, new))
        out = self.folder / "results"
        self.assert_refused(code, wanted, "run", file, "--out", out, ranks=ranks)
        self.assertFalse(out.exists())

    def test_misspelt_key(self):
        self.refuse(CONFIG, ["campaign.toml:10:", "method.simulatons", "method.simulations"], "simulations", "simulatons")

    def test_misspelt_key_on_two_ranks(self):
        self.refuse(CONFIG, ["method.simulatons", "method.simulations"], "simulations", "simulatons", ranks=2)

    def test_misspelt_section(self):
        self.refuse(CONFIG, ["trainng", "training"], "[training]", "[trainng]")

    def test_misspelt_task(self):
        self.refuse(CONFIG, ["two_mons", "two_moons"], "two_moons", "two_mons")

    def test_misspelt_method(self):
        self.refuse(CONFIG, ["tsnpe", "tsnpse"], "tsnpse", "tsnpe")

    def test_misspelt_preset(self):
        self.refuse(CONFIG, ["papr", "paper"], "rounds = 2", 'rounds = 2\npreset = "papr"')

    def test_wrong_type(self):
        self.refuse(CONFIG, ["method.simulations", "whole number", "string"], "simulations = 100", 'simulations = "100"')

    def test_negative_budget(self):
        self.refuse(CONFIG, ["method.simulations = -100", "at least 1"], "simulations = 100", "simulations = -100")

    def test_observation_of_the_wrong_length(self):
        self.refuse(CONFIG, ["3 values", "two_moons", "has 2"], "x = [0.0, 0.0]", "x = [0.0, 0.0, 0.0]")

    def test_observation_that_is_not_a_number(self):
        self.refuse(CONFIG, ["observation.x[1]", "nan", "finite"], "x = [0.0, 0.0]", "x = [0.0, nan]")

    def test_undefined_observation_in_a_region_of_valid_ones(self):
        self.refuse(CONFIG, ['invalid.region = "learned"', '"none"'], "x = [0.0, 0.0]",
                    'x = [0.0, nan]\n[invalid]\npolicy = "replace"\nregion = "learned"')

    def test_region_of_valid_ones_without_later_rounds(self):
        self.refuse(CONFIG, ['invalid.region = "learned"', "npse"],
                    'name = "tsnpse"\nrounds = 2\nsimulations = 100\n',
                    'name = "npse"\nsimulations = 100\n[invalid]\nregion = "learned"\n')

    def test_not_toml(self):
        self.refuse(CONFIG, "campaign.toml:2:", "seed = 5", "seed 5")

    def test_all_errors_are_listed_at_once(self):
        self.refuse(CONFIG, ["3 errors", "campaign.seeds", "sampler.steps = -1", "density.probes"],
                    "seed = 5", "seeds = 5\n[sampler]\nsteps = -1\n[density]\nprobes = 1.5")

    def test_absent_file(self):
        absent = self.folder / "absent.toml"
        self.assert_refused(MISSING_INPUT, [absent, "No such file"], "run", absent)
        self.assert_refused(MISSING_INPUT, [absent, "No such file"], "check", absent)

    def test_folder_in_place_of_a_file(self):
        self.assert_refused(MISSING_INPUT, [self.folder, "no campaign folder"], "run", self.folder)
        self.assert_refused(MISSING_INPUT, [self.folder, "directory"], "check", self.folder)

    def refuse_observation(self, code, wanted, content):
        file = self.write("campaign.toml", TINY_CAMPAIGN)
        observation = self.write("x.csv", content)
        self.assert_refused(code, wanted, "run", file, "--observation", observation)
        self.assertFalse((self.folder / "campaign").exists())

    def test_observation_file_of_the_wrong_length(self):
        self.refuse_observation(DATA, ["3 values", "has 2"], "1,2,3\n")

    def test_observation_file_that_holds_nan(self):
        self.refuse_observation(DATA, ["x.csv", "not finite"], "1,nan\n")

    def test_observation_file_that_holds_text(self):
        self.refuse_observation(DATA, ["x.csv", "two"], "1,two\n")

    def test_absent_observation_file(self):
        file = self.write("campaign.toml", TINY_CAMPAIGN)
        self.assert_refused(MISSING_INPUT, "absent.csv", "run", file, "--observation", self.folder / "absent.csv")


class CampaignFolderTest(ProgramTest):
    """Around a finished campaign that each test gets a copy of."""

    @classmethod
    def setUpClass(cls):
        cls.finished = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.finished)
        file = cls.finished / "campaign.toml"
        file.write_text(TINY_CAMPAIGN)
        result = snpse("run", file, "--out", cls.finished / "results")
        assert result.returncode == 0, result.stderr

    def setUp(self):
        super().setUp()
        shutil.copytree(self.finished, self.folder, dirs_exist_ok=True)
        self.file = self.folder / "campaign.toml"
        self.out = self.folder / "results"
        self.run_again = ["run", self.file, "--out", self.out]

    def rewind(self):
        """Back to the moment when round 1 was simulated."""
        for path in [self.out / "posterior.h5", *(self.out / "rounds").rglob("*.h5")]:
            if path.parent.name != "001" or path.name in ("network.h5", "training.h5"):
                path.unlink()

    def assert_goes_on_to_the_same_end(self):
        self.assert_succeeds(*self.run_again)
        for name in ("rounds/001/simulations.h5", "rounds/002/network.h5", "posterior.h5"):
            self.assertEqual((self.out / name).read_bytes(), (self.finished / "results" / name).read_bytes(), name)

    def test_changed_file(self):
        self.write("campaign.toml", TINY_CAMPAIGN.replace("width = 32", "width = 48"))
        self.assert_refused(CONFIG, [self.out, "model.width", "32", "48"], *self.run_again)
        self.assert_refused(CONFIG, [self.out, "model.width", "32", "48"], *self.run_again, ranks=2)

    def test_comments_of_another_version_of_the_program(self):
        frozen = self.out / "campaign.toml"
        frozen.write_text("# another comment\n" + frozen.read_text())
        self.assert_succeeds(*self.run_again)

    def test_foreign_folder(self):
        foreign = self.folder / "letters"
        foreign.mkdir()
        letter = foreign / "letter.txt"
        letter.write_text("Dear Sir")
        self.assert_refused(DATA, [foreign, "not empty", "--out"], "run", self.file, "--out", foreign)
        self.assertEqual(letter.read_text(), "Dear Sir")

    def test_file_in_place_of_the_folder(self):
        self.assert_refused(CANNOT_CREATE, self.folder / "letter", "run", self.file, "--out", self.write("letter", ""))

    def test_torn_configuration(self):
        (self.out / "campaign.toml").write_text("[campaign]\nse")
        self.assert_refused(CONFIG, [self.out, "campaign.toml"], *self.run_again)
        self.assert_refused(CONFIG, "campaign.toml", "status", self.out)

    def test_half_written_folder_goes_on(self):
        self.rewind()
        (self.out / "rounds" / "001" / "provenance.h5").unlink()
        (self.out / "rounds" / "001" / "simulations.h5").unlink()
        self.assert_goes_on_to_the_same_end()

    def check_damaged_simulations(self, content, wanted):
        self.rewind()
        damaged = self.out / "rounds" / "001" / "simulations.h5"
        damaged.write_bytes(content)
        self.assert_refused(DATA, [damaged, wanted], *self.run_again)
        self.assertEqual(damaged.read_bytes(), content)
        damaged.unlink()
        self.assert_goes_on_to_the_same_end()

    def test_truncated_hdf5_file(self):
        whole = (self.out / "rounds" / "001" / "simulations.h5").read_bytes()
        self.check_damaged_simulations(whole[:len(whole) // 2], "truncated")

    def test_foreign_hdf5_file(self):
        self.check_damaged_simulations(FOREIGN_HDF5, "another program")

    def test_hdf5_file_of_another_kind(self):
        self.check_damaged_simulations((self.out / "rounds" / "001" / "proposal.h5").read_bytes(), "'proposal'")

    def test_lost_step_of_a_finished_campaign_is_made_up_for(self):
        (self.out / "rounds" / "001" / "simulations.h5").unlink()
        self.assert_goes_on_to_the_same_end()

    def test_other_observation_of_a_truncated_campaign(self):
        observation = self.write("x.csv", "0.1,0.1\n")
        self.assert_refused(USAGE, ["--observation", "npse"], "sample", self.out, "--observation", observation,
                            "--output", self.folder / "samples.csv")
        self.assertFalse((self.folder / "samples.csv").exists())

    def test_unfinished_campaign(self):
        self.rewind()
        samples = self.folder / "samples.csv"
        self.assert_refused(MISSING_INPUT, [self.out, "snpse run"], "export", self.out, "--output", samples)
        self.assert_refused(MISSING_INPUT, [self.out, "snpse run"], "sample", self.out, "--output", samples)
        self.assertFalse(samples.exists())

    def test_no_campaign_folder(self):
        absent = self.folder / "absent"
        for verb in (["status", absent], ["export", absent, "--output", "s.csv"], ["sample", absent, "--output", "s.csv"]):
            self.assert_refused(MISSING_INPUT, [absent, "no campaign folder"], *verb)

    def test_output_in_an_absent_folder(self):
        output = self.folder / "absent" / "samples.csv"
        self.assert_refused(CANNOT_CREATE, output, "export", self.out, "--output", output)


if __name__ == "__main__":
    unittest.main()
