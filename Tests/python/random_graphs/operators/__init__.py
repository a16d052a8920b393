"""What a graph may grow by, each with its weight: a function that adds one or more nodes to a builder."""

from random_graphs.operators import (
    channels_last,
    convolution,
    elementwise,
    epilogues,
    movement,
    normalization,
    pointwise,
    pooling,
    products,
    reduction,
    reshaping,
    shape_arithmetic,
    unary,
)

ALL = [
    *channels_last.GROWTH,
    *convolution.GROWTH,
    *pooling.GROWTH,
    *pointwise.GROWTH,
    *unary.GROWTH,
    *normalization.GROWTH,
    *products.GROWTH,
    *reduction.GROWTH,
    *elementwise.GROWTH,
    *epilogues.GROWTH,
    *movement.GROWTH,
    *reshaping.GROWTH,
    *shape_arithmetic.GROWTH,
]
