"""The files of results: `part-000000.parquet` and so on, each for a range of the list."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping

import numpy as np

from ..errors import ErrorKind, TesseraError
from ..tensors import Array
from .computations import PATH
from .files import whole
from .formats import FORMATS
from .job import Job


@dataclasses.dataclass(frozen=True)
class Summary:
    """How many rows a shard has, and its images that could not be read, each a path and a sentence."""

    rows: int
    errors: list[tuple[str, str]]


def name(job: Job, shard: int) -> str:
    return f"part-{shard:06}{FORMATS[job.format].suffix}"


def write(job: Job, shard: int, paths: list[str], columns: Mapping[str, Array], errors: list[tuple[str, str]]) -> None:
    """Writes a shard with these rows, whole or not at all."""
    note = json.dumps({"job": job.digest, "shard": shard, "rows": len(paths), "errors": errors})
    with whole(job.folder, name(job, shard)) as file:
        FORMATS[job.format].write(file, {PATH: np.asarray(paths, np.str_), **columns}, note)


def read(job: Job, shard: int) -> Summary | None:
    """What a shard says of itself; None if there is none.

    Raises `TesseraError` if it is damaged, or not of this job.
    """
    path = os.path.join(job.folder, name(job, shard))
    try:
        with open(path, "rb") as file:
            note = json.loads(FORMATS[job.format].read_note(file))
        errors = [(str(image), str(sentence)) for image, sentence in note["errors"]]
        is_ours = (note["job"], note["shard"], note["rows"] + len(errors)) == (job.digest, shard, job.images_of(shard))
        summary = Summary(int(note["rows"]), errors)
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno is not None:
            raise TesseraError(ErrorKind.INVALID_INPUT, f"{path}: {problem.strerror}") from problem
        raise _unexpected(path, "a damaged one") from problem
    except Exception as problem:
        raise _unexpected(path, "a damaged one") from problem
    if not is_ours:
        raise _unexpected(path, "one of another run")
    return summary


def _unexpected(path: str, found: str) -> TesseraError:
    return TesseraError(
        ErrorKind.INVALID_INPUT, f"{path}: expected a shard of this run, found {found}; remove it, and it is made again")
