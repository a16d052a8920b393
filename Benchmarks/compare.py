#!/usr/bin/env python3
"""Compares Tessera with its peers on a suite of networks, interleaved round by round.

All get the same weights (seed 1), the same input and the same number of threads, and compute in
float32. Every round runs each contender in a process of its own, one at a time, each time another one first.
Then compiling is compared with creating a session. Printed, and written to Benchmarks/Results, of the suite torchvision to its folder
torchvision, as results.json, results.md, medians.svg and preparing.svg.

    make build && python3 Benchmarks/compare.py --networks vgg-d --threads 2 --batches 1
    python3 Benchmarks/compare.py --suite torchvision --minutes 25 --starts 1

TESSERA names another tessera than .build/release/tessera.
"""

import argparse
import itertools
import json
import sys
from pathlib import Path

import cell
import chart
import contenders
import environment
import machine
import preparing
import process
import ratios
import report
import roofline
from contenders import CONTENDERS, TESSERA, Timing
from progress import Progress, left
from suites import SUITES


def versions(compared):
    result = {}
    for contender in compared:
        try:
            result[contender.name] = contender.version()
        except process.Failed as error:
            result[contender.name] = f"not available: {error}"
    return result


def rotated(values, count):
    return values[count % len(values):] + values[:count % len(values)]


def prepare_cells(cells, progress):
    """Makes the models, inputs and references that are not there yet."""
    before = progress.minutes()
    prepared = {}
    for each in cells:
        prepared.setdefault((each.contender.name, each.network, each.batch), []).append(each)
    for done, (what, group) in enumerate(prepared.items()):
        progress.show(f"preparing {what[0]}, {what[1]}, batch {what[2]}: "
                      f"{left(done, len(prepared), progress.minutes() - before)}")
        for each in group:
            each.attempt(each.prepare)


def compare_preparing(options, progress):
    """The rows of `preparing`, repeated in turns over all networks."""
    every = [preparing.Preparing(network.name, max(options.threads)) for network in options.networks]
    for index in range(options.preparing):
        for each in every:
            progress.show(f"compiling and creating sessions, {index + 1} of {options.preparing}: {each.network}")
            each.repeat(index)
    return [row for each in every for row in each.rows()] if options.preparing else []


def compare(options, progress):
    """Yields the rows, the best peaks and the number of rounds so far, after each round."""
    grid = [(network.name, batch, threads) for network in options.networks
            for batch in options.batches or network.batches for threads in options.threads]
    groups = [[cell.Cell(contender, *key) for contender in options.contenders] for key in grid]
    cells = list(itertools.chain(*groups))
    prepare_cells(cells, progress)

    peaks = {str(threads): [] for threads in options.threads}
    last_round, rounds = 0, 0
    before = progress.minutes()
    while rounds < options.rounds and (
            rounds == 0 or progress.minutes() + last_round <= options.minutes):
        start = progress.minutes()
        for threads in options.threads:
            peaks[str(threads)].append(roofline.peaks(threads))
        for index, group in enumerate(groups):
            for place, each in enumerate(rotated(group, rounds)):
                done = rounds * len(cells) + index * len(group) + place
                progress.show(f"round {rounds + 1} of {options.rounds}: {each.network}, batch {each.batch}, "
                              f"{each.threads} threads, {each.contender.name}: "
                              f"{left(done, options.rounds * len(cells), progress.minutes() - before)}")
                each.attempt(each.measure, options.timing, rounds < options.starts)
        rounds += 1
        last_round = progress.minutes() - start
        best = {threads: {unit: max(peak[unit] for peak in measured) for unit in ["gflops", "gbytes"]}
                for threads, measured in peaks.items()}
        yield cell.rows(cells), best, rounds


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    every = [contenders.key(contender) for contender in CONTENDERS]
    usual = [name for name in every if name not in contenders.NOT_BY_DEFAULT]
    parser.add_argument("--suite", default="vgg", choices=SUITES, help="(default: vgg)")
    parser.add_argument("--networks", help="of the suite (default: those of its usual run)")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batches", help="(default: those of each network)")
    parser.add_argument("--contenders", default=",".join(usual), help=f"all: {','.join(every)}\n(default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7,
                        help="0 keeps the results in the folder and measures only what --preparing says again")
    parser.add_argument("--starts", type=int, default=3,
                        help="the rounds that measure starting and errors too (default: the first 3)")
    parser.add_argument("--seconds", type=float, default=1,
                        help="each process measures for so long, and at least --iterations runs")
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--preparing", type=int, default=3,
                        help="how often compiling and creating sessions are repeated; 0 leaves them out")
    parser.add_argument("--minutes", type=float, default=50,
                        help="start no round that would end later; the first is run in any case")
    parser.add_argument("--quick", action="store_true",
                        help="one round of one run each, to see that all works; results in .build/benchmarks")
    parser.add_argument("--output", type=Path, help="the folder for the results")
    options = parser.parse_args()
    try:
        options.contenders = contenders.chosen(options.contenders.split(","))
    except KeyError as error:
        parser.error(error.args[0])
    options.suite = SUITES[options.suite]
    known = {network.name: network for network in options.suite.networks}
    names = options.networks.split(",") if options.networks else [
        name for name, network in known.items() if network.in_default_run]
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no network {', '.join(unknown)}; there are {', '.join(known)}")
    options.networks = [known[name] for name in names]
    options.threads = [int(number) for number in options.threads.split(",")]
    options.batches = options.batches and [int(number) for number in options.batches.split(",")]
    if options.quick:
        options.rounds, options.seconds, options.iterations, options.preparing = 1, 0, 1, min(1, options.preparing)
    if options.rounds < 0 or options.starts < 1:
        parser.error("--rounds is at least 0, --starts at least 1")
    options.timing = Timing(options.seconds, options.iterations)
    options.output = options.output or (
        environment.WORK / "quick" if options.quick else environment.BENCHMARKS / "Results" / options.suite.folder)
    return options


def main():
    options = arguments()
    environment.enter(TESSERA)
    progress = Progress()
    about = machine.describe()
    about["versions"] = versions(options.contenders)
    if about["load"] > 0.5:
        progress.warn(f"the machine is not quiet: its load is {about['load']}")
    about |= {"seconds_per_process": options.seconds, "iterations_per_process_at_least": options.iterations,
              "rounds_asked": options.rounds, "rounds_with_start": options.starts,
              "contenders_not_run": [each.name for each in CONTENDERS if each not in options.contenders],
              "networks_not_run": [network.name for network in options.suite.networks if network not in options.networks]}
    prepared = compare_preparing(options, progress)
    if options.rounds == 0:
        kept = json.loads((options.output / "results.json").read_text())
        results = kept["rows"]
        text = write(options, kept["about"], results, kept["peaks"], prepared)
    for results, peaks, rounds in compare(options, progress):
        about |= {"rounds": rounds, "minutes": round(progress.minutes(), 1)}
        text = write(options, about, results, peaks, prepared)
    progress.clear()
    print(text)
    print(f"\nDone in {progress.minutes():.1f} minutes; results in {options.output}")
    if any("failed" in row for row in [*results, *prepared]):
        sys.exit(1)


def sentence(about):
    """What was run, and what was not."""
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return (f"{versions}, Python {about['python']}. {about['rounds']} of {about['rounds_asked']} rounds in "
            f"{about['minutes']} minutes, starts and errors in the first "
            f"{min(about['rounds'], about['rounds_with_start'])}; each process at least "
            f"{about['seconds_per_process']:g} s and {about['iterations_per_process_at_least']} runs after the first. "
            f"Not run: contenders: {', '.join(about['contenders_not_run']) or 'none'}; "
            f"networks: {', '.join(about['networks_not_run']) or 'none'}.")


def write(options, about, results, peaks, prepared):
    """Writes the results; returns those to print."""
    compared = ratios.ratios(results)
    by_step = [part for row in results if "steps" in row and "failed" not in row for part in [
        f"### Roofline: {row['contender']}, {row['network']}, batch {row['batch']}, {row['threads']} threads",
        report.limits_by_step(row, peaks[str(row["threads"])])]]
    comparison = ["# Tessera and its peers", f"{machine.sentence(about)} {sentence(about)}",
                  ratios.__doc__.strip(), ratios.table(compared), report.comparison(results), "## Making a model ready",
                  *([preparing.__doc__.strip(), preparing.table(prepared)] if prepared else ["Not run."]),
                  "## Tessera against the machine's limit", roofline.__doc__.strip(), report.limits(results, peaks)]
    folder = options.output
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(
        {"about": about, "peaks": peaks, "ratios": compared, "rows": results, "preparing": prepared}, indent=1) + "\n")
    (folder / "results.md").write_text("\n\n".join([*comparison, *by_step]) + "\n")
    (folder / "medians.svg").write_text(chart.chart(results, about, options.suite.title))
    (folder / "preparing.svg").unlink(missing_ok=True)
    if prepared:
        (folder / "preparing.svg").write_text(preparing.chart(prepared, about))
    return "\n\n".join(comparison)


if __name__ == "__main__":
    main()
