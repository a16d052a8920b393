"""Times steps of training beside PyTorch's, round by round, and writes Results/training.json, training.md and training.svg.

    python3 Benchmarks/training.py [--networks vgg-a,vgg-d] [--batch 32] [--shard 16] [--threads 2] [--rounds 3] [--steps 1]

`make build` comes first; the first run installs PyTorch in .venv-training. Each contender is a process of its own in each
round: a first step that is not timed, then --steps that are. Workers are timed on the first network alone, the second of two epochs
of two batches of two shards in each round: one worker of one thread, one of two, and two of one each.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import venv

import bars
import machine
import process
from environment import BENCHMARKS, ROOT, WORK

ENVIRONMENT = ROOT / ".venv-training"
TOOL = ROOT / ".build/release/TrainingBenchmark"
WORKER = ROOT / ".build/release/tessera-train-mpi"
WORKERS = {"one worker of one thread": (1, 1), "one worker of two threads": (1, 2), "two workers of one thread": (2, 1)}
WORKER_BATCHES = 2
TORCH = {"PyTorch, eager": "eager", "PyTorch, eager, channels last": "eager-channels-last",
         "torch.compile, channels last": "compile-channels-last"}


def install():
    requirements = BENCHMARKS / "requirements-training.txt"
    stamp = ENVIRONMENT / "installed"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return
    print(f"installing {requirements.name} in {ENVIRONMENT.name}", file=sys.stderr)
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    subprocess.run([ENVIRONMENT / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--no-input", "--requirement", requirements], check=True)
    stamp.write_text(requirements.read_text())


def contenders(options):
    """Names and commands; a command gets the network's name."""
    def own(network):
        return [TOOL, ROOT / f"Graphs/{network}.onnxtxt", "--batch", options.batch, "--threads", options.threads,
                "--shard", options.shard, "--rounds", options.steps]

    def torch(mode):
        return lambda network: [ENVIRONMENT / "bin/python", BENCHMARKS / "runners/torch_training.py", network,
                                options.batch, options.threads, options.steps, mode]

    return {"Tessera": own, **{name: torch(mode) for name, mode in TORCH.items()}}


def measure(options):
    rows = {}
    for number in range(options.rounds):
        for network in options.networks:
            for name, command in contenders(options).items():
                print(f"round {number + 1} of {options.rounds}: {network}, {name}", file=sys.stderr)
                row = rows.setdefault((network, name), {"network": network, "contender": name, "seconds": []})
                try:
                    measured = process.run(command(network), {"OMP_NUM_THREADS": str(options.threads)})
                except process.Failed as failure:
                    row["failure"] = str(failure)
                    continue
                result = json.loads(measured.output.splitlines()[-1])
                row["seconds"] += result["seconds"]
                row["peak_bytes"] = max(row.get("peak_bytes", 0), measured.peak_bytes)
                row["version"] = result.get("version")
    return list(rows.values())


def measure_workers(options):
    data = WORK / "training.npz"
    WORK.mkdir(parents=True, exist_ok=True)
    subprocess.run([ENVIRONMENT / "bin/python", "-c", MAKE_IMAGES, data, str(WORKER_BATCHES * options.batch)], check=True)
    seconds = {name: [] for name in WORKERS}
    for number in range(options.rounds):
        for name, (workers, threads) in WORKERS.items():
            print(f"round {number + 1} of {options.rounds}: {options.networks[0]}, {name}", file=sys.stderr)
            measured = process.run(
                ["mpirun", *(["--allow-run-as-root"] if os.geteuid() == 0 else []), "--oversubscribe", "--bind-to", "none",
                 "--quiet", "-np", workers, WORKER, ROOT / f"Graphs/{options.networks[0]}.onnxtxt", "--weights", "random:1",
                 "--batch", options.batch, "--shard", options.batch // 2, "--epochs", 2, "--learning-rate", 1e-5, "--data", data,
                 "--threads", threads, "--checkpoint-minutes", 0, "--json", "-o", WORK / "trained.safetensors"])
            epoch = json.loads(measured.output.splitlines()[-1])
            seconds[name].append(options.batch / epoch["images_per_second"])
    return [{"workers": name, "seconds": times, "median": statistics.median(times), "minimum": min(times)}
            for name, times in seconds.items()]


MAKE_IMAGES = """
import sys
import numpy as np
random = np.random.default_rng(1)
count = int(sys.argv[2])
np.savez(sys.argv[1], images=random.integers(0, 256, (count, 224, 224, 3), np.uint8), labels=random.integers(0, 1000, count))
"""


def summarize(rows):
    """Adds medians, minima and what Tessera's are of the fastest peer's."""
    for row in rows:
        if row["seconds"]:
            row["median"], row["minimum"] = statistics.median(row["seconds"]), min(row["seconds"])
    for own in (row for row in rows if row["contender"] == "Tessera" and "median" in row):
        peers = [row for row in rows
                 if row["network"] == own["network"] and row["contender"] in TORCH and "median" in row]
        if peers:
            fastest = min(peers, key=lambda row: row["median"])
            own["fastest_peer"] = fastest["contender"]
            own["ratio"] = own["median"] / fastest["median"]
            own["ratio_of_minima"] = own["minimum"] / min(row["minimum"] for row in peers)
            own["memory_ratio"] = own["peak_bytes"] / fastest["peak_bytes"]


def report(rows, workers, about):
    lines = ["# Steps of training", "", machine.sentence(about), "",
             f"Batches of {about['batch']} images of 224×224, those of Tessera in shards of {about['shard']}, {about['threads']} threads, "
             f"{about['rounds']} interleaved rounds; forward and backward pass and the update, dropout included. PyTorch {about['torch']}.", "",
             "| network | | median s | minimum s | peak memory MB |", "|---|---|---:|---:|---:|"]
    for row in rows:
        numbers = [f"{row['median']:.2f}", f"{row['minimum']:.2f}", f"{row['peak_bytes'] / 1e6:,.0f}"] \
            if "median" in row else [f"failed: {row['failure']}", "", ""]
        lines.append(f"| {row['network'].upper()} | {row['contender']} | {' | '.join(numbers)} |")
    lines += ["", "| network | over the fastest of PyTorch | minima | peak memory |", "|---|---:|---:|---:|"]
    lines += [f"| {row['network'].upper()} | {row['ratio']:.2f} ({row['fastest_peer']}) | {row['ratio_of_minima']:.2f} | "
              f"{row['memory_ratio']:.2f} |" for row in rows if "ratio" in row]
    lines += ["", f"Workers over MPI, {about['networks'][0].upper()}, shards of {about['batch'] // 2}, the second epoch of "
              f"{WORKER_BATCHES} batches:", "", "| | median s | minimum s | over two threads | over one thread |", "|---|---:|---:|---:|---:|"]
    one, two = workers[0]["median"], workers[1]["median"]
    lines += [f"| {row['workers']} | {row['median']:.2f} | {row['minimum']:.2f} | {row['median'] / two:.2f} | "
              f"{row['median'] / one:.2f} |" for row in workers]
    return "\n".join([*lines, ""])


def chart(rows, about):
    panels = {"seconds a step": {}, "peak memory, GB": {}}
    for row in rows:
        group = row["network"].upper()
        if "median" not in row:
            panels["seconds a step"].setdefault(group, []).append(bars.Bar(row["contender"], None, "failed"))
            continue
        memory = row["peak_bytes"] / 1e9
        panels["seconds a step"].setdefault(group, []).append(
            bars.Bar(row["contender"], row["median"], f"{row['median']:.2f}"))
        panels["peak memory, GB"].setdefault(group, []).append(bars.Bar(row["contender"], memory, f"{memory:.1f}"))
    return bars.chart(
        "A step of training: seconds and memory, less is better",
        [f"batch {about['batch']}, {about['threads']} threads, PyTorch {about['torch']}, medians of {about['rounds']} rounds",
         f"{about['cpu']}, {about['cores']} cores, {about['date']}"], panels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", default="vgg-a,vgg-d", type=lambda text: text.split(","))
    parser.add_argument("--batch", default=32, type=int)
    parser.add_argument("--shard", default=16, type=int, help="images in memory at a time")
    parser.add_argument("--threads", default=2, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--steps", default=1, type=int)
    options = parser.parse_args()
    if not TOOL.exists():
        sys.exit(f"{TOOL} is not there; `make build` builds it")
    install()
    about = machine.describe() | {name: getattr(options, name) for name in ("networks", "batch", "shard", "threads", "rounds")}
    rows = measure(options)
    summarize(rows)
    workers = measure_workers(options)
    about["torch"] = next((row["version"] for row in rows if row.get("version")), "failed")
    folder = BENCHMARKS / "Results"
    (folder / "training.json").write_text(json.dumps({"about": about, "rows": rows, "workers": workers}, indent=1) + "\n")
    (folder / "training.md").write_text(report(rows, workers, about))
    (folder / "training.svg").write_text(chart(rows, about))
    print(report(rows, workers, about))


main()
