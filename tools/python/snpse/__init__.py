"""Run campaigns of snpse from Python, and open their results.

    import random, snpse

    def simulate(theta, seed):
        rate, start = theta
        noise = random.Random(seed)
        return [start * 0.5 ** (rate * t) + noise.gauss(0.0, 0.2) for t in range(5)]

    campaign = snpse.run(
        simulate,
        {"rate": snpse.prior("lognormal", location=-1.0, scale=0.5), "start": snpse.prior("uniform", low=1.0, high=10.0)},
        [5.1, 3.4, 2.2, 1.6, 0.9],
        "results", simulations=4000, ranks=2)
    campaign.draws                  # [draws, parameters]
    campaign.to_arviz()             # for plots and tables

`load("results")` opens a campaign that is there. The program `snpse` must be on the PATH, or the environment variable
SNPSE_PROGRAM must name it, wherever something is computed; to read results no program is needed.
"""

from ._campaign import Campaign, Simulations, load
from ._program import SnpseError, program
from ._run import Prior, prior, run
from ._serve import serve

__all__ = ["Campaign", "Prior", "Simulations", "SnpseError", "load", "prior", "program", "run", "serve"]
