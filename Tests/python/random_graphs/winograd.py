"""How much more than a direct sum Winograd's convolutions may round."""

import numpy as np

# Interpolation points besides 0 and infinity, each with its negative, by the tile's outputs.
POINTS = {2: (1,), 4: (0.75, 1.5), 6: (0.5, 1, 2)}


def amplification(tile):
    """The largest Euclidean norm of the terms of an output, for inputs and weights of 1, in 2-D.

    A term of `Aᵀ[(G·g) ⊙ (Bᵀ·d)]` has the size `|A| · ‖G‖ · ‖B‖`, by rows; roundings of the
    transforms are independent, so squares add up.
    """
    points = [0] + [sign * point for point in POINTS[tile] for sign in (1, -1)]
    squares = np.zeros(tile)
    for index, point in enumerate(points):
        others = points[:index] + points[index + 1 :]
        scale = np.prod([point - other for other in others])
        filter_norm = np.linalg.norm([1, point, point**2]) / abs(scale)
        powers = np.array([point**degree for degree in range(tile)])
        squares += (powers * filter_norm * np.linalg.norm(np.poly(others))) ** 2
    squares[-1] += np.linalg.norm(np.poly(points)) ** 2
    return float(squares.max())


def is_possible(node, weight_shape):
    attributes = node.attributes
    return (
        tuple(weight_shape[2:]) == (3, 3)
        and attributes.get("group", 1) == 1
        and set(attributes.get("strides", [1])) == {1}
        and set(attributes.get("dilations", [1])) == {1}
    )


def magnitude(x, weights, tiles):
    """An error spreads over its tile, so the largest pixel and weight of each channel count."""
    if not tiles:
        return 0.0
    pixels = np.abs(x.astype(np.float64)).max(axis=(0, 2, 3), initial=0)
    largest = np.abs(weights.astype(np.float64)).max(axis=(2, 3))
    sums = np.sqrt(((largest * pixels) ** 2).sum(axis=1).max())
    return max(map(amplification, tiles)) * np.sqrt(1 + len(pixels)) * sums
