"""Models whose shapes contradict one another: declared ones that are stale, and symbols that are bound to misfits."""

import numpy as np
import onnx
import pytest

import onnx_runtime
from tessera_cli import run, run_json, write_model
from tool import run as run_model

CONV = "c = Conv (x, w)"


def with_declarations(path, inputs, output, nodes, **declared):
    """A model whose values are declared as floats of these extents; weights `w` are ones."""
    write_model(path, f"g (float[{inputs}] x) => (float[{output}] y) <float[4,3,3,3] w = "
                f"{{{','.join(['1'] * 108)}}}> {{ {nodes} }}", opset=19)
    model = onnx.load(path)
    for name, extents in declared.items():
        model.graph.value_info.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, extents))
    onnx.save(model, path)
    return path


def expected(path, x):
    return onnx_runtime.outputs(path.read_bytes(), {"x": x})


@pytest.mark.parametrize(
    "inputs, output, nodes, declared, warning",
    [
        ("N,3,6,6", "N,4,4,4", "[conv] c = Conv (x, w) y = Relu (c)", {"c": [1, 4, 4, 4]},
         "node 'conv' (Conv): its result 'c' is declared as float[1, 4, 4, 4], but is float[2, 4, 4, 4]"),
        ("N,3,H,W", "N,4,H,W", "[conv] y = Conv <strides = [2, 2]> (x, w)", {},
         "node 'conv' (Conv): its result 'y' is declared as float[2, 4, 6, 6], but is float[2, 4, 2, 2]"),
        ("N,3,6,6", "N,4,4", "[conv] c = Conv (x, w) [relu] y = Relu (c)", {},
         "node 'relu' (Relu): its result 'y' is declared as float[2, 4, 4], but is float[2, 4, 4, 4]"),
    ],
)
def test_stale_declarations_are_warnings(tmp_path, inputs, output, nodes, declared, warning):
    model = with_declarations(tmp_path / "m.onnx", inputs, output, nodes, **declared)
    x = np.random.default_rng(1).normal(size=(2, 3, 6, 6)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    report = run_json("compile", model, "--shapes", "x:2x3x6x6", "-o", tmp_path / "m.plan")
    line = f"{warning}; the declared shape is ignored"
    assert [w.removeprefix(f"{model}: ") for w in report["warnings"]] == [line]
    result = run("run", model, "--input", f"x={tmp_path}/x.npy", "--output-dir", tmp_path)
    place, message = line.split(": ", 1)
    assert result.stderr.splitlines() == [f"tessera: {model}: {place}: warning: {message}"]
    (reference,) = expected(model, x)
    for program in [model, tmp_path / "m.plan"]:
        (actual,) = run_model(program, {"x": x}, tmp_path, outputs=["y"])
        assert actual.shape == reference.shape
        np.testing.assert_allclose(actual, reference, rtol=0, atol=27 * 2.0**-23 * 27 * np.abs(x).max())


def test_a_declared_batch_that_fits_is_no_warning(tmp_path):
    model = with_declarations(
        tmp_path / "m.onnx", "N,3,6,6", "N,4,4,4", "c = Conv (x, w) y = Relu (c)", c=[1, 4, 4, 4])
    assert run("compile", model, "-o", tmp_path / "m.plan").stderr == ""


def test_another_reading_of_valid_with_ceil_mode(tmp_path):
    """The operator's text gives 2x3 windows, the onnx package's inference 3x3."""
    window = 'auto_pad = "VALID", kernel_shape = [3, 3], strides = [2, 2], ceil_mode = 1'
    model = write_model(
        tmp_path / "m.onnx", f"g (float[1,2,6,7] x) => (float[] y) {{ [pool] p = MaxPool <{window}> (x) y = Relu (p) }}",
        opset=12)
    onnx.save(onnx.shape_inference.infer_shapes(onnx.load(model)), model)
    x = np.random.default_rng(2).normal(size=(1, 2, 6, 7)).astype(np.float32)
    (actual,) = run_model(model, {"x": x}, tmp_path, outputs=["y"])
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))[:, :, ::2, ::2]
    np.testing.assert_array_equal(actual, np.maximum(windows.max((4, 5)), 0))
    result = run("dump", model)
    assert "node 'pool' (MaxPool): warning: its result 'p' is declared as float[1, 2, 3, 3]" in result.stderr


def test_a_constant_batch_is_compared_when_the_batch_is_bound(tmp_path):
    model = write_model(
        tmp_path / "m.onnx",
        "g (float[N,16,4,4] x) => (float[1,256] y) <int64[2] s = {1, 256}> { [flat] y = Reshape (x, s) }")
    x = np.random.default_rng(3).normal(size=(1, 16, 4, 4)).astype(np.float32)
    (actual,) = run_model(model, {"x": x}, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(actual, x.reshape(1, 256))
    run("compile", model, "-o", tmp_path / "m.plan")
    result = run("compile", model, "--shapes", "x:2x16x4x4", "-o", tmp_path / "two.plan", expect=1)
    assert result.stderr == (
        f"tessera: {model}: node 'flat' (Reshape): its input float[2, 16, 4, 4] does not fit into [1, 256]\n")


def test_problems_of_bound_shapes_name_nodes_of_the_model(tmp_path):
    """Although the convolution, the activation and the pooling are one node by then."""
    model = with_declarations(
        tmp_path / "m.onnx", "N,3,H,W", "N,4,?,?",
        "[conv] c = Conv (x, w) r = Relu (c) [pool] y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)")
    for shape, place in [("1x3x3x3", "node 'pool' (MaxPool)"), ("1x3x2x9", "node 'conv' (Conv)")]:
        result = run("compile", model, "--shapes", f"x:{shape}", "-o", tmp_path / "m.plan", expect=1)
        assert result.stderr.startswith(f"tessera: {model}: {place}: its window spans"), result.stderr


def test_a_shape_that_only_a_run_knows_is_not_supported(tmp_path):
    model = write_model(
        tmp_path / "m.onnx",
        "g (float[2,6] x, int64[2] s) => (float[3,4] y) { [view] v = Reshape (x, s) y = Relu (v) }")
    result = run("compile", model, "-o", tmp_path / "m.plan", expect=3)
    assert "node 'view' (Reshape): the shape of its result 'v' is known only at run time" in result.stderr
