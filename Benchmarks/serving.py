"""What the model server gains by batches, and what they cost: VGG-16, one row a request.

    .venv-fronts/bin/python Benchmarks/serving.py [--clients 16] [--seconds 7] [--max-delay 20] [--rounds 3] [--weights-precision f32]

`make fronts` comes first. Compiles VGG-16 into .build/serving, which it keeps.
"""

import argparse
import pathlib
import statistics
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "Tests/fronts"), str(ROOT / "Tests/python")]

import numpy as np  # noqa: E402
import tessera  # noqa: E402
from served import infer, serving  # noqa: E402

BATCHES = {"single": [1], "batches": [1, 2, 4, 8]}


def plan(name, precision):
    path = ROOT / ".build/serving" / f"{name}-{precision}.plan"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shapes = [{"data": [size, 3, 224, 224]} for size in BATCHES[name]]
        tessera.compile(ROOT / "Graphs/vgg-d.onnxtxt", path, weights="random:1", preset="none", shapes=shapes, weights_precision=precision)
    return path


def latencies(server, model, clients, seconds):
    """Seconds of each request, of clients that each ask again when they are answered."""
    found, begin = [], []
    start = threading.Barrier(clients, action=lambda: begin.append(time.perf_counter()))

    def ask(number):
        client = server.grpc()
        image = np.random.default_rng(number).standard_normal((1, 3, 224, 224), np.float32)
        infer(client, model, {"data": image})
        start.wait()
        while (asked := time.perf_counter()) < begin[0] + seconds:
            infer(client, model, {"data": image})
            found.append(time.perf_counter() - asked)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found, len(found) / (time.perf_counter() - begin[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=7)
    parser.add_argument("--max-delay", type=float, default=20, help="milliseconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--weights-precision", default="auto", help="of the plans")
    asked = parser.parse_args()
    single, batches = (plan(name, asked.weights_precision) for name in BATCHES)
    contenders = {
        "one at a time": (single, ["--max-delay", 0]), "batches of 1, 2, 4, 8": (batches, ["--max-delay", asked.max_delay])}
    figures = {name: [] for name in contenders}
    for _ in range(asked.rounds):
        for name, (path, options) in contenders.items():
            with serving(path, *options) as server:
                lone, _ = latencies(server, path.stem, 1, asked.seconds / 3)
                many, rate = latencies(server, path.stem, asked.clients, asked.seconds)
            figures[name].append([statistics.median(lone), statistics.median(many), rate])
    print(f"| | latency, one client, ms | latency, {asked.clients} clients, ms | images/s of {asked.clients} clients |")
    print("|---|---:|---:|---:|")
    medians = {name: list(map(statistics.median, zip(*rounds))) for name, rounds in figures.items()}
    for name, (lone, many, rate) in medians.items():
        print(f"| {name} | {lone * 1e3:.1f} | {many * 1e3:.1f} | {rate:.1f} |")
    alone, together = medians.values()
    print(f"\nthroughput: {together[2] / alone[2]:.2f} times; one client waits {(together[0] - alone[0]) * 1e3:.1f} ms more, "
          f"the stated delay is {asked.max_delay:g} ms")


if __name__ == "__main__":
    main()
