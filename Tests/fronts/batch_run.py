"""Runs `python -m tessera.batch` as a user does, and reads what it leaves."""

import json
import os
import signal
import subprocess
import sys
import time

import pyarrow.parquet


def command(*words):
    return [sys.executable, "-m", "tessera.batch", *map(str, words)]


def batch(*words, exit=0, cwd=None):
    """Runs it to its end, which must have this exit code, and returns what it printed on both streams."""
    result = subprocess.run(command(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, cwd=cwd)
    assert result.returncode == exit, f"{words}\nexit {result.returncode}\n{result.stdout}\n{result.stderr}"
    assert "Traceback" not in result.stderr and "distributed" not in result.stderr, result.stderr
    return result.stdout, result.stderr


def started(*words):
    """A process that runs it, the leader of a group of its own."""
    return subprocess.Popen(
        command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True)


def wait_for_shards(folder, count, process=None):
    """Waits until there are so many, and they are not all there are of a process that has ended."""
    end = time.monotonic() + 60
    while len(shards(folder)) < count:
        assert time.monotonic() < end and (process is None or process.poll() is None), shards(folder)
        time.sleep(0.002)


def ended(process, signal_number=None, whole_group=False):
    """Ends a process by a signal, if one is given, and returns its exit code and what it printed."""
    if signal_number is not None:
        (os.killpg if whole_group else os.kill)(process.pid, signal_number)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def shards(folder):
    return sorted(folder.glob("part-*")) if folder.exists() else []


def contents(folder):
    """The bytes of all files by name; there is no folder among them."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(folder):
    """The rows of all shards of Parquet, in order."""
    return [row for path in shards(folder) for row in pyarrow.parquet.read_table(path).to_pylist()]


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def errors(folder):
    return [json.loads(line) for line in (folder / "errors.jsonl").read_text().splitlines()]


def list_of(images, folder, count=None):
    """A list of the images, repeated until there are `count`."""
    count = count or len(images)
    path = folder / "list.txt"
    path.write_text("".join(f"{images[index % len(images)]}\n" for index in range(count)))
    return path
