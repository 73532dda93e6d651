#!/usr/bin/env python3
"""Measures how wide posteriors are, and how far off, on problems with exact ones. Needs numpy (python3-numpy).

    tools/width.py PROBLEM SIMULATIONS [--method tsnpse] [--observations 20] [--seed 1] [--program snpse] [--set KEY=VALUE ...]
    tools/width.py all SIMULATIONS --table FILE.csv ...

Draws parameters from the prior and data from the simulator, and prints, over all observations and parameters, the ratio of
the posterior's standard deviation to the exact one, the distance of the means in exact standard deviations, and what the
check at the end of the runs says. npse is trained once for all observations, other methods once for each. `all` are the
problems of TABLE below, of which those that the table lacks are run. PROBLEM is one of

    normal_D_P, uniform_D_P, lognormal_D_P   D parameters, each seen P / D times through normal noise (lognormal: its logarithm)
    narrow_D_W, curved_D_W                   theta, or theta + .3 theta_previous^2, seen through noise of deviation W in U(-1, 1)^D
    sets_R                                   R rows of three data, each seen through noise .02 in U(-1, 1)^3
    noise_P                                  P data that say nothing
    decay_P                                  2 exp(-theta t) at P times in [0, 4], noise .1, U(0, 10)
    growth                                   the README's first campaign
    sine                                     sin(theta t) / theta + 1 at 100 times in [0, 10], noise .05, U(.1, 5)
    oscillator                               the tutorial's spring, pushed at random
    cauchy                                   two parameters, each the location of three Cauchy data, U(-10, 10)
    coin, poisson, waiting, rounded          discrete data, or waiting times
    student, scale                           a location among heavy tails; the deviation of 20 data of mean 0
    signs, quadrants, ring, product      |theta|, theta^2, the radius or a product seen: two modes, four, a ring, a curve
    correlated                               a sum seen thirty times better than the difference
    copies                                   repeated and constant columns
    tiny, huge, scales, offset               parameters of 1e-9, of 1e9, of both, and one at 1e7
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from exact_problems import make_problem  # beside this file


TABLE = ("coin poisson waiting rounded student cauchy scale signs quadrants ring product correlated copies tiny huge scales "
         "offset noise_100 growth decay_100 normal_1_1 normal_40_40 uniform_1_2000 curved_5_0.01").split()


def serve_problem(name):
    from snpse_worker import serve  # beside this file

    problem = make_problem(name)
    serve(lambda theta, seed: problem.simulate(np.array(theta), np.random.default_rng(seed)))


def campaign_file(arguments, problem, x):
    sections = {"campaign": [f"seed = {arguments.seed}"],
                "simulator": [f'command = ["{sys.executable}", "{pathlib.Path(__file__).resolve()}", "--serve", "{arguments.problem}"]'],
                "observation": [f"x = [{', '.join(repr(float(value)) for value in x)}]"],
                "method": [f'name = "{arguments.method}"', f"simulations = {arguments.simulations}"]}
    for setting in arguments.set:
        key, value = setting.split("=", 1)
        section, name = key.split(".")
        sections.setdefault(section, []).append(f"{name} = {value}")
    text = "".join(f"[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items())
    return text + "".join(f'[[parameter]]\nname = "p{i}"\nprior = {prior}\n' for i, (prior, _) in enumerate(problem.priors))


def table_of(file):
    table = np.genfromtxt(file, delimiter=",", names=True)
    names = [name for name in table.dtype.names if name.startswith("p")]
    theta = np.stack([table[name] for name in names], 1)
    return theta, table["observation"] if "observation" in table.dtype.names else np.zeros(len(theta))


def checks_of(folder):
    """What the check at the end of a run found: pass, or what did not."""
    for line in (folder / "events.jsonl").read_text().splitlines():
        found = json.loads(line).get("self_check")
        if found:
            failed = [name for name, figures in found.items() if name != "pairs" and figures["verdict"] != "pass"]
            return ", ".join(failed) or "pass"
    return "none"


def draws(arguments, problem, observations, folder):
    """Posterior draws at each observation, and what the check at the end of the run found."""

    def run(*command):
        subprocess.run([arguments.program, *command], check=True, stdout=subprocess.DEVNULL)

    (folder / "c.toml").write_text(campaign_file(arguments, problem, observations[0]))
    run("run", folder / "c.toml", "--out", folder / "c")
    if len(observations) == 1:
        run("export", folder / "c", "--output", folder / "d.csv")
    else:
        np.savetxt(folder / "x.csv", observations, delimiter=",", fmt="%.17g")
        run("sample", folder / "c", "--samples", "2000", "--observation", folder / "x.csv", "--output", folder / "d.csv")
    theta, of = table_of(folder / "d.csv")
    return [theta[of == number] for number in np.unique(of)], checks_of(folder / "c")


def measure(arguments):
    """A row of the table."""
    problem = make_problem(arguments.problem)
    random = np.random.default_rng(7000)
    theta = np.stack([draw(random, arguments.observations) for _, draw in problem.priors], 1)
    x = problem.simulate(theta, random)
    together = [x] if arguments.method in ("npse", "nlse") else [row[None] for row in x]
    ratio, shift, checks = [], [], []
    for observations in together:
        with tempfile.TemporaryDirectory() as folder:
            samples, found = draws(arguments, problem, observations, pathlib.Path(folder))
        checks.append(found)
        for row, sample in zip(observations, samples):
            statistics = problem.statistics(sample)
            mean, deviation = (np.array(list(part)) for part in problem.exact(row))
            ratio.append(statistics.std(0) / deviation)
            shift.append((statistics.mean(0) - mean) / deviation)
    figures = {"ratio": np.mean(ratio), "least_ratio": np.min(ratio), "largest_ratio": np.max(ratio),
               "median_ratio": np.median(ratio), "shift": np.mean(shift), "rms_shift": np.sqrt(np.mean(np.square(shift)))}
    return {"problem": arguments.problem, "method": arguments.method, "simulations": arguments.simulations,
            "observations": arguments.observations, **{name: f"{figure:.3f}" for name, figure in figures.items()},
            "self_check": f"{checks.count('pass')} of {len(checks)} pass" if len(checks) > 1 else checks[0]}


def fill_table(arguments):
    rows = []
    if arguments.table.exists():
        with arguments.table.open() as file:
            rows = list(csv.DictReader(file))
    done = {(row["problem"], row["method"], row["simulations"]) for row in rows}
    for arguments.problem in TABLE:
        if (arguments.problem, arguments.method, str(arguments.simulations)) in done:
            continue
        rows.append(measure(arguments))
        print(" ".join(str(value) for value in rows[-1].values()), flush=True)
        with arguments.table.open("w") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem")
    parser.add_argument("simulations", type=int)
    parser.add_argument("--method", default="npse")
    parser.add_argument("--observations", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=os.fspath(ROOT / "build/release/snpse"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--table", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.problem == "all":
        return fill_table(arguments)
    for name, value in measure(arguments).items():
        print(f"{name:14} {value}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        name = sys.argv[2]
        del sys.argv[1:]  # which a worker reads, too
        serve_problem(name)
    else:
        main()
