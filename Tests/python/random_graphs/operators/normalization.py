"""Normalisations."""


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


GROWTH = [(batch_normalization, 3), (lrn, 1), (softmax, 2)]
