"""Products of matrices, with constants and of two values."""

import numpy as np

from random_graphs.operators.convolution import weight


def gemm(builder):
    x = builder.pick(rank=2, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    attributes = {}
    transposes = builder.chance(0.2)
    if transposes:
        attributes["transA"] = 1
    rows, depth = builder.shape(x)[:: -1 if transposes else 1]
    columns = builder.channels()
    shape = (depth, columns)
    if builder.chance(0.5):
        attributes["transB"] = 1
        shape = (columns, depth)
    for name in ("alpha", "beta"):
        if builder.chance(0.25):
            attributes[name] = builder.choice([0.5, 2.0, -1.0, 0.0])
    if builder.chance(0.85):
        right = weight(builder, shape)
    else:
        right = builder.input(builder.normal(shape, 1 / np.sqrt(depth)))
    inputs = [x, right]
    if builder.graph.opset < 11 or builder.chance(0.7):
        addend = builder.choice([(columns,), (1, columns), (1,), (rows, 1), (rows, columns), ()])
        make = builder.constant if builder.chance(0.8) else builder.input
        inputs.append(make(np.asarray(builder.normal(addend)).astype(builder.dtype)))
    return builder.add("Gemm", inputs, attributes)


def classifier(builder):
    """An image flattened, and a fully connected layer with an activation."""
    x = builder.image(lambda shape: np.prod(shape[1:]) <= 3000)
    if x is None:
        return None
    if builder.chance(0.5):
        flat = builder.add("Flatten", [x], {"axis": 1} if builder.chance(0.3) else {})
    else:
        flat = builder.add("Reshape", [x, builder.integers([0, -1])])
    if flat is None:
        return None
    columns = builder.channels()
    layer = builder.add(
        "Gemm",
        [flat, weight(builder, (columns, builder.shape(flat)[1])), builder.constant(builder.normal((columns,)))],
        {"transB": 1},
    )
    return builder.add("Relu", [layer]) if builder.chance(0.5) else layer


def matmul(builder):
    x = builder.pick(least_rank=1, where=lambda shape: min(shape, default=1) > 0)
    if x is None:
        return None
    shape = builder.shape(x)
    depth = shape[-1]
    other = (depth, builder.channels())
    if builder.chance(0.15):
        other = (depth,)
    elif len(shape) > 2 and builder.chance(0.4):
        # Leading extents as they are, or 1 to broadcast.
        leading = tuple(1 if builder.chance(0.3) else extent for extent in shape[:-2])
        other = leading[builder.integer(0, len(leading)) :] + other
    array = builder.normal(other, 1 / np.sqrt(depth))
    y = builder.constant(array) if builder.chance(0.6) else builder.input(array)
    result = builder.add("MatMul", [x, y])
    if result is not None and len(other) == 2 and builder.chance(0.4):
        addend = builder.constant(builder.normal((other[1],)))
        return builder.add("Add", [result, addend] if builder.chance(0.5) else [addend, result])
    return result


def matmul_from_left(builder):
    """A constant or an input as the left operand."""
    x = builder.pick(least_rank=1, where=lambda shape: min(shape, default=1) > 0)
    if x is None:
        return None
    shape = builder.shape(x)
    depth = shape[-2] if len(shape) > 1 else shape[0]
    array = builder.normal((builder.integer(1, 9), depth), 1 / np.sqrt(depth))
    return builder.add("MatMul", [builder.constant(array) if builder.chance(0.6) else builder.input(array), x])


GROWTH = [(gemm, 3), (classifier, 2), (matmul, 2), (matmul_from_left, 0.5)]
