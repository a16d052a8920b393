"""Extents read by Shape, computed with, and given to Reshape and ConstantOfShape, as exporters write."""

import numpy as np

from random_graphs.graph import tensor
from random_graphs.operators.reshaping import with_axes


def extent(builder, shape_value, axis):
    """One extent as a vector of one element, by Gather and Unsqueeze or by Slice."""
    if builder.chance(0.6):
        index = builder.constant(np.array(axis, np.int64))
        scalar = builder.add("Gather", [shape_value, index], pooled=False)
        return with_axes(builder, "Unsqueeze", scalar, [0], 1) if scalar else None
    if builder.graph.opset < 10:
        attributes = {"starts": [axis], "ends": [axis + 1]}
        return builder.add("Slice", [shape_value], attributes, pooled=False)
    inputs = [shape_value, builder.integers([axis]), builder.integers([axis + 1])]
    return builder.add("Slice", inputs, pooled=False)


def flatten_by_shape(builder):
    """Reshape(x, Concat(Shape(x)[0], −1)), or with the product of the others in place of −1."""
    x = builder.pick(least_rank=2, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    shape = builder.add("Shape", [x], pooled=False)
    first = extent(builder, shape, 0)
    rest = builder.integers([-1])
    if builder.chance(0.4):
        for axis in range(1, len(builder.shape(x))):
            one = extent(builder, shape, axis)
            rest = one if axis == 1 else builder.add("Mul", [rest, one], pooled=False)
            if rest is None:
                return None
    target = builder.add("Concat", [first, rest], {"axis": 0}, pooled=False)
    return builder.add("Reshape", [x, target])


def shuffle(builder):
    """Channels in groups, transposed and put back: [N, g, C/g, H, W]."""
    x = builder.image(lambda shape: shape[1] % 2 == 0 or shape[1] % 3 == 0)
    if x is None:
        return None
    batch, channels, height, width = builder.shape(x)
    groups = next((g for g in (2, 3) if channels % g == 0), 1)
    split = builder.add("Reshape", [x, builder.integers([0, groups, channels // groups, *(
        [height, width] if not builder.has_symbols else [-1, width][:1])])], pooled=False)
    if split is None:
        return None
    rank = len(builder.shape(split))
    turned = builder.add("Transpose", [split], {"perm": [0, 2, 1, *range(3, rank)]}, pooled=False)
    target = builder.add("Shape", [x], pooled=False)
    return builder.add("Reshape", [turned, target])


def filled(builder):
    """A tensor of one value in the shape of another, added to it."""
    x = builder.pick(least_rank=1)
    if x is None or builder.graph.opset < 9:
        return None
    shape = builder.add("Shape", [x], pooled=False)
    value = {"value": tensor("value", np.array([0.5], builder.dtype))}
    fill = builder.add("ConstantOfShape", [shape], value, pooled=False)
    return builder.add("Add", [x, fill])


def every_second(builder):
    """Every second slice of a dimension, by the numbers of a Range up to its extent."""
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x is None or builder.graph.opset < 11:
        return None
    axis = builder.integer(0, len(builder.shape(x)) - 1)
    shape = builder.add("Shape", [x], pooled=False)
    limit = builder.add("Gather", [shape, builder.constant(np.array(axis, np.int64))], pooled=False)
    first = builder.integer(0, min(1, builder.shape(x)[axis] - 1))
    start, delta = (builder.constant(np.array(number, np.int64)) for number in (first, 2))
    numbers = builder.add("Range", [start, limit, delta], pooled=False)
    return numbers and builder.add("Gather", [x, numbers], {"axis": axis})


def shape_output(builder):
    x = builder.pick()
    attributes = {}
    if x is not None and builder.graph.opset >= 15 and builder.chance(0.5):
        rank = len(builder.shape(x))
        attributes = {"start": builder.integer(-rank, rank), "end": builder.integer(-rank, rank)}
    return builder.add("Shape", [x], attributes, pooled=False)


def size_output(builder):
    return builder.add("Size", [builder.pick()], pooled=False)


GROWTH = [(flatten_by_shape, 1.5), (shuffle, 0.7), (filled, 0.5), (every_second, 0.3), (shape_output, 0.3), (size_output, 0.3)]
