"""What the Python package costs: time of a call beyond the run, memory of two processes on one plan, scaling of threads.

    .venv/bin/python Benchmarks/python_package.py overhead|memory|threads

`make wheel` comes first. Compiles VGG-16 into .build/vgg-d.plan, which it keeps.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".build/python"))

import numpy as np  # noqa: E402
import tessera  # noqa: E402
from tessera._library import ffi, library  # noqa: E402

SMALL = """<ir_version: 10, opset_import: ["": 21]>
small (float[1,3] x) => (float[1,3] y) { y = Add (x, x) }
"""
VGG_INPUT = (1, 3, 224, 224)


# Runs a plan and tells, when it is asked, of its proportional memory in bytes.
OCCUPANT = """
import sys
import numpy as np
import tessera

session = tessera.Session(sys.argv[1], threads=1)
pixels = np.arange(3 * 224 * 224, dtype=np.float32).reshape(1, 3, 224, 224)
# Weights of inputs that are zero are not read, so one image would not touch all.
for factor in range(1, 11):
    session.run([], {"data": np.sin(pixels * factor)})
print("ready", flush=True)
input()
(line,) = [line for line in open("/proc/self/smaps_rollup") if line.startswith("Pss:")]
print(int(line.split()[1]) * 1024, flush=True)
input()
"""


def vgg():
    path = ROOT / ".build/vgg-d.plan"
    if not path.exists():
        tessera.compile(ROOT / "Graphs/vgg-d.onnxtxt", path, weights="random:1", preset="none")
    return path


def image(seed):
    return np.random.default_rng(seed).standard_normal(VGG_INPUT, np.float32)


def fastest(call, count=2000, rounds=20):
    """Microseconds a call, in the fastest of some rounds."""
    def once():
        begin = time.perf_counter()
        for _ in range(count):
            call()
        return (time.perf_counter() - begin) / count * 1e6
    return min(once() for _ in range(rounds))


def overhead():
    """Of a network that does almost nothing: a call from Python, and the C function from and into the same memory."""
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "small.onnxtxt"
        model.write_text(SMALL)
        session = tessera.Session(tessera.compile(model), threads=1)
    x, y = np.ones((2, 1, 3), np.float32)
    inputs = ffi.new("tsr_input[]", [(ffi.cast("void *", x.ctypes.data), x.nbytes)])
    outputs = ffi.new("tsr_output[]", [(ffi.cast("void *", y.ctypes.data), y.nbytes)])
    handle, run = session._handle, library.tsr_session_run
    alone = fastest(lambda: run(handle, 0, inputs, 1, outputs, 1, ffi.NULL, 0))
    for name, call in [
        ("run", lambda: session.run(None, {"x": x})), ("run_into", lambda: session.run_into({"y": y}, {"x": x})),
    ]:
        print(f"{name}: {fastest(call) - alone:.1f} µs beyond the {alone:.1f} µs of tsr_session_run")


def memory():
    path = vgg()
    sums = []
    for count in [1, 2]:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", OCCUPANT, path], env={"PYTHONPATH": str(ROOT / ".build/python")}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(count)]
        # Each has run before any is asked, and all are there until all have answered.
        for process in processes:
            process.stdout.readline()
        total = 0
        for process in processes:
            print(file=process.stdin, flush=True)
            total += int(process.stdout.readline())
        for process in processes:
            process.communicate("\n")
        sums.append(total)
    print(f"one process {sums[0] / 1e6:.0f} MB, two {sums[1] / 1e6:.0f} MB: {sums[1] / sums[0]:.3f} times")


def by_python(plan, count, seconds):
    """Images a second of `count` threads with a session of one thread each."""
    runs, begin = [], []
    start = threading.Barrier(count, action=lambda: begin.append(time.perf_counter()))

    def work():
        session = tessera.Session(plan, threads=1)
        inputs = {"data": image(1)}
        session.run(None, inputs)
        start.wait()
        while time.perf_counter() < begin[0] + seconds:
            session.run(None, inputs)
            runs.append(1)

    workers = [threading.Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return len(runs) / (time.perf_counter() - begin[0])


def by_swift(plan, count, seconds):
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/image.npy", image(1))
        printed = subprocess.run(
            [ROOT / ".build/release/tessera", "bench", plan, "--input", f"data={folder}/image.npy", "--threads", "1",
             "--sessions", str(count), "--duration", str(seconds), "--json"],
            check=True, capture_output=True, text=True).stdout
    return json.loads(printed)["images_per_second"]


def threads(count=8, seconds=5, rounds=3):
    """In turns, as the machine's speed varies."""
    plan = vgg()
    found = [(by_python(plan, count, seconds), by_swift(plan, count, seconds)) for _ in range(rounds)]
    python, swift = (statistics.median(each) for each in zip(*found))
    print(f"{count} sessions of one thread: Python {python:.2f} images/s, Swift {swift:.2f}: {python / swift:.3f} times")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measures = {measure.__name__: measure for measure in [overhead, memory, threads]}
    parser.add_argument("measure", choices=measures)
    measures[parser.parse_args().measure]()
