"""Disks that are full and files that may not be touched: one message, and nothing lost."""
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CANNOT_CREATE, IO, MISSING_INPUT, PROGRAM, TINY_CAMPAIGN, ProgramTest

RESULTS = ("rounds/001/simulations.h5", "rounds/001/network.h5", "rounds/002/simulations.h5", "posterior.h5")
NOBODY = 65534


class NoRoomTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.file = self.write("campaign.toml", TINY_CAMPAIGN)

    def assert_goes_on_to_the_same_end(self, out):
        undisturbed = self.folder / "undisturbed"
        self.assert_succeeds("run", self.file, "--out", out)
        self.assert_succeeds("run", self.file, "--out", undisturbed)
        for name in RESULTS:
            self.assertEqual((out / name).read_bytes(), (undisturbed / name).read_bytes(), name)

    def test_no_room_for_the_network(self):
        # As on a full disk, writing fails in the middle of a file.
        def limit_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))

        out = self.folder / "results"
        # Python ignores SIGXFSZ, and so does the program then: what is left is the error of write(). PMIx must keep
        # its store in memory, where the limit does not hold.
        self.assert_refused(IO, ["network.h5", "make room"], "run", self.file, "--out", out, preexec_fn=limit_files,
                            restore_signals=False, env={**os.environ, "PMIX_MCA_gds": "hash"})
        self.assertTrue((out / RESULTS[0]).exists())
        self.assertFalse((out / RESULTS[1]).exists())
        self.assertEqual(list(out.rglob("*.partial")), [])
        self.assert_goes_on_to_the_same_end(out)

    @unittest.skipUnless(os.geteuid() == 0, "only root may mount a small disk; the test above needs no rights")
    def test_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk], check=False)
        if mounted.returncode != 0:
            self.skipTest("this machine forbids mounting, also to root")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        out = disk / "results"
        self.assert_refused(IO, [disk, "No space left", "make room"], "run", self.file, "--out", out)
        subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
        self.assert_goes_on_to_the_same_end(out)


class PermissionTest(ProgramTest):
    """The program as an ordinary user, before files and folders that belong to root or are locked."""

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        # Where the program was built may be out of an ordinary user's reach.
        self.program = shutil.copy(PROGRAM, self.folder / "snpse")
        self.file = self.write("campaign.toml", TINY_CAMPAIGN)

    def refuse(self, code, wanted, *arguments):
        ordinary = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        return self.assert_refused(code, wanted, *arguments, program=self.program, cwd=self.folder,
                                   env={**os.environ, "HOME": "/"}, **ordinary)

    def locked_folder(self, mode):
        """A finished campaign whose files and folders nobody may write, and with mode 0 read."""
        out = self.folder / "results"
        self.assert_succeeds("run", self.file, "--out", out)
        self.set_modes(out, mode)
        self.addCleanup(self.set_modes, out, 0o755)
        return out

    @staticmethod
    def set_modes(out, mode):
        paths = [out, *out.rglob("*")] if mode & 0o400 else [out]
        for path in paths:
            path.chmod(mode if path.is_dir() else mode & 0o666)

    def test_unreadable_campaign_file(self):
        self.file.chmod(0)
        self.refuse(MISSING_INPUT, [self.file, "Permission denied"], "run", self.file)

    def test_campaign_file_in_a_locked_folder(self):
        locked = self.folder / "locked"
        locked.mkdir(mode=0)
        self.addCleanup(locked.chmod, 0o755)
        self.refuse(MISSING_INPUT, [locked, "Permission denied"], "run", locked / "campaign.toml")

    def test_results_in_a_read_only_folder(self):
        read_only = self.folder / "read_only"
        read_only.mkdir(mode=0o555)
        self.refuse(CANNOT_CREATE, [read_only, "Permission denied"], "run", self.file, "--out", read_only / "results")
        self.assertEqual(list(read_only.iterdir()), [])

    def test_read_only_campaign(self):
        out = self.locked_folder(0o555)
        self.refuse(CANNOT_CREATE, [out, "Permission denied"], "run", self.file, "--out", out)

    def test_locked_campaign(self):
        out = self.locked_folder(0)
        self.refuse(MISSING_INPUT, [out, "Permission denied"], "status", out)

    def test_init_in_a_read_only_folder(self):
        read_only = self.folder / "read_only"
        read_only.mkdir(mode=0o555)
        self.refuse(CANNOT_CREATE, [read_only, "Permission denied"], "init", read_only / "new")


if __name__ == "__main__":
    unittest.main()
