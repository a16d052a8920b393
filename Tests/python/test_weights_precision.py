"""`--weights-precision`: what is stored, what comes out, and the error that `compile` prints."""

import numpy as np
import onnx
import onnx.numpy_helper
import onnx.parser
import pytest

import onnx_runtime
import tool
from tessera_cli import run, run_json, write_model

PRECISIONS = ["f24", "f16", "bf16", "int8"]
# The largest multiple of a scale.
MULTIPLES = {"f24": 2**23 - 1, "int8": 127}
# Fully connected layers: the name of the weights, inputs, outputs, whether they lie as [output][input].
LAYERS = [("v", 128, 24, True), ("u", 24, 8, False)]


@pytest.fixture
def model(tmp_path, generator):
    """A convolution and two fully connected layers; the logits are `s`."""
    graph = onnx.parser.parse_model(
        """
        <ir_version: 10, opset_import: ["" : 21]>
        small (float[N,3,8,8] x) => (float[N,8] y) {
          t = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w, b)
          p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (t)
          f = Flatten (p)
          g = Gemm <transB = 1> (f, v, c)
          r = Relu (g)
          m = MatMul (r, u)
          s = Add (m, d)
          y = Softmax (s)
        }
        """
    )
    shapes = {"w": (8, 3, 3, 3), "b": 8, "v": (24, 128), "c": 24, "u": (24, 8), "d": 8}
    for name, shape in shapes.items():
        values = generator.standard_normal(shape, dtype=np.float32)
        graph.graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    path = tmp_path / "m.onnx"
    onnx.save(graph, path)
    return path


def rounded(weights, precision):
    """Weights `[output][input]` as they are stored."""
    if precision == "f16":
        return weights.astype(np.float16).astype(np.float32)
    if precision == "bf16":
        bits = weights.view(np.uint32)
        return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)
    scales = np.abs(weights).max(axis=1, keepdims=True) / np.float32(MULTIPLES[precision])
    multiples = np.rint(weights.astype(np.float64) / scales)
    return (multiples * scales).astype(np.float32)


def with_rounded_weights(path, precision):
    """The model as bytes, its logits as the output, the weights of fully connected layers rounded."""
    model = onnx.load(path)
    for initializer in model.graph.initializer:
        for name, _, _, is_transposed in LAYERS:
            if initializer.name == name and precision != "f32":
                weights = onnx.numpy_helper.to_array(initializer)
                matrix = np.ascontiguousarray(weights if is_transposed else weights.T)
                stored = rounded(matrix, precision)
                stored = np.ascontiguousarray(stored if is_transposed else stored.T)
                initializer.CopyFrom(onnx.numpy_helper.from_array(stored, name))
    model.graph.output[0].name = "s"
    return model.SerializeToString()


def seeded_images(batch, mean, scale):
    """The images that `compile` measures with: SplitMix64 from seed 1, a byte a sample."""
    state, samples = 1, []
    for _ in range(batch * 8 * 8 * 3):
        state = state + 0x9E3779B97F4A7C15 & 2**64 - 1
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & 2**64 - 1
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & 2**64 - 1
        samples.append((mixed ^ mixed >> 31) >> 56)
    pixels = np.array(samples, np.float32).reshape(batch, 8, 8, 3).transpose(0, 3, 1, 2)
    return (pixels - np.float32(mean)) * np.float32(scale)


def error(actual, expected):
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_printed_error_is_that_of_the_rounded_weights(tmp_path, model, precision):
    plan = tmp_path / "m.plan"
    arguments = ["--shapes", "x:2x3x8x8", "--mean", "120", "--scale", "0.02"]
    compile = ["compile", model, "-o", plan, "--weights-precision", precision, *arguments]
    (reported,) = run_json(*compile)["weight_errors"]
    assert (reported["output"], reported["value"]) == ("y", "s")

    images = {"x": seeded_images(2, 120, 0.02)}
    (exact,) = onnx_runtime.outputs(with_rounded_weights(model, "f32"), images)
    (stored,) = onnx_runtime.outputs(with_rounded_weights(model, precision), images)
    # Both sides compute in float32, twice.
    assert reported["error"] == pytest.approx(error(stored, exact), abs=4e-6)
    assert (reported["error"] < 1e-6) if precision == "f24" else (reported["error"] > 1e-5)

    text = run(*compile).stdout
    assert f"largest error of s by rounded weights, over its largest value: {reported['error']:.1e}" in text


@pytest.mark.parametrize("instruction_set", ["", "portable"])
@pytest.mark.parametrize("batch", [1, 2, 7])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_results_are_those_of_the_stored_weights(
    tmp_path, model, generator, precision, batch, instruction_set
):
    environment = {"TESSERA_ISA": instruction_set} if instruction_set else None
    logits = tmp_path / "logits.onnx"
    logits.write_bytes(with_rounded_weights(model, "f32"))
    images = {"x": generator.standard_normal((batch, 3, 8, 8), dtype=np.float32)}
    options = ["--weights-precision", precision]
    (actual,) = tool.run(logits, images, tmp_path, *options, outputs=["s"], environment=environment)
    (expected,) = onnx_runtime.outputs(with_rounded_weights(model, precision), images)
    assert error(actual, expected) <= 2e-6

    plan = tmp_path / "m.plan"
    shapes = ["--shapes", f"x:{batch}x3x8x8"]
    run("compile", logits, "-o", plan, *options, *shapes, environment=environment)
    (again,) = tool.run(plan, images, tmp_path, outputs=["s"], environment=environment)
    np.testing.assert_array_equal(again, actual)


def test_plans_are_as_much_smaller_as_the_weights(tmp_path, model):
    reports = {
        precision: run_json(
            "compile", model, "-o", tmp_path / f"{precision}.plan", "--weights-precision", precision
        )
        for precision in ["f32", *PRECISIONS]
    }
    weights = sum(inputs * outputs for _, inputs, outputs, _ in LAYERS)
    scales = sum(outputs for _, _, outputs, _ in LAYERS)
    whole = reports["f32"]["weight_bytes"]
    assert reports["f32"]["weight_errors"] == []
    assert whole - reports["f16"]["weight_bytes"] == 2 * weights
    assert whole - reports["bf16"]["weight_bytes"] == 2 * weights
    assert whole - reports["int8"]["weight_bytes"] == 3 * weights - 4 * scales
    assert whole - reports["f24"]["weight_bytes"] == weights - 4 * scales
    for precision, report in reports.items():
        assert (tmp_path / f"{precision}.plan").stat().st_size == report["bytes"]
    assert reports["int8"]["bytes"] < reports["f16"]["bytes"] < reports["f32"]["bytes"]


@pytest.mark.parametrize("precision, bytes_saved", [("f24", 1), ("f16", 2), ("bf16", 2), ("int8", 3)])
def test_transformed_weights_of_winograd_convolutions(tmp_path, generator, precision, bytes_saved):
    """24 to 16 channels by F(4x4): 36 points. The error that `compile` prints is that of the plan."""
    path = write_model(
        tmp_path / "m.onnx",
        "g (float[1,24,12,12] x, float[16,24,3,3] w) => (float[1,16,12,12] y)"
        "{ y = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w) }",
    )
    weights = tmp_path / "w.npz"
    np.savez(weights, w=generator.standard_normal((16, 24, 3, 3), dtype=np.float32))
    options = ["--weights", weights, "--algorithm", "winograd4"]
    plans = {name: tmp_path / f"{name}.plan" for name in ["f32", precision]}
    reports = {
        name: run_json("compile", path, "-o", plan, *options, "--weights-precision", name)
        for name, plan in plans.items()
    }
    scales = 36 * 16 * 4 if precision in MULTIPLES else 0
    saved = reports["f32"]["weight_bytes"] - reports[precision]["weight_bytes"]
    assert saved == bytes_saved * 36 * 24 * 16 - scales

    images = {"x": generator.standard_normal((1, 24, 12, 12), dtype=np.float32)}
    (exact,) = tool.run(plans["f32"], images, tmp_path, outputs=["y"])
    (stored,) = tool.run(plans[precision], images, tmp_path, outputs=["y"])
    (reported,) = reports[precision]["weight_errors"]
    # Other inputs give other errors of the same order.
    assert 0.2 < error(stored, exact) / reported["error"] < 5


def test_a_weight_beyond_the_range_is_named(tmp_path, model):
    large = onnx.load(model)
    (weights,) = [w for w in large.graph.initializer if w.name == "v"]
    values = onnx.numpy_helper.to_array(weights).copy()
    values[3, 5] = 1e5
    weights.CopyFrom(onnx.numpy_helper.from_array(values, "v"))
    onnx.save(large, model)
    plan = tmp_path / "m.plan"
    process = run("compile", model, "-o", plan, "--weights-precision", "f16", expect=1)
    assert process.stderr == (
        f"tessera: {model}: value 'v': weight 100000.0 of output 3 is beyond float16's range\n"
    )
    assert not plan.exists() and not list(tmp_path.glob(".tessera*"))
    run("compile", model, "-o", plan, "--weights-precision", "bf16")


def test_outputs_that_rounded_weights_do_not_reach(tmp_path):
    path = write_model(
        tmp_path / "m.onnx",
        "g (float[2,3] x, int64[2] n) => (float[2,3] y, float[2,3] z, int64[2] k)"
        "{ y = Softmax (x) \n z = Relu (x) \n k = Identity (n) }",
    )
    report = run_json("compile", path, "-o", tmp_path / "m.plan", "--weights-precision", "f16")
    assert report["weight_errors"] == [
        {"output": "y", "value": "x", "error": 0}, {"output": "z", "value": "z", "error": 0},
    ]


def test_only_known_precisions(tmp_path, model):
    process = run("bench", model, "--weights-precision", "f8", expect=2)
    assert "expected auto, f32, f24, f16, bf16, int8, found 'f8'" in process.stderr


def large_layer(path, generator, outputs=1024, outlier=1):
    """A fully connected layer `y = x·Wᵀ` of 1024 inputs, one of whose weights is multiplied by `outlier`."""
    weights = generator.standard_normal((outputs, 1024), dtype=np.float32)
    weights[3, 5] *= outlier
    model = onnx.parser.parse_model(
        f"""<ir_version: 10, opset_import: ["" : 21]>
        large (float[1,1024] x) => (float[1,{outputs}] y) {{ y = Gemm <transB = 1> (x, w) }}"""
    )
    model.graph.initializer.append(onnx.numpy_helper.from_array(weights, "w"))
    onnx.save(model, path)
    return weights


def test_large_layers_have_24_bits_by_default(tmp_path, generator):
    model, plan, whole = (tmp_path / name for name in ["m.onnx", "m.plan", "whole.plan"])
    weights = large_layer(model, generator)
    report = run_json("compile", model, "-o", plan)
    narrowed = report["narrowed_weights"]
    rms = np.sqrt(np.mean(weights.astype(np.float64) ** 2))
    expected = np.abs(weights).max() / rms / (2**23 - 1) / np.sqrt(12)
    assert narrowed["layers"] == 1 and narrowed["error"] == pytest.approx(expected, rel=1e-6)
    assert run_json("inspect", plan)["narrowed_weights"] == narrowed
    text = f"layers with weights of 24 bits: 1, error at most {expected:.1e} of a layer's largest output"
    inspected = run("inspect", plan).stdout
    assert text in inspected and "weight-type=int24" in inspected
    assert text in run("compile", model, "-o", plan).stdout

    exact = run_json("compile", model, "-o", whole, "--weights-precision", "f32")
    assert exact["narrowed_weights"] is None
    assert exact["weight_bytes"] - report["weight_bytes"] == 1024 * 1024 - 4 * 1024
    images = {"x": np.maximum(generator.standard_normal((1, 1024), dtype=np.float32), 0)}
    products = images["x"].astype(np.float64) @ weights.T.astype(np.float64)
    for path in [plan, whole]:
        (actual,) = tool.run(path, images, tmp_path, outputs=["y"])
        assert error(actual, products) < 1e-6


@pytest.mark.parametrize(
    "outputs, outlier, arguments",
    [(1023, 1, []), (1024, 100, []), (1024, np.inf, []), (1024, np.nan, []), (1024, 1, ["--max-error", "3e-7"])],
)
def test_layers_that_keep_32_bits(tmp_path, generator, outputs, outlier, arguments):
    model = tmp_path / "m.onnx"
    large_layer(model, generator, outputs, outlier)
    report = run_json("compile", model, "-o", tmp_path / "m.plan", *arguments)
    assert report["narrowed_weights"] is None
    assert report["weight_bytes"] > 4 * 1024 * outputs


def test_zeros_of_an_input_change_no_result(tmp_path, generator):
    """Weights of zeros are skipped or read, as their share decides; what is not zero is multiplied alike."""
    model = tmp_path / "m.onnx"
    weights = large_layer(model, generator)
    for share in [0, 0.5, 0.6, 0.95, 1]:
        x = generator.standard_normal((1, 1024), dtype=np.float32)
        x[generator.random((1, 1024)) < share] = 0
        (actual,) = tool.run(model, {"x": x}, tmp_path, outputs=["y"])
        expected = x.astype(np.float64) @ weights.T.astype(np.float64)
        assert np.abs(actual - expected).max() <= 1e-6 * np.abs(expected).max()


def test_an_infinite_weight_times_zero_is_nan(tmp_path, generator):
    model = tmp_path / "m.onnx"
    large_layer(model, generator, outlier=np.inf)
    (actual,) = tool.run(model, {"x": np.zeros((1, 1024), np.float32)}, tmp_path, outputs=["y"])
    assert np.isnan(actual[0, 3]) and np.count_nonzero(actual) == 1
