"""A session takes the memory of the variants that it runs, not of those that its plan has besides."""

import re
import subprocess
import time

import pytest

from tessera_cli import TOOL, run, write_model

# Activations of 16 channels of 128x128, 1 MiB an image each.
NETWORK = """
g (float[N,16,128,128] x) => (float[N,16,128,128] y) {
  a = Relu (x)
  b = GlobalAveragePool (a)
  y = Add (a, b)
}
"""
LARGE = 64 * 16 * 128 * 128 * 4


def peaks(*arguments):
    """Bytes of address space and of memory that the tool has had when it is at work."""
    process = subprocess.Popen([str(part) for part in [TOOL, *arguments]], stdout=subprocess.DEVNULL)
    try:
        found = {}
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status") as status:
                fields = dict(re.findall(r"^(VmPeak|VmHWM):\s+(\d+) kB$", status.read(), re.MULTILINE))
            found = {name: int(value) * 1024 for name, value in fields.items()} or found
            time.sleep(0.005)
        assert process.returncode == 0
        return found
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    model = write_model(folder / "m.onnx", NETWORK)
    shapes = {batch: ["--shapes", f"x:{batch}x16x128x128"] for batch in [1, 64]}
    run("compile", model, "-o", folder / "one.plan", *shapes[1])
    run("compile", model, "-o", folder / "both.plan", *shapes[1], *shapes[64])
    return folder / "one.plan", folder / "both.plan"


def test_small_variants_need_no_memory_for_the_largest(plans):
    one, both = plans
    run_for = ["--duration", "0.3", "--threads", 1]
    expected = peaks("bench", one, *run_for)
    found = peaks("bench", both, "--batch", 1, *run_for)
    for name in ["VmPeak", "VmHWM"]:
        assert abs(found[name] - expected[name]) < LARGE / 16, (name, found, expected)
    # What would be seen otherwise.
    assert peaks("bench", both, "--batch", 64, *run_for)["VmPeak"] > expected["VmPeak"] + LARGE


def test_memory_that_is_refused_is_said(plans):
    limit = 2 * LARGE
    run("bench", plans[1], "--batch", 1, "--threads", 1, "--iterations", 1, address_space=limit)
    error = run("bench", plans[1], "--batch", 64, "--threads", 1, "--iterations", 1, address_space=limit, expect=1).stderr
    assert re.fullmatch(r"tessera: the system refused \d+ bytes of memory for a session\n", error), error
