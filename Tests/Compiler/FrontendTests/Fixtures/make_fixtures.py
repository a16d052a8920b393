"""Writes the ONNX files beside it with the onnx package."""

import pathlib

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
FLOAT_X = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", None, 3])


def save(name, graph, **keywords):
    keywords.setdefault("ir_version", 10)
    opsets = [helper.make_opsetid("", 21)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, **keywords), FOLDER / name)


def element_types():
    initializers = []
    for dtype in (np.float32, np.float64, np.float16, ml_dtypes.bfloat16, np.int8, np.int16, np.int32, np.int64,
                  np.uint8, np.uint16, np.uint32, np.uint64, np.bool_):
        name = np.dtype(dtype).name
        array = np.array([1, 0, 1], dtype=dtype)
        tensor = numpy_helper.from_array(array, f"raw_{name}")
        initializers.append(tensor)
        initializers.append(helper.make_tensor(f"typed_{name}", tensor.data_type, [3], array.tolist()))
    initializers.append(numpy_helper.from_array(np.float32(-2.5), "scalar"))
    initializers.append(numpy_helper.from_array(np.zeros((0, 3), np.float32), "empty"))
    tensor = numpy_helper.from_array(np.array([1, 2], np.int64), "unnamed")
    node = helper.make_node(
        "Op", ["x", "", "scalar"], ["", "y"], name="n/1", domain="my.domain", a=1.5, b=-3, c="text", d=tensor,
        e=[1.0, 2.5], f=[1, -2], g=["a", ""])
    node.attribute.append(helper.make_attribute("h", [], attr_type=onnx.AttributeProto.INTS))
    graph = helper.make_graph(
        [node], "types", [FLOAT_X], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], initializers,
        value_info=[helper.make_tensor_value_info("unused", TensorProto.FLOAT, [])])
    model = helper.make_model(
        graph, ir_version=10, producer_name="fixtures",
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("my.domain", 1)])
    helper.set_model_props(model, {"key": "value"})
    onnx.save(model, FOLDER / "element-types.onnx")


def old_ir_version():
    weights = numpy_helper.from_array(np.array([1, 2], np.float32), "w")
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "w")]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])]
    node = helper.make_node("Add", ["x", "w"], ["y"])
    save("old-ir-version.onnx", helper.make_graph([node], "g", inputs, outputs, [weights]), ir_version=3)


def unsupported():
    branch = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["z"])], "branch", [],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)])
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("values", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("indices", TensorProto.INT64, [1], [0]), [3])
    inputs = [
        FLOAT_X,
        helper.make_tensor_value_info("names", TensorProto.STRING, [2]),
        helper.make_tensor_sequence_value_info("many", TensorProto.FLOAT, None),
    ]
    nodes = [
        helper.make_node("If", ["x"], ["y"], name="choice", then_branch=branch, else_branch=branch),
        helper.make_node("Constant", [], ["c"], sparse_value=sparse),
        helper.make_node("Constant", [], ["s"], value=helper.make_tensor("t", TensorProto.STRING, [1], [b"a"])),
    ]
    graph = helper.make_graph(
        nodes, "g", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [helper.make_tensor("quarter", TensorProto.INT4, [2], [1, 2])], sparse_initializer=[sparse])
    function = helper.make_function("d", "f", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])],
                                    [helper.make_opsetid("", 21)])
    save("unsupported.onnx", graph, functions=[function])


def external_data():
    weights = np.arange(4, dtype=np.float32)
    (FOLDER / "weights.bin").write_bytes(b"skipped!" + weights.tobytes())
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 2], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", "weights.bin"), ("offset", "8"), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    node = helper.make_node("Add", ["x", "w"], ["y"])
    graph = helper.make_graph(
        [node], "g", [FLOAT_X], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], [tensor])
    save("external-data.onnx", graph)


if __name__ == "__main__":
    element_types()
    old_ir_version()
    unsupported()
    external_data()
