#!/usr/bin/env python3
"""Is Tessera's time proportional to the pixels of an image, and to the images of a batch?

Pixels: the convolutional part of a network, up to its last pooling, on one square image. Batch: the whole network,
and its convolutional part alone, at 224 x 224. The weights of fully connected layers are read once in a run,
however many images it has, so the time of an image of the whole network must fall as the batch grows; that of the
convolutional part should stay. Every point has a plan of its own, and the compiler may compute a convolution
otherwise at another size or batch. Rounds are interleaved, each point in a process of its own, in turns up and
down. Printed, and written to Benchmarks/Results as growth.json, growth.md and growth.svg.

    make build && python3 Benchmarks/growth.py

TESSERA names another tessera than .build/release/tessera.
"""

import argparse
import json
import sys
from pathlib import Path

import environment
import growth_chart
import growth_report
import machine
import models
from contenders import OWN, TESSERA
from growth_series import Point, Series
from progress import Progress, left

EXTENT = 224


def series_of(options):
    """Three series for each number of threads."""
    result = []
    for threads in options.threads:
        result += [
            Series("pixels", "convolutional part", threads, "pixels", [
                Point(extent * extent, f"{extent}²", models.convolutions_plan, (options.network, 1, extent))
                for extent in options.extents]),
            Series("batch", "whole network", threads, "images", [
                Point(batch, str(batch), models.own, (OWN, options.network, batch)) for batch in options.batches]),
            Series("batch", "convolutional part", threads, "images", [
                Point(batch, str(batch), models.convolutions_plan, (options.network, batch, EXTENT))
                for batch in options.batches])]
    return result


def measure(all_series, options, progress):
    """Times all points, round by round; the number of rounds."""
    points = [(series, point) for series in all_series for point in series.points]
    for done, (series, point) in enumerate(points):
        progress.show(f"compiling, {done} of {len(points)}: {series.growth}, {series.part}, {point.label}")
        point.attempt(point.compile)
    before, last_round, rounds = progress.minutes(), 0, 0
    while rounds < options.rounds and (rounds == 0 or progress.minutes() + last_round <= options.minutes):
        start = progress.minutes()
        for place, (series, point) in enumerate(points[::-1] if rounds % 2 else points):
            done = rounds * len(points) + place
            progress.show(f"round {rounds + 1} of {options.rounds}: {series.growth}, {series.part}, {point.label}, "
                          f"{series.threads} threads: "
                          f"{left(done, options.rounds * len(points), progress.minutes() - before)}")
            point.attempt(point.measure, series.threads, options.seconds, options.iterations)
        rounds += 1
        last_round = progress.minutes() - start
    return rounds


def numbers(text):
    return sorted({int(number) for number in text.split(",")})


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--network", default="d", help="a configuration of the paper (default: d)")
    parser.add_argument("--extents", type=numbers, default="224,256,320,384,448,512", help="widths = heights")
    parser.add_argument("--batches", type=numbers, default="1,2,4,8,16")
    parser.add_argument("--threads", type=numbers, default="1,2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5,
                        help="each process measures for so long, and at least --iterations runs")
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=20,
                        help="start no round that would end later; the first is run in any case")
    parser.add_argument("--quick", action="store_true",
                        help="one round of one run each, to see that all works; results in .build/benchmarks")
    parser.add_argument("--output", type=Path, help="the folder for the results")
    options = parser.parse_args()
    options.network = f"vgg-{options.network}"
    if options.quick:
        options.rounds, options.seconds, options.iterations = 1, 0, 1
    options.output = options.output or (
        environment.WORK / "quick" if options.quick else environment.BENCHMARKS / "Results")
    return options


def main():
    options = arguments()
    environment.enter(TESSERA)
    progress = Progress()
    about = machine.describe() | {"network": options.network, "tessera": OWN.version(),
                                  "rounds_asked": options.rounds, "seconds_per_process": options.seconds,
                                  "iterations_per_process_at_least": options.iterations}
    if about["load"] > 0.5:
        progress.warn(f"the machine is not quiet: its load is {about['load']}")
    all_series = series_of(options)
    about |= {"rounds": measure(all_series, options, progress)}
    about["minutes"] = round(progress.minutes(), 1)
    progress.clear()
    results = [series.result() for series in all_series]
    text = growth_report.text(results, about, __doc__)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "growth.json").write_text(json.dumps({"about": about, "series": results}, indent=1) + "\n")
    (options.output / "growth.md").write_text(text + "\n")
    (options.output / "growth.svg").write_text(growth_chart.chart(results, about))
    print(text)
    print(f"\nDone in {progress.minutes():.1f} minutes; results in {options.output}")
    if any("failed" in point for result in results for point in result["points"]):
        sys.exit(1)


if __name__ == "__main__":
    main()
