"""Virtual environments with packages of PyPI, in build/python, for the tests that open results in other programs."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build" / "python"
ARVIZ = ["arviz==0.23.4", "xarray==2026.9.0", "h5netcdf==1.8.2", "h5py==3.16.0", "netCDF4==1.7.5.1.post1", "matplotlib==3.11.2",
         "pytest==9.2.0", "mypy==2.4.1", "cloudpickle==3.1.3", "setuptools==84.2.1"]
ARVIZ_1 = ["arviz==1.3.0", "h5netcdf==1.8.2", "h5py==3.16.0", "matplotlib==3.11.2"]  # needs Python 3.12
SKIPPED = 77  # the exit code that ctest takes for a test that could not run


def newer_python():
    """A Python of version 3.12 or later, or None."""
    for name in ("python3", "python3.14", "python3.13", "python3.12"):
        program = shutil.which(name)
        check = "import sys; sys.exit(sys.version_info < (3, 12))"
        if program and subprocess.run([program, "-c", check], check=False, capture_output=True).returncode == 0:
            return program
    return None


def environment(name, packages, python=sys.executable):
    """The path of a Python that has these packages; installs them by pip the first time. None where that fails, as
    without a network; the reason is printed."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = folder / "installed.txt"
        program = folder / "bin" / "python"
        if not installed.exists() or installed.read_text().split() != packages:
            for command in ([python, "-m", "venv", folder],
                            [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]):
                result = subprocess.run(command, check=False, capture_output=True, text=True,
                                        env={**os.environ, "PIP_NO_INPUT": "1"})
                if result.returncode != 0:
                    print(f"cannot install {' '.join(packages)}: {result.stderr[-2000:]}", file=sys.stderr)
                    return None
            installed.write_text("\n".join(packages))
        return program
