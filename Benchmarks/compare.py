#!/usr/bin/env python3
"""Compares Tessera with its peers on VGG networks, interleaved round by round.

All get the same weights (He-normal, seed 1), the same input and the same number of threads, and compute in
float32. Every round runs each contender in a process of its own, one at a time, each time another one first.
Printed, and written to Benchmarks/Results as results.json, results.md and medians.svg.

    make build && python3 Benchmarks/compare.py --networks d --threads 2 --batches 1

TESSERA names another tessera than .build/release/tessera.
"""

import argparse
import itertools
import json
import os
import shutil
import sys
import time
from pathlib import Path

import cell
import chart
import environment
import machine
import process
import report
import roofline
from contenders import CONTENDERS, TESSERA, Timing


def versions():
    result = {}
    for contender in CONTENDERS:
        try:
            result[contender.name] = contender.version()
        except process.Failed as error:
            result[contender.name] = f"not available: {error}"
    return result


def rotated(values, count):
    return values[count % len(values):] + values[:count % len(values)]


class Progress:
    """Tells on standard error what goes on."""

    def __init__(self):
        self.start = time.monotonic()

    def minutes(self):
        return (time.monotonic() - self.start) / 60

    def say(self, text):
        print(f"[{self.minutes():5.1f} min] {text}", file=sys.stderr, flush=True)


def compare(options, progress):
    """Yields the rows, the best peaks and the number of rounds so far, after each round."""
    grid = list(itertools.product(options.networks, options.batches, options.threads))
    groups = [[cell.Cell(contender, *key) for contender in CONTENDERS] for key in grid]
    cells = list(itertools.chain(*groups))
    program = roofline.build()
    prepared = set()
    for each in cells:
        if (what := f"{each.contender.name}, {each.network}, batch {each.batch}") not in prepared:
            progress.say(f"preparing {what}")
            prepared.add(what)
        each.attempt(each.prepare)

    peaks = {str(threads): [] for threads in options.threads}
    longest_round, rounds = 0, 0
    before = progress.minutes()
    while rounds < options.rounds and (
            rounds == 0 or progress.minutes() - before + longest_round <= options.minutes):
        start = progress.minutes()
        for threads in options.threads:
            peaks[str(threads)].append(roofline.peaks(program, threads, options.peak_seconds))
        for group in groups:
            progress.say(f"round {rounds + 1} of {options.rounds}: {group[0].network}, batch "
                         f"{group[0].batch}, {group[0].threads} threads")
            for each in rotated(group, rounds):
                each.attempt(each.measure, options.timing)
        rounds += 1
        longest_round = max(longest_round, progress.minutes() - start)
        if rounds == 1:
            progress.say(f"a round takes {longest_round:.1f} min, {options.rounds} rounds "
                         f"{options.rounds * longest_round:.0f} min, at most {options.minutes:g} min are given")
        best = {threads: {unit: max(peak[unit] for peak in measured) for unit in ["gflops", "gbytes"]}
                for threads, measured in peaks.items()}
        yield cell.rows(cells), best, rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", default="a,d,e", help="configurations of the paper: a,a-lrn,b,c,d,e")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batches", default="1,8")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2,
                        help="each process measures for so long, and at least --iterations runs")
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=90,
                        help="start no round that would end later, preparing not counted")
    parser.add_argument("--quick", action="store_true",
                        help="one round of one run each, to see that all works; results in .build/benchmarks")
    parser.add_argument("--output", type=Path, help="the folder for the results")
    options = parser.parse_args()
    options.networks = [f"vgg-{name}" for name in options.networks.split(",")]
    options.threads = [int(number) for number in options.threads.split(",")]
    options.batches = [int(number) for number in options.batches.split(",")]
    if options.quick:
        options.rounds, options.seconds, options.iterations = 1, 0, 1
    options.peak_seconds = 0.2 if options.quick else 1
    options.timing = Timing(options.seconds, options.iterations)
    options.output = options.output or (
        environment.WORK / "quick" if options.quick else environment.BENCHMARKS / "Results")

    if not shutil.which(TESSERA):
        sys.exit(f"{TESSERA} is not there; `make build` builds it")
    environment.install()
    if Path(sys.executable) != environment.PYTHON:
        os.execv(environment.PYTHON, [environment.PYTHON, *sys.argv])
    environment.WORK.mkdir(parents=True, exist_ok=True)

    progress = Progress()
    about = machine.describe()
    about["versions"] = versions()
    if about["load"] > 0.5:
        progress.say(f"the machine is not quiet: its load is {about['load']}")
    about |= {"seconds_per_process": options.seconds, "iterations_per_process_at_least": options.iterations}
    for results, peaks, rounds in compare(options, progress):
        about |= {"rounds": rounds, "minutes": round(progress.minutes(), 1)}
        text = write(options.output, about, results, peaks)
    print(text)
    progress.say(f"done; results in {options.output}")
    if any("failed" in row for row in results):
        sys.exit(1)


def write(folder, about, results, peaks):
    """Writes the results; returns those to print."""
    by_step = [part for row in results if "steps" in row and "failed" not in row for part in [
        f"### Roofline: {row['network']}, batch {row['batch']}, {row['threads']} threads",
        report.limits_by_step(row, peaks[str(row["threads"])])]]
    comparison = ["# Tessera and its peers", machine.sentence(about), report.comparison(results),
                  "## Tessera against the machine's limit", roofline.__doc__.strip(), report.limits(results, peaks)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(
        json.dumps({"about": about, "peaks": peaks, "rows": results}, indent=1) + "\n")
    (folder / "results.md").write_text("\n\n".join([*comparison, *by_step]) + "\n")
    title = f"VGG, float32, {about['cpu']}, {about['cores']} cores"
    (folder / "medians.svg").write_text(chart.chart(results, title))
    return "\n\n".join(comparison)


if __name__ == "__main__":
    main()
