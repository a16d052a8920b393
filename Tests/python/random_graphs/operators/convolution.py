"""Convolutions: of all kinds of windows and groups, sharing weights, and the blocks that networks have."""

import numpy as np

from random_graphs.operators.windows import window


def conv(builder):
    x = builder.image()
    if x is None:
        return None
    _, channels, *extents = builder.shape(x)
    attributes = window(builder, extents, dilates=True)
    groups = group_count(builder, channels)
    each = 1 if groups == channels and builder.chance(0.6) else builder.integer(1, 4)
    outputs = groups * each if groups > 1 else builder.channels()
    if groups > 1 or builder.chance(0.2):
        attributes["group"] = groups
    weights = weight(builder, (outputs, channels // groups, *attributes["kernel_shape"]))
    if builder.chance(0.3):
        del attributes["kernel_shape"]
    bias = [bias_of(builder, outputs)] if builder.chance(0.6) else []
    return builder.add("Conv", [x, weights, *bias], attributes)


def group_count(builder, channels):
    if builder.chance(0.7):
        return 1
    divisors = [d for d in range(1, channels + 1) if channels % d == 0]
    return channels if builder.chance(0.4) else builder.choice(divisors)


def weight(builder, shape):
    """A constant, at times one that others read too, or one that is computed from constants."""
    shared = [
        name
        for name, array in builder.graph.constants.items()
        if array.shape == shape and array.dtype == builder.dtype
    ]
    if shared and builder.chance(0.3):
        return builder.choice(shared)
    array = builder.normal(shape, 1 / np.sqrt(max(1, np.prod(shape[1:]))))
    if builder.chance(0.05):
        flat = builder.constant(array.reshape(-1))
        return builder.add("Reshape", [flat, builder.integers(shape)], pooled=False)
    if builder.chance(0.05):
        order = [int(axis) for axis in builder.random.permutation(len(shape))]
        stored = builder.constant(array.transpose(order))
        inverse = [int(axis) for axis in np.argsort(order)]
        return builder.add("Transpose", [stored], {"perm": inverse}, pooled=False)
    if builder.chance(0.05):
        return builder.add("Identity", [builder.constant(array)], pooled=False)
    return builder.constant(array)


def bias_of(builder, count):
    return builder.constant(builder.normal((count,)))


def separable(builder):
    """A depthwise and a 1×1 convolution, each with an activation."""
    x = builder.image(lambda shape: shape[1] <= 40)
    if x is None:
        return None
    channels = builder.shape(x)[1]
    size = builder.choice([3, 3, 5, 7])
    depthwise = builder.add(
        "Conv",
        [x, weight(builder, (channels, 1, size, size)), bias_of(builder, channels)],
        {"group": channels, "pads": [size // 2] * 4, "strides": [builder.integer(1, 2)] * 2},
    )
    active = builder.add("Relu", [depthwise])
    outputs = builder.channels()
    return builder.add(
        "Conv", [active, weight(builder, (outputs, channels, 1, 1)), bias_of(builder, outputs)]
    )


def residual(builder):
    """Two 3×3 convolutions, the input added before or after the last activation."""
    x = builder.image(lambda shape: shape[1] <= 24)
    if x is None:
        return None
    channels = builder.shape(x)[1]
    value = x
    for _ in range(2):
        shape = (channels, channels, 3, 3)
        value = builder.add("Conv", [value, weight(builder, shape)], {"pads": [1, 1, 1, 1]})
        if value is not None and builder.chance(0.5):
            value = builder.add("Relu", [value])
    total = builder.add("Add", [value, x] if builder.chance(0.5) else [x, value])
    return builder.add("Relu", [total]) if builder.chance(0.5) else total


def conv_transpose(builder):
    x = builder.image(lambda shape: max(shape[2:]) <= 12)
    if x is None:
        return None
    channels = builder.shape(x)[1]
    groups = group_count(builder, channels)
    strides = [builder.integer(1, 3) for _ in range(2)]
    # Phases of at most 2 taps are not convolved by Winograd's algorithms, and where all have as many, none
    # multiplies an infinity by 0.
    kernel = [builder.choice([stride, 2 * stride]) for stride in strides]
    attributes = {"strides": strides, "kernel_shape": kernel}
    if groups > 1:
        attributes["group"] = groups
    if builder.chance(0.4):
        attributes["pads"] = [builder.integer(0, k - 1) for k in kernel + kernel]
    if builder.chance(0.3):
        attributes["output_padding"] = [builder.integer(0, s - 1) for s in strides]
    outputs = builder.choice([1, 2, 3, 8])
    weights = weight(builder, (channels, outputs, *kernel))
    bias = [bias_of(builder, outputs * groups)] if builder.chance(0.6) else []
    return builder.add("ConvTranspose", [x, weights, *bias], attributes)


GROWTH = [(conv, 8), (separable, 1), (residual, 1), (conv_transpose, 1.5)]
