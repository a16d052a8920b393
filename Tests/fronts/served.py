"""Runs the model server as a user does: as a process of its own, on free ports of the loopback interface."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import np_to_triton_dtype

COMMAND = [sys.executable, "-m", "tessera.serve"]


class Server:
    def __init__(self, process, lines, http_port, grpc_port):
        self.process = process
        self.lines = lines
        self.http_url = f"127.0.0.1:{http_port}"
        self.grpc_url = f"127.0.0.1:{grpc_port}"

    def http(self, **options):
        return tritonclient.http.InferenceServerClient(self.http_url, network_timeout=60, connection_timeout=60, **options)

    def grpc(self):
        return tritonclient.grpc.InferenceServerClient(self.grpc_url)

    def post(self, path, body, headers=None):
        """The status and the JSON of a request."""
        request = urllib.request.Request(f"http://{self.http_url}{path}", body, headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.http_url}{path}", timeout=60) as response:
            return response.read().decode()

    def metric(self, name, **labels):
        """A sample of /metrics; 0 if there is none."""
        found = [
            float(value) for line_name, text, value in re.findall(r"^(\w+)\{(.*)\} (\S+)$", self.get("/metrics"), re.MULTILINE)
            if line_name == name and labels.items() <= dict(re.findall(r'(\w+)="([^"]*)"', text)).items()]
        return sum(found)

    def stop(self, number=signal.SIGTERM):
        """Its exit code, and what it printed on standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


@contextlib.contextmanager
def serving(*arguments):
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--http-port", "0", "--grpc-port", "0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    try:
        lines = []
        while not lines or not lines[-1].startswith("serving on "):
            line = process.stdout.readline()
            assert line, process.communicate()
            lines.append(line.rstrip())
        yield Server(process, lines[:-1], *re.fullmatch(r"serving on 127\.0\.0\.1: HTTP (\d+), gRPC (\d+)", lines[-1]).groups())
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def fails(*arguments):
    """The exit code and the sentence of a server that does not start."""
    result = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert result.stdout == ""
    return result.returncode, result.stderr


def infer(client, model, arrays, outputs=(), binary=True, **options):
    """The answer of either client to arrays by name; `outputs` are the names of those asked for."""
    module = sys.modules[type(client).__module__.rsplit(".", 1)[0]]
    is_http = module is tritonclient.http
    inputs = []
    for name, array in arrays.items():
        inputs.append(module.InferInput(name, array.shape, np_to_triton_dtype(array.dtype)))
        inputs[-1].set_data_from_numpy(array, **({"binary_data": binary} if is_http else {}))
    asked = [module.InferRequestedOutput(name, **({"binary_data": binary} if is_http else {})) for name in outputs]
    return client.infer(model, inputs, outputs=asked or None, **options)

