"""Times that should grow in proportion to a size.

The line goes through the origin and the smallest size: its time, times how many times as large a size is. A point's
deviation is its time over that of the line, less one; the line through the medians is for medians, that through the
minima for minima.
"""

import json
import statistics
from dataclasses import dataclass, field
from typing import Callable

import process
from contenders import TESSERA

# A point no farther from the line than this is near it.
NEAR = 0.15


@dataclass
class Point:
    size: int
    label: str
    # Makes the plan, from the arguments.
    make: Callable
    arguments: tuple
    times_ms: list = field(default_factory=list)
    failed: str = ""

    def compile(self):
        self.plan = self.make(*self.arguments)

    def measure(self, threads, seconds, iterations):
        measured = process.run([TESSERA, "bench", self.plan, "--threads", threads, "--warmup", 2, "--iterations",
                                iterations, "--duration", seconds, "--json"])
        self.times_ms += json.loads(measured.output)["times_ms"]

    def attempt(self, action, *arguments):
        """A point that fails once is left out, with the reason."""
        if not self.failed:
            try:
                action(*arguments)
            except (process.Failed, OSError, ValueError, KeyError) as error:
                self.failed = str(error)


@dataclass
class Series:
    growth: str
    part: str
    threads: int
    unit: str
    points: list

    def result(self):
        rows = []
        for point in self.points:
            row = {"size": point.size, "label": point.label}
            if point.failed:
                rows.append({**row, "failed": point.failed})
                continue
            rows.append(row | {"min_ms": min(point.times_ms), "median_ms": statistics.median(point.times_ms),
                               "times_ms": point.times_ms})
        measured = [row for row in rows if "failed" not in row]
        for row in measured:
            first = measured[0]
            for kind in ["min", "median"]:
                line = first[f"{kind}_ms"] * (row["size"] / first["size"])
                row[f"{kind}_deviation"] = row[f"{kind}_ms"] / line - 1
                row[f"{kind}_near"] = abs(row[f"{kind}_deviation"]) <= NEAR
        return {"growth": self.growth, "part": self.part, "threads": self.threads, "unit": self.unit, "points": rows}
