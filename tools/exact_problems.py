"""Problems with exact posteriors, for width.py. Needs numpy.

A problem has `priors`, one (line of a campaign file, draw) a parameter; simulate(theta [..., d], random) -> x [..., p]; and
exact(x [p]) -> the means and the standard deviations, under the posterior, of all columns of statistics(theta [n, d]), which
are the parameters unless a problem has others.
"""

from math import erf

import numpy as np

GRID = 200_000  # points of an exact posterior of one parameter


def uniform(low, high):
    return f'{{ type = "uniform", low = {low}, high = {high} }}', lambda random, n: random.uniform(low, high, n)


def normal():
    return '{ type = "normal", mean = 0.0, standard_deviation = 1.0 }', lambda random, n: random.standard_normal(n)


def lognormal(location, scale):
    return (f'{{ type = "lognormal", location = {location}, scale = {scale} }}',
            lambda random, n: np.exp(location + scale * random.standard_normal(n)))


def half_normal(scale):
    return f'{{ type = "half_normal", scale = {scale} }}', lambda random, n: np.abs(scale * random.standard_normal(n))


def moments(weights, values):
    """The mean and deviation of values with unnormalised log-weights."""
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    mean = (weights * values).sum()
    return mean, np.sqrt((weights * (values - mean) ** 2).sum())


class Problem:
    def statistics(self, theta):
        return theta


class Repeated(Problem):
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


class Narrow(Problem):
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


class Curve(Problem):
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


class Growth(Problem):
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


class Cauchy(Problem):
    priors = [uniform(-10.0, 10.0)] * 2

    def simulate(self, theta, random):
        return np.tile(theta, 3) + random.standard_cauchy(theta.shape[:-1] + (6,))

    def exact(self, x):
        grid = -10 + 20 * (np.arange(GRID) + 0.5) / GRID
        return zip(*[moments(-sum(np.log1p((value - grid) ** 2) for value in x[i::2]), grid) for i in range(2)])


class Oscillator(Problem):
    """The tutorial's mass on a spring that is pushed at random, read 16 times: a Kalman filter knows its likelihood."""

    priors = [uniform(0.2, 3.0), lognormal(-1.5, 0.7), half_normal(0.3)]
    step, steps_between, readings, noise = 0.01, 100, 16, 0.05

    def simulate(self, theta, random):
        frequency, damping, push = np.moveaxis(theta, -1, 0)
        position, velocity = np.ones_like(frequency), np.zeros_like(frequency)
        x = []
        for step in range(1, self.steps_between * self.readings + 1):
            velocity = velocity - self.step * (frequency**2 * position + damping * velocity)
            velocity = velocity + np.sqrt(self.step) * push * random.standard_normal(velocity.shape)
            position = position + self.step * velocity
            if step % self.steps_between == 0:
                x.append(position + self.noise * random.standard_normal(position.shape))
        return np.stack(x, -1)

    def between_readings(self, frequency, damping, push):
        """The matrix and the covariance by which (position, velocity) goes from one reading to the next: of [n] parameters,
        [n, 2, 2]."""
        # One step: the velocity first, and then the position by the new velocity.
        matrix = np.empty(frequency.shape + (2, 2))
        matrix[:, 1, 0] = -self.step * frequency**2
        matrix[:, 1, 1] = 1 - self.step * damping
        matrix[:, 0] = np.array([1.0, 0.0]) + self.step * matrix[:, 1]
        kick = np.array([self.step, 1.0])
        covariance = (self.step * push**2)[:, None, None] * np.outer(kick, kick)
        whole, noise = np.broadcast_to(np.eye(2), matrix.shape), np.zeros(matrix.shape)
        for digit in f"{self.steps_between:b}":  # twice as many steps, and one more
            whole, noise = whole @ whole, whole @ noise @ whole.swapaxes(1, 2) + noise
            if digit == "1":
                whole, noise = matrix @ whole, matrix @ noise @ matrix.swapaxes(1, 2) + covariance
        return whole, noise

    def log_likelihood(self, frequency, damping, push, x):
        matrix, added = self.between_readings(frequency, damping, push)
        mean, covariance = np.tile([1.0, 0.0], (len(frequency), 1)), np.zeros((len(frequency), 2, 2))
        log = np.zeros(len(frequency))
        for value in x:
            mean = np.einsum("nij,nj->ni", matrix, mean)
            covariance = matrix @ covariance @ matrix.swapaxes(1, 2) + added
            variance = covariance[:, 0, 0] + self.noise**2
            gain, miss = covariance[:, :, 0] / variance[:, None], value - mean[:, 0]
            log -= 0.5 * (np.log(variance) + miss**2 / variance)
            mean = mean + gain * miss[:, None]
            covariance = covariance - gain[:, :, None] * covariance[:, 0, None, :]
        return log

    def exact(self, x):
        """On a grid of 32 points an axis, which is narrowed to where the mass of a flattened posterior is, until it is the
        posterior's."""
        edges = np.array([[0.2, 3.0], [-1.5 - 3.5, -1.5 + 3.5], [0.0, 1.5]])
        for power in (0.03, 0.1, 0.3, 1.0, 1.0):
            axes = [low + (high - low) * (np.arange(32) + 0.5) / 32 for low, high in edges]
            frequency, log_damping, push = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
            log = self.log_likelihood(frequency, np.exp(log_damping), push, x)
            log += square(log_damping + 1.5, 0.7) + square(push, 0.3)
            columns = frequency, log_damping, push
            found = [moments(power * log, column) for column in columns]
            edges = np.array([[max(low, mean - 5 * sd), min(high, mean + 5 * sd)] for (low, high), (mean, sd) in zip(edges, found)])
        return zip(*[moments(log, column) for column in (frequency, np.exp(log_damping), push)])


class Noise(Problem):
    priors = [uniform(0.0, 1.0)]

    def __init__(self, p):
        self.p = p

    def simulate(self, theta, random):
        return random.standard_normal(theta.shape[:-1] + (self.p,))

    def exact(self, x):
        return [0.5], [12**-0.5]


class OnGrid(Problem):
    """One or two parameters whose log-posterior, but for a constant, is known: log_prob(*theta, x), on a grid of so many
    points between the edges. statistics: of theta [n, d], or none."""

    def __init__(self, priors, edges, simulate, log_prob, statistics=None):
        self.priors, self.simulate, self.log_prob = priors, simulate, log_prob
        points = 20_000 if len(edges) == 1 else 1500
        axes = [low + (high - low) * (np.arange(points) + 0.5) / points for low, high in edges]
        self.grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], 1)
        if statistics:
            self.statistics = statistics

    def exact(self, x):
        weights = self.log_prob(*self.grid.T, x)
        return zip(*[moments(weights, column) for column in self.statistics(self.grid).T])


def normal_noise(mean, noise):
    """simulate() of data with normal noise around mean(theta)."""

    def simulate(theta, random):
        centre = mean(theta)
        return centre + noise * random.standard_normal(centre.shape)

    return simulate


def square(differences, noise):
    return -0.5 * (differences / noise) ** 2


def of_lognormal(theta, location, scale):
    return -np.log(theta) + square(np.log(theta) - location, scale)


def coin():
    return OnGrid([uniform(0.0, 1.0)], [(0, 1)],
                  lambda theta, random: (random.random(theta.shape[:-1] + (10,)) < theta).astype(float),
                  lambda p, x: x.sum() * np.log(p) + (len(x) - x.sum()) * np.log1p(-p))


def poisson():
    return OnGrid([lognormal(1.0, 0.5)], [(0.1, 25)],
                  lambda theta, random: random.poisson(np.repeat(theta, 5, -1)).astype(float),
                  lambda rate, x: of_lognormal(rate, 1.0, 0.5) + x.sum() * np.log(rate) - len(x) * rate)


def waiting():
    return OnGrid([lognormal(0.0, 0.7)], [(0.02, 20)],
                  lambda theta, random: random.exponential(1 / np.repeat(theta, 8, -1)),
                  lambda rate, x: of_lognormal(rate, 0.0, 0.7) + len(x) * np.log(rate) - rate * x.sum())


def student():
    return OnGrid([normal()], [(-6, 6)],
                  lambda theta, random: theta + 0.5 * random.standard_t(2, theta.shape[:-1] + (10,)),
                  lambda centre, x: square(centre, 1.0) - 1.5 * sum(np.log1p(((value - centre) / 0.5) ** 2 / 2) for value in x))


def scale():
    return OnGrid([lognormal(0.0, 0.5)], [(0.1, 10)],
                  lambda theta, random: theta * random.standard_normal(theta.shape[:-1] + (20,)),
                  lambda sd, x: of_lognormal(sd, 0.0, 0.5) - len(x) * np.log(sd) - (x**2).sum() / (2 * sd**2))


def rounded():
    """Counts around 4 theta, of which only the whole number is seen."""

    def log_prob(theta, x):
        cdf = np.vectorize(lambda value: 0.5 * (1 + erf(value / np.sqrt(2))))
        mass = cdf((x[0] + 0.5 - 4 * theta) / 0.7) - cdf((x[0] - 0.5 - 4 * theta) / 0.7)
        return np.log(np.maximum(mass, 1e-300))

    return OnGrid([uniform(0.0, 1.0)], [(0, 1)],
                  lambda theta, random: np.rint(4 * theta + 0.7 * random.standard_normal(theta.shape)), log_prob)


def signs():
    return OnGrid([uniform(-2.0, 2.0)], [(-2, 2)], normal_noise(lambda theta: theta**2, 0.3),
                  lambda theta, x: square(x[0] - theta**2, 0.3), lambda theta: np.hstack([theta, np.abs(theta)]))


def with_radius(theta):
    return np.hstack([theta, np.hypot(theta[:, :1], theta[:, 1:])])


def ring():
    return OnGrid([uniform(-2.0, 2.0)] * 2, [(-2, 2)] * 2, normal_noise(lambda theta: np.hypot(theta[..., :1], theta[..., 1:]), 0.1),
                  lambda a, b, x: square(x[0] - np.hypot(a, b), 0.1), with_radius)


def quadrants():
    return OnGrid([uniform(-3.0, 3.0)] * 2, [(-3, 3)] * 2, normal_noise(np.abs, 0.3),
                  lambda a, b, x: square(x[0] - np.abs(a), 0.3) + square(x[1] - np.abs(b), 0.3),
                  lambda theta: np.hstack([theta, np.abs(theta)]))


def product():
    return OnGrid([uniform(0.0, 2.0)] * 2, [(0, 2)] * 2, normal_noise(lambda theta: theta.prod(-1, keepdims=True), 0.05),
                  lambda a, b, x: square(x[0] - a * b, 0.05), lambda theta: np.hstack([theta, theta.prod(1, keepdims=True)]))


def correlated():
    """The sum of two parameters is seen well, their difference hardly."""
    return OnGrid([normal()] * 2, [(-5, 5)] * 2,
                  normal_noise(lambda theta: theta @ np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([0.1, 3.0])),
                  lambda a, b, x: square(a, 1.0) + square(b, 1.0) + square(x[0] - a - b, 0.1) + square(x[1] - a + b, 3.0),
                  lambda theta: np.hstack([theta, theta.sum(1, keepdims=True), theta[:, :1] - theta[:, 1:]]))


class Scaled(Problem):
    """Parameters in U(offset, offset + scale), each seen through noise of a fifth of its scale."""

    def __init__(self, scales, offset=0.0):
        self.scales, self.offset = np.array(scales), offset
        self.priors = [uniform(offset, offset + scale) for scale in scales]

    def simulate(self, theta, random):
        return theta + 0.2 * self.scales * random.standard_normal(theta.shape)

    def exact(self, x):
        unit = (np.arange(GRID) + 0.5) / GRID
        of_unit = [moments(square(value - unit, 0.2), unit) for value in (x - self.offset) / self.scales]
        means, deviations = np.array(of_unit).T
        return self.offset + means * self.scales, deviations * self.scales


class Copies(Repeated):
    """The data of `normal`, each three times, between columns that are constant."""

    def __init__(self):
        super().__init__(normal(), 2, 4, 0.5)

    def simulate(self, theta, random):
        x = super().simulate(theta, random)
        constant = np.full(x.shape[:-1] + (2,), 7.0)
        return np.concatenate([constant, x, x, x, constant], -1)

    def exact(self, x):
        return super().exact(x[2:6])


def make_problem(name):
    kind, *sizes = name.split("_")
    numbers = [float(size) for size in sizes]
    whole = [int(number) for number in numbers]
    makers = {
        "normal": lambda: Repeated(normal(), *whole, 0.5),
        "uniform": lambda: Repeated(uniform(-1.0, 1.0), *whole, 0.3),
        "lognormal": lambda: Repeated(lognormal(0.0, 0.5), *whole, 0.25, logarithm=True),
        "sets": lambda: Repeated(uniform(-1.0, 1.0), 3, 3 * whole[0], 0.02 / np.sqrt(whole[0])),
        "narrow": lambda: Narrow(whole[0], numbers[1], 0.0),
        "curved": lambda: Narrow(whole[0], numbers[1], 0.3),
        "noise": lambda: Noise(*whole),
        "decay": lambda: Curve(0.0, 10.0, 0.1, np.linspace(0, 4, *whole), lambda theta, t: 2 * np.exp(-theta * t)),
        "sine": lambda: Curve(0.1, 5.0, 0.05, np.linspace(0, 10, 100), lambda theta, t: np.sin(theta * t) / theta + 1),
        "growth": Growth,
        "cauchy": Cauchy,
        "oscillator": Oscillator,
        "tiny": lambda: Scaled([1e-9]),
        "huge": lambda: Scaled([1e9, 1e9]),
        "scales": lambda: Scaled([1e-9, 1.0, 1e9]),
        "offset": lambda: Scaled([2.0], 1e7),
        "copies": Copies,
        **{maker.__name__: maker for maker in
           (coin, poisson, waiting, student, scale, rounded, signs, ring, quadrants, product, correlated)},
    }
    if kind not in makers:
        raise SystemExit(f"width.py: unknown problem '{name}'; known are {', '.join(makers)}")
    return makers[kind]()
