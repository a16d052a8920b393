"""Time grows with the size of a graph, not with its square: four times the nodes take less than eight times."""

import random
import resource

import numpy as np
import pytest

import tool

HEADER = '<ir_version: 9, opset_import: ["" : 18]>\n'


def graph(inputs, outputs, nodes, constants=()):
    values = f"< {', '.join(constants)} >" if constants else ""
    return (
        f"{HEADER}g ({', '.join(inputs)}) => ({', '.join(outputs)}) {values} {{\n"
        + "\n".join(nodes)
        + "\n}\n"
    )


def chain(count):
    nodes = [f"v{i + 1} = Add(v{i}, v{i})" for i in range(count)]
    return graph(["float[1, 4] v0"], [f"float[1, 4] v{count}"], nodes)


def views(count):
    nodes = [f"v{i + 1} = Reshape(v{i}, {'row' if i % 2 else 'square'})" for i in range(count)]
    return graph(
        ["float[1, 4] v0"], ["y"], [*nodes, f"y = Relu(v{count})"],
        ["int64[2] row = {1, 4}", "int64[2] square = {2, 2}"],
    )


def identities(count):
    nodes = [f"v{i + 1} = Identity(v{i})" for i in range(count)]
    return graph(["float[1, 4] v0"], ["y"], [*nodes, f"y = Relu(v{count})"])


def one_value_read_by_all(count):
    nodes = [f"v{i} = Relu(x)" for i in range(count // 2)]
    nodes += [f"s{i + 1} = Add(s{i}, v{i})" for i in range(count // 2)]
    return graph(["float[1, 4] x", "float[1, 4] s0"], [f"float[1, 4] s{count // 2}"], nodes)


def concatenation(count):
    parts = range(count // 2)
    nodes = [f"v{i} = Relu(x)" for i in parts] + [f"u{i} = Identity(v{i})" for i in parts]
    nodes.append(f"y = Concat <axis = 1> ({', '.join(f'u{i}' for i in parts)})")
    return graph(["float[1, 4] x"], [f"float[1, {2 * count}] y"], nodes)


def many_live_values(count):
    """Values of 50 sizes, read in another order than they are made."""
    numbers = list(range(count // 3))
    nodes = [f"v{i} = Relu(x{i % 50})" for i in numbers]
    random.Random(1).shuffle(numbers)
    for place, i in enumerate(numbers):
        nodes.append(f"g{place} = GlobalAveragePool(v{i})")
        nodes.append(f"s{place + 1} = Add(s{place}, g{place})")
    inputs = [f"float[1, 1, {i + 1}, 7] x{i}" for i in range(50)]
    return graph([*inputs, "float[1, 1, 1, 1] s0"], [f"s{len(numbers)}"], nodes)


def initializers(count):
    nodes = [f"v{i + 1} = Add(v{i}, c{i})" for i in range(count)]
    constants = [f"float[1, 4] c{i} = {{{i}, 1, 2, 3}}" for i in range(count)]
    return graph(["float[1, 4] v0"], [f"float[1, 4] v{count}"], nodes, constants)


def inputs(count):
    nodes = [f"v{i + 1} = Add(v{i}, x{i})" for i in range(count)]
    values = [f"float[N, 4] x{i}" for i in range(count)]
    return graph([*values, "float[N, 4] v0"], [f"float[N, 4] v{count}"], nodes)


def half_precision(count):
    """Values of one element type that become one group from the last node on."""
    nodes = [f"v{i + 1} = Add(x{i}, v{i})" for i in range(count // 2)]
    values = [f"float16[1, 4] x{i}" for i in range(count // 2)]
    return graph(
        [*values, "float16[1, 4] v0"], ["float16[1, 4] y"], [*nodes, f"y = Relu(v{count // 2})"]
    )


def outputs(count):
    nodes = [f"v{i} = Softmax <axis = 1> (x)" for i in range(count)]
    return graph(["float[1, 4] x"], [f"float[1, 4] v{i}" for i in range(count)], nodes)


def one_weight_scaled_for_each(count):
    """Each convolution gets weights of its own from the same constant."""
    nodes = []
    for i in range(count // 12):
        nodes += [f"c{i} = Conv(x, w)", f"m{i} = Mul(c{i}, k{i})", f"s{i + 1} = Add(s{i}, m{i})"]
    constants = [f"float k{i} = {{{i + 2}}}" for i in range(count // 12)]
    return graph(
        ["float[1, 2, 3, 3] x", "float[1, 2, 3, 3] s0"], [f"s{count // 12}"], nodes,
        ["float[2, 2, 1, 1] w = {1, 2, 3, 4}", *constants],
    )


SHAPES = [
    chain, views, identities, one_value_read_by_all, concatenation, many_live_values, initializers,
    inputs, half_precision, outputs, one_weight_scaled_for_each,
]


def seconds(*arguments):
    """User time of the tool, which a busy machine changes less than the time that passes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    tool.tessera(*arguments)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def expect_linear(measure):
    """`measure` of 5,000 and of 20,000; once more if something disturbed it."""
    assert any(measure(20_000) < 8 * measure(5_000) for _ in range(2))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_compiling(shape, tmp_path):
    def measure(count):
        model = tmp_path / f"{count}.onnxtxt"
        model.write_text(shape(count))
        return seconds("compile", model, "-o", tmp_path / "a.plan", "--threads", 1)

    expect_linear(measure)


def test_caffe_network(tmp_path):
    def measure(count):
        layers = ['layer { name: "d" type: "Input" top: "b" input_param { shape { dim: 1 dim: 4 } } }']
        layers += [f'layer {{ name: "l{i}" type: "ReLU" bottom: "b" top: "b" }}' for i in range(count)]
        model = tmp_path / f"{count}.prototxt"
        model.write_text("\n".join(layers))
        return seconds("compile", model, "-o", tmp_path / "a.plan", "--threads", 1)

    expect_linear(measure)


@pytest.mark.parametrize("command", ["dump", "inspect", "run"])
def test_other_commands(command, tmp_path):
    np.save(tmp_path / "v0.npy", np.zeros((1, 4), np.float32))

    def measure(count):
        model = tmp_path / f"{count}.onnxtxt"
        plan = tmp_path / f"{count}.plan"
        model.write_text(chain(count))
        if command == "dump":
            return seconds("dump", model, "--print-after", "eliminate-dead-nodes")
        if not plan.exists():
            tool.tessera("compile", model, "-o", plan)
        if command == "inspect":
            return seconds("inspect", plan)
        return seconds(
            "run", plan, "--input", f"v0={tmp_path / 'v0.npy'}", "--output-dir", tmp_path,
            "--threads", 1,
        )

    expect_linear(measure)


@pytest.mark.parametrize(
    "shape, value", [(chain, "v0"), (views, "v0"), (one_value_read_by_all, "x"), (initializers, "weights")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_differentiating(shape, value, tmp_path):
    def measure(count):
        model = tmp_path / f"{count}.onnxtxt"
        model.write_text(shape(count))
        return seconds("gradient", model, "--with-respect-to", value, "-o", tmp_path / "g.onnx")

    expect_linear(measure)
