"""Images whose channels lie last for some nodes, as those of ConvNeXt."""

import numpy as np

from random_graphs.operators import unary
from random_graphs.operators.convolution import weight


def channels_last(builder):
    x = builder.image()
    if x is None:
        return None
    value = builder.add("Transpose", [x], {"perm": [0, 2, 3, 1]})
    for _ in range(builder.integer(1, 4)):
        if value is None:
            return None
        value = builder.choice([normalization, product, arithmetic, function])(builder, value)
    if value is None or builder.chance(0.2):
        return value
    return builder.add("Transpose", [value], {"perm": [0, 3, 1, 2]})


def normalization(builder, value):
    channels = builder.shape(value)[3]
    if builder.graph.opset < 17 or channels < 2:
        return function(builder, value)
    vectors = [builder.normal((channels,)) for _ in range(builder.integer(1, 2))]
    return builder.add("LayerNormalization", [value, *map(builder.constant, vectors)], {"epsilon": 0.1})


def product(builder, value):
    depth = builder.shape(value)[3]
    return builder.add("MatMul", [value, weight(builder, (depth, builder.channels()))])


def arithmetic(builder, value):
    channels = builder.shape(value)[3]
    array = builder.normal(builder.choice([(channels,), (), (1, 1, 1, 1), (1, 1, channels)]))
    operand = builder.constant(np.asarray(array).astype(builder.dtype)) if builder.chance(0.8) else value
    return builder.add(builder.choice(["Add", "Sub", "Mul"]), [value, operand])


def function(builder, value):
    return builder.add(builder.choice(["Relu", *unary.FUNCTIONS]), [value])


GROWTH = [(channels_last, 1)]
