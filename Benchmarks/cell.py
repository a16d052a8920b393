"""A cell of the comparison: one contender on one network, at one batch and number of threads."""

import statistics
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import environment
import models
import process
import roofline
from contenders import OWN, Tessera


@dataclass
class Cell:
    contender: object
    network: str
    batch: int
    threads: int
    times_ms: list = field(default_factory=list)
    first_results_ms: list = field(default_factory=list)
    peak_bytes: int = 0
    anonymous_bytes: int = 0
    error: float = 0
    steps: list = field(default_factory=list)
    failed: str = ""

    def prepare(self):
        plan = models.own(self.contender, self.network, self.batch)
        if isinstance(self.contender, Tessera):
            self.steps = roofline.steps(plan)
        models.logits(self.network, self.batch)

    def measure(self, timing, with_start):
        """A round. The start, and with it the results, are measured in the first rounds only."""
        model = models.own(self.contender, self.network, self.batch)
        data = models.data(self.network, self.batch)
        warm_page_cache(model)
        if with_start:
            self.measure_start(model, data)
        timed, times, step_times = self.contender.times(model, data, self.threads, timing)
        self.times_ms += times
        self.note_memory(timed)
        for step, milliseconds in zip(self.steps, step_times):
            step.medians_ms.append(milliseconds)

    def measure_start(self, model, data):
        with tempfile.TemporaryDirectory(dir=environment.WORK) as folder:
            first, seconds = self.contender.first_result(model, data, self.threads, Path(folder))
            self.error = max(self.error, self.largest_error(Path(folder) / "fc8.npy"))
        self.first_results_ms.append(1000 * seconds)
        self.note_memory(first)

    def note_memory(self, measured):
        self.peak_bytes = max(self.peak_bytes, measured.peak_bytes)
        self.anonymous_bytes = max(self.anonymous_bytes, measured.anonymous_bytes)

    def largest_error(self, path):
        import numpy

        expected = numpy.load(models.logits(self.network, self.batch))
        actual = numpy.load(path)
        if actual.shape != expected.shape:
            raise process.Failed(f"logits of shape {actual.shape}, expected {expected.shape}")
        if not numpy.isfinite(actual).all():
            raise process.Failed("logits that are not finite")
        return float(abs(actual - expected).max() / abs(expected).max())

    def attempt(self, action, *arguments):
        """A contender that fails once is left out, with the reason."""
        if not self.failed:
            try:
                action(*arguments)
            except (process.Failed, OSError, ValueError, KeyError) as error:
                self.failed = str(error)

    def row(self, baseline_ms):
        row = {"network": self.network, "batch": self.batch, "threads": self.threads,
               "contender": self.contender.name}
        if self.failed:
            return {**row, "failed": self.failed}
        median = statistics.median(self.times_ms)
        row |= {"min_ms": min(self.times_ms), "median_ms": median, "error": self.error,
                "first_result_ms": statistics.median(self.first_results_ms), "peak_bytes": self.peak_bytes,
                "anonymous_bytes": self.anonymous_bytes, "runs": len(self.times_ms), "deciles_ms": deciles(self.times_ms),
                "first_results_ms": self.first_results_ms}
        if baseline_ms:
            row["ratio_to_tessera"] = median / baseline_ms
        if self.steps:
            row["steps"] = [asdict(step) for step in self.steps]
        return row


def deciles(times):
    return statistics.quantiles(times, n=10, method="inclusive") if len(times) > 1 else times


def warm_page_cache(model):
    for path in model.parent.glob(f"{model.stem}.*"):
        with open(path, "rb") as file:
            while file.read(1 << 24):
                pass


def rows(cells):
    """The results of all cells, with the ratios to Tessera in float32."""
    result = []
    for cell in cells:
        own = [other for other in cells if other.contender is OWN and other.times_ms
               and not other.failed and (other.network, other.batch, other.threads)
               == (cell.network, cell.batch, cell.threads)]
        result.append(cell.row(statistics.median(own[0].times_ms) if own else None))
    return result
