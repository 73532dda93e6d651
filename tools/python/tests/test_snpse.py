"""The package as a user has it: a campaign of a Python function, opened and asked."""

import os
import pathlib
import random
import subprocess
import sys

import numpy as np
import pytest

import snpse

SMALL = {
    "model": {"width": 16, "networks": 1},
    "training": {"max_steps": 60, "validation_every": 20},
    "posterior": {"samples": 200},
}
PRIORS = {"rate": snpse.prior("uniform", low=0.0, high=2.0), "start": snpse.prior("normal", mean=1.0, standard_deviation=1.0)}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    offset = 0.25  # a closure, which no module holds

    def simulate(theta, seed):
        noise = random.Random(seed)
        return np.array([[theta[0] + offset + noise.gauss(0.0, 0.3)], [theta[1] + noise.gauss(0.0, 0.3)]])

    folder = tmp_path_factory.mktemp("campaign") / "results"
    return snpse.run(simulate, PRIORS, [1.0, 2.0], folder, method="npse", simulations=400, ranks=2, settings=SMALL,
                     names=["shifted", "noisy"], show=False)


def test_the_posterior(campaign):
    assert campaign.is_finished
    assert campaign.parameter_names == ["rate", "start"]
    assert campaign.draws.shape == (200, 2)
    assert np.all((campaign.draws[:, 0] >= 0) & (campaign.draws[:, 0] <= 2))
    assert list(campaign.to_dict()) == ["rate", "start"]
    assert 0 <= campaign.leakage < 1
    assert campaign.x_obs.tolist() == [1.0, 2.0]
    assert "finished" in repr(campaign)


def test_the_simulations_are_those_of_the_function(campaign):
    simulations = campaign.simulations(1)
    assert campaign.rounds == 1
    assert simulations.theta.shape == simulations.x.shape == (400, 2)
    assert simulations.valid.all()
    streams = [random.Random(int(seed)) for seed in simulations.seed]
    noise = np.array([[stream.gauss(0.0, 0.3), stream.gauss(0.0, 0.3)] for stream in streams])
    np.testing.assert_allclose(simulations.x, simulations.theta + [0.25, 0.0] + noise)
    with pytest.raises(ValueError, match="no round 2"):
        campaign.simulations(2)


def test_configuration_losses_and_events(campaign):
    assert campaign.configuration["method"]["name"] == "npse"
    assert campaign.configuration["observation"]["names"] == ["shifted", "noisy"]
    losses = campaign.losses(1)
    assert set(losses) == {"step", "training_loss", "validation_loss", "learning_rate"}
    assert losses["step"][-1] <= 60
    assert campaign.diagnosis is None
    assert len(campaign.events) > 3
    assert [p["name"] for p in campaign.summary()["parameters"]] == ["rate", "start"]


def test_draws_and_densities_by_the_program(campaign):
    draws = campaign.sample(300)
    assert draws.shape == (300, 2)
    np.testing.assert_array_equal(draws, campaign.sample(300))
    assert not np.array_equal(draws, campaign.sample(300, seed=3))
    elsewhere = campaign.sample(300, observation=[0.5, 0.0])
    assert elsewhere[:, 1].mean() < draws[:, 1].mean()
    density = campaign.log_prob([[1.0, 2.0], [-1.0, 2.0]])  # the second lies outside the prior's support
    assert np.isfinite(density[0]) and density[1] == -np.inf
    assert campaign.log_prob([1.0, 2.0]) == pytest.approx(density[:1])


def test_the_density_is_normalised(campaign):
    rate, start = np.meshgrid(np.linspace(0, 2, 41)[1:] - 0.025, np.linspace(-3, 6, 91))
    density = np.exp(campaign.log_prob(np.column_stack([rate.ravel(), start.ravel()])))
    assert density.sum() * 0.05 * 0.1 == pytest.approx(1.0, abs=0.05)


def test_arviz_and_xarray(campaign):
    az = pytest.importorskip("arviz")
    data = campaign.to_arviz(predict=40, log_prob=True)
    assert data.posterior.sizes == {"chain": 4, "draw": 50}
    assert data.posterior_predictive["x"].dims == ("chain", "draw", "datum")
    assert data.observed_data["datum"].values.tolist() == ["shifted", "noisy"]
    assert list(az.summary(data).index) == ["rate", "start"]
    np.testing.assert_array_equal(campaign.to_xarray()["rate"].values, campaign.draws[:, 0])


def test_a_campaign_goes_on_where_it_stopped(tmp_path):
    def simulate(theta, seed):
        return [theta[0], theta[1] + random.Random(seed).gauss(0.0, 0.1)]

    def start(**options):
        return snpse.run(simulate, PRIORS, [1.0, 2.0], tmp_path / "results", method="npse", simulations=100,
                         settings=SMALL, show=False, **options)

    first = start().draws
    np.testing.assert_array_equal(start().draws, first)


def test_errors_say_what_the_program_said(tmp_path):
    def simulate(theta, seed):
        raise ValueError("out of bounds")

    with pytest.raises(snpse.SnpseError, match="out of bounds") as failed:
        snpse.run(simulate, PRIORS, [1.0], tmp_path / "a", simulations=50, show=False)
    assert failed.value.code == 65
    with pytest.raises(snpse.SnpseError, match="unifrom.*uniform") as failed:
        snpse.run(simulate, {"rate": snpse.prior("unifrom", low=0.0, high=1.0)}, [1.0], tmp_path / "b", show=False)
    assert failed.value.code == 78
    with pytest.raises(FileNotFoundError):
        snpse.load(tmp_path / "absent")


BATCHES = """import snpse

def simulate(thetas, seeds):
    if min(theta[0] for theta in thetas) < 0:
        raise ValueError("negative")
    return [[theta[0] + seed, len(thetas)] for theta, seed in zip(thetas, seeds)]

snpse.serve(simulate, batch=True)
"""


def test_serve_answers_requests(tmp_path):
    script = tmp_path / "simulator.py"
    script.write_text("import snpse\nsnpse.serve(lambda theta, seed: [theta[0] + seed])\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(pathlib.Path(snpse.__file__).parent.parent)}
    result = subprocess.run([sys.executable, script], input="simulate 7 3 1.5\n", capture_output=True, text=True,
                            check=True, env=environment)
    assert result.stdout.splitlines() == ["ready snpse 1", "ok 7 4.5"]


def test_serve_answers_batches(tmp_path):
    """Rows of a batch are computed at once; the one that fails is found by trying each alone."""
    script = tmp_path / "simulator.py"
    script.write_text(BATCHES, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(pathlib.Path(snpse.__file__).parent.parent)}
    requests = "simulate 7 3 1.5\nsimulate 8 4 2.5\ngo\nsimulate 9 1 0.5\nsimulate 10 1 -1.0\ngo\n"
    result = subprocess.run([sys.executable, script], input=requests, capture_output=True, text=True, check=True,
                            env=environment)
    assert result.stdout.splitlines() == ["ready snpse 1 batch", "ok 7 4.5 2.0", "ok 8 6.5 2.0", "ok 9 1.5 1.0",
                                          "error 10 ValueError: negative"]
