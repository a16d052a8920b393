"""The limit of a plan on this machine: its multiply-adds at the peak, and its weights read at full bandwidth.

The limit of a step is the sum of both, as if no read went on while it computes. Multiply-adds are those of the
algorithm that the plan uses: of a Winograd step those in the transformed domain, its transforms not counted.
"""

import json
import math
import re
import statistics
from dataclasses import dataclass, field

import process
from contenders import TESSERA


def peaks(threads):
    """Those of so many threads."""
    return json.loads(process.run([TESSERA, "doctor", "--threads", threads, "--json"]).output)["peaks"][-1]


@dataclass
class Step:
    name: str
    algorithm: str
    # Operations of the definition, and of the algorithm.
    gflop: float
    performed_gflop: float
    weight_bytes: int
    # The median of the step's runs in each round.
    medians_ms: list = field(default_factory=list)

    @property
    def median_ms(self):
        return statistics.median(self.medians_ms)

    def limit_ms(self, gflops, gbytes):
        return 1e3 * self.performed_gflop / gflops + 1e-6 * self.weight_bytes / gbytes


def steps(plan):
    """The steps of the plan's first variant."""
    inspected = json.loads(process.run([TESSERA, "inspect", plan, "--json"]).output)
    return [step(values) for values in inspected["variants"][0]["steps"]]


def step(values):
    gflop = values["flop"] / 1e9
    algorithm = values["algorithm"] or values["kernel"]
    performed = gflop
    if tile := re.match(r"winograd F\((\d)x(\d)\)", algorithm):
        fields = values["fields"]
        tiled, saved = gflop, 1
        if "consumer.tile" in fields:
            # After a direct convolution, which counts as it is.
            fields = {name.removeprefix("consumer."): value for name, value in fields.items()}
            extents = ["output.batch", "output.channels", "producer.output.channels", "conv-height", "conv-width",
                       "kernel-height", "kernel-width"]
            tiled = 2e-9 * math.prod(int(fields[name]) for name in extents)
        for axis, extent in zip(["height", "width"], map(int, tile.groups())):
            size, taps = (int(fields[f"{name}-{axis}"]) for name in ["conv", "kernel"])
            saved *= -(-size // extent) * (extent + taps - 1) / (taps * size)
        performed += tiled * (saved - 1)
    return Step(values["name"], algorithm, gflop, performed, values["weight_bytes"])
