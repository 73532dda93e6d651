#!/usr/bin/env python3
"""Says how a campaign scales to many ranks, from constants that were measured on few.

    tools/scale_model.py                                  the tables
    tools/scale_model.py --constants cluster.json         with constants of another machine
    tools/scale_model.py --compare runs.jsonl             predictions beside real runs

The simulate step is modelled event by event, as src/parallel/task_farm.cpp, src/simulation/farm.cpp and
src/campaign/simulation_parts.cpp do it: rank 0 takes all letters that have arrived, writes what came in if that is due,
gives every idle rank a chunk, and naps. The training step is a rank's share of the batch, then the all-reduce of one
flat gradient. Times are in seconds, sizes in bytes.

Losses are shares of the ranks' time: `latency` (naps and messages), `serving` (waiting until the coordinator has
served others), `writing` (waiting until it has written), `tail` (no work left while others finish theirs).
"""

import argparse
import dataclasses
import functools
import heapq
import json
import math
import multiprocessing
import random
import sys

RANKS = [1, 2, 16, 64, 256, 1024, 4096, 16384]
DURATIONS = [1e-3, 1e-2, 0.1, 1.0, 60.0, 3600.0]
BATCHES = [200, 1000, 10000]
GOOD = 0.95  # share of busy time from which on nothing needs a cure
EASY_LOAD = 0.5  # share of its time a coordinator may serve before ranks queue for it


@dataclasses.dataclass(frozen=True)
class Constants:
    """What the model rests on. Measured by the commands in the comments on two shared cores, but where assumed."""

    # The coordinator, `mpirun -n 32 benchmark_ranks pieces 1 20000`, and with -n 8 and 1000 rows.
    piece_seconds: float = 15e-6  # to take a result and to give the next chunk
    row_seconds: float = 0.18e-6  # the same, for each simulation in them
    # Waiting, src/parallel/backoff.hpp.
    shortest_nap: float = 50e-6
    longest_nap: float = 1e-3
    nap_share: float = 1 / 8  # of the time already waited
    wake_seconds: float = 60e-6  # what the kernel adds to a nap; assumed
    message_seconds: float = 2e-6  # one way; assumed
    # The chunk rule, Book::chunk_size().
    chunk_seconds: float = 0.05
    mean_share: float = 0.5  # of the newest result in the running mean of durations
    # The writer, `benchmark_ranks write ROWS FOLDER`, and its rules.
    file_seconds: float = 8e-3  # to compose, sync and rename one empty file
    written_row_seconds: float = 2e-6  # for each simulation in it (152 bytes)
    flush_seconds: float = 2.0
    most_files: int = 32  # then all parts are written again as one
    # Training, `benchmark_ranks sum FLOATS` and `snpse bench` with one rank and several batches.
    step_seconds: float = 0.3e-3  # of a step, whatever its rows: the optimiser runs on every rank
    step_row_seconds: float = 37e-6  # of a simulation at two noise levels, `benchmark_score_network`
    meet_seconds: float = 5e-6  # one stage of the barrier before the sum; assumed
    reduce_latency: float = 2e-6  # one message of the all-reduce, as the sum of one float
    reduce_bandwidth: float = 3.8e9  # bytes a second and rank, by two ranks' best sum of the weights in one machine
    weights: int = 265818  # of the default network for d = p = 10; 4 bytes each


@functools.lru_cache
def variance_of_log(spread, n):
    """Of the log-normal whose mean and variance are those of a sum of n log-normal durations."""
    return math.log1p(math.expm1(spread * spread) / n)


def lognormal(mean, spread, n, generator):
    """About the sum of n independent log-normal durations of this mean."""
    variance = variance_of_log(spread, n)
    return n * mean * generator.lognormvariate(-variance / 2, math.sqrt(variance))


class Writer:
    """Rank 0 as the writer of parts; says what a flush costs."""

    def __init__(self, constants):
        self.constants = constants
        self.waiting = 0  # rows that came in since the last flush
        self.stored = 0
        self.files = 0
        self.last = 0.0

    def due(self, now):
        return self.waiting > 0 and now - self.last >= self.constants.flush_seconds

    def flush(self, now):
        """Seconds it takes to write what waits, or everything where there are too many parts."""
        c = self.constants
        self.last = now
        self.stored += self.waiting
        merge = self.files >= c.most_files
        rows = self.stored if merge else self.waiting
        self.files = 1 if merge else self.files + 1
        self.waiting = 0
        return c.file_seconds + rows * c.written_row_seconds


class ChunkRule:
    """Book::chunk_size(): chunks of about chunk_seconds, smaller towards the end."""

    def __init__(self, constants, ranks, simulations):
        self.constants = constants
        self.ranks = ranks
        self.remaining = simulations
        self.results = 0
        self.mean = 0.0

    def note(self, seconds):
        """Seconds that a simulation of the newest result took."""
        self.results += 1
        self.mean += max(self.constants.mean_share, 1 / self.results) * (seconds - self.mean)

    def next(self):
        """Rows of the next chunk; 0: none is left."""
        if self.remaining == 0:
            return 0
        rows = 1
        if self.results > 0:
            most = self.remaining / (2 * self.ranks)
            rows = int(max(1, min(self.constants.chunk_seconds / self.mean, most)))
        self.remaining -= rows
        return rows


@dataclasses.dataclass
class Outcome:
    """Seconds are of the whole step; busy and losses are shares of ranks x seconds and add up to one."""

    seconds: float
    pieces: int
    busy: float
    losses: dict

    def bottleneck(self):
        return "-" if self.busy >= GOOD else max(self.losses, key=self.losses.get)


class SimulateStep:
    """The farming out of chunks by one manager. A message is (arrival at rank 0, rank, rows of its result)."""

    def __init__(self, constants, ranks, mean, spread, simulations, seed=1):
        self.constants = constants
        self.ranks = ranks
        self.mean = mean
        self.spread = spread
        self.random = random.Random(seed)
        self.rule = ChunkRule(constants, ranks, simulations)
        self.writer = Writer(constants)
        self.letters = [(0.0, rank, 0, 0.0) for rank in range(ranks)]
        self.now = 0.0
        self.pieces = 0
        self.busy = 0.0
        self.losses = dict.fromkeys(("latency", "serving", "writing", "tail"), 0.0)
        self.writes = [(0.0, 0.0), (0.0, 0.0)]  # the last two intervals of writing
        self.dismissed = []  # when each rank's last letter arrived

    def nap(self, waited):
        """Seconds until one who polls with naps, and has waited so long, sees what has just come."""
        c = self.constants
        if c.longest_nap == 0:
            return 0.0
        length = c.nap_share * waited
        if length < c.shortest_nap:
            length = c.shortest_nap
        elif length > c.longest_nap:
            length = c.longest_nap
        return (length + c.wake_seconds) * self.random.random()

    def wait_for_letter(self):
        arrival = self.letters[0][0]
        if arrival > self.now:
            self.now = arrival + self.nap(arrival - self.now)

    def take_all(self):
        """Takes every letter that is there, also those that come meanwhile. Returns those who are idle now."""
        c = self.constants
        idle = []
        while self.letters and self.letters[0][0] <= self.now:
            arrival, rank, rows, seconds = heapq.heappop(self.letters)
            idle.append((rank, arrival))
            if rows == 0:
                continue
            self.now += c.piece_seconds / 2 + rows * c.row_seconds / 2
            self.rule.note(seconds / rows)
            self.writer.waiting += rows
        return idle

    def write(self):
        start = self.now
        self.now += self.writer.flush(start)
        self.writes = [self.writes[1], (start, self.now)]

    def blame(self, arrival):
        """Splits the wait of a letter's sender into what the coordinator did meanwhile."""
        writing = 0.0
        for start, end in self.writes:
            if end > arrival:
                writing += end - max(start, arrival)
        self.losses["writing"] += writing
        self.losses["serving"] += self.now - arrival - writing

    def give(self, rank, arrival):
        """Gives a chunk to an idle rank, whose letter arrived then."""
        c = self.constants
        rows = self.rule.next()
        if rows == 0:
            self.dismissed.append(arrival)
            return
        self.now += c.piece_seconds / 2 + rows * c.row_seconds / 2
        self.blame(arrival)
        seconds = lognormal(self.mean, self.spread, rows, self.random)
        delay = 2 * c.message_seconds + self.nap(self.now - arrival)
        self.losses["latency"] += delay
        self.busy += seconds
        self.pieces += 1
        heapq.heappush(self.letters, (self.now + delay + seconds, rank, rows, seconds))

    def run(self):
        while self.letters:
            self.wait_for_letter()
            idle = self.take_all()
            if self.writer.due(self.now):
                self.write()
            for rank, arrival in idle:
                self.give(rank, arrival)
        finished = self.now
        if self.writer.waiting > 0:
            self.write()
        self.losses["tail"] += sum(finished - arrival for arrival in self.dismissed)
        self.losses["writing"] += self.ranks * (self.now - finished)
        total = self.ranks * self.now
        losses = {name: value / total for name, value in self.losses.items()}
        return Outcome(self.now, self.pieces, self.busy / total, losses)


def simulations_a_rank(mean):
    """Enough for a steady state, few enough to model: 20, or half a second's worth of them."""
    return max(20, round(0.5 / mean))


def simulate(constants, ranks, mean, spread):
    return SimulateStep(constants, ranks, mean, spread, ranks * simulations_a_rank(mean)).run()


def cure(constants, ranks):
    """Chunks so long that the coordinator is not busier than EASY_LOAD, of a mean over a result of every rank.

    The short-lived mean fails with many ranks: of the letters that have piled up, the last to be taken are those of the
    longest simulations, and chunks sized by them are too small, which makes more letters.
    """
    chunk = max(constants.chunk_seconds, ranks * constants.piece_seconds / EASY_LOAD)
    return dataclasses.replace(constants, chunk_seconds=chunk, mean_share=1 / ranks)


def most_ranks(constants, mean, chunk_seconds, writing):
    """How many ranks keep rank 0 half busy, with or without the writing of what they simulate."""
    rows = max(1.0, chunk_seconds / mean)
    seconds = constants.piece_seconds / rows + constants.row_seconds
    if writing:
        seconds += constants.written_row_seconds
    return EASY_LOAD * mean / seconds


def reduce_seconds(constants, ranks):
    """Seconds of the all-reduce by each algorithm; `tree` halves and doubles recursively (Rabenseifner)."""
    if ranks == 1:
        return {"ring": 0.0, "tree": 0.0}
    moving = 2 * (ranks - 1) / ranks * 4 * constants.weights / constants.reduce_bandwidth
    stages = math.ceil(math.log2(ranks))
    return {
        "ring": 2 * (ranks - 1) * constants.reduce_latency + moving,
        "tree": 2 * stages * constants.reduce_latency + moving,
    }


def training_step(constants, ranks, batch):
    """Seconds of one step: the largest share of the batch, the barrier, the faster all-reduce, the optimiser."""
    rows = math.ceil(batch / ranks)
    meet = 0.0 if ranks == 1 else math.ceil(math.log2(ranks)) * constants.meet_seconds
    compute = constants.step_seconds + rows * constants.step_row_seconds
    return compute + meet + min(reduce_seconds(constants, ranks).values())


def name_of(seconds):
    for unit, size in (("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{1000 * seconds:g} ms"


def row_of_simulating(constants, ranks, mean, spread):
    """What one number of ranks makes of simulations of one duration, with a cure where chunks can be one."""
    outcome = simulate(constants, ranks, mean, spread)
    row = {"seconds": mean, "ranks": ranks, "busy": outcome.busy, "bottleneck": outcome.bottleneck()}
    row.update(outcome.losses)
    if row["bottleneck"] in ("serving", "latency"):
        cured = cure(constants, ranks)
        row["cure"] = cured.chunk_seconds
        row["cured"] = simulate(cured, ranks, mean, spread).busy
    return row


def rows_of_simulating(constants, ranks_list, durations, spread):
    cases = [(constants, ranks, mean, spread) for mean in durations for ranks in ranks_list]
    with multiprocessing.Pool() as pool:
        return pool.starmap(row_of_simulating, cases, chunksize=1)


def print_simulating(rows, out):
    print("\nSimulating: share of the ranks' time\n", file=out)
    print("| a simulation | ranks | busy | latency | serving | writing | tail | bottleneck | cure |", file=out)
    print("| --- |" + " --- |" * 8, file=out)
    for row in rows:
        shares = " | ".join(f"{100 * row[key]:.1f} %" for key in ("busy", "latency", "serving", "writing", "tail"))
        cure = f"chunks of {row['cure']:.2g} s: {100 * row['cured']:.1f} %" if "cure" in row else ""
        print(f"| {name_of(row['seconds'])} | {row['ranks']} | {shares} | {row['bottleneck']} | {cure} |", file=out)


def print_limits(constants, durations, out):
    print("\nRanks that keep rank 0 half busy; more need groups with a coordinator and a writer each\n", file=out)
    print("| a simulation | chunks as now | chunks of 1 s | chunks of 1 s, written elsewhere |", file=out)
    print("| --- | --- | --- | --- |", file=out)
    for mean in durations:
        settings = ((constants.chunk_seconds, True), (1.0, True), (1.0, False))
        cells = (f"{most_ranks(constants, mean, chunk, writing):.3g}" for chunk, writing in settings)
        print(f"| {name_of(mean)} | {' | '.join(cells)} |", file=out)


def rows_of_training(constants, ranks_list):
    for batch in BATCHES:
        alone = training_step(constants, 1, batch)
        for ranks in ranks_list:
            seconds = training_step(constants, ranks, batch)
            yield {"batch": batch, "ranks": ranks, "seconds": seconds, "speedup": alone / seconds}


def print_training(constants, rows, ranks_list, out):
    print("\nTraining: speed-up of a step over one rank, by global batch\n", file=out)
    print("| ranks | all-reduce, ring | tree |" + "".join(f" {batch} |" for batch in BATCHES), file=out)
    print("| --- | --- | --- |" + " --- |" * len(BATCHES), file=out)
    speedup = {(row["batch"], row["ranks"]): row["speedup"] for row in rows}
    for ranks in ranks_list:
        reduces = reduce_seconds(constants, ranks)
        cells = "".join(f" {speedup[batch, ranks]:.2f} |" for batch in BATCHES)
        print(f"| {ranks} | {1e3 * reduces['ring']:.2f} ms | {1e3 * reduces['tree']:.2f} ms |{cells}", file=out)


def compare(constants, lines, out):
    """Prints predictions beside runs of `benchmark_ranks farm`, one JSON object a line."""
    print("| a simulation | ranks | simulations | busy, measured | predicted | seconds, measured |", "predicted |", file=out)
    print("| --- |" + " --- |" * 6, file=out)
    for run in map(json.loads, lines):
        # As they really were: a sleep lasts longer than it should where ranks share cores.
        mean = run["busy"] * run["seconds"] * run["ranks"] / run["simulations"]
        outcome = SimulateStep(constants, run["ranks"], mean, run["spread"], run["simulations"]).run()
        print(
            f"| {name_of(run['mean_seconds'])} | {run['ranks']} | {run['simulations']} |"
            f" {100 * run['busy']:.1f} % | {100 * outcome.busy:.1f} % | {run['seconds']:.2f} | {outcome.seconds:.2f} |",
            file=out,
        )


def read_constants(path):
    if path is None:
        return Constants()
    with open(path) as file:
        return dataclasses.replace(Constants(), **json.load(file))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--constants", help="JSON file with the constants that differ from the defaults")
    parser.add_argument("--ranks", type=int, nargs="+", default=RANKS)
    parser.add_argument("--durations", type=float, nargs="+", default=DURATIONS, help="mean seconds of a simulation")
    parser.add_argument("--spread", type=float, default=0.5, help="standard deviation of the logarithm of a duration")
    parser.add_argument("--compare", help="file of JSON lines that benchmark_ranks printed")
    parser.add_argument("--json", action="store_true", help="for machines")
    arguments = parser.parse_args()
    constants = read_constants(arguments.constants)
    if arguments.compare:
        with open(arguments.compare) as lines:
            compare(constants, lines, sys.stdout)
        return
    simulating = rows_of_simulating(constants, arguments.ranks, arguments.durations, arguments.spread)
    training = list(rows_of_training(constants, arguments.ranks))
    if arguments.json:
        constants_used = dataclasses.asdict(constants)
        print(json.dumps({"constants": constants_used, "simulating": simulating, "training": training}, indent=2))
        return
    print_simulating(simulating, sys.stdout)
    print_limits(constants, arguments.durations, sys.stdout)
    print_training(constants, training, arguments.ranks, sys.stdout)


if __name__ == "__main__":
    main()
