#!/usr/bin/env python3
"""Does a network evaluate whole images of any size as fast as a plan does its own size, and in how much memory?

`tessera evaluate --mode dense` runs VGG-16 on pictures of as many sizes, made by seeded noise, in a process of its
own. Its seconds, reading and rescaling included, over the pixels that the network saw are compared with those of
`tessera bench` with the plan for 224 x 224, round by round. Its peak of memory is compared with that on pictures of
no more sizes than are kept. Printed, and written to Benchmarks/Results as dense.json.

    make build && python3 Benchmarks/dense.py

TESSERA names another tessera than .build/release/tessera.
"""

import argparse
import json
import random
import statistics
from pathlib import Path

import contenders
import environment
import machine
import models
import process
from contenders import OWN, TESSERA, Timing
from progress import Progress

NETWORK = "vgg-d"
OWN_PIXELS = 224 * 224
# `ResizableNetwork` keeps the programs of so many sizes.
KEPT_SIZES = 16


def pictures(count, sizes):
    """A list file of `count` pictures of `sizes` sizes, from 224 to 640 pixels a side, and the sizes in its order."""
    from PIL import Image

    random.seed(sizes)
    drawn = set()
    while len(drawn) < sizes:
        drawn.add((random.randint(224, 640), random.randint(224, 640)))
    drawn = sorted(drawn)
    path = environment.WORK / f"pictures-{count}-{sizes}" / "list.txt"
    used = [drawn[index % sizes] for index in range(count)]
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        for index, size in enumerate(used):
            noise = Image.frombytes("RGB", (16, 16), random.randbytes(16 * 16 * 3))
            noise.resize(size, Image.BICUBIC).save(path.parent / f"{index}.jpg", quality=90)
        path.write_text("".join(f"{index}.jpg {index % 1000}\n" for index in range(count)))
    return path, used


def rescaled_pixels(size, scale):
    shorter, longer = sorted(size)
    return scale * ((2 * longer * scale + shorter) // (2 * shorter))


def evaluate(data, options, flips):
    """The process and the seconds of the evaluation, weights packed before."""
    measured = process.run([TESSERA, "evaluate", models.onnx(NETWORK), "--data", data, "--mode", "dense", "--scales",
                            options.scale, "--flips", str(flips).lower(), "--threads", options.threads, "--json"])
    return measured, json.loads(measured.output)["seconds"]


def measure(options, progress):
    many, sizes = pictures(options.pictures, options.pictures)
    few, _ = pictures(options.pictures, KEPT_SIZES)
    pixels = sum(rescaled_pixels(size, options.scale) for size in sizes)
    data, plan = models.data(NETWORK, 1), models.own(OWN, NETWORK, 1)
    rows = {"plan": [], "dense": [], "dense, flipped too": []}
    peaks = {"as many sizes": [], "kept sizes": []}
    for index in range(options.rounds):
        progress.show(f"round {index + 1} of {options.rounds}")
        _, times, _ = OWN.times(plan, data, 1, options.threads, Timing(1, 5))
        rows["plan"].append(statistics.median(times) / 1000 / OWN_PIXELS)
        measured, seconds = evaluate(many, options, False)
        rows["dense"].append(seconds / pixels)
        peaks["as many sizes"].append(measured.anonymous_bytes)
        _, seconds = evaluate(many, options, True)
        rows["dense, flipped too"].append(seconds / pixels / 2)
        measured, _ = evaluate(few, options, False)
        peaks["kept sizes"].append(measured.anonymous_bytes)
    return rows, peaks


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--scale", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=environment.BENCHMARKS / "Results")
    return parser.parse_args()


def main():
    options = arguments()
    environment.enter(TESSERA)
    progress = Progress()
    about = machine.describe() | {"network": NETWORK, "tessera": contenders.OWN.version(), "pictures": options.pictures,
                                  "scale": options.scale, "threads": options.threads}
    rows, peaks = measure(options, progress)
    progress.clear()
    base = statistics.median(rows["plan"])
    for name, values in rows.items():
        median = statistics.median(values)
        print(f"{name:20} {median * 1e9:7.1f} ns a pixel, {median / base:.2f} x the plan's "
              f"(min {min(values) * 1e9:.1f})")
    for name, values in peaks.items():
        print(f"{name:20} {max(values) / 1e6:7.0f} MB of memory of no file, at most")
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "dense.json").write_text(json.dumps(
        {"about": about, "seconds_per_pixel": rows, "anonymous_bytes": peaks}, indent=1) + "\n")


if __name__ == "__main__":
    main()
