"""The command: what it prints, and its exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from .._version import __version__
from ..errors import ErrorKind, TesseraError
from ..plan import Plan
from ..tensors import Variant
from . import arguments, cluster, driver, manifest
from .batches import batch_variant, empty_outputs
from .computations import PATH, Classification, Computation, Features
from .image_list import ImageList
from .job import Job
from .plan_file import PlanFile
from .progress import Progress

EXIT_CODES = {ErrorKind.INVALID_USAGE: 2, ErrorKind.UNSUPPORTED: 3}
INTERRUPTED = 130


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command and returns the exit code."""
    parsed = arguments.parse(words)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(parsed)
    except TesseraError as problem:
        for line in str(problem).splitlines():
            print(f"{arguments.PROGRAM}: {line}", file=sys.stderr)
        return EXIT_CODES.get(problem.kind, 1)
    except KeyboardInterrupt:
        print(f"{arguments.PROGRAM}: interrupted; the same command goes on", file=sys.stderr)
        return INTERRUPTED


def _run(parsed: Any) -> int:
    start = time.monotonic()
    computation: Computation = (
        Classification(parsed.top) if parsed.command == "classify" else Features(parsed.outputs))
    file = PlanFile.of(parsed.plan)
    plan = Plan(file.path)
    try:
        variant = batch_variant(plan, parsed.batch)
        outputs = computation.outputs(plan, variant)
    except TesseraError as problem:
        raise TesseraError(problem.kind, f"{parsed.plan}: {problem}") from problem
    images = ImageList(parsed.images, parsed.images_root)
    job = Job.of(
        __version__, parsed.command, file, computation, variant.inputs[0].shape[0] or 1, parsed.threads, images,
        os.path.abspath(parsed.output), parsed.format, parsed.shard_size)
    columns = _columns(computation, plan, variant, outputs)
    with manifest.owned(job):
        wanted = driver.missing(job)
        if wanted:
            manifest.write(job, columns)
            try:
                _compute(parsed, job, images, wanted)
            finally:
                totals = manifest.write(job, columns)
        else:
            totals = manifest.write(job, columns)
        manifest.finish(job)
    _report(parsed, job, totals, len(wanted), time.monotonic() - start)
    return 0


def _compute(parsed: Any, job: Job, images: ImageList, wanted: list[int]) -> None:
    done = job.images - sum(map(job.images_of, wanted))
    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(Progress(job.images, done))
        client = stack.enter_context(
            cluster.existing(parsed.scheduler, parsed.wait) if parsed.scheduler
            else cluster.local(parsed.workers, parsed.threads))
        driver.run(client, job, images, wanted, progress.advance)


def _columns(computation: Computation, plan: Plan, variant: Variant, outputs: list[str]) -> list[dict[str, object]]:
    """The columns of results, as the manifest lists them: with the shape of a row's part."""
    found = computation.columns(plan, empty_outputs(variant, outputs))
    return [{"name": PATH, "type": "string", "shape": []}] + [
        {"name": name, "type": "string" if array.dtype.kind == "U" else str(array.dtype), "shape": list(array.shape[1:])}
        for name, array in found.items()]


def _report(parsed: Any, job: Job, totals: manifest.Totals, written: int, seconds: float) -> None:
    if parsed.json:
        print(json.dumps({
            "folder": parsed.output, "images": job.images, "rows": totals.rows, "errors": totals.errors,
            "shards": totals.shards, "shards_written": written, "seconds": seconds}))
        return
    there = f", {totals.shards - written:,} of {totals.shards:,} shards were there" if written < totals.shards else ""
    print(f"{job.images:,} images, {totals.errors:,} skipped, {seconds:.1f} s{there}")
    if totals.errors:
        print(f"{arguments.PROGRAM}: {os.path.join(parsed.output, manifest.ERRORS)} says what is wrong with "
              f"{totals.errors:,} images", file=sys.stderr)
