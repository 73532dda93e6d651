"""The virtual environment with sbi in build/compare, some gigabytes, for tools/compare and tools/bench_sbi.py."""

import pathlib
import subprocess
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "compare"
PACKAGES = ["sbi==0.27.0", "torch==2.9.1"]


def make_environment():
    """The path of a Python that has sbi; installs it by pip the first time."""
    python = FOLDER / "bin" / "python"
    installed = FOLDER / "installed.txt"
    if not installed.exists() or installed.read_text().split() != PACKAGES:
        venv.create(FOLDER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        installed.write_text("\n".join(PACKAGES))
    return python
