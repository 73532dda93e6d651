"""Make a Python function a simulator for snpse, in three lines:

    from snpse_worker import serve

    def simulate(theta, seed):
        return [...]

    serve(simulate)

`theta` is a list of floats and `seed` an int below 2**31; use it for all random numbers, so that a simulation can
be repeated. The answer is x: numbers, lists of numbers (also nested) or numpy arrays. An exception makes this one
simulation fail, with its message. Prints go to standard error.

serve(simulate, batch=True) is for a function that computes several simulations at once: simulate(thetas, seeds) takes
lists with an entry for each simulation, and answers with x for each, in the same order. `batch = 64` in the campaign
file says how many at most. After an exception each of them is tried alone.

Run by hand, such a script simulates once and prints x:  python3 my_simulator.py [--seed S] THETA1 THETA2 ...
"""

import os
import sys
import traceback

_READY = "ready snpse 1"


def serve(simulate, batch=False):
    """Answers the requests on standard input until the input ends: with simulate(theta, seed), or a batch of requests
    with simulate(thetas, seeds)."""
    together = simulate if batch else lambda thetas, seeds: [simulate(thetas[0], seeds[0])]
    if len(sys.argv) > 1:
        _simulate_once(together, sys.argv[1:])
        return
    answers = _take_standard_output()
    _say(answers, _READY + " batch" * batch)
    waiting = []
    for line in sys.stdin:
        words = line.split()
        if words[0] != "go":
            waiting.append(words)
        if words[0] == "go" or not batch:
            _say(answers, "\n".join(_answers(together, waiting)))
            waiting = []


def _take_standard_output():
    """Keeps standard output for the answers; what anything else writes there goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def _say(answers, line):
    answers.write(line + "\n")
    answers.flush()


def _answers(simulate, requests):
    """A line for each request, of the words simulate ID SEED THETA1 THETA2 ..."""
    identities = [words[1] for words in requests]
    try:
        xs = simulate([[float(word) for word in words[3:]] for words in requests], [int(words[2]) for words in requests])
        if len(xs) != len(requests):
            raise ValueError("the simulator returned %d x for %d simulations" % (len(xs), len(requests)))
        return [" ".join(["ok", identity] + [repr(value) for value in _numbers(x)])
                for identity, x in zip(identities, xs)]
    except Exception as error:  # pylint: disable=broad-except  # whatever it is, the next simulation may work
        if len(requests) > 1:
            return [line for request in requests for line in _answers(simulate, [request])]
        _print_traceback(error)
        message = " ".join(": ".join(filter(None, [type(error).__name__, str(error)])).split())
        return ["error %s %s" % (identities[0], message)]


def _print_traceback(error):
    """Leaves out the calls in this file, which say nothing about the simulator."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)


def _numbers(x):
    """All numbers in x, in order."""
    if x is None:
        raise TypeError("the simulator returned None where numbers are expected: does simulate() end with a return?")
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
    x = _numbers(simulate([[float(word) for word in arguments]], [seed]))
    print(" ".join(repr(value) for value in x))
