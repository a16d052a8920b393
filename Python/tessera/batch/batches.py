"""Runs a plan on image files, a batch at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

import numpy as np

from ..errors import ErrorKind, TesseraError
from ..plan import Plan
from ..session import Session
from ..tensors import Array, Variant


def batch_variant(plan: Plan, batch: int | None) -> Variant:
    """The plan's variant for batches of as many images; for None the largest.

    Raises `TesseraError` for a plan that takes other than images, or has no such batch.
    """
    first = plan.variants[0]
    shape = first.inputs[0].shape if first.inputs else ()
    if len(first.inputs) != 1 or not first.outputs or len(shape) != 4 or shape[1] not in (1, 3):
        found = ", ".join(f"{tensor.name}:{'x'.join(map(str, tensor.shape))}" for tensor in first.inputs)
        raise TesseraError(
            ErrorKind.INVALID_INPUT, f"expected a plan with images Nx1xHxW or Nx3xHxW as its input, found {found}")
    # Of several sizes that which `Plan.read_images` gives to an image.
    sizes = [variant.inputs[0].shape[1:] for variant in plan.variants if variant.inputs[0].shape[0] == 1]
    size = (sizes or [shape[1:]])[0]
    variants = {
        variant.inputs[0].shape[0] or 0: variant
        for variant in reversed(plan.variants) if variant.inputs[0].shape[1:] == size}
    variants.pop(0, None)
    wanted = max(variants, default=0) if batch is None else batch
    if wanted not in variants:
        raise TesseraError(ErrorKind.INVALID_USAGE, f"expected one of the plan's batches, {sorted(variants)}, found {wanted}")
    return variants[wanted]


def run_images(
    session: Session, variant: Variant, outputs: Sequence[str], paths: Sequence[str], root: str,
) -> tuple[list[int], dict[str, Array], dict[int, str]]:
    """Which images could be read, the outputs with a row for each of them, and of the others what is wrong.

    Images are told by their places in `paths`. A place of a batch without an image holds zeros.
    """
    tensor = variant.inputs[0]
    extents = [extent or 0 for extent in tensor.shape]
    parts: dict[str, list[Array]] = {name: [array] for name, array in empty_outputs(variant, outputs).items()}
    found: list[int] = []
    errors: dict[int, str] = {}
    for start in range(0, len(paths), extents[0]):
        pixels = np.zeros(extents, np.float32)
        places = []
        for place, path in enumerate(paths[start:start + extents[0]]):
            try:
                pixels[place:place + 1] = _read(session.plan, os.path.join(root, path))
                places.append(place)
            except _Unreadable as problem:
                errors[start + place] = str(problem)
        if places:
            for name, rows in zip(outputs, session.run(outputs, {tensor.name: pixels})):
                parts[name].append(rows[places])
            found += [start + place for place in places]
    return found, {name: np.concatenate(part) for name, part in parts.items()}, errors


def empty_outputs(variant: Variant, outputs: Sequence[str]) -> dict[str, Array]:
    """The outputs for no images, each `[0, …]`."""
    shapes = {output.name: output.shape[1:] for output in reversed(variant.outputs)}
    return {name: np.empty([0, *(extent or 0 for extent in shapes[name])], np.float32) for name in outputs}


class _Unreadable(Exception):
    pass


def _read(plan: Plan, path: str) -> Array:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _Unreadable("expected a file, found a folder, a device or a pipe")
        (pixels,) = plan.read_images([path]).values()
        return pixels
    except OSError as problem:
        raise _Unreadable(problem.strerror or str(problem)) from problem
    except TesseraError as problem:
        if problem.kind == ErrorKind.SYSTEM_FAILURE:
            raise
        raise _Unreadable(str(problem).removeprefix("files[0]: ")) from problem
