"""Fills the last column of TypesByONNX.txt with what onnx.shape_inference infers."""

import pathlib

import onnx
from onnx import parser, shape_inference

PATH = pathlib.Path(__file__).with_suffix(".txt")


def describe(value):
    tensor = value.type.tensor_type
    name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
    if not tensor.HasField("shape"):
        return name + "[]"
    extents = [
        str(d.dim_value)
        if d.HasField("dim_value")
        else d.dim_param if d.dim_param and not d.dim_param.startswith("unk__") else "?"
        for d in tensor.shape.dim
    ]
    return f"{name}[{', '.join(extents)}]" if extents else name


def infer(opset, inputs, constants, nodes):
    constants = f"<{constants}>" if constants else ""
    model = parser.parse_model(
        f'<ir_version: 10, opset_import: ["": {opset}]> g ({inputs}) => () {constants} {{{nodes}}}'
    )
    try:
        model = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except onnx.shape_inference.InferenceError:
        return "error"
    return next((describe(v) for v in model.graph.value_info if v.name == "y"), "error")


lines = []
for line in PATH.read_text().splitlines():
    if not line.startswith("#"):
        columns = [column.strip() for column in line.split(" |")][:4]
        line = " | ".join(columns + [infer(*columns)])
    lines.append(line)
PATH.write_text("\n".join(lines) + "\n")
