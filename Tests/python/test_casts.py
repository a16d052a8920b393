"""Explicit Casts in float32 models round as ONNX says; models in other types are computed in float32."""

import ml_dtypes
import numpy as np
import onnx
import onnx.reference
import pytest
import safetensors.numpy

import onnx_runtime
import tool

HELPER = onnx.helper
TYPES = {
    "float32": np.float32, "float64": np.float64, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16,
    "int8": np.int8, "uint8": np.uint8, "int16": np.int16, "uint16": np.uint16, "int32": np.int32,
    "uint32": np.uint32, "int64": np.int64, "uint64": np.uint64, "bool": np.bool_,
}


def code(name):
    return HELPER.np_dtype_to_tensor_dtype(np.dtype(TYPES[name]))


def cast(value, to, output):
    return HELPER.make_node("Cast", [value], [output], to=code(to))


def model(path, nodes, inputs, outputs, constants=None):
    def values(types):
        return [HELPER.make_tensor_value_info(n, code(t), s) for n, (t, s) in types.items()]

    tensors = [onnx.numpy_helper.from_array(np.asarray(a), n) for n, a in (constants or {}).items()]
    graph = HELPER.make_graph(nodes, "g", values(inputs), values(outputs), tensors)
    onnx.save(
        HELPER.make_model(graph, opset_imports=[HELPER.make_opsetid("", 17)], ir_version=8), path
    )
    return path


# Ties, numbers next to them, subnormal numbers, the ends of ranges and beyond.
NUMBERS = np.array(
    [0, -0.0, 1, -1, 1 / 3, 1.0001, 1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8, 2.5, -2.5, 0.999,
     -0.999, 127.9, -128.9, 255.5, 65503, 65519, 65520, 123456.7, -1e6, 6e-8, 2**-25, 1.5 * 2**-25, 1e-12,
     1e-40, 3.4e38, -3.4e38, 1e20, np.inf, -np.inf, np.nan],
    np.float32,
)  # fmt: skip


def converted(x, to):
    """What Docs/kernels.md says of a Cast."""
    dtype = np.dtype(TYPES[to])
    if dtype.kind not in "iu":
        with np.errstate(over="ignore"):
            return x.astype(dtype)
    limits = np.iinfo(dtype)
    result = [
        0 if np.isnan(v) else limits.max if v >= limits.max else limits.min if v <= limits.min else int(v)
        for v in x.astype(np.float64)
    ]
    return np.array(result, dtype)


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("to", [name for name in TYPES if name != "float32"])
def test_there_and_back(tmp_path, to, folded):
    nodes = [cast("x", to, "h"), cast("h", "float32", "y")]
    shape = [len(NUMBERS)]
    if folded:
        nodes.append(HELPER.make_node("Identity", ["z"], ["unread"]))
        inputs, outputs = {"z": ("float32", [1])}, {"y": ("float32", shape), "unread": ("float32", [1])}
        path = model(tmp_path / "m.onnx", nodes, inputs, outputs, {"x": NUMBERS})
        given = {"z": np.zeros(1, np.float32)}
    else:
        path = model(tmp_path / "m.onnx", nodes, {"x": ("float32", shape)}, {"y": ("float32", shape)})
        given = {"x": NUMBERS}
    expected = converted(NUMBERS, to).astype(np.float32)
    for instruction_set in ("portable", "avx2"):
        (y,) = tool.run(
            path, given, tmp_path, outputs=["y"], environment={"TESSERA_ISA": instruction_set}
        )
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(np.signbit(y[:2]), np.signbit(expected[:2]))


@pytest.mark.parametrize("through", ["float16", "bfloat16", "float64"])
def test_arithmetic_between_casts_has_their_type(tmp_path, generator, through):
    dtype = TYPES[through]
    x = generator.normal(0, 100, (3, 40)).astype(np.float32)
    k = generator.normal(0, 100, 40).astype(dtype)
    nodes = [
        cast("x", through, "a"),
        HELPER.make_node("Add", ["a", "k"], ["b"]),
        HELPER.make_node("Transpose", ["b"], ["c"], perm=[1, 0]),
        HELPER.make_node("Mul", ["c", "c"], ["d"]),
        HELPER.make_node("Sub", ["d", "l"], ["e"]),
        HELPER.make_node("Div", ["e", "l"], ["f"]),
        cast("f", "float32", "y"),
    ]
    constants = {"k": k, "l": np.array(3, dtype)}
    path = model(
        tmp_path / "m.onnx", nodes, {"x": ("float32", x.shape)}, {"y": ("float32", [40, 3])}, constants
    )
    b = (x.astype(dtype) + k).T
    with np.errstate(over="ignore"):
        expected = ((b * b - constants["l"]) / constants["l"]).astype(np.float32)
    (y,) = tool.run(path, {"x": x}, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(y, expected)
    assert "computes in" not in tool.tessera("compile", path, "-o", tmp_path / "m.plan").stderr


def half_model(path, generator, keeps_float_io):
    """Convolution, ReLU, pooling, soft-max in float16, as converters write it: with float32 inputs and
    outputs and a Cast at each, or in float16 throughout."""
    w = generator.normal(0, 0.3, (16, 3, 3, 3)).astype(np.float16)
    v = generator.normal(0, 0.05, (16 * 16, 10)).astype(np.float16)
    nodes = [
        HELPER.make_node("Conv", ["h", "w"], ["c"], pads=[1] * 4),
        HELPER.make_node("Relu", ["c"], ["r"]),
        HELPER.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        HELPER.make_node("Flatten", ["p"], ["f"]),
        HELPER.make_node("MatMul", ["f", "v"], ["s"]),
        # Soft-max in float32, as mixed precision has it.
        cast("s", "float32", "t"),
        HELPER.make_node("Softmax", ["t"], ["u"], axis=1),
        cast("u", "float16", "o"),
    ]
    border = "float32" if keeps_float_io else "float16"
    if keeps_float_io:
        nodes = [cast("x", "float16", "h"), *nodes, cast("o", "float32", "y")]
    else:
        nodes = [HELPER.make_node("Identity", ["x"], ["h"]), *nodes, HELPER.make_node("Identity", ["o"], ["y"])]
    return model(
        path, nodes, {"x": (border, [1, 3, 8, 8])}, {"y": (border, [1, 10])}, {"w": w, "v": v}
    )


@pytest.mark.parametrize("keeps_float_io", [True, False])
def test_models_of_converters(tmp_path, generator, keeps_float_io):
    path = half_model(tmp_path / "m.onnx", generator, keeps_float_io)
    x = generator.normal(0, 1, (1, 3, 8, 8)).astype(np.float32 if keeps_float_io else np.float16)
    (expected,) = onnx_runtime.outputs(path.read_bytes(), {"x": x})
    (actual,) = tool.run(path, {"x": x}, tmp_path, outputs=["y"])
    assert actual.dtype == expected.dtype
    # ONNX Runtime rounds every result to 11 bits, we those of Casts.
    np.testing.assert_allclose(actual, expected, rtol=0.02)
    compiled = tool.tessera("compile", path, "-o", tmp_path / "m.plan")
    assert "the model computes in float16; this compiler computes in float32" in compiled.stderr


def test_between_casts_the_other_operators_are_float32(tmp_path, generator):
    """The Cast at the input rounds, what follows gives the bits of the same model in float32."""
    w = generator.normal(0, 0.3, (8, 3, 3, 3)).astype(np.float16)
    x = generator.normal(0, 1, (1, 3, 8, 8)).astype(np.float32)
    middle = HELPER.make_node("Conv", ["h", "w"], ["c"])
    shapes = {"x": ("float32", x.shape)}, {"y": ("float32", [1, 8, 6, 6])}
    half = model(
        tmp_path / "half.onnx", [cast("x", "float16", "h"), middle, cast("c", "float32", "y")], *shapes,
        {"w": w},
    )
    plain = model(
        tmp_path / "plain.onnx", [HELPER.make_node("Conv", ["x", "w"], ["y"])], *shapes,
        {"w": w.astype(np.float32)},
    )
    (actual,) = tool.run(half, {"x": x}, tmp_path, outputs=["y"])
    rounded = x.astype(np.float16).astype(np.float32)
    (expected,) = tool.run(plain, {"x": rounded}, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(actual, expected)


def double_model(path, weight, where):
    """A convolution in double; `where` tells how its weight is given."""
    w = np.zeros((1, 1, 3, 3))
    w[0, 0, 1, 2] = weight
    nodes, inputs, constants = [], {"x": ("float64", [1, 1, 3, 3])}, {}
    if where == "initializer":
        constants["w"] = w
    elif where == "node":
        nodes.append(HELPER.make_node("Constant", [], ["w"], value=onnx.numpy_helper.from_array(w)))
    elif where == "folded":
        constants |= {"a": w, "b": np.float64(1e100)}
        nodes.append(HELPER.make_node("Mul", ["a", "b"], ["w"]))
    else:
        inputs["w"] = ("float64", list(w.shape))
    nodes.append(HELPER.make_node("Conv", ["x", "w"], ["y"]))
    return model(path, nodes, inputs, {"y": ("float64", [1, 1, 1, 1])}, constants), w


@pytest.mark.parametrize("where", ["initializer", "node", "folded", "input"])
def test_doubles_that_float32_does_not_hold_are_refused(tmp_path, where):
    arguments = []
    path, w = double_model(tmp_path / "m.onnx", 1e200, where)
    if where == "input":
        np.savez(tmp_path / "w.npz", w=w)
        arguments = ["--weights", tmp_path / "w.npz"]
    result = tool.tessera("compile", path, *arguments, "-o", tmp_path / "m.plan", exit=1)
    assert "'w': element 5, 1e+" in result.stderr and "float32" in result.stderr
    assert not (tmp_path / "m.plan").exists()


@pytest.mark.parametrize("to, value", [("float32", 1e39), ("float16", 65520.0)])
def test_weights_beyond_the_type_of_their_input_are_refused(tmp_path, to, value):
    nodes = [HELPER.make_node("Conv", ["x", "w"], ["y"])]
    inputs = {"x": (to, [1, 1, 3, 3]), "w": (to, [1, 1, 3, 3])}
    path = model(tmp_path / "m.onnx", nodes, inputs, {"y": (to, [1, 1, 1, 1])})
    w = np.zeros((1, 1, 3, 3))
    w[0, 0, 2, 0] = value
    np.savez(tmp_path / "w.npz", w=w)
    safetensors.numpy.save_file({"w": w}, tmp_path / "w.safetensors")
    for name in ("w.npz", "w.safetensors"):
        result = tool.tessera(
            "compile", path, "--weights", tmp_path / name, "-o", tmp_path / "m.plan", exit=1
        )
        assert f"{name}: value 'w': element 6, {value}" in result.stderr
    # What is infinite in the file stays so.
    w[0, 0, 2, 0] = np.inf
    np.savez(tmp_path / "w.npz", w=w)
    tool.tessera("compile", path, "--weights", tmp_path / "w.npz", "-o", tmp_path / "m.plan")


def test_double_bounds_may_exceed_float32(tmp_path):
    nodes = [HELPER.make_node("Clip", ["x", "low", "high"], ["y"])]
    shapes = {"x": ("float64", [3])}, {"y": ("float64", [3])}
    bounds = {"low": np.float64(0), "high": np.finfo(np.float64).max}
    path = model(tmp_path / "m.onnx", nodes, *shapes, bounds)
    (y,) = tool.run(path, {"x": np.array([-1, 2, 1e30])}, tmp_path, outputs=["y"])
    np.testing.assert_allclose(y, [0, 2, 1e30], rtol=1e-6)
