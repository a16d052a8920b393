"""One rule for NaN: the maximum of anything and NaN is NaN, whatever computes it."""

import numpy as np
import onnx
import onnx.reference
import pytest

import onnx_runtime
import tool

HELPER = onnx.helper
INSTRUCTION_SETS = ["portable", "avx2"]


def model(path, nodes, inputs, outputs, constants=None):
    def values(shapes):
        return [HELPER.make_tensor_value_info(n, onnx.TensorProto.FLOAT, s) for n, s in shapes.items()]

    tensors = [onnx.numpy_helper.from_array(a, n) for n, a in (constants or {}).items()]
    graph = HELPER.make_graph(nodes, "g", values(inputs), values(outputs), tensors)
    onnx.save(
        HELPER.make_model(graph, opset_imports=[HELPER.make_opsetid("", 17)], ir_version=8), path
    )
    return path


def maxima(x, kernel, strides, pads):
    """Max-pooling by NumPy, whose maximum keeps NaN."""
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows[:, :, :: strides[0], :: strides[1]].max(axis=(-2, -1))


def lrn(x):
    """LRN of three channels with ONNX's default parameters."""
    squares = np.pad(x * x, ((0, 0), (1, 1), (0, 0), (0, 0)))
    sums = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]
    with np.errstate(invalid="ignore"):
        return x * (1 + np.float32(1e-4 / 3) * sums) ** np.float32(-0.75)


def with_nan(generator, *shape):
    x = generator.normal(0, 1, shape).astype(np.float32)
    x[generator.random(shape) < 0.05] = np.nan
    x[generator.random(shape) < 0.05] = -np.inf
    return x


@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
@pytest.mark.parametrize("activation", ["none", "relu", "clip"])
@pytest.mark.parametrize("algorithm", ["direct", "im2col", "winograd2", "winograd4", "winograd6"])
def test_pooling_is_the_same_fused_and_alone(
    tmp_path, generator, instruction_set, activation, algorithm
):
    weights = generator.normal(0, 1, (19, 16, 3, 3)).astype(np.float32)
    nodes = [HELPER.make_node("Conv", ["x", "w"], ["c"], pads=[1] * 4)]
    if activation == "relu":
        nodes.append(HELPER.make_node("Relu", ["c"], ["a"]))
    elif activation == "clip":
        nodes.append(HELPER.make_node("Clip", ["c", "low", "high"], ["a"]))
    before = nodes[-1].output[0]
    nodes.append(HELPER.make_node("MaxPool", [before], ["p"], kernel_shape=[2, 2], strides=[2, 2]))
    constants = {"w": weights, "low": np.float32(-1), "high": np.float32(2)}
    inputs, pooled, whole = {"x": [1, 16, 12, 13]}, {"p": [1, 19, 6, 6]}, {before: [1, 19, 12, 13]}
    fused = model(tmp_path / "fused.onnx", nodes, inputs, pooled, constants)
    alone = model(tmp_path / "alone.onnx", nodes, inputs, pooled | whole, constants)
    x = generator.normal(0, 1, (1, 16, 12, 13)).astype(np.float32)
    # Two of the four places of a window, and a pixel that pooling drops.
    x[0, 3, 4, 6] = x[0, 5, 7, 1] = x[0, 0, 11, 12] = np.nan
    arguments = {"environment": {"TESSERA_ISA": instruction_set}}
    options = ["--algorithm", algorithm]
    p, a = tool.run(alone, {"x": x}, tmp_path, *options, outputs=["p", before], **arguments)
    (q,) = tool.run(fused, {"x": x}, tmp_path, *options, outputs=["p"], **arguments)
    np.testing.assert_array_equal(p, maxima(a, (2, 2), (2, 2), (0, 0, 0, 0)))
    np.testing.assert_array_equal(q, p)
    if algorithm in ("direct", "im2col"):
        expected = np.zeros((12, 13), bool)
        for row, column in [(4, 6), (7, 1), (11, 12)]:
            expected[row - 1 : row + 2, max(0, column - 1) : column + 2] = True
        np.testing.assert_array_equal(np.isnan(a[0]), np.broadcast_to(expected, (19, 12, 13)))


@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
@pytest.mark.parametrize("channels", [3, 16, 21])
@pytest.mark.parametrize("window", [((2, 2), (2, 2), (0, 0, 0, 0)), ((3, 2), (1, 2), (2, 1, 1, 1))])
def test_pooling_alone(tmp_path, generator, instruction_set, channels, window):
    kernel, strides, pads = window
    x = with_nan(generator, 2, channels, 8, 9)
    expected = maxima(x, kernel, strides, pads)
    node = HELPER.make_node("MaxPool", ["x"], ["y"], kernel_shape=kernel, strides=strides, pads=pads)
    path = model(tmp_path / "m.onnx", [node], {"x": x.shape}, {"y": expected.shape})
    for threads in (1, 2):
        (y,) = tool.run(
            path, {"x": x}, tmp_path, "--threads", threads, outputs=["y"],
            environment={"TESSERA_ISA": instruction_set},
        )
        np.testing.assert_array_equal(y, expected)
    assert np.isnan(expected).any() and not np.isnan(expected).all()


NODES = {
    "relu": HELPER.make_node("Relu", ["x"], ["y"]),
    "clip": HELPER.make_node("Clip", ["x", "low", "high"], ["y"]),
    "clip to the largest number": HELPER.make_node("Clip", ["x", "low", "most"], ["y"]),
    "average": HELPER.make_node("AveragePool", ["x"], ["y"], kernel_shape=[3, 3], pads=[1] * 4),
    "global average": HELPER.make_node("GlobalAveragePool", ["x"], ["y"]),
    "lrn": HELPER.make_node("LRN", ["x"], ["y"], size=3),
    "softmax": HELPER.make_node("Softmax", ["x"], ["y"], axis=1),
    "log-softmax": HELPER.make_node("LogSoftmax", ["x"], ["y"], axis=3),
}


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("name", NODES)
def test_nan_spreads_as_in_the_definition(tmp_path, generator, name, folded):
    x = generator.normal(0, 1, (1, 11, 6, 7)).astype(np.float32)
    x[0, 4, 2, 3] = x[0, 10, 0, 0] = np.nan
    x[0, 1, 5, 5] = np.inf
    bounds = {"low": np.float32(-0.5), "high": np.float32(1), "most": np.finfo(np.float32).max}
    shape = [1, 11, 1, 1] if name == "global average" else x.shape
    plain = model(tmp_path / "m.onnx", [NODES[name]], {"x": x.shape}, {"y": shape}, bounds)
    if name == "lrn":  # The reference evaluator leaves a channel out; ONNX Runtime keeps a running sum.
        expected = lrn(x)
    elif name == "average":  # The reference evaluator takes NaN for padding.
        (expected,) = onnx_runtime.outputs(plain.read_bytes(), {"x": x})
    else:
        (expected,) = onnx.reference.ReferenceEvaluator(onnx.load(plain)).run(None, {"x": x})
    inputs = {"x": x}
    if folded:
        nodes = [NODES[name], HELPER.make_node("Identity", ["z"], ["unread"])]
        plain = model(
            tmp_path / "m.onnx", nodes, {"z": [1]}, {"y": shape, "unread": [1]}, bounds | inputs
        )
        inputs = {"z": np.zeros(1, np.float32)}
    (actual,) = tool.run(plain, inputs, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)


def test_a_bound_that_is_nan_is_refused(tmp_path):
    path = model(
        tmp_path / "m.onnx", [NODES["clip"]], {"x": [3]}, {"y": [3]},
        {"low": np.float32(np.nan), "high": np.float32(1)},
    )
    result = tool.tessera("compile", path, "-o", tmp_path / "m.plan", exit=1)
    assert "is not a number" in result.stderr and not (tmp_path / "m.plan").exists()
