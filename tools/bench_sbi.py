#!/usr/bin/env python3
"""Runs methods of sbi on the tasks, observations and budgets of a grid, and adds their rows to the grid's table.

    snpse bench GRID.toml --out FOLDER
    tools/bench_sbi.py GRID.toml FOLDER --methods npe npe_c tsnpe npse fmpe

Each with sbi's default settings, on one process; npe_c (SNPE-C) and tsnpe in the rounds of the grid, the others in one. The simulator is that of
`snpse simulate`, the measure that of `snpse c2st`. What has a row in FOLDER/rows is not run again. Needs the
virtual environment of tools/compare, and makes it by pip where it is missing: some gigabytes.
"""

import argparse
import contextlib
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import tomllib
import warnings

from sbi_environment import ROOT, make_environment

try:
    import sbi
except ImportError:
    python = str(make_environment())
    os.execv(python, [python, *sys.argv])

import torch
from sbi.inference import FMPE, NPE_C, NPSE
from sbi.utils import RestrictedPrior, get_density_thresholder
from sbi_tasks import PRIORS, Task, read_csv, write_csv

PAPER_ROUNDS, DEFAULT_ROUNDS = 10, 2
OUTSIDE = 1e-4  # tsnpe: posterior mass outside the truncated prior (Deistler et al. 2022)


class Clock:
    """Seconds by phase, for the columns seconds_PHASE."""

    def __init__(self):
        self.seconds = {}

    def __call__(self, phase, work, *arguments, **options):
        start = time.perf_counter()
        result = work(*arguments, **options)
        self.seconds[phase] = self.seconds.get(phase, 0) + time.perf_counter() - start
        return result


def train_once(inference, task, simulations, clock):
    """The posterior of a method of one round, for any observation."""
    theta = task.prior.sample((simulations,))
    x = clock("simulate", task.simulate, theta)
    clock("train", inference.append_simulations(theta, x).train)
    return inference.build_posterior()


def sizes_of_rounds(simulations, rounds):
    return [simulations // rounds + (i < simulations % rounds) for i in range(rounds)]


def train_npe_c(task, simulations, rounds, x_obs, clock):
    inference, proposal = NPE_C(task.prior, show_progress_bars=False), None
    for size in sizes_of_rounds(simulations, rounds):
        theta = clock("propose", (proposal or task.prior).sample, (size,))
        x = clock("simulate", task.simulate, theta)
        clock("train", inference.append_simulations(theta, x, proposal=proposal).train)
        proposal = inference.build_posterior().set_default_x(x_obs)
    return proposal


def train_tsnpe(task, simulations, rounds, x_obs, clock):
    inference, proposal = NPE_C(task.prior, show_progress_bars=False), task.prior
    for i, size in enumerate(sizes_of_rounds(simulations, rounds)):
        if i > 0:
            inside = clock("propose", get_density_thresholder, posterior, quantile=OUTSIDE)
            proposal = RestrictedPrior(task.prior, inside, sample_with="rejection")
        theta = clock("propose", proposal.sample, (size,))
        x = clock("simulate", task.simulate, theta)
        # Inside its region a truncated prior is the prior, so that the loss needs no correction.
        clock("train", inference.append_simulations(theta, x).train, force_first_round_loss=True)
        posterior = inference.build_posterior().set_default_x(x_obs)
    return posterior


SEQUENTIAL = {"npe_c": train_npe_c, "tsnpe": train_tsnpe}
AMORTISED = {
    "npe": lambda prior, _: NPE_C(prior, show_progress_bars=False),  # in its only round NPE-C is NPE
    "npse": lambda prior, process: NPSE(prior, sde_type=process, show_progress_bars=False),
    "fmpe": lambda prior, _: FMPE(prior, show_progress_bars=False),
}


def cells_of(grid, methods):
    """What identifies each row but for its observation."""
    names = ("task", "simulations", "method", "process", "seed")
    for method in methods:
        processes = grid.get("processes", ["ve"]) if method == "npse" else [""]
        lists = (grid["tasks"], grid["simulations"], [method], processes, grid.get("seeds", [1]))
        yield from (dict(zip(names, values)) for values in itertools.product(*lists))


def observations_of(folder, task):
    """The observations' names, and the folder of each."""
    for path in sorted((folder / "observations").glob(f"{task}-*")):
        yield path.name.removeprefix(f"{task}-"), path


def c2st(program, reference, samples, seed):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "samples.csv")
        write_csv(file, samples)
        command = [program, "c2st", reference, file, "--seed", seed, "--json"]
        said = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(said.stdout)["c2st"]


class Runner:
    def __init__(self, grid, folder, program):
        self.folder, self.program = folder, program
        self.rounds = grid.get("rounds", PAPER_ROUNDS if grid.get("preset") == "paper" else DEFAULT_ROUNDS)
        self.samples = grid.get("samples", 10000)

    def row_file(self, cell, observation):
        parts = [f"sbi_{cell['method']}", cell["process"], cell["simulations"], f"seed{cell['seed']}", observation]
        return self.folder / "rows" / ("-".join(map(str, [cell["task"], *filter(None, parts)])) + ".json")

    def run(self, cell):
        """All rows of the cell that are missing; one network serves all of them where the method is amortised."""
        amortised, clock = None, Clock()
        for name, path in observations_of(self.folder, cell["task"]):
            file = self.row_file(cell, name)
            if file.exists():
                continue
            torch.manual_seed(cell["seed"])
            task, x_obs = Task(self.program, cell["task"], cell["seed"]), read_csv(path / "x.csv")
            sequential = cell["method"] in SEQUENTIAL
            row = self.identify(cell, name, self.rounds if sequential else 1)
            print(file.stem, flush=True)
            try:
                if sequential:
                    clock = Clock()
                    posterior = SEQUENTIAL[cell["method"]](task, cell["simulations"], self.rounds, x_obs, clock)
                else:
                    inference = AMORTISED[cell["method"]](task.prior, cell["process"])
                    amortised = amortised or train_once(inference, task, cell["simulations"], clock)
                    posterior = amortised
                clock.seconds.pop("infer", None)
                row |= self.measure(posterior, x_obs, path / "reference.csv", cell["seed"], clock)
            except Exception as error:  # one method's failure is a row, not the end
                row["error"] = f"{type(error).__name__}: {error}"
            self.save(file, row)

    def identify(self, cell, observation, rounds):
        return {**cell, "method": f"sbi_{cell['method']}", "preset": "default", "rounds": rounds, "ranks": 1,
                "observation": observation, "program": f"sbi {sbi.__version__}"}

    def measure(self, posterior, x_obs, reference, seed, clock):
        samples = clock("infer", posterior.sample, (self.samples,), x=x_obs, show_progress_bars=False)
        seconds = {f"seconds_{phase}": value for phase, value in clock.seconds.items()}
        return {"c2st": c2st(self.program, reference, samples, seed), **seconds}

    @staticmethod
    def save(file, row):
        aside = file.with_suffix(".partial")
        aside.write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")
        aside.rename(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("grid", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--methods", nargs="+", choices=[*SEQUENTIAL, *AMORTISED], default=[*SEQUENTIAL, *AMORTISED])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "release" / "snpse")
    arguments = parser.parse_args()
    if not (arguments.folder / "observations").is_dir():
        sys.exit(f"'{arguments.folder}' is no grid's folder: run 'snpse bench GRID.toml --out FOLDER' first")
    warnings.simplefilter("ignore")
    program = arguments.program.resolve()
    grid = tomllib.loads(arguments.grid.read_text(encoding="utf-8"))
    if unknown := set(grid["tasks"]) - set(PRIORS):
        sys.exit(f"tools/sbi_tasks.py has no prior of {', '.join(unknown)}: leave such tasks out of the grid")
    runner = Runner(grid, arguments.folder.resolve(), program)
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):  # sbi leaves logs where it runs
        for cell in cells_of(grid, arguments.methods):
            runner.run(cell)
    subprocess.run([program, "bench", arguments.grid, "--out", arguments.folder], check=True)  # writes the table


if __name__ == "__main__":
    main()
