#!/usr/bin/env python3
"""Compares random models with ONNX Runtime, as many as one says.

    .venv/bin/python Scripts/random_graphs.py --count 5000 --seed 0

A model that fails is shrunk and saved, with its inputs and how to run it, in --output. Exits with 1
if one fails. Where a seed asks for an instruction set that the tool has not been built for, the tool chooses.
"""

import argparse
import collections
import dataclasses
import functools
import multiprocessing
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "python"))

import tool  # noqa: E402
from random_graphs import compare, generate, report, shrink  # noqa: E402


def examine(destination, instruction_sets, seed):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        case = generate.case(seed)
        if case.settings.instruction_set not in instruction_sets:
            case = dataclasses.replace(case, settings=dataclasses.replace(case.settings, instruction_set=""))
        outcome = compare.check(case, folder)
        if outcome.kind == "fails":
            case = shrink.shrink(case, folder)
            outcome = compare.check(case, folder)
            report.save(case, outcome, destination / str(seed))
        return seed, outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="how many models (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first (default: 0)")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time (default: 1)")
    parser.add_argument(
        "--output", type=pathlib.Path, default=ROOT / ".build" / "random-graphs",
        help="the folder for models that fail",
    )
    arguments = parser.parse_args()
    instruction_sets = tool.tessera("doctor", "--threads", 1, "--json").json["instruction_sets"]
    counts = collections.Counter()
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    with multiprocessing.Pool(arguments.jobs) as pool:
        for seed, outcome in pool.imap_unordered(functools.partial(examine, arguments.output, instruction_sets), seeds):
            counts[outcome.kind] += 1
            if outcome.kind == "refused":
                counts[f"  {outcome.detail}"] += 1
            if outcome.kind == "fails":
                print(f"\rseed {seed} fails, see {arguments.output / str(seed)}: {outcome.detail}", flush=True)
            if sys.stderr.isatty():
                done = counts["agrees"] + counts["refused"] + counts["fails"]
                print(f"\r{done} of {arguments.count}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for kind in ["agrees", "fails", "refused", *sorted(kind for kind in counts if kind[0] == " ")]:
        print(f"{kind}: {counts[kind]}")
    return 1 if counts["fails"] else 0


if __name__ == "__main__":
    sys.exit(main())
