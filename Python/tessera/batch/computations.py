"""What is computed of each image: columns of a table, from the outputs of a variant of the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..errors import ErrorKind, TesseraError
from ..plan import Plan
from ..tensors import Array, TensorInfo, Variant

PATH = "path"
"""The column of paths, which every table has."""


@dataclasses.dataclass(frozen=True)
class Classification:
    """The classes with the `top` largest elements of the first output."""

    top: int

    def options(self) -> dict[str, object]:
        return {"top": self.top}

    def outputs(self, plan: Plan, variant: Variant) -> list[str]:
        """The outputs to run for. Raises `TesseraError` where the first has not a row of classes for each image."""
        output = variant.outputs[0]
        batch = variant.inputs[0].shape[0]
        if (output.dtype != np.float32 or len(output.shape) < 2 or output.shape[0] != batch
                or any(extent != 1 for extent in output.shape[2:])):
            raise TesseraError(
                ErrorKind.INVALID_INPUT,
                f"value '{output.name}': expected float32 of {batch} images with a class each, found {_described(output)}")
        if plan.labels and len(plan.labels) != output.shape[1]:
            raise TesseraError(
                ErrorKind.INVALID_INPUT, f"expected {output.shape[1]} labels, one a class, found {len(plan.labels)}")
        return [output.name]

    def columns(self, plan: Plan, values: Mapping[str, Array]) -> dict[str, Array]:
        """Labels, where the plan has them, indices and probabilities, each `[images, top]`.

        The largest come first, equal ones in order, NaN last.
        """
        (scores,) = values.values()
        scores = scores.reshape(scores.shape[:2])
        indices = np.argsort(-scores, axis=1, kind="stable")[:, :self.top].astype(np.int32)
        labels = {"labels": np.asarray(plan.labels)[indices]} if plan.labels else {}
        return {**labels, "indices": indices, "probabilities": np.take_along_axis(scores, indices, axis=1)}


@dataclasses.dataclass(frozen=True)
class Features:
    """Outputs as they are; None takes all of the plan."""

    names: tuple[str, ...] | None

    def options(self) -> dict[str, object]:
        return {"outputs": None if self.names is None else list(self.names)}

    def outputs(self, plan: Plan, variant: Variant) -> list[str]:
        """The outputs to run for. Raises `TesseraError` where one has not a row of floats for each image."""
        outputs = {output.name: output for output in reversed(variant.outputs)}
        names = list(dict.fromkeys(output.name for output in variant.outputs)) if self.names is None else list(self.names)
        batch = variant.inputs[0].shape[0]
        for name in names:
            output = outputs.get(name)
            if output is None:
                raise TesseraError(
                    ErrorKind.INVALID_USAGE, f"the plan has no output '{name}', it has {sorted(outputs)}")
            if output.dtype != np.float32 or output.shape[:1] != (batch,) or 0 in output.shape:
                raise TesseraError(
                    ErrorKind.INVALID_INPUT,
                    f"value '{name}': expected float32, a row for each of {batch} images, found {_described(output)}")
        if len(set(names)) < len(names) or PATH in names:
            raise TesseraError(
                ErrorKind.INVALID_USAGE, f"expected outputs of different names, none of them '{PATH}', found {names}")
        return names

    def columns(self, plan: Plan, values: Mapping[str, Array]) -> dict[str, Array]:
        """Each `[images, …]`."""
        return dict(values)


Computation = Classification | Features


def _described(tensor: TensorInfo) -> str:
    return f"{tensor.dtype} {'x'.join(map(str, tensor.shape))}"
