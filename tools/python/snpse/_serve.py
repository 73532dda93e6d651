"""A Python function as a simulator."""

from collections.abc import Callable
from typing import Any

from . import _worker


def serve(simulate: Callable[[list[float], int], Any]) -> None:
    """Answers the program's requests with simulate(theta, seed) until the input ends.

    theta is a list of numbers, seed an int below 2**31 from which all random numbers must follow. The result is x:
    numbers, nested lists of numbers, or numpy arrays. An exception makes this one simulation fail.
    """
    answer: Callable[[Callable[[list[float], int], Any]], None] = _worker.serve
    answer(simulate)
