"""`tessera gradient`: every rule against Float64, and whole graphs."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import tool
from gradient_cases import CASES
from gradient_reference import OPERATORS, central_differences
from tessera_cli import run

# Of the largest element of a gradient: that of a few hundred terms, rounded to float32, and of Winograd's algorithms.
TOLERANCE = 2e-5


def model_of(case, inputs):
    """`l = Op(x…) · r`, so that r is the gradient that goes into the rule; and the names of the inputs."""
    names = [f"x{i}" for i in range(len(inputs))]
    nodes, constants = [], {}
    operands = list(names)
    for i, values in enumerate(case.steering):
        operands.append("" if values is None else f"s{i}")
        if values is not None:
            is_integer = np.asarray(values).dtype.kind == "i"
            constants[f"s{i}"] = np.asarray(values, np.int64 if is_integer else np.float32)
    y = "y"
    outputs = [f"y{i}" for i in range(case.outputs[0])] + [y] + [f"y{i + 9}" for i in range(case.outputs[1])]
    attributes = case.attributes if case.node is None else case.node
    nodes.append(helper.make_node(case.operator, operands, outputs, **attributes))
    nodes.append(helper.make_node("Mul", [y, "r"], ["l"]))
    for i in case.constants:
        if i < len(inputs):
            constants[names[i]] = inputs[i].astype(np.float32)
    value = helper.make_tensor_value_info
    given = [value(n, TensorProto.FLOAT, x.shape) for n, x in zip(names, inputs) if n not in constants]
    return names, nodes, constants, given


def differentiate(case, inputs, g, folder):
    names, nodes, constants, given = model_of(case, inputs)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "gradients", [*given, value("r", TensorProto.FLOAT, g.shape)],
        [value("l", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(a, n) for n, a in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", case.opset)], ir_version=8)
    onnx.save(model, folder / "m.onnx")
    wanted = [names[i] for i in (range(len(inputs)) if case.wanted is None else case.wanted)]
    run("gradient", folder / "m.onnx", "--with-respect-to", ",".join(wanted), "-o", folder / "g.onnx")
    arrays = {n: x.astype(np.float32) for n, x in zip(names, inputs) if n not in constants}
    arrays["r"] = g.astype(np.float32)
    return tool.run(folder / "g.onnx", arrays, folder, outputs=[f"{n}.gradient" for n in wanted])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rule(tmp_path, case):
    random = np.random.default_rng(len(case.name))
    inputs = []
    for i, shape in enumerate(case.shapes):
        x = random.uniform(*case.range, shape) if case.range else random.normal(size=shape)
        x = np.asarray(case.values[i], float) if i in case.values else x
        inputs.append(np.asarray(x, np.float32).astype(np.float64))
    operator = OPERATORS[case.operator]

    def forward(*x):
        return operator.forward(*x, **case.attributes)

    y = forward(*inputs)
    g = np.asarray(random.normal(size=np.shape(y)), np.float32).astype(np.float64)
    expected = operator.backward(g, y, *inputs, **case.attributes)
    wanted = range(len(inputs)) if case.wanted is None else case.wanted

    for i in wanted:
        places = random.permutation(inputs[i].size)[:40]
        slopes = central_differences(forward, inputs, g, i, places)
        np.testing.assert_allclose(expected[i].ravel()[places], slopes, rtol=1e-5, atol=1e-6)

    results = differentiate(case, inputs, g, tmp_path)
    for i, result in zip(wanted, results, strict=True):
        assert result.shape == inputs[i].shape
        scale = max(np.abs(expected[i]).max(initial=0), 1e-3)
        np.testing.assert_allclose(result, expected[i], rtol=0, atol=TOLERANCE * scale)
