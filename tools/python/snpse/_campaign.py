"""The folder of a campaign."""

import json
import os
import pathlib
import tempfile
import tomllib
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._program import call

Array = NDArray[np.float64]
_STATUS = ("ok", "invalid", "failed", "timeout")


@dataclass(frozen=True)
class Simulations:
    """What one round simulated, a row each."""

    theta: Array  #: [n, parameters]
    x: Array  #: [n, values]; NaN where there is no answer
    status: NDArray[np.str_]  #: [n]: ok, invalid, failed or timeout
    seed: NDArray[np.int64]  #: [n], what the simulator received

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Which simulations are ok, [n]."""
        return np.asarray(self.status == "ok")


def load(folder: str | os.PathLike[str]) -> "Campaign":
    """Opens the folder of a campaign, finished or not. FileNotFoundError where it is none."""
    return Campaign(folder)


class Campaign:
    """A campaign's folder. Files are read when they are asked for; nothing here changes the folder."""

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = pathlib.Path(folder)
        self.configuration_text = (self.folder / "campaign.toml").read_text(encoding="utf-8")

    def __repr__(self) -> str:
        state = "finished" if self.is_finished else f"{self.rounds} rounds simulated"
        return f"<snpse campaign {str(self.folder)!r}: {state}>"

    @property
    def configuration(self) -> dict[str, Any]:
        """All keys of the campaign with their values, by section."""
        return tomllib.loads(self.configuration_text)

    @property
    def is_finished(self) -> bool:
        """Whether there is a posterior."""
        return (self.folder / "posterior.h5").exists()

    @property
    def rounds(self) -> int:
        """The number of rounds that are simulated."""
        return len(list(self.folder.glob("rounds/*/simulations.h5")))

    # The posterior.

    @property
    def parameter_names(self) -> list[str]:
        with h5py.File(self.folder / "posterior.h5") as file:
            return [str(name) for name in file["parameter_names"].asstr()[()]]

    @property
    def draws(self) -> Array:
        """The posterior draws, [draws, parameters]."""
        with h5py.File(self.folder / "posterior.h5") as file:
            return np.asarray(file["theta"][()], dtype=np.float64)

    @property
    def x_obs(self) -> Array:
        """The observation, [values], or several, [rows, values]."""
        observation = self.configuration["observation"]
        x = np.asarray(observation["x"], dtype=np.float64)
        rows = int(observation["rows"])
        return x if rows == 1 else x.reshape(rows, -1)

    @property
    def leakage(self) -> float:
        """The fraction of the sampler's draws outside the prior's support, which were rejected."""
        with h5py.File(self.folder / "posterior.h5") as file:
            return float(file["leaked"][()]) / float(file["drawn"][()])

    def to_dict(self) -> dict[str, Array]:
        """The posterior draws of each parameter, [draws]."""
        return dict(zip(self.parameter_names, self.draws.T, strict=True))

    def to_xarray(self) -> Any:
        """The posterior draws as an xarray.Dataset, a variable each, with the dimension draw."""
        import xarray

        return xarray.Dataset({name: ("draw", values) for name, values in self.to_dict().items()})

    def to_arviz(self, predict: int = 0, log_prob: bool = False) -> Any:
        """The posterior as ArviZ's InferenceData (a DataTree with ArviZ 1), by `snpse export --format arviz`. predict: so
        many draws get a simulation each. log_prob: with the draws' log-densities."""
        import arviz

        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "draws.nc"
            options = (["--log-prob"] if log_prob else []) + ([f"--predict={predict}"] if predict else [])
            call(["export", self.folder, "--format", "arviz", "--output", file, *options])
            data: Any = arviz.from_netcdf(str(file))  # type: ignore[no-untyped-call, unused-ignore]
            return data.load() or data  # into memory: the file goes away

    # What led to it.

    def simulations(self, round: int = 1) -> Simulations:
        """What a round simulated; rounds count from 1."""
        with h5py.File(self._round(round) / "simulations.h5") as file:
            return Simulations(
                np.asarray(file["theta"][()], dtype=np.float64), np.asarray(file["x"][()], dtype=np.float64),
                np.asarray(_STATUS)[file["status"][()]], np.asarray(file["seed"][()], dtype=np.int64))

    def losses(self, round: int = 1) -> dict[str, Array]:
        """The course of a round's training: step, training_loss, validation_loss and learning_rate."""
        with h5py.File(self._round(round) / "training.h5") as file:
            return {name: np.asarray(values[()], dtype=np.float64) for name, values in file["history"].items()}

    @property
    def diagnosis(self) -> dict[str, Any] | None:
        """What `snpse diagnose` found, or None before that."""
        file = self.folder / "diagnosis.json"
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log of the campaign, an entry an event."""
        lines = (self.folder / "events.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def summary(self) -> dict[str, Any]:
        """Mean, quantiles and mode of each parameter, as `snpse summary --json` has them."""
        return dict(json.loads(call(["summary", self.folder, "--json"])))

    # What the program computes with the trained network.

    def sample(self, n: int = 10000, observation: ArrayLike | None = None, seed: int = 2, ranks: int = 1) -> Array:
        """n further draws, [n, parameters]; of another observation where the method is npse or nlse. Another seed gives
        other draws."""
        with tempfile.TemporaryDirectory() as scratch:
            arguments: list[str | os.PathLike[str]] = ["sample", self.folder, "--samples", str(n), "--seed", str(seed)]
            return self._computed(arguments, pathlib.Path(scratch), observation, ranks, "theta")

    def log_prob(self, theta: ArrayLike, observation: ArrayLike | None = None, ranks: int = 1) -> Array:
        """The log-density of the posterior at theta [n, parameters], or [parameters]: [n], normalised."""
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "theta.csv"
            np.savetxt(file, np.atleast_2d(np.asarray(theta, dtype=np.float64)), delimiter=",", fmt="%.17g")
            return self._computed(["sample", self.folder, "--theta", file], pathlib.Path(scratch), observation, ranks,
                                  "log_prob")

    def _computed(self, arguments: list[str | os.PathLike[str]], scratch: pathlib.Path, observation: ArrayLike | None,
                  ranks: int, field: str) -> Array:
        output = scratch / "draws.h5"
        if observation is not None:
            np.savetxt(scratch / "x.csv", np.asarray(observation, dtype=np.float64).reshape(1, -1), delimiter=",", fmt="%.17g")
            arguments = [*arguments, "--observation", scratch / "x.csv"]
        call([*arguments, "--output", output], ranks)
        with h5py.File(output) as file:
            return np.asarray(file[field][()], dtype=np.float64)

    def _round(self, round: int) -> pathlib.Path:
        folder = self.folder / "rounds" / f"{round:03}"
        if not folder.is_dir():
            raise ValueError(f"there is no round {round}: the campaign has {self.rounds}")
        return folder
