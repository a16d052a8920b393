#!/usr/bin/env python3
"""Times Tessera and ONNX Runtime on VGG networks, interleaved round by round.

Every contender runs in processes of its own, one at a time, with the same weights (He-normal,
seed 1) and the same number of threads; each round runs every contender once. Printed and written
as JSON: the minimum and the median of all iterations, and the ratio of medians to ONNX Runtime.

    make build && .venv/bin/python Benchmarks/compare.py --networks d --threads 2
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESSERA = ROOT / ".build/release/tessera"
WORK = ROOT / ".build/benchmarks"


def prepare(network, batch):
    """Writes the network's weights into an ONNX file and compiles a plan from it, once."""
    WORK.mkdir(parents=True, exist_ok=True)
    model = WORK / f"vgg-{network}.onnx"
    plan = WORK / f"vgg-{network}-batch{batch}.plan"
    if not model.exists():
        run([TESSERA, "convert", ROOT / f"Graphs/vgg-{network}.onnxtxt", "--weights", "random:1",
             "-o", model])
    run([TESSERA, "compile", model, "-o", plan, "--shapes", f"data:{batch}x3x224x224"])
    return model, plan


def run(command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True).stdout


def time_tessera(model, plan, options):
    report = json.loads(run([TESSERA, "bench", plan, "--threads", options.threads,
                             "--warmup", options.warmup, "--iterations", options.iterations,
                             "--json"]))
    return report["times_ms"]


def time_onnxruntime(model, plan, options):
    return json.loads(run([sys.executable, Path(__file__).parent / "time_onnxruntime.py", model,
                           "--batch", options.batch, "--threads", options.threads,
                           "--warmup", options.warmup, "--iterations", options.iterations]))


CONTENDERS = {"onnxruntime": time_onnxruntime, "tessera": time_tessera}


def compare(network, options):
    model, plan = prepare(network, options.batch)
    times = {name: [] for name in CONTENDERS}
    for round_number in range(options.rounds):
        for name, contender in CONTENDERS.items():
            times[name] += contender(model, plan, options)
        if sys.stderr.isatty():
            print(f"\rvgg-{network}: round {round_number + 1} of {options.rounds}", end="",
                  file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    reference = statistics.median(times["onnxruntime"])
    return [{"network": f"vgg-{network}", "batch": options.batch, "threads": options.threads,
             "contender": name, "min_ms": min(values), "median_ms": statistics.median(values),
             "ratio_to_onnxruntime": statistics.median(values) / reference}
            for name, values in times.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", default="d", help="comma-separated: a,a-lrn,b,c,d,e")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--output", type=Path, default=WORK / "compare.json")
    options = parser.parse_args()

    import onnxruntime
    rows = [row for network in options.networks.split(",") for row in compare(network, options)]
    print(f"{platform.processor() or platform.machine()}, ONNX Runtime {onnxruntime.__version__}, "
          f"{options.rounds} rounds of {options.iterations} iterations")
    print(f"{'network':10} {'contender':12} {'threads':>7} {'batch':>5} {'min ms':>9} "
          f"{'median ms':>9} {'ratio':>6}")
    for row in rows:
        print(f"{row['network']:10} {row['contender']:12} {row['threads']:7} {row['batch']:5} "
              f"{row['min_ms']:9.1f} {row['median_ms']:9.1f} {row['ratio_to_onnxruntime']:6.2f}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
