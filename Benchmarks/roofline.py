"""The limit of a plan on this machine: its multiply-adds at the peak, and its weights read at full bandwidth.

The limit of a step is the sum of both, as if no read went on while it computes. Multiply-adds are those of the
algorithm that the plan uses: of a Winograd step those in the transformed domain, its transforms not counted.
"""

import json
from dataclasses import dataclass

import process
from contenders import TESSERA
from environment import BENCHMARKS, WORK

# The plan's encoding of a Winograd step's `tile`: rows of results of a tile.
TILE_EXTENTS = {"0": 2, "1": 4, "2": 6}


def build():
    """The program that measures the peaks."""
    source, program = BENCHMARKS / "peaks.c", WORK / "peaks"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        process.run(["cc", "-O3", "-march=native", "-pthread", source, "-o", program])
    return program


def peaks(program, threads, seconds):
    return json.loads(process.run([program, threads, seconds]).output)


@dataclass
class Step:
    name: str
    kernel: str
    # Operations of the definition, and of the algorithm.
    gflop: float
    performed_gflop: float
    weight_bytes: int

    def limit_ms(self, gflops, gbytes):
        return 1e3 * self.performed_gflop / gflops + 1e-6 * self.weight_bytes / gbytes


def steps(plan):
    """The steps of the plan's first variant."""
    inspected = json.loads(process.run([TESSERA, "inspect", plan, "--json"]).output)
    return [step(values) for values in inspected["variants"][0]["steps"]]


def step(values):
    gflop = values["flop"] / 1e9
    fields = values["fields"]
    performed = gflop
    kernel = values["kernel"]
    if "tile" in fields:
        extent = TILE_EXTENTS[fields["tile"]]
        kernel = f"{kernel} F({extent}x{extent})"
        sizes = [int(fields["conv-height"]), int(fields["conv-width"])]
        tiled = [-(-size // extent) * (extent + 2) for size in sizes]
        performed = gflop * tiled[0] * tiled[1] / (9 * sizes[0] * sizes[1])
    return Step(values["name"], kernel, gflop, performed, values["weight_bytes"])
