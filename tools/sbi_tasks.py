"""snpse's benchmark tasks for sbi: their priors in torch, and their simulators, which the program itself runs."""

import math
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
from torch.distributions import Independent, LogNormal, MultivariateNormal, Uniform


def read_csv(path):
    """The numbers below the line of names, [n, d]."""
    return torch.tensor(np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2), dtype=torch.float32)


def write_csv(path, values):
    names = ",".join(f"theta_{i + 1}" for i in range(values.shape[1]))
    np.savetxt(path, values.numpy(), delimiter=",", header=names, comments="", fmt="%.9g")


def box(edge, dim):
    return Independent(Uniform(-edge * torch.ones(dim), edge * torch.ones(dim)), 1)


def log_normal(locations, scales):
    return Independent(LogNormal(torch.tensor(locations), torch.tensor(scales)), 1)


def smooth_filter():
    """bernoulli_glm: an offset N(0, 2), and a filter whose second differences are small."""
    differences = torch.eye(9) - torch.diag(torch.ones(8), -1)
    root = differences @ differences + torch.diag((torch.arange(9) / 9).sqrt())
    precision = torch.zeros(10, 10)
    precision[0, 0] = 0.5
    precision[1:, 1:] = root.T @ root
    return MultivariateNormal(torch.zeros(10), precision_matrix=precision)


PRIORS = {
    "bernoulli_glm": smooth_filter,
    "gaussian_linear": lambda: MultivariateNormal(torch.zeros(10), 0.1 * torch.eye(10)),
    "gaussian_linear_uniform": lambda: box(1.0, 10),
    "gaussian_mixture": lambda: box(10.0, 2),
    "lotka_volterra": lambda: log_normal([-0.125, -3.0, -0.125, -3.0], [0.5] * 4),
    "sir": lambda: log_normal([math.log(0.4), math.log(0.125)], [0.5, 0.2]),
    "slcp": lambda: box(3.0, 5),
    "slcp_distractors": lambda: box(3.0, 5),
    "two_moons": lambda: box(1.0, 2),
}


class Task:
    """A task's prior, and its simulator in the form that sbi wants."""

    def __init__(self, program, name, seed):
        self.prior = PRIORS[name]()
        self._command = [program, "simulate", name]
        self._seed = 1000 * seed  # each call of simulate() has one of its own

    def simulate(self, theta):
        """theta [n, d] to x [n, p]."""
        self._seed += 1
        with tempfile.TemporaryDirectory() as folder:
            inputs, outputs = pathlib.Path(folder, "theta.csv"), pathlib.Path(folder, "x.csv")
            write_csv(inputs, theta)
            files = ["--theta", inputs, "--output", outputs, "--seed", self._seed]
            subprocess.run([*map(str, self._command + files)], check=True)
            return read_csv(outputs)[:, theta.shape[1] :]
