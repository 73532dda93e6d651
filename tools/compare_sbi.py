#!/usr/bin/env python3
"""Measures sbi's NPSE with its default settings on one core, for tools/compare, which makes the environment for it.

    compare_sbi.py PROGRAM TASK SIMULATIONS DRAWS DENSITIES

Trains to sbi's own stop, draws by the probability-flow ODE and takes log-densities with the exact trace, for one
observation of TASK. Prints a JSON object.
"""

import contextlib
import json
import sys
import time
import warnings

import torch
from sbi.inference import NPSE
from sbi_tasks import PRIORS, Task

SEED = 1


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


def measure(program, name, simulations, draws, densities):
    task = Task(program, name, SEED)
    theta = task.prior.sample((simulations,))
    x = task.simulate(theta)
    inference = NPSE(task.prior, show_progress_bars=False)
    train_seconds, network = timed(lambda: inference.append_simulations(theta, x).train())
    posterior = inference.build_posterior(network, sample_with="ode")
    posterior.set_default_x(task.simulate(0.5 * task.prior.sample((1,))))
    sample_seconds, samples = timed(lambda: posterior.sample((draws,), show_progress_bars=False))
    density_seconds, _ = timed(lambda: posterior.log_prob(samples[:densities]))
    return {
        "task": name,
        "dim": theta.shape[1],
        "simulations": simulations,
        "train_seconds": train_seconds,
        "epochs": len(inference.summary["validation_loss"]),
        "weights": sum(weight.numel() for weight in network.parameters()),
        "samples_per_s": draws / sample_seconds,
        "log_prob_per_s": min(densities, draws) / density_seconds,
        "sgemm_gflops": sgemm_gflops(),
    }


def main():
    if len(sys.argv) != 6 or sys.argv[2] not in PRIORS:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    with contextlib.redirect_stdout(sys.stderr):  # sbi prints when it has converged
        result = measure(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
