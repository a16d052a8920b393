"""Poolings, of every window that poolings may have by opset version."""

from random_graphs.operators.windows import window


def max_pool(builder):
    x = builder.image()
    if x is None:
        return None
    if builder.chance(0.3) and min(builder.shape(x)[2:]) >= 2:
        return builder.add("MaxPool", [x], {"kernel_shape": [2, 2], "strides": [2, 2]})
    opset = builder.graph.opset
    attributes = window(builder, builder.shape(x)[2:], dilates=opset >= 10, pads_within=True)
    if opset >= 10:
        round_up(builder, attributes, builder.shape(x)[2:])
    if opset >= 8 and builder.chance(0.1):
        attributes["storage_order"] = builder.integer(0, 1)
    return builder.add("MaxPool", [x], attributes)


def average_pool(builder):
    x = builder.image()
    if x is None:
        return None
    opset = builder.graph.opset
    attributes = window(builder, builder.shape(x)[2:], dilates=opset >= 19, pads_within=True)
    if opset >= 10:
        round_up(builder, attributes, builder.shape(x)[2:])
    if builder.chance(0.4):
        attributes["count_include_pad"] = builder.integer(0, 1)
    return builder.add("AveragePool", [x], attributes)


def round_up(builder, attributes, extents):
    if builder.chance(0.05):
        # A window larger than the image, which rounding up leaves as one.
        kernel = [extent + builder.integer(1, 2) for extent in extents]
        attributes.clear()
        attributes.update(kernel_shape=kernel, strides=[3, 3], ceil_mode=1)
    if builder.chance(0.35) and attributes.get("auto_pad", "NOTSET") == "NOTSET":
        attributes["ceil_mode"] = 1


def global_average_pool(builder):
    return builder.add("GlobalAveragePool", [builder.image()])


def global_max_pool(builder):
    return builder.add("GlobalMaxPool", [builder.image()])


GROWTH = [(max_pool, 4), (average_pool, 3), (global_average_pool, 1), (global_max_pool, 0.5)]
