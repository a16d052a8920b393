"""Runs one process and measures its time and its memory."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

SAMPLING_INTERVAL = 0.02


class Failed(Exception):
    """A process that failed; the text is the last line that it wrote on standard error."""


@dataclass
class Measured:
    output: str
    # Seconds of the monotonic clock, which all processes share.
    start: float
    end: float
    # The kernel's own maximum of resident memory, mapped files included.
    peak_bytes: int
    # The largest of samples of resident memory that belongs to no file.
    anonymous_bytes: int


def run(command, environment=None):
    """Standard output and what was measured of `command`. Throws Failed."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        try:
            process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors,
                                       stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        except OSError as error:
            raise Failed(f"{command[0]}: {error.strerror}") from error
        ended = threading.Event()
        samples = [0]
        sampler = threading.Thread(target=sample_anonymous, args=(process.pid, ended, samples))
        sampler.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            end = time.monotonic()
        except BaseException:
            process.kill()
            raise
        finally:
            ended.set()
            sampler.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode != 0:
            errors.seek(0)
            lines = errors.read().strip().splitlines() or [f"exit code {process.returncode}"]
            raise Failed(lines[-1])
        return Measured(output.read(), start, end, usage.ru_maxrss * 1024, max(samples))


def sample_anonymous(pid, ended, samples):
    while not ended.wait(SAMPLING_INTERVAL):
        try:
            with open(f"/proc/{pid}/status") as status:
                samples += [int(line.split()[1]) * 1024 for line in status if line.startswith("RssAnon")]
        except (OSError, ValueError):
            return
