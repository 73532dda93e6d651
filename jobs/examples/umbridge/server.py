"""A model behind UM-Bridge: the size of a population at five times, measured with noise. Needs PyPI's umbridge."""
import math
import random
import sys

import umbridge


class Growth(umbridge.Model):
    def __init__(self):
        super().__init__("growth")

    def get_input_sizes(self, config):
        return [1, 1]

    def get_output_sizes(self, config):
        return [5]

    def supports_evaluate(self):
        return True

    def __call__(self, parameters, config):
        (start,), (rate,) = parameters
        noise = random.Random(config["seed"])
        times = (0.0, 0.5, 1.0, 1.5, 2.0)
        return [[start * math.exp(rate * time) + noise.gauss(0.0, config.get("noise", 0.1)) for time in times]]


if __name__ == "__main__":
    umbridge.serve_models([Growth()], int(sys.argv[1]) if len(sys.argv) > 1 else 4242)
