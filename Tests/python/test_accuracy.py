"""Errors against Float64, of whole networks with random weights."""

import json
import re

import numpy as np
import onnx
import pytest

import float64_reference
import networks
import tool

# The project's promise for the direct kernels: the largest error of a logit over the largest logit.
LARGEST_DIRECT_ERROR = 2e-6
# The same for what the compiler chooses by default.
LARGEST_DEFAULT_ERROR = 5e-6
FIGURES = tool.ROOT / ".build" / "accuracy.json"


@pytest.fixture(scope="session")
def figures():
    measured = {}
    yield measured
    FIGURES.write_text(json.dumps(measured, indent=2) + "\n")
    print("\n\nlargest error of a logit / largest logit, against Float64")
    columns = sorted({column for row in measured.values() for column in row})
    print(" " * 12 + "".join(f"{column:>16}" for column in columns))
    for name, row in measured.items():
        cells = [f"{row[column]:.2e}" if column in row else "" for column in columns]
        print(f"{name:12}" + "".join(f"{cell:>16}" for cell in cells))


def error(actual, expected):
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def test_networks(network, figures):
    reference = float64_reference.compute(network.model, network.inputs)["fc8"]
    measured = error(network.direct[0], reference)
    peer = error(network.expected[0], reference)
    logits, _ = tool.run(network.model, network.inputs, network.folder, outputs=["fc8", "prob"])
    default = error(logits, reference)
    figures[network.name] = {
        "tessera direct": measured, "tessera default": default, "onnxruntime": peer,
    }
    assert measured <= LARGEST_DIRECT_ERROR
    assert default <= LARGEST_DEFAULT_ERROR


def small_vgg(folder, generator):
    """VGG-A with 1/4 of its channels on 64×64 images, as ONNX binary with weights; logits are `fc8`."""
    text = (tool.ROOT / "Graphs" / "vgg-a.onnxtxt").read_text()
    model = onnx.parser.parse_model(re.sub(r"\b25088\b", "2048", text).replace("224,224", "64,64"))
    graph = model.graph
    inputs = {value.name: value for value in graph.input}
    for name, value in inputs.items():
        if name == "data":
            continue
        shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
        shape[0] = shape[0] if name.startswith("fc8") else shape[0] // 4
        if len(shape) > 1 and shape[1] != 3:
            shape[1] //= 4
        fan_in = int(np.prod(shape[1:]))
        weights = generator.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / fan_in))
        graph.initializer.append(onnx.numpy_helper.from_array(weights, name))
        graph.input.remove(value)
    graph.output.insert(0, onnx.helper.make_tensor_value_info("fc8", onnx.TensorProto.FLOAT, ["N", 1000]))
    path = folder / "small.onnx"
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("instruction_set", ["", "portable"])
@pytest.mark.parametrize(
    "algorithm", ["direct", "im2col", "auto", "winograd2", "winograd4", "winograd6"]
)
def test_kernels_on_a_small_network(algorithm, instruction_set, figures, generator, tmp_path, tessera):
    """Each algorithm keeps the promise on each instruction set; im2col has its own bound.

    A sum of k products of float32, in whatever order, is off by at most k · 2⁻²⁴ of the sum of their
    magnitudes, and as errors are as often up as down, by about √k · 2⁻²⁴ of the root of the sum of
    squares, which is the size of the result. Roundings of 11 layers add up independently: √11. With k ≤
    128 · 9 and a factor of 4 for the largest of 1,000 logits: 4 · √11 · √1152 · 2⁻²⁴ ≈ 2.7·10⁻⁵.
    """
    model = small_vgg(tmp_path, generator)
    inputs = {"data": generator.normal(0, 60, (2, 3, 64, 64)).astype(np.float32)}
    reference = float64_reference.compute(model, inputs)["fc8"]
    environment = {"TESSERA_ISA": instruction_set} if instruction_set else None
    plan = tmp_path / "small.plan"
    tessera(
        "compile",
        model,
        "-o",
        plan,
        "--algorithm",
        algorithm,
        "--shapes",
        "data:2x3x64x64",
        environment=environment,
    )
    logits, _ = tool.run(plan, inputs, tmp_path, outputs=["fc8", "prob"], environment=environment)
    measured = error(logits, reference)
    figures.setdefault("small VGG-A", {})[f"{algorithm} {instruction_set or 'fastest'}"] = measured
    bounds = {"direct": LARGEST_DIRECT_ERROR, "im2col": 4 * np.sqrt(11 * 1152) * 2.0**-24}
    assert measured <= bounds.get(algorithm, LARGEST_DEFAULT_ERROR)


def normalized_vgg(folder, generator, deviation):
    """The small VGG-A whose convolutions hold a batch normalisation with the statistics of noise images of a deviation.

    After it every channel has mean 0 and variance 1 on noise, but for random scales and shifts, as in a
    trained network on images: what all positions have in common is gone, the rounding errors are not.
    """
    path = small_vgg(folder, generator)
    model = onnx.load(path)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    values = {"data": generator.normal(0, deviation, (2, 3, 64, 64))}
    for node in model.graph.node:
        if node.op_type == "Gemm":
            break
        constants = [onnx.numpy_helper.to_array(weights[name]) for name in node.input[1:]]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        compute = float64_reference.OPERATORS[node.op_type]
        result = compute(values[node.input[0]], *[c.astype(np.float64) for c in constants], **attributes)
        if node.op_type == "Conv":
            scale = generator.uniform(0.5, 1.5, result.shape[1]) / result.std(axis=(0, 2, 3))
            shift = generator.normal(0, 0.5, result.shape[1])
            kernel, bias = constants
            bias = (bias - result.mean(axis=(0, 2, 3))) * scale + shift
            for name, array in zip(node.input[1:], (kernel * scale[:, None, None, None], bias)):
                weights[name].CopyFrom(onnx.numpy_helper.from_array(array.astype(np.float32), name))
            result = compute(
                values[node.input[0]],
                *[onnx.numpy_helper.to_array(weights[name]).astype(np.float64) for name in node.input[1:]],
                **attributes,
            )
        values[node.output[0]] = result
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("deviation", [1, 60])
def test_the_promise_holds_where_large_tiles_break_it(tmp_path, tessera, deviation):
    """On inputs that the compiler has not measured: what it chooses keeps 5e-6, or 1.5 times what direct has."""
    generator = np.random.default_rng(3)
    model = normalized_vgg(tmp_path, generator, deviation)
    errors = {}
    inputs = [
        {"data": generator.normal(0, deviation, (1, 3, 64, 64)).astype(np.float32)} for _ in range(4)
    ]
    references = [float64_reference.compute(model, data)["fc8"] for data in inputs]
    for algorithm in ["auto", "direct", "winograd6"]:
        plan = tmp_path / f"{algorithm}.plan"
        tessera("compile", model, "-o", plan, "--algorithm", algorithm)
        errors[algorithm] = [
            error(tool.run(plan, data, tmp_path, outputs=["fc8", "prob"])[0], reference)
            for data, reference in zip(inputs, references)
        ]
    promises = [max(LARGEST_DEFAULT_ERROR, 1.5 * direct) for direct in errors["direct"]]
    assert all(auto <= promise for auto, promise in zip(errors["auto"], promises)), errors
    assert any(six > promise for six, promise in zip(errors["winograd6"], promises)), errors
