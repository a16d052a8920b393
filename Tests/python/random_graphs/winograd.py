"""How much more than a direct sum Winograd's convolutions may round."""

import numpy as np

# Interpolation points besides 0 and infinity, each with its negative, by the inputs that a tile reads along an axis.
POINTS = {4: (1,), 6: (0.75, 1.5), 8: (0.5, 1, 2), 10: (0.375, 0.75, 1.25, 2.5)}
# Those inputs, by the size of a tile, of windows in two dimensions and in one.
EXTENTS = {2: (4, 4), 4: (6, 6), 6: (8, 10)}


def amplification(tile, kernel):
    """The largest Euclidean norm of the terms of an output, for inputs and weights of 1.

    A term of `Aᵀ[(G·g) ⊙ (Bᵀ·d)]` has the size `|A| · ‖G‖ · ‖B‖`, by rows; roundings of the
    transforms are independent, so squares add up. 0 for windows without tiles of the size.
    """
    taps = max(kernel)
    is_line = min(kernel) == 1
    extent = EXTENTS[tile][is_line]
    if taps not in (3, 5, 7) or extent <= taps or min(kernel) not in (1, taps):
        return 0.0
    points = [0] + [sign * point for point in POINTS[extent] for sign in (1, -1)]
    squares = np.zeros(extent - taps + 1)
    for index, point in enumerate(points):
        others = points[:index] + points[index + 1 :]
        scale = np.prod([point - other for other in others])
        filter_norm = np.linalg.norm([point**degree for degree in range(taps)]) / abs(scale)
        powers = np.array([point**degree for degree in range(len(squares))])
        squares += (powers * filter_norm * np.linalg.norm(np.poly(others))) ** 2
    squares[-1] += np.linalg.norm(np.poly(points)) ** 2
    return float(np.sqrt(squares.max()) if is_line else squares.max())


def is_possible(node):
    attributes = node.attributes
    return (
        attributes.get("group", 1) == 1
        and set(attributes.get("strides", [1])) == {1}
        and set(attributes.get("dilations", [1])) == {1}
    )


def magnitude(x, weights, tiles):
    """An error spreads over its tile, so the largest pixel and weight of each channel count."""
    factor = max((amplification(tile, weights.shape[2:]) for tile in tiles), default=0.0)
    if factor == 0:
        return 0.0
    pixels = np.abs(x.astype(np.float64)).max(axis=(0, 2, 3), initial=0)
    largest = np.abs(weights.astype(np.float64)).max(axis=(2, 3))
    sums = np.sqrt(((largest * pixels) ** 2).sum(axis=1).max())
    return factor * np.sqrt(1 + len(pixels)) * sums
