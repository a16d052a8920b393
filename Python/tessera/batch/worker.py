"""What workers do. A worker has one plan, mapped, and a session for each of its threads."""

from __future__ import annotations

import functools
import os
import threading
import zlib
from typing import Any

import distributed

from .._version import __version__
from ..errors import ErrorKind, TesseraError
from ..plan import Plan
from ..session import Session
from . import shards
from .batches import batch_variant, run_images
from .files import UNFINISHED
from .job import Job
from .manifest import LOCK
from .plan_file import PlanFile

_of_thread = threading.local()


def packed(paths: list[str]) -> bytes:
    """Paths as they travel, so that a scheduler holds few bytes of them; none has a zero byte."""
    return zlib.compress("\0".join(paths).encode())


def write_shard(job: Job, shard: int, packed_paths: bytes) -> tuple[int, int]:
    """Computes and writes a shard, and tells how many rows it has and how many images could not be read.

    Raises `TesseraError`, with the worker's name.
    """
    paths = zlib.decompress(packed_paths).decode().split("\0")
    try:
        session = _session(job)
        variant = batch_variant(session.plan, job.batch)
        outputs = job.computation.outputs(session.plan, variant)
        found, values, errors = run_images(session, variant, outputs, paths, job.root)
        columns = job.computation.columns(session.plan, values)
        listed = [(paths[place], sentence) for place, sentence in sorted(errors.items())]
        shards.write(job, shard, [paths[place] for place in found], columns, listed)
        return len(found), len(errors)
    except OSError as problem:
        raise _named(
            distributed.get_worker(), ErrorKind.SYSTEM_FAILURE,
            f"{problem.filename or job.folder}: {problem.strerror or problem}") from problem
    except TesseraError as problem:
        raise _named(distributed.get_worker(), problem.kind, str(problem)) from problem


def prepare(job: Job, dask_worker: Any = None) -> None:
    """Requires that this worker has the plan and sees the folders. Raises `TesseraError`, with its name."""
    try:
        _require_folders(job)
        _plan(job.plan)
    except TesseraError as problem:
        raise _named(dask_worker, problem.kind, str(problem)) from problem


def _session(job: Job) -> Session:
    key = (job.plan, job.threads)
    if getattr(_of_thread, "key", None) != key:
        _require_folders(job)
        _of_thread.session = Session(_plan(job.plan), threads=job.threads)
        _of_thread.key = key
    session: Session = _of_thread.session
    return session


@functools.lru_cache(maxsize=1)
def _plan(file: PlanFile) -> Plan:
    return file.open()


def _require_folders(job: Job) -> None:
    if __version__ != job.version:
        raise TesseraError(ErrorKind.INVALID_INPUT, f"expected tessera {job.version}, found {__version__}")
    if not os.path.isdir(job.root):
        raise TesseraError(ErrorKind.INVALID_INPUT, f"{job.root}: expected the folder of the images, found none")
    if not os.path.exists(os.path.join(job.folder, UNFINISHED, LOCK)):
        raise TesseraError(
            ErrorKind.INVALID_INPUT, f"{job.folder}: expected the folder of the results, which all machines share, found none")


def _named(worker: Any, kind: ErrorKind, sentence: str) -> TesseraError:
    return TesseraError(kind, f"worker {worker.name}: {sentence}")
