"""Times products of matrices that are values of the run beside two builds of OpenBLAS, round by round, for decision 0006.

    .venv/bin/python Benchmarks/products.py [--threads 1,2] [--rounds 5] [--seconds 0.3]

`make build` comes first, and libopenblas0-pthread of Debian; the other build is the one in NumPy's wheel. The shapes are those of VGG's first
fully connected layer in training, forward (NT), the gradient of its input (NN) and of its weights (TN), by the images of a shard; a
square; and a convolution of 512 channels as a product. Tessera's times are those of its step.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

import process
from environment import BENCHMARKS, ROOT

TOOL = ROOT / ".build/release/tessera"
DEBIAN = pathlib.Path("/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0")
SHAPES = ["4x25088x4096NT", "4x4096x25088NN", "8x25088x4096NT", "32x25088x4096NT", "32x4096x25088NN", "4096x32x25088TN",
          "1024x1024x1024NN", "512x4608x196NN"]
MODEL = """<ir_version: 10, opset_import: ["" : 21]>
product (float[{left}] a, float[{right}] b) => (float[{rows},{columns}] y) {{
  y = Gemm <transA = {first:d}, transB = {second:d}> (a, b)
}}
"""


def own(shape, folder, threads, seconds):
    rows, depth, columns = shape[:-2].split("x")
    first, second = (letter == "T" for letter in shape[-2:])
    path = folder / f"{shape}.onnxtxt"
    path.write_text(MODEL.format(
        left=f"{depth},{rows}" if first else f"{rows},{depth}", right=f"{columns},{depth}" if second else f"{depth},{columns}",
        rows=rows, columns=columns, first=first, second=second))
    measured = process.run([TOOL, "bench", path, "--threads", threads, "--duration", seconds, "--steps", "--json"])
    result = json.loads(measured.output)
    return sum(step["median_ms"] for step in result["steps"]), sum(step["min_ms"] for step in result["steps"])


def measure(shape, threads, options, folder):
    """Of each contender the medians and minima of the rounds."""
    libraries = {"OpenBLAS of Debian": DEBIAN, "OpenBLAS of NumPy": "numpy"}
    found = {}
    for _ in range(options.rounds):
        found.setdefault("Tessera", []).append(own(shape, folder, threads, options.seconds))
        for name, library in libraries.items():
            measured = process.run([sys.executable, BENCHMARKS / "runners/openblas.py", library, threads, options.seconds, shape])
            times = json.loads(measured.output)[shape]
            found.setdefault(name, []).append((statistics.median(times), min(times)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", default="1,2", type=lambda text: list(map(int, text.split(","))))
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--seconds", default=0.3, type=float)
    options = parser.parse_args()
    for path, hint in [(TOOL, "`make build` builds it"), (DEBIAN, "`apt-get install libopenblas0-pthread` installs it")]:
        if not path.exists():
            sys.exit(f"{path} is not there; {hint}")
    print("| product | threads | " + " | ".join(["Tessera ms", "OpenBLAS of Debian ms", "OpenBLAS of NumPy ms", "over the faster"]) + " |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES:
            for threads in options.threads:
                found = measure(shape, threads, options, pathlib.Path(folder))
                medians = [statistics.median(median for median, _ in rounds) for rounds in found.values()]
                minima = [min(minimum for _, minimum in rounds) for rounds in found.values()]
                cells = [f"{median:.2f} ({minimum:.2f})" for median, minimum in zip(medians, minima)]
                print(f"| {shape[:-2].replace('x', ' × ')} {shape[-2:]} | {threads} | {' | '.join(cells)} | "
                      f"{medians[0] / min(medians[1:]):.2f} |", flush=True)


main()
