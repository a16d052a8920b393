"""One number of the elements along some dimensions."""

import numpy as np

NAMES = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"]


def reduce(builder):
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    return None if x is None else over_axes(builder, builder.choice(NAMES), x)


def of_positive(builder):
    """A product or a logarithm of a sum, of numbers near 1."""
    magnitude = builder.add("Sigmoid", [builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)], pooled=False)
    if magnitude is None:
        return None
    shifted = builder.add("Add", [magnitude, builder.constant(np.array(0.5, builder.dtype))], pooled=False)
    return over_axes(builder, builder.choice(["ReduceProd", "ReduceLogSum", "ReduceLogSumExp"]), shifted)


def over_axes(builder, operator, x):
    rank = len(builder.shape(x))
    count = builder.integer(1, rank)
    axes = sorted(int(a) for a in builder.random.choice(rank, count, replace=False))
    if rank == 4 and builder.chance(0.4):
        axes = [2, 3]
    if operator == "ReduceProd" and np.prod([builder.shape(x)[a] for a in axes]) > 60:
        return None
    if builder.chance(0.3) and builder.graph.opset >= 11:
        axes = [a - rank for a in axes]
    attributes = {"keepdims": builder.integer(0, 1)} if builder.chance(0.6) else {}
    if builder.graph.opset >= (13 if operator == "ReduceSum" else 18):
        inputs = [x] if builder.chance(0.1) else [x, builder.integers(axes)]
        return builder.add(operator, inputs, attributes)
    if builder.chance(0.9):
        attributes["axes"] = axes
    return builder.add(operator, [x], attributes)


def extreme_position(builder):
    """Where the extreme lies, of values that are the same bits however they are computed. ONNX leaves open what
    NaN is to it."""
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x not in builder.exact or builder.graph.opset < 9:
        return None
    is_nan = builder.add("IsNaN", [x], pooled=False)
    x = builder.add("Where", [is_nan, builder.constant(np.array(0.5, builder.dtype)), x], pooled=False)
    if x is None:
        return None
    rank = len(builder.shape(x))
    attributes = {"axis": builder.integer(0, rank - 1), "keepdims": builder.integer(0, 1)}
    if builder.graph.opset >= 12 and builder.chance(0.4):
        attributes["select_last_index"] = 1
    return builder.add(builder.choice(["ArgMax", "ArgMin"]), [x], attributes, pooled=False)


GROWTH = [(reduce, 3), (of_positive, 1.5), (extreme_position, 1)]
