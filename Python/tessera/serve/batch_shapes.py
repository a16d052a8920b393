"""Which requests a plan takes, and which of them may run together."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from ..plan import Plan
from ..tensors import TensorInfo, Variant

Shapes = tuple[tuple[int | None, ...], ...]


@dataclasses.dataclass
class BatchShapes:
    """Variants whose inputs are alike but for their first extent, the rows of a batch."""

    rows: Shapes
    """The inputs' shapes without the first extent; with it where rows do not run together."""
    seconds: dict[int, float]
    """The least that a run has taken, by the number of rows; rises."""
    merges: bool
    """Whether rows of several requests run together, with any others or zeros beside them."""

    @property
    def largest(self) -> int:
        return max(self.seconds)

    @property
    def full(self) -> int:
        """The batch size of the least time for a row; a batch of it waits for no more rows."""
        return self.batch_for(self.largest)

    def batch_for(self, waiting: int) -> int:
        """The batch size that takes the least time for each of the rows that wait; the largest of several."""
        return min(reversed(self.seconds), key=lambda size: self.seconds[size] / min(size, waiting))

    def note(self, size: int, seconds: float) -> None:
        """Takes account of a run's time."""
        self.seconds[size] = min(self.seconds[size], seconds)


def groups(plan: Plan) -> dict[Shapes, list[int]]:
    """The sizes of batches by the shapes of their rows; empty if the plan's first extents are no batches."""
    found: dict[Shapes, list[int]] = {}
    for variant in plan.variants:
        tensors = (*variant.inputs, *variant.outputs)
        extents = {tensor.shape[0] if tensor.shape else None for tensor in tensors}
        size = extents.pop()
        if extents or not size or not variant.inputs:
            return {}
        sizes = found.setdefault(row_shapes(variant.inputs), [])
        if size not in sizes:
            sizes.append(size)
    outputs = {
        (row_shapes(variant.inputs), row_shapes(variant.outputs)) for variant in plan.variants}
    return {rows: sorted(sizes) for rows, sizes in found.items()} if len(outputs) == len(found) else {}


def row_shapes(tensors: Iterable[TensorInfo]) -> Shapes:
    return tuple(tensor.shape[1:] for tensor in tensors)


def whole_shapes(variant: Variant) -> Shapes:
    return tuple(tensor.shape for tensor in variant.inputs)


def in_words(shapes: Iterable[Sequence[Sequence[object]]], names: Sequence[str]) -> str:
    """As `--shapes` has them, for sentences."""
    def parts(shape: Sequence[Sequence[object]]) -> Iterator[str]:
        for name, extents in zip(names, shape):
            yield f"{name}:{'x'.join(map(str, extents))}"
    return " or ".join(",".join(parts(shape)) for shape in shapes)
