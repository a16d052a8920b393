"""The same elements under other extents."""

import numpy as np


def flatten(builder):
    x = builder.pick()
    if x is None:
        return None
    rank = len(builder.shape(x))
    least = -rank if builder.graph.opset >= 11 else 0
    attributes = {"axis": builder.integer(least, rank)} if builder.chance(0.7) else {}
    return builder.add("Flatten", [x], attributes)


def reshape(builder):
    """A target of factors of the input, some of them 0 (as it was) or −1 (what is left)."""
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    shape = builder.shape(x)
    target = factors(builder, int(np.prod(shape)), builder.integer(1, 5))
    keeps_batch = builder.has_symbols and builder.chance(0.8)
    if keeps_batch or builder.chance(0.4):
        # The first extent as it was: the batch may be another at run time.
        target = [shape[0]] + factors(builder, int(np.prod(shape[1:])), builder.integer(1, 4))
    for axis, extent in enumerate(target):
        if axis < len(shape) and shape[axis] == extent and (builder.chance(0.5) or keeps_batch):
            target[axis] = 0
    if builder.chance(0.6) or keeps_batch:
        target[builder.integer(1 if len(target) > 1 else 0, len(target) - 1)] = -1
    return builder.add("Reshape", [x, builder.integers(target)])


def factors(builder, count, rank):
    result = []
    for _ in range(rank - 1):
        divisors = [d for d in range(1, count + 1) if count % d == 0]
        result.append(builder.choice(divisors))
        count //= result[-1]
    return result + [count]


def squeeze(builder):
    x = builder.pick(where=lambda shape: 1 in shape)
    if x is None:
        return None
    shape = builder.shape(x)
    ones = [axis for axis, extent in enumerate(shape) if extent == 1]
    if not ones:
        return None
    axes = [axis for axis in ones if builder.chance(0.6)] or ones
    if not builder.has_symbols and builder.chance(0.2):
        return builder.add("Squeeze", [x])
    return with_axes(builder, "Squeeze", x, axes, len(shape))


def unsqueeze(builder):
    x = builder.pick(where=lambda shape: len(shape) <= 4)
    if x is None:
        return None
    count = builder.integer(1, 2)
    rank = len(builder.shape(x)) + count
    axes = sorted(int(axis) for axis in builder.random.permutation(rank)[:count])
    return with_axes(builder, "Unsqueeze", x, axes, rank)


def with_axes(builder, operator, x, axes, rank):
    """The axes are an attribute before opset 13 and an input from then on."""
    if builder.graph.opset >= 11 and builder.chance(0.4):
        axes = [axis - rank for axis in axes]
    if builder.graph.opset < 13:
        return builder.add(operator, [x], {"axes": axes})
    return builder.add(operator, [x, builder.integers(axes)])


GROWTH = [(flatten, 1.5), (reshape, 2.5), (squeeze, 1), (unsqueeze, 1)]
