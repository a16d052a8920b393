"""Normalisations."""

import numpy as np


def batch_normalization(builder):
    x = builder.pick(least_rank=2, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    count = builder.shape(x)[1]
    vectors = [builder.normal((count,)) for _ in range(3)] + [builder.positive((count,))]
    attributes = {}
    if builder.chance(0.5):
        attributes["epsilon"] = builder.choice([1e-5, 1e-3, 0.1])
    if builder.chance(0.3):
        attributes["momentum"] = 0.5
    return builder.add(
        "BatchNormalization", [x, *map(builder.constant, vectors)], attributes
    )


def lrn(builder):
    attributes = {"size": builder.choice([1, 3, 5, 7, 11])}
    if builder.chance(0.7):
        attributes["alpha"] = builder.choice([1e-4, 0.1, 1.0])
    if builder.chance(0.7):
        attributes["beta"] = builder.choice([0.75, 0.5, 1.0])
    if builder.chance(0.7):
        attributes["bias"] = builder.choice([1.0, 2.0, 0.5])
    return builder.add("LRN", [builder.image()], attributes)


def softmax(builder):
    operator = builder.choice(["Softmax", "Softmax", "LogSoftmax"])
    x = builder.pick(least_rank=1)
    if x is None:
        return None
    rank = len(builder.shape(x))
    least = -rank if builder.graph.opset >= 11 else 0
    attributes = {"axis": builder.integer(least, rank - 1)} if builder.chance(0.8) else {}
    return builder.add(operator, [x], attributes)


def layer_normalization(builder):
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x is None or builder.graph.opset < 17:
        return None
    axis = builder.integer(0, len(builder.shape(x)) - 1)
    shape = builder.shape(x)[axis:]
    inputs = [x, builder.constant(builder.normal(shape))]
    if builder.chance(0.7):
        inputs.append(builder.constant(builder.normal(shape)))
    return builder.add("LayerNormalization", inputs, {"axis": axis, "epsilon": 0.1})


def group_normalization(builder):
    x = builder.pick(rank=4 if builder.chance(0.7) else None, least_rank=3, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    channels = count = builder.shape(x)[1]
    operator, attributes = "InstanceNormalization", {"epsilon": 0.1}
    if builder.graph.opset >= 18 and builder.chance(0.6):
        groups = builder.choice([g for g in range(1, channels + 1) if channels % g == 0])
        operator, attributes = "GroupNormalization", {"epsilon": 0.1, "num_groups": groups}
        count = groups if builder.graph.opset < 21 else channels
    vectors = [builder.constant(builder.normal((count,))) for _ in range(2)]
    return builder.add(operator, [x, *vectors], attributes)


def of_norm(builder):
    """Over a norm or a deviation that is not 0."""
    shifted = builder.add(
        "Add", [builder.pick(least_rank=2, where=lambda shape: min(shape) > 0), builder.constant(np.array(0.5, builder.dtype))],
        pooled=False,
    )
    if shifted is None:
        return None
    rank = len(builder.shape(shifted))
    if builder.chance(0.5) and builder.graph.opset >= 9:
        axes = [0] if rank < 4 else builder.choice([[0, 2, 3], [2, 3], [1]])
        if np.min(np.var(builder.values[shifted].astype(np.float64), axis=tuple(axes))) < 0.01:
            return None
        return builder.add("MeanVarianceNormalization", [shifted], {"axes": axes})
    attributes = {"axis": builder.integer(0, rank - 1), "p": builder.integer(1, 2)}
    norm = np.sum(np.abs(builder.values[shifted].astype(np.float64)), axis=attributes["axis"])
    return None if np.min(norm) < 0.01 else builder.add("LpNormalization", [shifted], attributes)


GROWTH = [
    (batch_normalization, 3), (lrn, 1), (softmax, 2), (layer_normalization, 1), (group_normalization, 1.5), (of_norm, 1.5),
]
