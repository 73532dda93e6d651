"""Models of UM-Bridge servers: the example behind PyPI's umbridge, and servers that misbehave."""
import concurrent.futures
import contextlib
import http.server
import json
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import (CANNOT_CREATE, CONFIG, DATA, TINY_CAMPAIGN, USAGE, ProgramTest, command, events, snpse,
                           wait_for)

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


class ServeTest(ProgramTest):
    """snpse serve, asked by PyPI's umbridge."""

    @classmethod
    def setUpClass(cls):
        if not has_umbridge():
            raise unittest.SkipTest("umbridge cannot be installed from PyPI")
        sys.path.append(str(PACKAGES))
        home = pathlib.Path(tempfile.mkdtemp(prefix="snpse-test-"))
        cls.addClassCleanup(shutil.rmtree, home)
        cls.file, cls.out = home / "campaign.toml", home / "results"
        text = TINY_CAMPAIGN.replace("two_moons", "gaussian_linear_uniform").replace("[0.0, 0.0]", str([0.1] * 10))
        cls.file.write_text(text.replace('"tsnpse"\nrounds = 2', '"npse"'), encoding="utf-8")
        result = snpse("run", cls.file, "--out", cls.out)
        assert result.returncode == 0, result.stderr

    def serve(self, ranks=None):
        """The running program, and its address."""
        server = subprocess.Popen(command(["serve", self.out, "--port", 0], ranks), stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server, re.search(r"serving the model 'posterior' at (\S+): input \(theta_1, ", server.stdout.readline())[1]

    def densities(self, rows):
        """By snpse sample."""
        thetas = self.write("theta.csv", "".join(",".join(map(repr, row)) + "\n" for row in rows))
        said = self.assert_succeeds("sample", self.out, "--theta", thetas, "--output", "-").stdout
        return [float(line.split(",")[-1]) for line in said.splitlines()[1:]]

    def test_density_and_gradient(self):
        import umbridge  # of PyPI
        theta = [0.1 * (-1) ** j for j in range(10)]
        step = 0.01
        around = [[value + sign * step * (i == j) for i, value in enumerate(theta)] for j in range(10) for sign in (1, -1)]
        expected, *beside = self.densities([theta, *around])
        for ranks, end in ((None, signal.SIGINT), (None, signal.SIGTERM), (2, None)):
            with self.subTest(ranks=ranks, end=end):
                server, url = self.serve(ranks)
                self.assertEqual(umbridge.supported_models(url), ["posterior"])
                model = umbridge.HTTPModel(url, "posterior")
                self.assertEqual((model.get_input_sizes(), model.get_output_sizes()), ([10], [1]))
                self.assertTrue(model.supports_evaluate() and model.supports_gradient())
                self.assertFalse(model.supports_apply_jacobian() or model.supports_apply_hessian())
                self.assertAlmostEqual(model([theta])[0][0], expected, delta=1e-4)
                gradient = model.gradient(0, 0, [theta], [2.0])
                for j, slope in enumerate(gradient):
                    self.assertAlmostEqual(slope / 2, (beside[2 * j] - beside[2 * j + 1]) / (2 * step), delta=0.05)
                self.assertEqual(model([[2.0] * 10]), [[-math.inf]])
                for wrong, call in (("has no gradient there", lambda: model.gradient(0, 0, [[2.0] * 10], [1.0])),
                                    ("input must be one vector of 10 numbers", lambda: model([[0.1]])),
                                    ("outWrt is 1", lambda: model.gradient(1, 0, [theta], [1.0]))):
                    with self.assertRaisesRegex(Exception, wrong):
                        call()
                if end is None:
                    continue
                server.send_signal(end)
                self.assertEqual(server.wait(30), 0)

    def test_many_clients_at_once(self):
        import umbridge
        _, url = self.serve()
        rows = [[0.01 * i] * 10 for i in range(12)]
        with concurrent.futures.ThreadPoolExecutor(12) as clients:
            answers = list(clients.map(lambda row: umbridge.HTTPModel(url, "posterior")([row])[0][0], rows))
        for answer, expected in zip(answers, self.densities(rows), strict=True):
            self.assertAlmostEqual(answer, expected, delta=1e-4)

    def test_what_cannot_be_served(self):
        _, url = self.serve()
        port = url.rpartition(":")[2]
        self.assert_refused(CANNOT_CREATE, [f"cannot listen at 127.0.0.1:{port}", "--port"], "serve", self.out, "--port", port)
        several = self.write("several.toml", self.file.read_text().replace(str([0.1] * 10), f"{[0.1] * 20}\nrows = 2"))
        self.assert_succeeds("run", several, "--out", self.folder / "several")
        self.assert_refused(USAGE, "several observations together", "serve", self.folder / "several")


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
