"""Models at the edges of what ONNX allows, or that only engines allow, give what ONNX Runtime gives."""

import numpy as np
import onnx
import onnx.helper as helper
import onnxruntime
import pytest

import tool
from tessera_cli import run, run_json, write_model

FLOAT = onnx.TensorProto.FLOAT


def value(name, shape, type=FLOAT):
    return helper.make_tensor_value_info(name, type, shape)


def save(path, nodes, inputs, outputs, initializers=(), opset=21, ir=10, **fields):
    graph = helper.make_graph(nodes, "g", inputs, outputs, list(initializers))
    imports = fields.pop("imports", [helper.make_opsetid("", opset)])
    onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=ir, **fields), path)
    return path


def expected(path, inputs):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, inputs)


def test_an_output_that_is_listed_twice(tmp_path):
    """By place it is there twice, by name once."""
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    outputs = [value("y", [1, 3]), value("y", [1, 3])]
    model = save(tmp_path / "m.onnx", nodes, [value("x", [1, 3])], outputs)
    x = np.array([[-1, 0, 2]], np.float32)
    first, second = expected(model, {"x": x})
    np.save(tmp_path / "x.npy", x)
    plan = tmp_path / "m.plan"
    report = run_json("compile", model, "-o", plan)
    assert [output["name"] for output in report["variants"][0]["outputs"]] == ["y", "y"]
    for program in [model, plan]:
        out = tmp_path / f"out-{program.suffix}"
        arguments = ["run", program, "--input", f"x={tmp_path}/x.npy"]
        files = run(*arguments, "--output-dir", out).stdout.split()
        assert files == [f"{out}/y.npy"]
        np.testing.assert_array_equal(np.load(files[0]), first)
        np.testing.assert_array_equal(first, second)
        written = run_json(*arguments, "--output-dir", out)["outputs"]
        assert [output["file"] for output in written] == files * 2
        assert written[0] == written[1]
        assert len(run_json(*arguments)["outputs"]) == 2
        assert [output["name"] for output in run_json("inspect", model)["outputs"]] == ["y", "y"]


@pytest.mark.parametrize("unknown", [-1, "?", "None"])
def test_extents_that_are_written_as_unknown(tmp_path, unknown):
    """They are no symbol: the extents of the inputs differ."""
    model = save(
        tmp_path / "m.onnx",
        [helper.make_node("Relu", ["x"], ["a"]), helper.make_node("Concat", ["a", "b"], ["y"], axis=0)],
        [value("x", [unknown, unknown]), value("b", [unknown, unknown])],
        [value("y", [unknown, unknown])],
    )
    proto = onnx.load(model)
    proto.graph.value_info.append(value("a", [unknown, unknown]))
    onnx.save(proto, model)
    inputs = {"x": np.full((2, 3), -1, np.float32), "b": np.ones((4, 3), np.float32)}
    (y,) = tool.run(model, inputs, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(y, np.concatenate([inputs["x"] * 0, inputs["b"]]))
    if unknown == -1:
        np.testing.assert_array_equal(y, expected(model, inputs)[0])


def test_labels_with_a_byte_order_mark(tmp_path):
    model = write_model(tmp_path / "m.onnx", "g (float[1,3] x) => (float[1,3] y) { y = Softmax (x) }")
    labels = tmp_path / "labels.txt"
    labels.write_bytes(b"\xef\xbb\xbfcat\ndog\nowl\n")
    run("compile", model, "-o", tmp_path / "m.plan", "--labels", labels)
    assert run_json("inspect", tmp_path / "m.plan")["labels"] == ["cat", "dog", "owl"]
