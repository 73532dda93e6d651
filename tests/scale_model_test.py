#!/usr/bin/env python3
"""Checks tools/scale_model.py against closed forms."""

import dataclasses
import math
import pathlib
import random
import statistics
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

from scale_model import (  # noqa: E402
    ChunkRule,
    Constants,
    SimulateStep,
    Writer,
    cure,
    lognormal,
    most_ranks,
    reduce_seconds,
    training_step,
)

# Nothing costs anything but the simulations.
FREE = Constants(
    piece_seconds=0,
    row_seconds=0,
    shortest_nap=0,
    longest_nap=0,
    wake_seconds=0,
    message_seconds=0,
    file_seconds=0,
    written_row_seconds=0,
)


def run(ranks, mean, simulations, spread=0.0, **constants):
    return SimulateStep(dataclasses.replace(FREE, **constants), ranks, mean, spread, simulations).run()


class SimulateStepTest(unittest.TestCase):
    def test_one_rank_without_costs_is_always_busy(self):
        outcome = run(1, 1.0, 100, spread=0.5)
        self.assertAlmostEqual(outcome.busy, 1)
        self.assertAlmostEqual(sum(outcome.losses.values()), 0)

    def test_equal_simulations_divide_evenly(self):
        outcome = run(16, 1.0, 16 * 20)
        self.assertAlmostEqual(outcome.seconds, 20)
        self.assertAlmostEqual(outcome.busy, 1)

    def test_one_simulation_too_many_is_a_tail(self):
        # 17 equal simulations on 16 ranks take two turns; in the second 15 ranks have nothing to do.
        outcome = run(16, 1.0, 17)
        self.assertAlmostEqual(outcome.seconds, 2)
        self.assertAlmostEqual(outcome.busy, 17 / 32)
        self.assertAlmostEqual(outcome.losses["tail"], 15 / 32)
        self.assertEqual(outcome.bottleneck(), "tail")

    def test_saturated_coordinator_hands_out_at_its_own_rate(self):
        # 1000 ranks ask for 1000 pieces a second, of which it serves 100.
        outcome = run(1000, 1.0, 20000, piece_seconds=0.01)
        self.assertAlmostEqual(outcome.pieces / outcome.seconds, 100, delta=5)
        self.assertEqual(outcome.bottleneck(), "serving")

    def test_latency_is_lost_once_a_piece(self):
        outcome = run(1, 1.0, 100, message_seconds=0.1)
        self.assertAlmostEqual(outcome.busy, 1 / 1.2)
        self.assertAlmostEqual(outcome.losses["latency"], 0.2 / 1.2)

    def test_writing_delays_those_who_wait(self):
        # A simulation of a second, a flush after every second one, which lasts half a second.
        outcome = run(1, 1.0, 100, file_seconds=0.5, most_files=1000)
        self.assertAlmostEqual(outcome.losses["writing"], 25 / 125, delta=0.01)
        self.assertAlmostEqual(outcome.busy, 100 / 125, delta=0.01)

    def test_shares_add_up(self):
        outcome = SimulateStep(Constants(), 64, 0.01, 0.5, 6400).run()
        self.assertAlmostEqual(outcome.busy + sum(outcome.losses.values()), 1)


class PartsTest(unittest.TestCase):
    def test_chunks_last_as_long_as_they_should(self):
        rule = ChunkRule(FREE, 4, 10000)
        self.assertEqual(rule.next(), 1)  # nothing is known yet
        rule.note(0.001)
        self.assertEqual(rule.next(), 50)

    def test_running_mean_forgets_by_its_share(self):
        rule = ChunkRule(dataclasses.replace(FREE, mean_share=0.25), 4, 100)
        means = []
        for seconds in (1.0, 2.0, 3.0, 4.0, 6.5):
            rule.note(seconds)
            means.append(rule.mean)
        self.assertEqual(means, [1.0, 1.5, 2.0, 2.5, 3.5])  # of all at first, then a quarter of the newest

    def test_chunks_get_smaller_and_hand_out_everything(self):
        rule = ChunkRule(FREE, 4, 100)
        rule.note(1e-6)
        sizes = list(iter(rule.next, 0))
        self.assertEqual(sizes[:2], [12, 11])  # 100 / 8, 88 / 8
        self.assertEqual(sum(sizes), 100)

    def test_parts_are_merged_when_there_are_many(self):
        writer = Writer(dataclasses.replace(FREE, written_row_seconds=1, most_files=2))
        seconds = []
        for now in range(4):
            writer.waiting = 10
            seconds.append(writer.flush(now))
        self.assertEqual(seconds, [10, 10, 30, 10])

    def test_sum_of_durations_keeps_mean_and_variance(self):
        generator = random.Random(1)
        for n in (1, 10):
            sums = [lognormal(2.0, 0.5, n, generator) for _ in range(20000)]
            deviation = 2.0 * math.sqrt(n * math.expm1(0.25))
            self.assertAlmostEqual(statistics.fmean(sums), 2 * n, delta=4 * deviation / math.sqrt(20000))
            self.assertAlmostEqual(statistics.stdev(sums), deviation, delta=0.05 * deviation)

    def test_limits(self):
        constants = dataclasses.replace(FREE, piece_seconds=1e-3, written_row_seconds=1e-3)
        self.assertAlmostEqual(most_ranks(constants, 1.0, 0.05, writing=False), 500)
        self.assertAlmostEqual(most_ranks(constants, 1.0, 0.05, writing=True), 250)
        self.assertAlmostEqual(cure(constants, 1000).chunk_seconds, 2)  # 1000 requests of 1 ms are half of that


class TrainingTest(unittest.TestCase):
    def test_free_communication_scales_until_rows_run_out(self):
        constants = dataclasses.replace(
            Constants(), step_seconds=0, meet_seconds=0, reduce_latency=0, reduce_bandwidth=math.inf
        )
        for ranks, speedup in ((1, 1), (16, 1000 / 63), (1000, 1000), (4096, 1000)):
            ratio = training_step(constants, 1, 1000) / training_step(constants, ranks, 1000)
            self.assertAlmostEqual(ratio, speedup)

    def test_all_reduce(self):
        constants = dataclasses.replace(Constants(), weights=1000, reduce_latency=1, reduce_bandwidth=1000)
        self.assertEqual(reduce_seconds(constants, 1), {"ring": 0, "tree": 0})
        self.assertEqual(reduce_seconds(constants, 2), {"ring": 2 + 4, "tree": 2 + 4})
        self.assertEqual(reduce_seconds(constants, 8), {"ring": 14 + 7, "tree": 6 + 7})


if __name__ == "__main__":
    unittest.main()
