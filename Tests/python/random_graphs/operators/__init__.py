"""What a graph may grow by, each with its weight: a function that adds one or more nodes to a builder."""

from random_graphs.operators import (
    convolution,
    movement,
    normalization,
    pointwise,
    pooling,
    products,
    reshaping,
    shape_arithmetic,
    unary,
)

ALL = [
    *convolution.GROWTH,
    *pooling.GROWTH,
    *pointwise.GROWTH,
    *unary.GROWTH,
    *normalization.GROWTH,
    *products.GROWTH,
    *movement.GROWTH,
    *reshaping.GROWTH,
    *shape_arithmetic.GROWTH,
]
