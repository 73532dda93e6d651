"""Make a Python function a simulator for snpse, in three lines:

    from snpse_worker import serve

    def simulate(theta, seed):
        return [...]

    serve(simulate)

`theta` is a list of floats and `seed` an int below 2**31; use it for all random numbers, so that a simulation can
be repeated. The answer is x: numbers, lists of numbers (also nested) or numpy arrays. An exception makes this one
simulation fail, with its message. Prints go to standard error.

Run by hand, such a script simulates once and prints x:  python3 my_simulator.py [--seed S] THETA1 THETA2 ...
"""

import os
import sys
import traceback

_READY = "ready snpse 1"


def serve(simulate):
    """Answers the requests on standard input with simulate(theta, seed) until the input ends."""
    if len(sys.argv) > 1:
        _simulate_once(simulate, sys.argv[1:])
        return
    answers = _take_standard_output()
    _say(answers, _READY)
    for line in sys.stdin:
        _say(answers, _answer(simulate, line.split()))


def _take_standard_output():
    """Keeps standard output for the answers; what anything else writes there goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def _say(answers, line):
    answers.write(line + "\n")
    answers.flush()


def _answer(simulate, words):
    identity = words[1]
    try:
        x = _numbers(simulate([float(word) for word in words[3:]], int(words[2])))
        return " ".join(["ok", identity] + [repr(value) for value in x])
    except Exception as error:  # pylint: disable=broad-except  # whatever it is, the next simulation may work
        traceback.print_exc()
        message = " ".join(str(error).split())
        return "error %s %s: %s" % (identity, type(error).__name__, message)


def _numbers(x):
    """All numbers in x, in order."""
    if hasattr(x, "tolist"):  # numpy arrays and scalars, without importing numpy
        x = x.tolist()
    if isinstance(x, (str, bytes)):
        raise TypeError("the simulator returned text where numbers are expected: %r" % (x,))
    if hasattr(x, "__iter__"):
        return [value for part in x for value in _numbers(part)]
    return [float(x)]


def _simulate_once(simulate, arguments):
    seed = 1
    if "--seed" in arguments:
        at = arguments.index("--seed")
        seed = int(arguments[at + 1])
        arguments = arguments[:at] + arguments[at + 2:]
    x = _numbers(simulate([float(word) for word in arguments], seed))
    print(" ".join(repr(value) for value in x))
