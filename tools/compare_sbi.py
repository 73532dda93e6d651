#!/usr/bin/env python3
"""Measures sbi's NPSE with its default settings on one core, for tools/compare, which makes the environment for it.

    compare_sbi.py TASK SIMULATIONS DRAWS DENSITIES

Trains to sbi's own stop, draws by the probability-flow ODE and takes log-densities with the exact trace, for one
observation of TASK. Prints a JSON object.
"""

import contextlib
import json
import math
import sys
import time
import warnings

import torch
from sbi.inference import NPSE
from torch.distributions import Independent, Uniform

SEED = 1


def two_moons(theta):
    """theta [n, 2] to x [n, 2] (Lueckmann et al. 2021, as all tasks here)."""
    angle = math.pi * (torch.rand(len(theta)) - 0.5)
    radius = 0.1 + 0.01 * torch.randn(len(theta))
    u, v = (theta[:, 0] + theta[:, 1]) / math.sqrt(2), (theta[:, 1] - theta[:, 0]) / math.sqrt(2)
    return torch.stack([radius * torch.cos(angle) + 0.25 - u.abs(), radius * torch.sin(angle) + v], dim=1)


def slcp(theta):
    """theta [n, 5] to x [n, 8]: four points of a plane normal."""
    scale_x, scale_y, correlation = theta[:, 2] ** 2, theta[:, 3] ** 2, torch.tanh(theta[:, 4])
    a, b = torch.randn(len(theta), 4), torch.randn(len(theta), 4)
    x = theta[:, :1] + scale_x[:, None] * a
    y = theta[:, 1:2] + scale_y[:, None] * (correlation[:, None] * a + (1 - correlation**2).sqrt()[:, None] * b)
    return torch.stack([x, y], dim=2).flatten(1)


def gaussian_linear_uniform(theta):
    """theta [n, 10] to x [n, 10]."""
    return theta + math.sqrt(0.1) * torch.randn_like(theta)


# The simulator, the number of parameters and the edge of the uniform prior.
TASKS = {
    "two_moons": (two_moons, 2, 1.0),
    "slcp": (slcp, 5, 3.0),
    "gaussian_linear_uniform": (gaussian_linear_uniform, 10, 1.0),
}


def timed(work):
    """The CPU seconds that work takes, which others on the machine disturb least, and what it returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def sgemm_gflops():
    """The best rate of a product [1000 x 256] x [256 x 256], the largest in snpse's network."""
    a, b = torch.rand(1000, 256), torch.rand(256, 256)
    best = min(timed(lambda: a @ b)[0] for _ in range(100))
    return 2e-9 * 1000 * 256 * 256 / best


def measure(task, simulations, draws, densities):
    simulator, dim, edge = TASKS[task]
    prior = Independent(Uniform(-edge * torch.ones(dim), edge * torch.ones(dim)), 1)
    theta = prior.sample((simulations,))
    inference = NPSE(prior, show_progress_bars=False)
    train_seconds, network = timed(lambda: inference.append_simulations(theta, simulator(theta)).train())
    posterior = inference.build_posterior(network, sample_with="ode")
    posterior.set_default_x(simulator(0.5 * prior.sample((1,))))
    sample_seconds, samples = timed(lambda: posterior.sample((draws,), show_progress_bars=False))
    density_seconds, _ = timed(lambda: posterior.log_prob(samples[:densities]))
    return {
        "task": task,
        "dim": dim,
        "simulations": simulations,
        "train_seconds": train_seconds,
        "epochs": len(inference.summary["validation_loss"]),
        "weights": sum(weight.numel() for weight in network.parameters()),
        "samples_per_s": draws / sample_seconds,
        "log_prob_per_s": min(densities, draws) / density_seconds,
        "sgemm_gflops": sgemm_gflops(),
    }


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in TASKS:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    with contextlib.redirect_stdout(sys.stderr):  # sbi prints when it has converged
        result = measure(sys.argv[1], *map(int, sys.argv[2:]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
