"""A Python function as a simulator."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

from . import _worker

Simulate = Callable[[list[float], int], Any]
SimulateBatch = Callable[[list[list[float]], list[int]], Sequence[Any]]


@overload
def serve(simulate: Simulate, batch: Literal[False] = False) -> None: ...
@overload
def serve(simulate: SimulateBatch, batch: Literal[True]) -> None: ...
def serve(simulate: Callable[..., Any], batch: bool = False) -> None:
    """Answers the program's requests with simulate(theta, seed) until the input ends.

    theta is a list of numbers, seed an int below 2**31 from which all random numbers must follow. The result is x:
    numbers, nested lists of numbers, or numpy arrays. An exception makes this one simulation fail.

    serve(simulate, batch=True) is for a function that computes several simulations at once: simulate(thetas, seeds) gets
    lists with an entry for each simulation, and returns x of each, in the same order. simulator.batch in the campaign
    file says how many at most. After an exception each of them is tried alone.
    """
    answer: Callable[[Callable[..., Any], bool], None] = _worker.serve
    answer(simulate, batch)
