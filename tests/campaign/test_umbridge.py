"""Models of UM-Bridge servers: the example behind PyPI's umbridge, and servers that misbehave."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import CONFIG, DATA, TINY_CAMPAIGN, ProgramTest, events, wait_for

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "jobs/examples/umbridge"
PACKAGES = pathlib.Path(os.environ["SNPSE_BUILD"]) / "pypi"
SMALL = TINY_CAMPAIGN[TINY_CAMPAIGN.index("[model]"):]


def free_port():
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]


def is_listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
        return True
    return False


def has_umbridge():
    """Installs PyPI's umbridge into the build folder, once."""
    if not (PACKAGES / "umbridge").exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", PACKAGES, "umbridge==1.2.10"],
                       check=False, capture_output=True, timeout=600)
    return (PACKAGES / "umbridge").exists()


class RealServerTest(ProgramTest):
    """umbridge.serve_models() of PyPI."""

    def setUp(self):
        super().setUp()
        if not has_umbridge():
            self.skipTest("umbridge cannot be installed from PyPI")
        self.ports = [free_port(), free_port()]
        for port in self.ports:
            server = subprocess.Popen([sys.executable, EXAMPLE / "server.py", str(port)], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(PACKAGES)})
            self.addCleanup(server.wait)
            self.addCleanup(server.kill)
            wait_for(lambda port=port: is_listening(port), "the server")

    def test_the_example(self):
        urls = json.dumps([f"http://localhost:{port}" for port in self.ports])
        text = (EXAMPLE / "growth.toml").read_text().replace('"http://localhost:4242"', urls)
        file = self.write("growth.toml", text.replace("simulations = 2000", 'name = "npse"\nsimulations = 150') + SMALL)
        said = json.loads(self.assert_succeeds("check", file, "--json", "--seconds", 5).stdout)
        self.assertEqual(said["findings"], [])
        out = self.folder / "results"
        self.assert_succeeds("run", file, "--out", out, ranks=2)
        committed = next(event for event in events(out) if event.get("phase") == "simulate")
        self.assertEqual(committed["ok"], 150)
        table = self.assert_succeeds("simulate", out, "--id", 3)
        self.assertIn("simulation 3 gave the same x as in the campaign", table.stderr)
        start, rate, *sizes = map(float, table.stdout.splitlines()[1].split(","))
        for moment, size in zip((0, 0.5, 1, 1.5, 2), sizes, strict=True):
            self.assertAlmostEqual(size, start * 2.718281828459045 ** (rate * moment), delta=0.6)


class Odd(http.server.BaseHTTPRequestHandler):
    """Answers by the first parameter; x is the parameters and the seed."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, text, status=200):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(json.dumps({"protocolVersion": 1.0, "models": ["forward"]}))

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/ModelInfo":
            return self.answer(json.dumps({"support": {"Evaluate": True}}))
        if self.path == "/InputSizes":
            return self.answer(json.dumps({"inputSizes": [2]}))
        (a, b), = request["input"]
        self.server.asked.append(request)
        if a < -0.8:
            return self.answer("the mesh is bad", 500)
        if a < -0.6:
            return self.answer(json.dumps({"error": {"type": "InvalidInput", "message": "a is small"}}), 400)
        if a < -0.4:
            return self.answer('{"output": [[nan], [None]]}' if b < 0 else '{"output": [[NaN, null]]}')
        if a < -0.35:
            time.sleep(3)
        return self.answer(json.dumps({"output": [[a], [b]]}))


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that gave up is no news."""


class OddServerTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = QuietServer(("localhost", 0), Odd)
        self.server.asked = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.out = self.folder / "results"

    def campaign(self, keys='model = "forward"\n', port=None):
        url = f'url = "http://localhost:{port or self.server.server_port}"\n'
        uniform = '[[parameter]]\nname = "{}"\nprior = {{ type = "uniform", low = -1.0, high = 1.0 }}\n'
        own = "[simulator]\n" + url + keys + uniform.format("a") + uniform.format("b")
        text = TINY_CAMPAIGN.replace('[simulator]\ntask = "two_moons"\n', own)
        return self.write("campaign.toml", text.replace('"tsnpse"\nrounds = 2', '"npse"'))

    def test_every_answer_is_understood(self):
        file = self.campaign('model = "forward"\ntime_limit = 1\nfailure_budget = 1\nretries = 0\nseed_key = "noise"\n'
                             'config = { level = 2, name = "fine", on = true }\n')
        self.assert_succeeds("run", file, "--out", self.out, ranks=2)
        said = json.loads(self.assert_succeeds("status", self.out, "--failures", "--json").stdout)
        causes = {cause["cause"]: cause["status"] for cause in said["causes"]}
        self.assertEqual(causes["the server answers /Evaluate with status 500: the mesh is bad"], "failed")
        self.assertEqual(causes["the server answers /Evaluate with status 400: InvalidInput: a is small"], "failed")
        self.assertEqual(causes["output 1 is nan"], "invalid")
        self.assertEqual(causes["no answer within 1 s"], "timeout")
        self.assertEqual(len(causes), 4, causes)
        request = self.server.asked[0]
        self.assertEqual(request["name"], "forward")
        seed = request["config"].pop("noise")
        self.assertTrue(0 <= seed < 2**31)
        self.assertEqual(request["config"], {"level": 2, "name": "fine", "on": True})

    def test_what_is_wrong_is_said(self):
        port = free_port()
        self.assert_refused(DATA, f"the server http://localhost:{port} does not answer /Info", "check",
                            self.campaign(port=port))
        self.assert_refused(DATA, ["no model 'backward'", "forward"], "check", self.campaign('model = "backward"\n'))
        self.assert_refused(CONFIG, "needs simulator.model", "check", self.campaign(""))
        self.assert_refused(CONFIG, "a table, such as", "check", self.campaign('model = "forward"\nconfig = 3\n'))
        text = re.sub(r'\[\[parameter\]\]\nname = "b"\nprior.*\n', "", self.campaign().read_text(), count=1)
        self.assert_refused(DATA, "takes 2 numbers, but the campaign has 1 parameters", "check",
                            self.write("one.toml", text.replace("x = [0.0, 0.0]", "x = [0.0]")))


if __name__ == "__main__":
    unittest.main()
