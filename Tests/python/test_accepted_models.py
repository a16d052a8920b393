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


def test_an_initializer_that_is_an_input_is_a_default(tmp_path):
    """--weights replaces it; a run cannot, and says so."""
    default = onnx.numpy_helper.from_array(np.array([1, 2], np.float32), "k")
    constant = onnx.numpy_helper.from_array(np.array([1, 1], np.float32), "c")
    nodes = [helper.make_node("Mul", ["x", "k"], ["t"]), helper.make_node("Mul", ["t", "c"], ["y"])]
    model = save(
        tmp_path / "m.onnx", nodes, [value("x", [2]), value("k", [2])], [value("y", [2])],
        [default, constant])
    inputs = {"x": np.ones(2, np.float32)}
    other = np.array([10, 20], np.float32)
    np.savez(tmp_path / "k.npz", k=other, c=other)
    np.save(tmp_path / "k.npy", other)
    weights = ["--weights", tmp_path / "k.npz"]
    np.testing.assert_array_equal(tool.run(model, inputs, tmp_path, outputs=["y"])[0], [1, 2])
    overridden = expected(model, {**inputs, "k": other})
    np.testing.assert_array_equal(tool.run(model, inputs, tmp_path, *weights, outputs=["y"]), overridden)

    warning = run("compile", model, *weights, "-o", tmp_path / "m.plan").stderr
    assert "value 'c': warning: no graph input wants this entry: the model holds the value as a constant" in warning
    assert "'k'" not in warning
    np.savez(tmp_path / "k.npz", k=other, c=np.ones(2, np.float32))
    assert run("compile", model, *weights, "-o", tmp_path / "m.plan").stderr == ""
    given = ["run", model, "--input", f"x={tmp_path}/input-0.npy"]
    for wish in [["--input", f"k={tmp_path}/k.npy"], ["--shapes", "k:2"]]:
        error = run(*given, *wish, expect=2).stderr
        assert "'k': the model gives this input a value, in whose place --weights can bind another" in error
    np.savez(tmp_path / "wrong.npz", k=np.ones(3, np.float32))
    error = run("compile", model, "--weights", tmp_path / "wrong.npz", "-o", tmp_path / "m.plan", expect=1)
    assert "value 'k': expected float[2], found shape 3" in error.stderr

    # It stays one in what is written.
    for suffix in ["onnx", "onnxtxt"]:
        written = tmp_path / f"written.{suffix}"
        run("convert", model, "-o", written)
        np.testing.assert_array_equal(tool.run(written, inputs, tmp_path, *weights, outputs=["y"]), overridden)
    proto = onnx.load(tmp_path / "written.onnx")
    assert [each.name for each in proto.graph.input] == ["x", "k"]
    assert onnx.parser.parse_model((tmp_path / "written.onnxtxt").read_text()).graph.input == proto.graph.input


def test_before_ir_version_4_all_initializers_are_inputs(tmp_path):
    default = onnx.numpy_helper.from_array(np.array([1, 2], np.float32), "k")
    nodes = [helper.make_node("Mul", ["x", "k"], ["y"])]
    model = save(
        tmp_path / "m.onnx", nodes, [value("x", [2]), value("k", [2])], [value("y", [2])], [default],
        opset=8, ir=3)
    np.savez(tmp_path / "k.npz", k=np.array([10, 20], np.float32))
    inputs = {"x": np.ones(2, np.float32)}
    weights = ["--weights", tmp_path / "k.npz"]
    np.testing.assert_array_equal(tool.run(model, inputs, tmp_path, *weights, outputs=["y"])[0], [10, 20])
    run("convert", model, "-o", tmp_path / "written.onnx")
    proto = onnx.load(tmp_path / "written.onnx")
    assert proto.ir_version == 4 and [each.name for each in proto.graph.input] == ["x"]
