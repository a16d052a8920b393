#!/usr/bin/env python3
"""Times steps of training VGG networks beside PyTorch's, eager and compiled, in turns.

    make build && python3 Benchmarks/training.py --python PYTHON

PYTHON is one that has torch for CPUs (2.15.0 was measured). Each process of Tessera trains three batches, the first
among those that count; one of PyTorch trains one that does not count and then two. Batches are random pictures with
random labels, weights He's, dropout on. Printed, and written to Benchmarks/Results/training.json.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import environment
import machine
import process
import report
from contenders import TESSERA
from progress import Progress

CHANNELS = {
    "a": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "d": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
}

TORCH = """
import json, sys, time
import torch
from torch import nn
channels, batch, threads, mode = json.loads(sys.argv[1])
torch.set_num_threads(threads)
torch.manual_seed(1)
layers, count = [], 3
for width in channels:
    if width == "M":
        layers.append(nn.MaxPool2d(2))
    else:
        layers += [nn.Conv2d(count, width, 3, padding=1), nn.ReLU(inplace=True)]
        count = width
layers += [nn.Flatten(), nn.Linear(512 * 49, 4096), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, 4096),
           nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, 1000)]
network = nn.Sequential(*layers)
optimizer = torch.optim.SGD(network.parameters(), lr=1e-5, momentum=0.9, weight_decay=5e-4)
loss = nn.CrossEntropyLoss()
step_network = torch.compile(network) if mode == "compiled" else network
images, labels = torch.rand(batch, 3, 224, 224) * 255, torch.randint(0, 1000, (batch,))
times = []
for _ in range(3):
    start = time.monotonic()
    optimizer.zero_grad()
    loss(step_network(images), labels).backward()
    optimizer.step()
    times.append(time.monotonic() - start)
print(json.dumps([batch / (sum(times[1:]) / 2), torch.__version__]))
"""


def tessera(network, options, data):
    with tempfile.TemporaryDirectory(dir=environment.WORK) as folder:
        log = Path(folder) / "log.jsonl"
        measured = process.run([
            TESSERA, "train", environment.ROOT / f"Graphs/vgg-{network}.onnxtxt", "--weights", "random:1", "--data", data,
            "-o", Path(folder) / "out.safetensors", "--epochs", 1, "--batch", options.batch, "--shard", options.shard,
            "--learning-rate", "1e-7", "--threads", options.threads, "--log", log])
        return json.loads(log.read_text())["images_per_second"], measured.peak_bytes


def torch(mode):
    def measure(network, options, _):
        measured = process.run([
            options.python, "-c", TORCH,
            json.dumps([CHANNELS[network], options.batch, options.threads, mode])])
        return json.loads(measured.output)[0], measured.peak_bytes
    return measure


CONTENDERS = {"Tessera": tessera, "PyTorch": torch("eager"), "PyTorch, compiled": torch("compiled")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="a Python with torch")
    parser.add_argument("--networks", default="a,d")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--shard", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    environment.enter(TESSERA)

    import numpy as np
    random = np.random.default_rng(1)
    data = environment.WORK / "training.npz"
    np.savez(data, images=random.integers(0, 256, (3 * options.batch, 224, 224, 3), dtype=np.uint8),
             labels=random.integers(0, 1000, 3 * options.batch))
    progress = Progress()
    networks = options.networks.split(",")
    found = {(network, name): [] for network in networks for name in CONTENDERS}
    failed = {}
    for index in range(options.rounds):
        for network in networks:
            for name, measure in CONTENDERS.items():
                progress.show(f"round {index + 1} of {options.rounds}: vgg-{network}, {name}")
                try:
                    found[network, name].append(measure(network, options, data))
                except process.Failed as error:
                    failed[network, name] = str(error)
    progress.clear()
    rows = []
    for (network, name), values in found.items():
        if not values:
            rows.append({"network": f"vgg-{network}", "contender": name, "failed": failed[network, name]})
            continue
        seconds = sorted(options.batch / rate for rate, _ in values)
        rows.append({
            "network": f"vgg-{network}", "contender": name, "min_s": seconds[0], "median_s": statistics.median(seconds),
            "peak_bytes": max(peak for _, peak in values)})
    own = {row["network"]: row for row in rows if row["contender"] == "Tessera" and "failed" not in row}
    table = []
    for row in rows:
        if "failed" in row:
            print(f"{row['network']}, {row['contender']} failed: {row['failed']}", file=sys.stderr)
        else:
            tessera_row = own.get(row["network"], row)
            table.append([row["network"], row["contender"], f"{row['min_s']:.2f}", f"{row['median_s']:.2f}",
                          f"{tessera_row['median_s'] / row['median_s']:.2f}", f"{row['peak_bytes'] / 1e9:.2f}"])
    print(report.table(["network", "contender", "min s", "median s", "Tessera's ÷ it", "peak GB"], table))
    (environment.BENCHMARKS / "Results/training.json").write_text(json.dumps(
        {"about": machine.describe(), "batch": options.batch, "shard": options.shard, "threads": options.threads,
         "rounds": options.rounds, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
