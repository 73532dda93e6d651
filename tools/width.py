#!/usr/bin/env python3
"""Measures how wide posteriors are, and how far off, on problems with exact ones. Needs numpy (python3-numpy).

    tools/width.py PROBLEM SIMULATIONS [--method tsnpse] [--observations 20] [--seed 1] [--program snpse] [--set KEY=VALUE ...]

Draws parameters from the prior and data from the simulator, and prints, over all observations and parameters, the ratio of
the posterior's standard deviation to the exact one and the distance of the means in exact standard deviations. npse is
trained once for all observations, other methods once for each. PROBLEM is one of

    normal_D_P, uniform_D_P, lognormal_D_P   D parameters, each seen P / D times through normal noise (lognormal: its logarithm)
    narrow_D_W, curved_D_W                   theta, or theta + .3 theta_previous^2, seen through noise of deviation W in U(-1, 1)^D
    noise_P                                  P data that say nothing
    decay_P                                  2 exp(-theta t) at P times in [0, 4], noise .1, U(0, 10)
    growth                                   the README's first campaign
    sine                                     sin(theta t) / theta + 1 at 100 times in [0, 10], noise .05, U(.1, 5)
    cauchy                                   two parameters, each the location of three Cauchy data, U(-10, 10)
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
GRID = 200_000  # points of an exact posterior of one parameter


def uniform(low, high):
    return f'{{ type = "uniform", low = {low}, high = {high} }}', lambda random, n: random.uniform(low, high, n)


def normal():
    return '{ type = "normal", mean = 0.0, standard_deviation = 1.0 }', lambda random, n: random.standard_normal(n)


def lognormal(location, scale):
    return (f'{{ type = "lognormal", location = {location}, scale = {scale} }}',
            lambda random, n: np.exp(location + scale * random.standard_normal(n)))


def moments(weights, values):
    """The mean and deviation of values with unnormalised log-weights."""
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    mean = (weights * values).sum()
    return mean, np.sqrt((weights * (values - mean) ** 2).sum())


class Repeated:
    """Parameter i is seen as data i, i + d, ..., each with its own normal noise."""

    def __init__(self, prior, d, p, noise, logarithm=False):
        self.priors, self.noise, self.logarithm = [prior] * d, noise * np.sqrt(p / d), logarithm
        self.column = np.arange(p) % d

    def simulate(self, theta, random):
        mean = (np.log(theta) if self.logarithm else theta)[..., self.column]
        return mean + self.noise * random.standard_normal(mean.shape)

    def exact(self, x):
        counts = np.bincount(self.column)
        return zip(*[self.exact_of(x[self.column == i].mean(), self.noise / np.sqrt(counts[i])) for i in range(len(counts))])

    def exact_of(self, x, noise):
        if self.logarithm:  # a normal posterior of ln theta, whose prior is N(0, .5^2)
            variance = 1 / (4 + noise**-2)
            mean = np.exp(variance * x / noise**2 + variance / 2)
            return mean, mean * np.sqrt(np.expm1(variance))
        if "normal" in self.priors[0][0]:
            variance = 1 / (1 + noise**-2)
            return variance * x / noise**2, np.sqrt(variance)
        grid = np.clip(x, -1, 1) + noise * np.linspace(-8, 8, GRID)
        grid = grid[np.abs(grid) <= 1]
        return moments(-((grid - x) ** 2) / (2 * noise**2), grid)


class Narrow:
    """A posterior so narrow that it is normal at its mode."""

    def __init__(self, d, width, curvature):
        self.priors, self.width, self.curvature = [uniform(-1.0, 1.0)] * d, width, curvature

    def mean(self, theta):
        return theta + self.curvature * np.roll(theta, 1, -1) ** 2

    def simulate(self, theta, random):
        return self.mean(theta) + self.width * random.standard_normal(theta.shape)

    def exact(self, x):
        theta = np.clip(x, -1, 1)
        for _ in range(200):
            theta = x - self.curvature * np.roll(theta, 1) ** 2
        slope = np.eye(len(x))
        for i in range(len(x)):
            slope[i, i - 1] += 2 * self.curvature * theta[i - 1]
        return theta, self.width * np.sqrt(np.diag(np.linalg.inv(slope.T @ slope)))


class Curve:
    """A curve of one parameter through normal noise."""

    def __init__(self, low, high, noise, times, curve):
        self.priors, self.low, self.high = [uniform(low, high)], low, high
        self.noise, self.times, self.curve = noise, times, curve

    def simulate(self, theta, random):
        mean = self.curve(theta[..., :1], self.times)
        return mean + self.noise * random.standard_normal(mean.shape)

    def exact(self, x):
        grid = self.low + (self.high - self.low) * (np.arange(GRID) + 0.5) / GRID
        square = np.concatenate([((x - self.curve(part[:, None], self.times)) ** 2).sum(1) for part in np.split(grid, 40)])
        mean, deviation = moments(-square / (2 * self.noise**2), grid)
        return [mean], [deviation]


class Growth:
    """Two parameters, the rate and the start of an exponential decay seen five times."""

    priors = [lognormal(-1.0, 0.5), uniform(1.0, 10.0)]
    times = np.arange(5.0)

    def simulate(self, theta, random):
        mean = theta[..., 1:] * np.exp(-theta[..., :1] * self.times)
        return mean + 0.2 * random.standard_normal(mean.shape)

    def exact(self, x):
        log_rate, start = np.meshgrid(np.linspace(-3.5, 1.5, 800), 1 + 9 * (np.arange(900) + 0.5) / 900, indexing="ij")
        log = -0.5 * ((log_rate + 1) / 0.5) ** 2
        for value, time in zip(x, self.times):
            log -= (value - start * np.exp(-np.exp(log_rate) * time)) ** 2 / (2 * 0.2**2)
        return zip(moments(log, np.exp(log_rate)), moments(log, start))


class Cauchy:
    priors = [uniform(-10.0, 10.0)] * 2

    def simulate(self, theta, random):
        return np.tile(theta, 3) + random.standard_cauchy(theta.shape[:-1] + (6,))

    def exact(self, x):
        grid = -10 + 20 * (np.arange(GRID) + 0.5) / GRID
        return zip(*[moments(-sum(np.log1p((value - grid) ** 2) for value in x[i::2]), grid) for i in range(2)])


class Noise:
    priors = [uniform(0.0, 1.0)]

    def __init__(self, p):
        self.p = p

    def simulate(self, theta, random):
        return random.standard_normal(theta.shape[:-1] + (self.p,))

    def exact(self, x):
        return [0.5], [12**-0.5]


def make_problem(name):
    kind, *sizes = name.split("_")
    numbers = [float(size) for size in sizes]
    whole = [int(number) for number in numbers]
    makers = {
        "normal": lambda: Repeated(normal(), *whole, 0.5),
        "uniform": lambda: Repeated(uniform(-1.0, 1.0), *whole, 0.3),
        "lognormal": lambda: Repeated(lognormal(0.0, 0.5), *whole, 0.25, logarithm=True),
        "narrow": lambda: Narrow(whole[0], numbers[1], 0.0),
        "curved": lambda: Narrow(whole[0], numbers[1], 0.3),
        "noise": lambda: Noise(*whole),
        "decay": lambda: Curve(0.0, 10.0, 0.1, np.linspace(0, 4, *whole), lambda theta, t: 2 * np.exp(-theta * t)),
        "sine": lambda: Curve(0.1, 5.0, 0.05, np.linspace(0, 10, 100), lambda theta, t: np.sin(theta * t) / theta + 1),
        "growth": Growth,
        "cauchy": Cauchy,
    }
    if kind not in makers:
        sys.exit(f"width.py: unknown problem '{name}'; known are {', '.join(makers)}")
    return makers[kind]()


def serve_problem(name):
    sys.path.insert(0, str(ROOT / "tools"))
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


def draws(arguments, problem, observations, folder):
    """Posterior draws at each observation."""

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
    return [theta[of == number] for number in np.unique(of)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem")
    parser.add_argument("simulations", type=int)
    parser.add_argument("--method", default="npse")
    parser.add_argument("--observations", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=os.fspath(ROOT / "build/release/snpse"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    problem = make_problem(arguments.problem)
    random = np.random.default_rng(7000)
    theta = np.stack([draw(random, arguments.observations) for _, draw in problem.priors], 1)
    x = problem.simulate(theta, random)
    together = [x] if arguments.method in ("npse", "nlse") else [row[None] for row in x]
    ratio, shift = [], []
    for observations in together:
        with tempfile.TemporaryDirectory() as folder:
            for row, sample in zip(observations, draws(arguments, problem, observations, pathlib.Path(folder))):
                mean, deviation = (np.array(list(part)) for part in problem.exact(row))
                ratio.append(sample.std(0) / deviation)
                shift.append((sample.mean(0) - mean) / deviation)
    print(f"{arguments.problem} {arguments.method} {arguments.simulations}: ratio of deviations {np.mean(ratio):.3f} "
          f"({np.min(ratio):.3f} to {np.max(ratio):.3f}), shift {np.mean(shift):+.3f}, root mean square {np.std(shift):.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        name = sys.argv[2]
        del sys.argv[1:]  # which a worker reads, too
        serve_problem(name)
    else:
        main()
