"""Convolutions and products whose weights and biases are values of the run."""

import numpy as np
import onnx
import pytest

import onnx_runtime
import operator_cases
import tool

TOLERANCE = 5e-6
OPERATORS = ("Conv", "ConvTranspose", "Gemm", "MatMul")


def conv(name, x, w, attributes, bias=True):
    return operator_cases.conv(name, x, w, attributes, opsets=(22,), bias=bias)


def transposed(x, w, attributes, outputs):
    return operator_cases.Case(
        f"ConvTranspose {w} {attributes}",
        (22,),
        f"float[{x}] x, float[{w}] w, float[{outputs}] b",
        f"y = ConvTranspose <{attributes}> (x, w, b)",
    )


TILES = [
    conv("16 to 16", "1,16,12,12", "16,16,3,3", "pads = [1, 1, 1, 1]"),
    conv("odd extents", "3,17,13,11", "19,17,3,3", "pads = [1, 1, 1, 1]"),
    conv("one more than a tile", "2,24,5,7", "33,24,3,3", "pads = [1, 1, 1, 1]"),
    conv("many", "1,130,9,9", "40,130,3,3", "pads = [0, 1, 2, 1]", bias=False),
    conv("5x5", "2,16,9,10", "24,16,5,5", "pads = [2, 2, 2, 2]"),
    conv("1x7", "1,16,8,15", "16,16,1,7", "pads = [0, 3, 0, 3]"),
    conv("7x1", "1,16,15,8", "16,16,7,1", "pads = [3, 0, 3, 0]"),
    conv("groups of whole blocks", "2,32,9,9", "48,16,3,3", "group = 2, pads = [1, 1, 1, 1]"),
    conv("strided", "2,16,13,15", "24,16,3,3", "strides = [2, 2], pads = [1, 1, 1, 1]"),
    conv("dilated", "2,16,13,15", "24,16,3,3", "dilations = [2, 3], pads = [2, 3, 2, 3]"),
]

TRANSPOSED = [
    transposed("2,9,5,7", "9,11,3,3", "pads = [1, 1, 1, 1]", 11),
    transposed("2,16,9,9", "16,24,3,3", "pads = [1, 1, 1, 1]", 24),
    transposed("1,9,5,7", "9,11,3,3", "pads = [2, 0, 1, 2], dilations = [2, 1]", 11),
    transposed("1,9,5,7", "9,11,3,2", "pads = [2, 1, 0, 1]", 11),
    transposed("2,9,5,7", "9,11,3,3", "strides = [2, 2], pads = [1, 1, 1, 1], output_padding = [1, 1]", 11),
    transposed("1,9,5,7", "9,11,2,5", "strides = [3, 2]", 11),
    transposed("1,9,5,7", "9,11,3,3", "strides = [2, 3], dilations = [3, 2]", 11),
    transposed("1,10,5,7", "10,3,4,4", "group = 2, strides = [2, 2], pads = [1, 1, 1, 1]", 6),
    transposed("1,9,5,7", "9,2,3,3", "group = 3, pads = [1, 1, 1, 1]", 6),
]

CHAINS = [
    operator_cases.Case(
        "weights that are computed",
        (22,),
        "float[2,16,9,9] x, float[16,16,3,3] w, float[16,16,3,3] v, float[16] b",
        "u = Add (w, v) c = Tanh (b) a = Conv <pads = [1, 1, 1, 1]> (x, u, c) y = Relu (a)",
    ),
    operator_cases.Case(
        "weights of two convolutions, one pooled",
        (22,),
        "float[1,16,12,12] x, float[16,16,3,3] w, float[16] b",
        "c = Conv <pads = [1, 1, 1, 1]> (x, w, b) r = Relu (c) d = Conv <pads = [1, 1, 1, 1]> (r, w, b) "
        "e = Relu (d) y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (e)",
    ),
    operator_cases.Case(
        "residual sum and batch normalization",
        (22,),
        "float[1,16,12,12] x, float[16,16,3,3] w, float[16] b, float[16] s, float[16] q",
        "c = Conv <pads = [1, 1, 1, 1]> (x, w, b) n = BatchNormalization (c, s, s, s, q) a = Add (n, x) y = Relu (a)",
        ranges={"q": (0.5, 2)},
    ),
    operator_cases.Case(
        "constant weights and a bias of the run",
        (22,),
        "float[1,12,7,7] x, float[20,12,3,3] k, float[20] b",
        "c = Conv (x, k, b) y = Clip (c)",
    ),
]


LISTED = [
    case
    for case in operator_cases.CASES
    if any(f"= {name} " in case.nodes for name in OPERATORS) and "Norm" not in case.nodes
    and not case.lacks_onnx_runtime_kernel
]


@pytest.mark.parametrize("case", LISTED + TILES + TRANSPOSED + CHAINS, ids=lambda case: case.name.replace(" ", "-"))
def test_agrees(case, tmp_path):
    model, inputs = operator_cases.model_and_inputs(case, case.opsets[-1], run_time="xwbuv")
    path = tmp_path / "model.onnx"
    path.write_bytes(model)
    names = [value.name for value in onnx.load(path).graph.output]
    for a, e in zip(tool.run(path, inputs, tmp_path, outputs=names), onnx_runtime.outputs(model, inputs), strict=True):
        assert a.shape == e.shape and a.dtype == e.dtype
        np.testing.assert_allclose(a, e, rtol=TOLERANCE, atol=TOLERANCE * np.abs(e).max(initial=0))


@pytest.mark.parametrize("algorithm", ["direct", "winograd2", "winograd4", "winograd6"])
@pytest.mark.parametrize("case", TILES, ids=lambda case: case.name.replace(" ", "-"))
def test_same_bits_as_constants(case, algorithm, tmp_path):
    """A step packs weights of the run as the compiler packs constants."""
    results = []
    for run_time in ("x", "xwb"):
        model, inputs = operator_cases.model_and_inputs(case, 22, run_time)
        path = tmp_path / f"{run_time}.onnx"
        path.write_bytes(model)
        results.append(tool.run(path, inputs, tmp_path, "--algorithm", algorithm, outputs=["y"])[0])
    np.testing.assert_array_equal(*results)
