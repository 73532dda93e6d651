"""`pip install ./tools/python`: the package installs, its types are right, and its own tests pass."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from python_environment import ARVIZ, SKIPPED, environment
from snpse_process import PROGRAM, TOOLS, ProgramTest


class PythonPackageTest(ProgramTest):
    python = None

    def run_python(self, *arguments, **options):
        result = subprocess.run([self.python, *arguments], check=False, capture_output=True, text=True, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_it_installs_and_works(self):
        source, installed = self.folder / "python", self.folder / "installed"
        shutil.copytree(TOOLS / "python", source)  # pip leaves files beside what it builds
        self.run_python("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", installed, source)
        self.assertTrue((installed / "snpse" / "_worker.py").exists())
        environ = os.environ | {"PYTHONPATH": str(installed), "SNPSE_PROGRAM": str(pathlib.Path(PROGRAM).absolute())}
        self.run_python("-m", "mypy", "--strict", "--cache-dir", self.folder / "mypy", "snpse", cwd=source)
        self.run_python("-m", "pytest", "--quiet", "-p", "no:cacheprovider", source / "tests", cwd=self.folder,
                        env=environ)


if __name__ == "__main__":
    PythonPackageTest.python = environment("arviz", ARVIZ)
    if PythonPackageTest.python is None:
        sys.exit(SKIPPED)
    unittest.main()
