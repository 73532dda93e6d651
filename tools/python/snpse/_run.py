"""A campaign of a Python function."""

import json
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cloudpickle
import numpy as np
from numpy.typing import ArrayLike

from ._campaign import Campaign
from ._program import absolute, call

Value = float | str | Sequence[float]
Prior = Mapping[str, Value]

_SIMULATOR = """import pickle
import sys

sys.path[:0] = {path!r}
import snpse

with open("simulator.pkl", "rb") as file:
    snpse.serve(pickle.load(file))
"""


def prior(type: str, **numbers: Value) -> Prior:
    """The prior of one parameter, as a campaign file has it: prior("uniform", low=0.0, high=1.0)."""
    return {"type": type, **numbers}


def run(simulate: Callable[[list[float], int], Any], priors: Mapping[str, Prior], observation: ArrayLike,
        folder: str | os.PathLike[str], *, method: str = "tsnpse", simulations: int = 10000, seed: int = 1,
        ranks: int = 1, names: Sequence[str] = (), times: Sequence[float] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None, launcher: Sequence[str] | None = None,
        show: bool = True) -> Campaign:
    """Runs a campaign to its end, or goes on where it stopped, and opens it.

    simulate(theta, seed) gets a list of numbers and an int from which its random numbers must follow, and returns x. It
    is stored by cloudpickle, so that a function of a notebook will do. priors: parameter names with their priors.
    observation: x, or several independent observations of the same parameters as rows (npse and nlse). names, times: of
    the values of x. settings: further keys of the campaign file by section, such as {"training": {"batch": 100}}.
    launcher: a command in place of mpirun -n RANKS, such as ["srun", "--mpi=pmix"]. show: the progress goes to standard
    error. SnpseError where the program fails; its code is 75 where it was asked to stop.
    """
    target = absolute(folder)
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch)
        package = str(pathlib.Path(__file__).resolve().parent.parent)
        path = [package] + [entry for entry in sys.path if entry and os.path.isdir(entry)]
        (source / "simulator.py").write_text(_SIMULATOR.format(path=path), encoding="utf-8")
        (source / "simulator.pkl").write_bytes(cloudpickle.dumps(simulate))
        sections = _sections(observation, method, simulations, seed, names, times, settings or {})
        file = source / "campaign.toml"
        file.write_text(_toml(sections) + _parameters(priors), encoding="utf-8")
        call(["run", file, "--out", target], ranks, launcher, show)
    return Campaign(target)


def _sections(observation: ArrayLike, method: str, simulations: int, seed: int, names: Sequence[str],
              times: Sequence[float], settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    x = np.atleast_2d(np.asarray(observation, dtype=np.float64))
    sections: dict[str, dict[str, Any]] = {
        "campaign": {"seed": seed},
        "simulator": {"command": [sys.executable, "simulator.py"], "files": ["simulator.py", "simulator.pkl"]},
        "observation": {"x": x.ravel().tolist(), "rows": len(x)},
        "method": {"name": method, "simulations": simulations},
    }
    if len(names) > 0:
        sections["observation"]["names"] = list(names)
    if len(times) > 0:
        sections["observation"]["times"] = [float(time) for time in times]
    for section, keys in settings.items():
        sections.setdefault(section, {}).update(keys)
    return sections


def _toml(sections: Mapping[str, Mapping[str, Any]]) -> str:
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {_literal(value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


def _parameters(priors: Mapping[str, Prior]) -> str:
    text = ""
    for name, keys in priors.items():
        table = ", ".join(f"{key} = {_literal(value)}" for key, value in keys.items())
        text += f"[[parameter]]\nname = {_literal(name)}\nprior = {{ {table} }}\n"
    return text


def _literal(value: Any) -> str:
    if isinstance(value, str | bool):
        return json.dumps(value)  # whose escapes are TOML's
    if isinstance(value, Sequence | np.ndarray):
        return "[" + ", ".join(_literal(element) for element in value) + "]"
    if isinstance(value, float | np.floating):
        return repr(float(value))  # nan and inf are TOML's words too
    return repr(int(value))
