"""What no output of a model needs never refuses it; what one needs is refused with all that is missing."""

import numpy as np
import onnx
import onnx.helper as helper
import pytest
import safetensors.numpy

import caffe_writer
import tool
from tessera_cli import run, run_json, write_model
from test_accepted_models import FLOAT, expected, save, value

X = np.array([[-1, 0, 2]], np.float32)


def branch():
    return helper.make_graph([helper.make_node("Identity", ["x"], ["z"])], "b", [], [value("z", None)])


def text_tensor():
    return helper.make_tensor("t", onnx.TensorProto.STRING, [1], [b"a"])


def call(name, domain, out):
    return helper.make_node(name, ["x"], [out], domain=domain, name=f"calls-{name}")


def function(name, domain):
    return helper.make_function(
        domain, name, ["a"], ["b"], [helper.make_node("Neg", ["a"], ["b"])], [helper.make_opsetid("", 21)])


def external(name):
    tensor = onnx.TensorProto(name=name, data_type=FLOAT, dims=[2], data_location=onnx.TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="missing.bin")
    return tensor


SPARSE = helper.make_sparse_tensor(
    helper.make_tensor("sparse", FLOAT, [1], [1.0]),
    helper.make_tensor("indices", onnx.TensorProto.INT64, [1], [0]), [3])

# A name, the node that the outputs do not need or do, and what is said about it if they do.
NODES = [
    (helper.make_node("Sinh", ["x"], ["u"], name="n"), "the operator 'Sinh' is not supported: node 'n'"),
    (helper.make_node("Op", ["x"], ["u"], domain="d", name="n"), "'Op' of the domain 'd' is not supported: node 'n'"),
    (
        helper.make_node("If", ["flag"], ["u"], name="n", then_branch=branch(), else_branch=branch()),
        "the operator 'If' is not supported: node 'n'",
    ),
    (helper.make_node("Constant", [], ["u"], name="n", value=text_tensor()), "elements 'string' are not supported"),
    (helper.make_node("Flatten", ["x"], ["u"], name="n", axis=99), "node 'n' (Flatten): the axis 99 lies outside"),
    (helper.make_node("Relu", ["x"], ["u"], name="n", slope=1.0), "it has no attribute 'slope'"),
    (helper.make_node("Add", ["x", "int4"], ["u"], name="n"), "value 'int4': tensors with elements 'int4' are not"),
    (helper.make_node("Add", ["x", "sparse"], ["u"], name="n"), "value 'sparse': sparse initializers are not"),
    (helper.make_node("Add", ["x", "external"], ["u"], name="n"), "external data 'missing.bin': cannot open"),
    (helper.make_node("Identity", ["texts"], ["u"], name="n"), "value 'texts': tensors with elements 'string'"),
    (helper.make_node("Add", ["x", "nobody"], ["u"], name="n"), "input 'nobody' is not defined"),
    (call("F", "d", "u"), "'F' of the domain 'd' is a function of the model, which is not supported: node 'calls-F'"),
    (call("Abs", "d", "u"), "'Abs' of the domain 'd' is not supported"),
    (call("Asinh", "", "u"), "the operator 'Asinh' is not supported"),
    # The model defines it, although it is one of ONNX's.
    (call("Clip", "", "u"), "'Clip' is a function of the model, which is not supported: node 'calls-Clip'"),
]


def model_with(path, node, outputs):
    return save(
        path,
        [helper.make_node("Relu", ["x"], ["y"]), node, helper.make_node("Cosh", ["u"], ["v"], name="after")],
        [value("x", [1, 3]), value("flag", [], onnx.TensorProto.BOOL), value("texts", [1], onnx.TensorProto.STRING)],
        [value(name, [1, 3] if name == "y" else None) for name in outputs],
        [helper.make_tensor("int4", onnx.TensorProto.INT4, [2], [1, 2]), external("external")],
        imports=[helper.make_opsetid("", 21), helper.make_opsetid("d", 1)],
        functions=[function("F", "d"), function("Clip", "")],
    )


def with_sparse(path):
    proto = onnx.load(path, load_external_data=False)
    proto.graph.sparse_initializer.append(SPARSE)
    path.write_bytes(proto.SerializeToString())
    return path


@pytest.mark.parametrize("node, message", NODES, ids=[message for _, message in NODES])
def test_nodes(tmp_path, node, message):
    model = with_sparse(model_with(tmp_path / "m.onnx", node, ["y"]))
    inputs = {"x": X, "flag": np.array(True)}
    (y,) = tool.run(model, inputs, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(y, np.maximum(X, 0))
    report = run_json("inspect", model)
    assert report["unsupported"] == [] and report["unused_nodes"] <= 2
    assert "Relu" in run("dump", model).stdout
    run("convert", model, "-o", tmp_path / "c.onnx")
    np.testing.assert_array_equal(tool.run(tmp_path / "c.onnx", inputs, tmp_path, outputs=["y"])[0], y)

    needed = with_sparse(model_with(tmp_path / "n.onnx", node, ["y", "u"]))
    error = tool.call("compile", needed, "-o", tmp_path / "n.plan").stderr
    assert message in error, error
    assert error.count("\n") == 1, error


def test_all_that_is_not_supported_is_listed_whatever_else_is_wrong(tmp_path):
    """Each operator once with its nodes, with damaged dimensions, an old opset and missing weights."""
    nodes = [helper.make_node("Relu", ["x"], ["t0"])]
    for index in range(30):
        nodes.append(helper.make_node("Sinh", [f"t{index}"], [f"t{index + 1}"], name=f"s{index}"))
    nodes += [
        helper.make_node("Op", ["t30"], ["u"], domain="d"),
        helper.make_node("Gemm", ["u", "w"], ["y"], name="fc"),
        helper.make_node("Cosh", ["x"], ["unused"]),
    ]
    expected_lines = [
        "the operator 'Sinh' is not supported: nodes "
        + ", ".join(f"'s{index}'" for index in range(20)) + " and 10 more",
        "the operator 'Op' of the domain 'd' is not supported: node 'u'",
    ]

    def lines(opset=21, extent=3, *arguments):
        path = save(
            tmp_path / "m.onnx", nodes, [value("x", [extent, 3]), value("w", [3, 2])], [value("y", [3, 2])],
            imports=[helper.make_opsetid("", opset), helper.make_opsetid("d", 1)])
        error = run("compile", path, "-o", tmp_path / "m.plan", *arguments, expect=3).stderr
        return [line.removeprefix(f"tessera: {path}: ") for line in error.splitlines()]

    assert lines() == expected_lines
    assert lines(opset=3)[:2] == expected_lines and len(lines(opset=3)) == 3
    assert lines(21, -7) == expected_lines + [
        "value 'x': expected a dimension of at least 0, or -1 for an unknown one, found -7"]
    np.savez(tmp_path / "none.npz", other=np.ones(2, np.float32))
    with_weights = lines(21, 3, "--weights", tmp_path / "none.npz")
    assert [line for line in with_weights if "operator" in line] == [f"tessera: {line}" for line in expected_lines]
    assert len(with_weights) == 4


def test_the_text_of_a_model(tmp_path):
    model = tmp_path / "m.onnxtxt"
    functions = """
      <domain: "d", opset_import: ["" : 21]> F <a, b = 1> (x) => (y) { y = Op <s = "}"> (x) z = G (y) }
      <opset_import: ["" : 21], domain: "d"> "H" (x) => () { }
    """
    head = '<ir_version: 10, opset_import: ["" : 21, "d" : 1]> g (float[1,3] x, string[-9] s)'
    text = head + """ => (float[1,3] y) < string[2] names = {"a", "b"}, seq(float[N]) q > {
      y = Relu (x) u = d.F (x) q = SplitToSequence (u)
      v = If (x) <then_branch = t () => (float z) { z = Op <v = float[-4]> () }, else_branch = t () => () {}>
    }""" + functions
    model.write_text(text)
    (y,) = tool.run(model, {"x": X}, tmp_path, outputs=["y"])
    np.testing.assert_array_equal(y, np.maximum(X, 0))
    model.write_text(text.replace("=> (float[1,3] y)", "=> (float[1,3] u, v, names)"))
    lines = run("compile", model, "-o", tmp_path / "m.plan", expect=3).stderr.splitlines()
    assert [line.removeprefix(f"tessera: {model}: ") for line in lines] == [
        "the operator 'F' of the domain 'd' is a function of the model, which is not supported: node 'u'",
        "the operator 'If' is not supported: node 'v'",
        "line 1, column 113: tensors of 'string' are not supported",
    ]


@pytest.mark.parametrize("opset, outputs", [(7, 5), (9, 5), (14, 3), (15, 3)])
def test_results_that_nothing_reads(tmp_path, opset, outputs):
    """Exporters name the outputs that exist in training, and the indices of a pooling."""
    names = ["b", "m", "v", "sm", "sv"][:outputs]
    nodes = [
        helper.make_node("BatchNormalization", ["x", "s", "s", "s", "s"], names),
        helper.make_node("MaxPool", ["b"], ["y", "indices"], kernel_shape=[2, 2]) if opset > 7
        else helper.make_node("MaxPool", ["b"], ["y"], kernel_shape=[2, 2]),
    ]
    scale = onnx.numpy_helper.from_array(np.array([0.5, 1, 2], np.float32), "s")
    x = np.random.default_rng(1).standard_normal((1, 3, 4, 4)).astype(np.float32)
    model = save(
        tmp_path / "m.onnx", nodes, [value("x", list(x.shape))], [value("y", [1, 3, 3, 3])], [scale],
        opset=opset, ir=8)
    (y,) = tool.run(model, {"x": x}, tmp_path, outputs=["y"])
    s = np.array([0.5, 1, 2]).reshape(1, 3, 1, 1)
    b = (x - s) / np.sqrt(s + 1e-5) * s + s
    windows = np.stack([b[:, :, i:i + 3, j:j + 3] for i in range(2) for j in range(2)])
    np.testing.assert_allclose(y, windows.max(axis=0), rtol=1e-6, atol=1e-6)


def weight_files(folder, wanted):
    """Files that hold `wanted` and entries that are damaged or of unknown types."""
    np.savez(folder / "w.npz", **wanted, objects=np.array([{}, []], dtype=object), texts=np.array(["a"]))
    yield folder / "w.npz"
    safetensors.numpy.save_file(wanted, folder / "w.safetensors")
    data = (folder / "w.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = data[8:8 + length].rstrip()
    size = len(data) - 8 - length
    header = header[:-1] + (',"odd":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[%d,%d]}}' % (size, size + 3)).encode()
    (folder / "w.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + data[8 + length:] + b"abc")
    yield folder / "w.safetensors"
    initializers = [onnx.numpy_helper.from_array(array, name) for name, array in wanted.items()]
    initializers += [text_tensor(), external("external")]
    nodes = [
        helper.make_node("If", ["x"], ["z"], then_branch=branch(), else_branch=branch()),
        helper.make_node("Relu", ["nobody"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "g", [value("x", [1], onnx.TensorProto.STRING)], [value("z", None)], initializers)
    onnx.save(helper.make_model(graph, functions=[function("F", "d")], ir_version=10), folder / "w.onnx")
    yield folder / "w.onnx"


def test_entries_of_weight_files_that_nobody_wants(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[1,3] x, float[3,2] w) => (float[1,2] y) { y = MatMul (x, w) }")
    wanted = {"w": np.arange(6, dtype=np.float32).reshape(3, 2)}
    for weights in weight_files(tmp_path, wanted):
        (y,) = tool.run(model, {"x": X}, tmp_path, "--weights", weights, outputs=["y"])
        np.testing.assert_array_equal(y, X @ wanted["w"])

    needed = write_model(
        tmp_path / "n.onnx", "g (float[1,3] x, float[1] t, float[3] odd) => (float[1,3] y) "
        "{ a = Add (x, t) y = Add (a, odd) }")
    for name, message in [
        ("w.onnx", "value 't': tensors with elements 'string' are not supported"),
        ("w.safetensors", "tensor 'odd': element type 'F8_E4M3' is not one of"),
    ]:
        error = tool.call("compile", needed, "--weights", tmp_path / name, "-o", tmp_path / "m.plan").stderr
        assert f"{tmp_path / name}: " in error and message in error


def test_layers_of_caffe_that_no_output_needs(tmp_path):
    """What goes into Silence, and what belongs to the training."""
    network = """
      input: "x" input_shape { dim: [1, 3] }
      layer { name: "data" type: "Data" top: "label" include { phase: TRAIN } }
      layer { name: "r" type: "ReLU" bottom: "x" top: "y" }
      layer { name: "odd" type: "Sinh" bottom: "y" top: "o" sigmoid_param { a: 1 } }
      layer { name: "fc" type: "InnerProduct" bottom: "o" top: "fc" inner_product_param { num_output: 2 } }
      layer { name: "again" type: "ReLU" bottom: "fc" top: "fc" }
      layer { name: "quiet" type: "Silence" bottom: "fc" }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "y" bottom: "label" include { phase: TRAIN } }
      layer { name: "p" type: "Softmax" bottom: "y" top: "p" }
    """
    path = tmp_path / "n.prototxt"
    path.write_text(network)
    (p,) = tool.run(path, {"x": X}, tmp_path, outputs=["p"])
    np.testing.assert_allclose(p.sum(), 1, rtol=1e-6)
    path.write_text(network.replace('type: "Silence"', 'type: "Sinh" top: "q"'))
    error = run("inspect", path, expect=3).stderr
    assert error == f"tessera: {path}: layers of the type 'Sinh' are not supported: layers 'odd', 'quiet'\n"


def test_layers_of_a_caffemodel_that_nobody_wants(tmp_path):
    network = caffe_writer.small("layer")
    prototxt, caffemodel = caffe_writer.write(network, tmp_path)
    weights = type(network)()
    weights.ParseFromString(caffemodel.read_bytes())
    for name in ["odd", "odd"]:
        layer = weights.layer.add(name=name)
        layer.blobs.add().shape.dim.extend([-4])
    caffemodel.write_bytes(weights.SerializeToString())
    assert "layer 'odd'" in run("compile", prototxt, "--weights", caffemodel, "-o", tmp_path / "n.plan").stderr
    for layer in weights.layer:
        if layer.name == "fc":
            layer.name = "other"
        elif layer.name == "odd":
            layer.name = "fc"
    caffemodel.write_bytes(weights.SerializeToString())
    error = run("compile", prototxt, "--weights", caffemodel, "-o", tmp_path / "n.plan", expect=1).stderr
    assert "layer 'fc': the layer has blobs twice" in error
