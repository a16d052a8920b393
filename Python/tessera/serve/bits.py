"""Which batch sizes of a plan give the same bits for a row, whatever lies beside it: found by running them.

A network may mix the rows of its batches, or compute with their number.
"""

import time
from collections.abc import Sequence

import numpy as np

from ..session import Session
from ..tensors import Array, TensorInfo
from .batch_shapes import Shapes

_SEED = 1
_SECONDS_OF_MEASURING = 0.02


def measure(session: Session, rows: Shapes, sizes: Sequence[int]) -> tuple[dict[int, float], dict[int, bytes | None]]:
    """Seconds of a run of each size, and the bits of one row's outputs in it; None where they depend on its place or on
    the other rows."""
    seconds = {}
    bits = {}
    row = _random(session.get_inputs(), rows, 1, _SEED)
    for size in sizes:
        padded = _random(session.get_inputs(), rows, size, None)
        mixed = _random(session.get_inputs(), rows, size, _SEED + 1)
        for name, values in row.items():
            padded[name][0] = values[0]
            mixed[name][-1] = values[0]
        first = [output[0].tobytes() for output in session.run(None, padded)]
        last = [output[-1].tobytes() for output in session.run(None, mixed)]
        seconds[size] = _least_seconds(session, mixed)
        bits[size] = b"".join(first) if first == last else None
    return seconds, bits


def _least_seconds(session: Session, inputs: dict[str, Array]) -> float:
    times: list[float] = []
    while not times or sum(times) < _SECONDS_OF_MEASURING:
        start = time.perf_counter()
        session.run(None, inputs)
        times.append(time.perf_counter() - start)
    return min(times)


def alike(bits: dict[int, bytes | None]) -> list[int]:
    """The sizes that agree with the largest; empty if its rows depend on each other."""
    largest = bits[max(bits)]
    return [] if largest is None else [size for size, found in bits.items() if found == largest]


def _random(tensors: Sequence[TensorInfo], rows: Shapes, count: int, seed: int | None) -> dict[str, Array]:
    """Seeded inputs, of 0 and 1 where they are no fractions; zeros without a seed."""
    generator = np.random.default_rng(seed)
    inputs = {}
    for tensor, shape in zip(tensors, rows):
        whole = (count, *(extent or 0 for extent in shape))
        if seed is None:
            inputs[tensor.name] = np.zeros(whole, tensor.dtype)
        elif tensor.dtype.kind in "iub":
            inputs[tensor.name] = generator.integers(0, 2, whole).astype(tensor.dtype)
        else:
            inputs[tensor.name] = generator.standard_normal(whole, np.float32).astype(tensor.dtype)
    return inputs
