"""An example simulator: decay with noise. Replace simulate() by your own."""
import math
import random

from snpse_worker import serve


def simulate(theta, seed):
    """theta: the parameters in the campaign file's order; returns the data. The seed makes it repeatable."""
    rate, start = theta
    noise = random.Random(seed)
    return [start * math.exp(-rate * t) + noise.gauss(0.0, 0.2) for t in range(5)]


serve(simulate)
