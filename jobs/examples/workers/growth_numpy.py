"""The size of a population at five times, measured with noise: a worker that computes many simulations at once."""
import numpy
from snpse_worker import serve


def simulate(thetas, seeds):
    start, rate = numpy.array(thetas).T[:, :, None]
    noise = numpy.array([numpy.random.default_rng(seed).normal(0.0, 0.1, 5) for seed in seeds])
    return start * numpy.exp(rate * numpy.linspace(0.0, 2.0, 5)) + noise


serve(simulate, batch=True)
