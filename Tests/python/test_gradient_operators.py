"""Operators of domain `tessera` that gradients are made of, against NumPy in float64."""

import itertools

import numpy as np
import pytest

import tool

# Sums of at most 2,000 products of normal numbers, in parts of at most 256.
TOLERANCE = 2e-6


def text(inputs, output, node, prefix=""):
    declared = ", ".join(f"float[{','.join(map(str, array.shape))}] {name}" for name, array in inputs.items())
    shape = ",".join(map(str, output))
    return (
        '<ir_version: 10, opset_import: ["" : 21, "tessera" : 1]>\n'
        f"gradient ({declared}) => (float[{shape}] result) {{ {prefix} result = {node} }}"
    )


def evaluate(inputs, output, node, folder, *arguments, prefix=""):
    path = folder / "gradient.onnxtxt"
    path.write_text(text(inputs, output, node, prefix))
    return tool.run(path, inputs, folder, *arguments, outputs=["result"])[0]


def padded(x, pads, value=0.0):
    top, left, bottom, right = pads
    return np.pad(
        x.astype(np.float64), ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=value
    )


def convolution(n, c, m, h, w, kernel, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), group=1):
    return dict(
        n=n, c=c, m=m, h=h, w=w, kernel=kernel, strides=strides, pads=pads, dilations=dilations, group=group
    )


def extents(h, w, kernel, strides, pads, dilations):
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    return [
        (extent + before + after - span) // stride + 1
        for extent, before, after, span, stride in zip((h, w), pads[:2], pads[2:], spans, strides)
    ]


def weight_gradient(x, dy, kernel, strides, pads, dilations, group):
    x, dy = padded(x, pads), dy.astype(np.float64)
    (n, c), (m, rows, columns) = x.shape[:2], dy.shape[1:]
    result = np.zeros((m, c // group, *kernel))
    for i, j in itertools.product(*map(range, kernel)):
        top, left = i * dilations[0], j * dilations[1]
        window = x[
            :, :, top : top + rows * strides[0] : strides[0], left : left + columns * strides[1] : strides[1]
        ][:, :, :rows, :columns]
        for g in range(group):
            outputs = slice(g * m // group, (g + 1) * m // group)
            inputs = slice(g * c // group, (g + 1) * c // group)
            result[outputs, :, i, j] = np.einsum("nmyx,ncyx->mc", dy[:, outputs], window[:, inputs])
    return result


SAME = (1, 1, 1, 1)
CONVOLUTIONS = {
    "one of each": convolution(1, 1, 1, 1, 1, (1, 1)),
    "first layer": convolution(2, 3, 64, 17, 18, (3, 3), pads=SAME),
    "whole blocks": convolution(2, 16, 32, 9, 12, (3, 3), pads=SAME),
    "odd channels": convolution(3, 19, 37, 7, 11, (3, 3), pads=SAME),
    "one block and one": convolution(1, 9, 33, 5, 6, (3, 3), pads=SAME),
    "16 outputs": convolution(1, 8, 16, 6, 7, (3, 3), pads=SAME),
    "17 outputs": convolution(1, 8, 17, 6, 7, (3, 3), pads=SAME),
    "48 outputs": convolution(1, 8, 48, 6, 7, (3, 3), pads=SAME),
    "many inputs": convolution(1, 140, 20, 6, 5, (3, 3), pads=SAME),
    "many outputs": convolution(2, 20, 140, 6, 5, (3, 3), pads=SAME),
    "wide rows": convolution(1, 8, 8, 3, 300, (3, 3), pads=SAME),
    "many bands": convolution(2, 8, 24, 70, 40, (3, 3), pads=SAME),
    "1x1": convolution(2, 24, 40, 7, 7, (1, 1)),
    "5x5 without pads": convolution(1, 11, 12, 9, 10, (5, 5)),
    "3x2 asymmetric pads": convolution(2, 8, 9, 9, 10, (3, 2), pads=(2, 0, 1, 1)),
    "stride 2": convolution(2, 16, 24, 15, 16, (3, 3), strides=(2, 2), pads=SAME),
    "stride beyond the window": convolution(1, 9, 8, 13, 14, (1, 2), strides=(3, 4)),
    "rows that no window reads": convolution(1, 8, 8, 10, 11, (3, 3), strides=(4, 3)),
    "dilated": convolution(1, 10, 9, 13, 14, (3, 3), pads=(2, 3, 2, 3), dilations=(2, 3)),
    "two groups": convolution(2, 32, 32, 7, 9, (3, 3), pads=SAME, group=2),
    "groups that split blocks": convolution(2, 15, 20, 7, 9, (3, 3), pads=SAME, group=5),
    "groups of 100": convolution(1, 200, 4, 5, 5, (1, 1), group=2),
    "depthwise": convolution(2, 67, 67, 9, 9, (3, 3), pads=SAME, group=67),
    "depthwise with multiplier": convolution(1, 9, 27, 9, 9, (5, 3), strides=(2, 1), group=9),
}


@pytest.mark.parametrize("algorithm", ["direct", "winograd4", "auto"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_conv_weight_gradient(name, algorithm, tmp_path):
    case = CONVOLUTIONS[name]
    n, c, m, h, w = (case[key] for key in "ncmhw")
    window = {key: case[key] for key in ("kernel", "strides", "pads", "dilations")}
    generator = np.random.default_rng(len(name))
    rows, columns = extents(h, w, **window)
    x = generator.normal(size=(n, c, h, w)).astype(np.float32)
    dy = generator.normal(size=(n, m, rows, columns)).astype(np.float32)
    expected = weight_gradient(x, dy, **window, group=case["group"])
    node = (
        f"tessera.ConvWeightGradient <kernel_shape = {list(case['kernel'])}, strides = {list(case['strides'])}, "
        f"pads = {list(case['pads'])}, dilations = {list(case['dilations'])}, group = {case['group']}> (x, dy)"
    )
    inputs = {"x": x, "dy": dy}
    actual = evaluate(inputs, expected.shape, node, tmp_path, "--algorithm", algorithm)
    assert actual.shape == expected.shape
    products = n * rows * columns
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE * np.sqrt(products) * (12 if algorithm == "winograd4" else 3))


def max_pool(x, kernel, strides, pads, dilations, ceil):
    """The pooled images and, for each, the place of the first maximum in x; of a NaN the first NaN."""
    n, c, h, w = x.shape
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    counts = []
    for extent, before, after, span, stride in zip((h, w), pads[:2], pads[2:], spans, strides):
        room = extent + before + after - span
        count = (-(-room // stride) if ceil else room // stride) + 1
        counts.append(count - 1 if ceil and (count - 1) * stride >= extent + before else count)
    pooled = np.zeros((n, c, *counts), np.float32)
    places = np.zeros((n, c, *counts, 2), int)
    for index in np.ndindex(*pooled.shape):
        image, channel, y, column = index
        best = None
        for i, j in itertools.product(*map(range, kernel)):
            row = y * strides[0] - pads[0] + i * dilations[0]
            place = column * strides[1] - pads[1] + j * dilations[1]
            if not (0 <= row < h and 0 <= place < w):
                continue
            value = x[image, channel, row, place]
            if best is None or value > best[0] or (np.isnan(value) and not np.isnan(best[0])):
                best = (value, row, place)
        pooled[index], places[index] = best[0], best[1:]
    return pooled, places


POOLS = {
    "2x2": ((2, 19, 8, 10), (2, 2), (2, 2), (0, 0, 0, 0), (1, 1), False),
    "2x2 of odd extents": ((1, 8, 9, 7), (2, 2), (2, 2), (0, 0, 0, 0), (1, 1), False),
    "3x3 stride 2": ((2, 16, 9, 11), (3, 3), (2, 2), (0, 0, 0, 0), (1, 1), False),
    "3x3 stride 2 pads": ((1, 9, 10, 11), (3, 3), (2, 2), (1, 0, 1, 2), (1, 1), False),
    "3x3 stride 1": ((1, 3, 6, 7), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), False),
    "ceil": ((1, 17, 10, 12), (3, 3), (2, 3), (0, 0, 0, 0), (1, 1), True),
    "dilated": ((1, 8, 10, 12), (3, 2), (1, 2), (0, 0, 0, 0), (2, 3), False),
    "stride beyond the window": ((1, 5, 10, 12), (2, 1), (3, 4), (0, 0, 0, 0), (1, 1), False),
}


@pytest.mark.parametrize("values", ["normal", "few", "NaN"])
@pytest.mark.parametrize("name", POOLS)
def test_max_pool_gradient(name, values, tmp_path):
    shape, kernel, strides, pads, dilations, ceil = POOLS[name]
    generator = np.random.default_rng(len(name))
    x = generator.normal(size=shape).astype(np.float32)
    if values == "few":
        x = np.round(x)
    if values == "NaN":
        x[generator.random(shape) < 0.2] = np.nan
    pooled, places = max_pool(x, kernel, strides, pads, dilations, ceil)
    # Multiples of 2⁻⁸ add up exactly.
    dy = (np.round(generator.normal(size=pooled.shape) * 256) / 256).astype(np.float32)
    expected = np.zeros(shape)
    for index in np.ndindex(*pooled.shape):
        expected[(*index[:2], *places[index])] += dy[index]
    attributes = (
        f"<kernel_shape = {list(kernel)}, strides = {list(strides)}, pads = {list(pads)}, "
        f"dilations = {list(dilations)}, ceil_mode = {int(ceil)}>"
    )
    actual = evaluate(
        {"x": x, "dy": dy},
        shape,
        f"tessera.MaxPoolGradient {attributes} (x, y, dy)",
        tmp_path,
        prefix=f"y = MaxPool {attributes} (x)",
    )
    np.testing.assert_array_equal(actual, expected)

