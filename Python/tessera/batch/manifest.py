"""`manifest.json` and `errors.jsonl`: what is in a folder of results."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

from ..errors import ErrorKind, TesseraError
from . import shards
from .files import UNFINISHED, whole
from .job import Job

MANIFEST = "manifest.json"
ERRORS = "errors.jsonl"
LOCK = "lock"


@dataclasses.dataclass(frozen=True)
class Totals:
    shards: int
    rows: int
    errors: int


@contextlib.contextmanager
def owned(job: Job) -> Iterator[None]:
    """The job's folder, made if need be, for this process alone.

    Raises `TesseraError` if it holds something else, the results of other settings, or if another process writes there.
    """
    unfinished = os.path.join(job.folder, UNFINISHED)
    try:
        if not os.path.isdir(job.folder):
            os.mkdir(job.folder)
        _require_ours(job)
        os.makedirs(unfinished, exist_ok=True)
        with open(os.path.join(unfinished, LOCK), "wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as problem:
                raise TesseraError(ErrorKind.INVALID_INPUT, f"{job.folder}: another process writes there") from problem
            for name in os.listdir(unfinished):
                if name != LOCK:
                    os.unlink(os.path.join(unfinished, name))
            yield
    except OSError as problem:
        raise TesseraError(ErrorKind.SYSTEM_FAILURE, f"{problem.filename or job.folder}: {problem.strerror}") from problem


def write(job: Job, columns: list[dict[str, object]]) -> Totals:
    """Lists the shards that are there and their errors, one at a time."""
    count = rows = errors = 0
    with whole(job.folder, ERRORS) as error_file, whole(job.folder, MANIFEST) as manifest:
        settings = json.dumps({**job.settings(), "columns": columns}, indent=1)
        manifest.write(f'{settings.removesuffix(chr(10) + "}")},\n "shards": ['.encode())
        for shard in range(job.shards):
            summary = shards.read(job, shard)
            if summary is None:
                continue
            for path, sentence in summary.errors:
                error_file.write(json.dumps({"path": path, "error": sentence}, ensure_ascii=False).encode() + b"\n")
            entry = {"file": shards.name(job, shard), "rows": summary.rows, "errors": len(summary.errors)}
            manifest.write(f"{',' if count else ''}\n  {json.dumps(entry)}".encode())
            count, rows, errors = count + 1, rows + summary.rows, errors + len(summary.errors)
        totals = {"rows": rows, "errors": errors, "complete": count == job.shards}
        manifest.write(f'{chr(10) + " " if count else ""}],\n {json.dumps(totals)[1:-1]}\n}}\n'.encode())
    return Totals(count, rows, errors)


def finish(job: Job) -> None:
    """Removes what only an unfinished job has."""
    shutil.rmtree(os.path.join(job.folder, UNFINISHED), ignore_errors=True)


def _require_ours(job: Job) -> None:
    path = os.path.join(job.folder, MANIFEST)
    try:
        with open(path, "rb") as file:
            found = json.load(file)
        settings = {key: found[key] for key in job.settings()}
        differences = list(_differences(settings, job.settings()))
    except FileNotFoundError:
        if set(os.listdir(job.folder)) - {UNFINISHED}:
            raise TesseraError(
                ErrorKind.INVALID_INPUT,
                f"{job.folder}: expected a new or an empty folder, or one with results, "
                f"found files without {MANIFEST}") from None
        return
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise TesseraError(ErrorKind.INVALID_INPUT, f"{path}: expected the manifest of a run, found another file") from problem
    if differences:
        raise TesseraError(
            ErrorKind.INVALID_INPUT, f"{job.folder}: holds results with {', '.join(differences)}; choose another folder")


def _differences(found: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    """What was found, and what is wanted instead."""
    for key, value in wanted.items():
        if key == "options":
            for option in sorted({*value, *found[key]}):
                if found[key].get(option) != value.get(option):
                    yield f"--{option} {_text(found[key].get(option))}, not {_text(value.get(option))}"
        elif isinstance(value, dict):
            if found[key] != value:
                yield f"another {key} (SHA-256 {found[key]['sha256'][:12]}…, not {value['sha256'][:12]}…)"
        elif found[key] != value:
            yield f"{key} {found[key]}, not {value}"


def _text(value: object) -> str:
    return "all" if value is None else ",".join(value) if isinstance(value, list) else str(value)
