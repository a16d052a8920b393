"""The scheduler and its workers: processes of this machine, or those of a cluster."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing.resource_tracker
import os
import signal
from collections.abc import Iterator

import distributed
import distributed.comm

from ..errors import ErrorKind, TesseraError


@contextlib.contextmanager
def local(workers: int | None, threads: int | None) -> Iterator[distributed.Client]:
    """Worker processes of this machine; by default as many as give each of its processors a thread."""
    count = workers or max(1, len(os.sched_getaffinity(0)) // (threads or 1))
    with contextlib.ExitStack() as stack:
        with _uninterrupted():
            cluster = stack.enter_context(distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
                memory_limit=0, silence_logs=logging.CRITICAL))
        yield stack.enter_context(distributed.Client(cluster))


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """A terminal's interrupt waits for the end of the block; threads and processes that begin in it never get one.

    So the driver alone ends the workers, also those that it starts anew.
    """
    # Where it has to be started it lets interrupts through again.
    multiprocessing.resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def existing(address: str, seconds: int) -> Iterator[distributed.Client]:
    """The workers of a scheduler, of which there must be one in as many seconds."""
    try:
        distributed.comm.get_address_host_port(address if "://" in address else f"tcp://{address}", strict=True)
        client = distributed.Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise TesseraError(ErrorKind.INVALID_INPUT, f"--scheduler {address}: no scheduler answers: {problem}") from problem
    with client:
        try:
            client.wait_for_workers(1, timeout=seconds)
        except TimeoutError as problem:
            raise TesseraError(
                ErrorKind.INVALID_INPUT, f"--scheduler {address}: it has no workers after {seconds} s") from problem
        yield client
