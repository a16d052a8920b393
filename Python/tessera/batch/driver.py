"""Hands shards to workers, a bounded number at a time."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import queue
import uuid
from collections.abc import Callable, Iterator

import distributed

from ..errors import ErrorKind, TesseraError
from . import shards, worker
from .image_list import ImageList
from .interruption import Interruption
from .job import Job

SHARDS_PER_THREAD = 2
"""As many as a worker's thread has, the one that it computes included: while it writes one the next waits."""
CHECK_SECONDS = 0.2
"""How long an interrupt may wait."""


def missing(job: Job) -> list[int]:
    """The shards that are not there. Raises `TesseraError` for files that are none of this job's."""
    return [shard for shard in range(job.shards) if shards.read(job, shard) is None]


def run(
    client: distributed.Client, job: Job, images: ImageList, wanted: list[int], advance: Callable[[int], None],
) -> None:
    """Makes the shards that are wanted, and calls `advance` with the images of each.

    Raises `TesseraError` for the first that fails; the others of that moment are given up.
    """
    with Interruption() as interruption:
        _prepare(client, job)
        group = f"tessera-{uuid.uuid4().hex}"
        finished: queue.SimpleQueue[distributed.Future] = queue.SimpleQueue()
        begun: dict[int, distributed.Future] = {}

        def take() -> None:
            """Waits for a shard."""
            while True:
                interruption.check()
                with contextlib.suppress(queue.Empty):
                    _, shard = finished.get(timeout=CHECK_SECONDS).key
                    advance(_images(begun.pop(shard), os.path.join(job.folder, shards.name(job, shard))))
                    return

        for shard, paths in _selected(images, job, wanted):
            while len(begun) >= SHARDS_PER_THREAD * max(1, sum(client.nthreads().values())):
                take()
            begun[shard] = client.submit(
                worker.write_shard, job, shard, worker.packed(paths), key=(group, shard), pure=False)
            begun[shard].add_done_callback(finished.put)
        while begun:
            take()


def _prepare(client: distributed.Client, job: Job) -> None:
    """Asks all workers at once whether they have what they need."""
    answers = client.run(worker.prepare, job, on_error="return")
    problems = [answer for _, answer in sorted(answers.items()) if answer is not None]
    for problem in problems:
        if not isinstance(problem, TesseraError):
            raise TesseraError(ErrorKind.INVALID_INPUT, f"a worker cannot begin: {problem!r}") from problem
    if problems:
        raise TesseraError(problems[0].kind, "\n".join(map(str, problems)))


def _selected(images: ImageList, job: Job, wanted: list[int]) -> Iterator[tuple[int, list[str]]]:
    left = iter(wanted)
    next_wanted = next(left, None)
    for shard, paths in enumerate(images.shards(job.shard_size)):
        if shard == next_wanted:
            yield shard, paths
            next_wanted = next(left, None)


def _images(future: distributed.Future, path: str) -> int:
    """How many images the shard of a future that is done had."""
    try:
        rows, errors = future.result()
    except distributed.KilledWorker as problem:
        raise TesseraError(
            ErrorKind.SYSTEM_FAILURE,
            f"{path}: every worker that began it died, the last of them {problem.last_worker.address}") from problem
    except (asyncio.CancelledError, concurrent.futures.CancelledError) as problem:
        raise TesseraError(ErrorKind.SYSTEM_FAILURE, "the scheduler has gone, or gave the work up") from problem
    return int(rows) + int(errors)
