"""Puts requests together and runs them, in threads that have a session each."""

import collections
import concurrent.futures
import dataclasses
import threading
import time
from collections.abc import Sequence

import numpy as np

from ..session import Session
from ..tensors import Array
from .batch_shapes import BatchShapes
from .metrics import ModelMetrics
from .refusal import Reason, Refusal


class Job:
    """A request that waits: its inputs by name, a row or more of each, and the future of all outputs."""

    def __init__(self, shapes: BatchShapes, inputs: dict[str, Array], rows: int) -> None:
        self.shapes = shapes
        self.inputs = inputs
        self.rows = rows
        self.outputs: list[Array] = []
        self.future: concurrent.futures.Future[list[Array]] = concurrent.futures.Future()
        self.arrived = time.perf_counter()
        self.taken = 0
        """Rows that a batch has taken."""
        self.done = 0


@dataclasses.dataclass(frozen=True)
class _Part:
    """Rows of a job, and where they lie in a batch."""

    job: Job
    rows: slice
    place: slice

    @property
    def row_count(self) -> int:
        return int(self.rows.stop - self.rows.start)


class Batcher:
    """A bounded queue of jobs, first come, first served.

    A batch starts when a session is free and the batch is full, or its oldest job has waited `max_delay` seconds.
    """

    def __init__(
        self, sessions: Sequence[Session], *, max_delay: float, capacity: int, metrics: ModelMetrics) -> None:
        self._max_delay = max_delay
        self._capacity = capacity
        self._metrics = metrics
        self._jobs: collections.deque[Job] = collections.deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._threads = [
            threading.Thread(target=self._work, args=(session,), name="tessera-serve", daemon=True) for session in sessions]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        with self._changed:
            self._drop_finished()
            if self._is_closing:
                raise Refusal(Reason.STOPPING, "the server is stopping")
            if len(self._jobs) >= self._capacity:
                raise Refusal(Reason.FULL, f"the queue is full: {self._capacity} requests wait")
            self._jobs.append(job)
            self._metrics.waiting.set(len(self._jobs))
            self._changed.notify()

    def close(self) -> None:
        """Answers all that waits and ends."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self, session: Session) -> None:
        while batch := self._next():
            shapes, size, parts = batch
            start = time.perf_counter()
            try:
                outputs = session.run(None, _gathered(parts, size))
            except Exception as problem:
                self._fail(parts, problem)
                continue
            elapsed = time.perf_counter() - start
            self._metrics.compute.observe(elapsed)
            self._metrics.rows.observe(sum(part.row_count for part in parts))
            self._finish(parts, outputs)
            with self._changed:
                shapes.note(size, elapsed)

    def _next(self) -> tuple[BatchShapes, int, list[_Part]] | None:
        """Waits for a batch: its shapes, its size and what lies in it. None at the end."""
        with self._changed:
            while True:
                self._drop_finished()
                if not self._jobs:
                    if self._is_closing:
                        return None
                    self._changed.wait()
                    continue
                oldest = self._jobs[0]
                shapes = oldest.shapes
                if not shapes.merges:
                    self._jobs.popleft()
                    if parts := self._take(oldest, oldest.rows, 0):
                        return shapes, oldest.rows, parts
                    continue
                waiting = sum(job.rows - job.taken for job in self._jobs if job.shapes is shapes)
                left = oldest.arrived + self._max_delay - time.perf_counter()
                if waiting < shapes.full and left > 0 and not oldest.taken and not self._is_closing:
                    self._changed.wait(left)
                    continue
                size = shapes.batch_for(waiting)
                if parts := self._cut(shapes, size):
                    return shapes, size, parts

    def _cut(self, shapes: BatchShapes, size: int) -> list[_Part]:
        parts: list[_Part] = []
        filled = 0
        for job in list(self._jobs):
            if job.shapes is shapes and filled < size:
                part = self._take(job, min(job.rows - job.taken, size - filled), filled)
                filled += sum(taken.row_count for taken in part)
                parts += part
        self._drop_finished()
        return parts

    def _take(self, job: Job, count: int, place: int) -> list[_Part]:
        """None of a job whose request was given up."""
        if not job.taken:
            if not job.future.set_running_or_notify_cancel():
                job.taken = job.rows
                return []
            self._metrics.queue.observe(time.perf_counter() - job.arrived)
        job.taken += count
        return [_Part(job, slice(job.taken - count, job.taken), slice(place, place + count))]

    def _drop_finished(self) -> None:
        if any(job.taken == job.rows or job.future.done() for job in self._jobs):
            self._jobs = collections.deque(
                job for job in self._jobs if job.taken < job.rows and not job.future.done())
        self._metrics.waiting.set(len(self._jobs))

    def _finish(self, parts: list[_Part], outputs: list[Array]) -> None:
        for part in parts:
            job = part.job
            with self._changed:
                if not job.shapes.merges:
                    job.outputs, job.done = outputs, job.rows
                else:
                    if not job.outputs:
                        job.outputs = [np.empty((job.rows, *output.shape[1:]), output.dtype) for output in outputs]
                    for whole, output in zip(job.outputs, outputs):
                        whole[part.rows] = output[part.place]
                    job.done += part.row_count
                if job.done == job.rows and not job.future.done():
                    job.future.set_result(job.outputs)

    def _fail(self, parts: list[_Part], problem: Exception) -> None:
        with self._changed:
            for part in parts:
                if not part.job.future.done():
                    part.job.future.set_exception(problem)


def _gathered(parts: list[_Part], size: int) -> dict[str, Array]:
    """The inputs of a batch: a job's own where the whole of it fills the batch, else a copy with zeros behind the last row."""
    first = parts[0].job
    if parts[0].rows == slice(0, size) and first.rows == size:
        return first.inputs
    batch = {}
    for name, values in first.inputs.items():
        batch[name] = np.zeros((size, *values.shape[1:]), values.dtype)
        for part in parts:
            batch[name][part.place] = part.job.inputs[name][part.rows]
    return batch
