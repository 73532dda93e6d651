"""The program snpse, run as a child process."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

STOPPED = 75  # the exit code of a campaign that was asked to stop


class SnpseError(RuntimeError):
    """The program ended with an error: `code` is its exit code, and the text is what it said."""

    def __init__(self, code: int, message: str):
        super().__init__(message)
        self.code = code


def program() -> str:
    """The path of the program: SNPSE_PROGRAM, or snpse on the PATH."""
    named = os.environ.get("SNPSE_PROGRAM")
    found = named if named else shutil.which("snpse")
    if not found:
        raise SnpseError(127, "the program snpse is not on the PATH: add its folder, or name it in SNPSE_PROGRAM")
    return found


def call(arguments: Sequence[str | os.PathLike[str]], ranks: int = 1, launcher: Sequence[str] | None = None,
         show: bool = False) -> str:
    """Runs the program on so many ranks, and returns what it printed. launcher: in place of mpirun -n RANKS. show: its
    progress goes to standard error. SnpseError where it fails."""
    if launcher is None:
        launcher = [] if ranks == 1 else ["mpirun", "--oversubscribe", "-n", str(ranks)]
    command = [*launcher, program(), *(os.fspath(argument) for argument in arguments)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        with subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if show:
                    print(line, end="", file=sys.stderr)
        output.seek(0)
        printed = output.read()
    if process.returncode != 0:
        raise SnpseError(process.returncode, "".join(said[-20:]).strip() or f"{command[0]} ended with an error")
    return printed


def absolute(path: str | os.PathLike[str]) -> pathlib.Path:
    return pathlib.Path(path).absolute()
