"""Runs the program under test, alone or under mpirun, for the tests of tests/campaign and tests/cli."""
import atexit
import functools
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["SNPSE_PROGRAM"]
SERVER = pathlib.Path(PROGRAM).resolve().parent / "tests/program_server"
MPIEXEC = os.environ.get("SNPSE_MPIEXEC", "mpirun")
TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
PATIENCE = 300  # seconds after which something that should have happened has failed

USAGE, DATA, MISSING_INPUT, CANNOT_CREATE, IO, STOPPED, CONFIG = 64, 65, 66, 73, 74, 75, 78

# A campaign of a second.
TINY_CAMPAIGN = """[campaign]
seed = 5
[simulator]
task = "two_moons"
[observation]
x = [0.0, 0.0]
[method]
name = "tsnpse"
rounds = 2
simulations = 100
[model]
width = 32
[training]
max_steps = 20
validation_every = 10
[truncation]
samples = 200
[posterior]
samples = 100
"""


def own_campaign(*names):
    """TINY_CAMPAIGN by simulator.py, with parameters of these names in U(-1, 1)."""
    uniform = '[[parameter]]\nname = "{}"\nprior = {{ type = "uniform", low = -1.0, high = 1.0 }}'
    own = ['command = ["python3", "simulator.py"]', *(uniform.format(name) for name in names)]
    return TINY_CAMPAIGN.replace('task = "two_moons"', "\n".join(own))


def command(arguments, ranks=None, program=PROGRAM):
    """The command line; ranks = None: without mpirun."""
    launcher = [] if ranks is None else [MPIEXEC, "--oversubscribe", "-n", str(ranks)]
    return launcher + [program] + [str(argument) for argument in arguments]


class ProgramServer:
    """The program, loaded once and forked for each command: see program_server.cpp."""

    def __init__(self):
        self._socket, its_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its_socket:
            self._process = subprocess.Popen([SERVER], stdin=its_socket)  # ends when our end of the socket does

    def close(self):
        self._socket.close()
        self._process.wait(PATIENCE)

    def run(self, arguments, folder=".", patience=PATIENCE):
        """Runs a command to its end: its exit code (negative: a signal), the bytes that it printed to standard output and to
        standard error, and its greatest memory in bytes."""
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            packet = "\0".join(map(str, [pathlib.Path(folder).resolve(), *arguments]))
            socket.send_fds(self._socket, [os.fsencode(packet)], [0, stdout.fileno(), stderr.fileno()])
            process, = struct.unpack("q", self._socket.recv(8))
            self._socket.settimeout(patience)
            try:
                status, kilobytes = struct.unpack("qq", self._socket.recv(16))
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                self._socket.recv(16)
                raise
            stdout.seek(0)
            stderr.seek(0)
            return os.waitstatus_to_exitcode(status), stdout.read(), stderr.read(), 1024 * kilobytes


@functools.cache
def program_server():
    """The one of this process."""
    server = ProgramServer()
    atexit.register(server.close)
    return server


def snpse(*arguments, ranks=None, program=PROGRAM, **options):
    """Runs the program to its end; the result has returncode, stdout and stderr."""
    if ranks is None and program == PROGRAM and options.keys() <= {"cwd"}:
        code, *printed, _ = program_server().run(arguments, options.get("cwd", "."))
        return subprocess.CompletedProcess(arguments, code, *(io.TextIOWrapper(io.BytesIO(text)).read() for text in printed))
    return subprocess.run(command(arguments, ranks, program), capture_output=True, text=True, timeout=PATIENCE,
                          check=False, **options)


def wait_for(condition, what):
    """Polls until condition() is true, and returns what it returned."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.002)
    raise AssertionError(f"waited {PATIENCE} s in vain for {what}")


def events(folder):
    """The whole lines of a campaign's event log, as dictionaries."""
    event_log = pathlib.Path(folder) / "events.jsonl"
    text = event_log.read_text(encoding="utf-8") if event_log.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Job:
    """The program running in the background, in a session of its own."""

    def __init__(self, *arguments, ranks=None, **options):
        self._output = tempfile.TemporaryFile("w+")
        self._launcher = subprocess.Popen(command(arguments, ranks), stdout=self._output, stderr=subprocess.STDOUT,
                                          start_new_session=True, **options)
        self._under_mpirun = ranks is not None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self._output.close()

    def finished(self):
        return self._launcher.poll() is not None

    def wait(self):
        """The exit code."""
        return self._launcher.wait(PATIENCE)

    def output(self):
        """What it has printed so far."""
        self._output.seek(0)
        return self._output.read()

    def send(self, number):
        """Sends a signal to mpirun, or to the program itself where it runs alone."""
        self._launcher.send_signal(number)

    def kill(self):
        """kill -9 of mpirun and of every rank at once; returns when all of them are gone."""
        processes = [self._launcher.pid] + (_children(self._launcher.pid) if self._under_mpirun else [])
        if not self.finished():
            for process in processes:
                _kill(process)
        self._launcher.wait(PATIENCE)
        wait_for(lambda: not any(map(_is_alive, processes[1:])), "the end of the killed ranks")


def _kill(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it was faster


def _state_and_parent(process):
    try:
        # The name in parentheses may hold spaces.
        fields = pathlib.Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], int(fields[1])


def _is_alive(process):
    found = _state_and_parent(process)
    return found is not None and found[0] != "Z"


def _children(parent):
    all_processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    found = ((process, _state_and_parent(process)) for process in all_processes)
    return [process for process, state in found if state is not None and state[1] == parent]


def processes_that_mention(text):
    """The living processes with this text in their command line."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = pathlib.Path(f"/proc/{name}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(text).encode() in line and _is_alive(int(name)):
            found.append(int(name))
    return found


class ProgramTest(unittest.TestCase):
    """A test with a scratch folder, removed at its end."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        """Writes a file of the scratch folder; returns its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def assert_succeeds(self, *arguments, **options):
        result = snpse(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def assert_refused(self, code, wanted, *arguments, **options):
        """The program ends with this exit code and one message, which holds all the texts wanted; returns it."""
        result = snpse(*arguments, **options)
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(sum(line.startswith("snpse: ") for line in lines), 1, result.stderr)
        for noise in ("HDF5-DIAG", "terminate called", "internal error"):
            self.assertNotIn(noise, result.stderr)
        for text in wanted if isinstance(wanted, (list, tuple)) else [wanted]:
            self.assertIn(str(text), result.stderr)
        return result.stderr
