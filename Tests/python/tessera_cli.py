"""Runs the command-line tool and makes small models for its tests."""

import json

import numpy as np
import onnx
import onnx.parser

import tool
from tool import PATH as TOOL
from tool import ROOT

DIGITS = ROOT / "Graphs/digits.onnx"
COMMANDS = ["compile", "run", "classify", "evaluate", "features", "inspect", "dump", "convert", "gradient", "train", "bench", "operators", "doctor", "completions", "complete", "manual"]


def run(*arguments, expect=0, **options):
    """Runs the tool, checks its exit code and returns what it printed, as `tool.call` does."""
    return tool.tessera(*arguments, exit=expect, **options)


def run_json(*arguments, **options):
    """Runs the tool with --json and returns what it printed."""

    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    return json.loads(run(*arguments, "--json", **options).stdout, parse_constant=refuse)


def write_model(path, text, opset=21):
    """Writes a model whose graph is given in ONNX's textual syntax as a binary file."""
    header = f'<ir_version: 10, opset_import: ["" : {opset}]>\n'
    onnx.save(onnx.parser.parse_model(header + text), path)
    return path


def double_model(path, input_name="x", output_name="y"):
    """A model that adds its input, float [N, 3], to itself."""
    node = onnx.helper.make_node("Add", [input_name, input_name], [output_name], name="sum")
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node],
        "double",
        [value(input_name, onnx.TensorProto.FLOAT, ["N", 3])],
        [value(output_name, onnx.TensorProto.FLOAT, ["N", 3])],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 21)], ir_version=10
    )
    onnx.save(model, path)
    return path


def conv_model(path):
    """A convolution with ReLU and max-pooling, then a fully connected layer: float [N, 3, 8, 8].

    Its channels fill whole blocks of every vector width, so that no figure counts padding.
   """
    random = np.random.default_rng(1)
    weights = {
        "w": random.standard_normal((8, 3, 3, 3)),
        "b": random.standard_normal(8),
        "v": random.standard_normal((5, 128)),
        "c": random.standard_normal(5),
    }
    model = onnx.parser.parse_model(
        """
        <ir_version: 10, opset_import: ["" : 21]>
        small (float[N,3,8,8] x) => (float[N,5] y) {
          [conv] t = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w, b)
          [relu] r = Relu (t)
          [pool] p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
          [flat] f = Flatten (p)
          [fc] y = Gemm <transB = 1> (f, v, c)
        }
        """
    )
    for name, values in weights.items():
        tensor = onnx.numpy_helper.from_array(values.astype(np.float32), name)
        model.graph.initializer.append(tensor)
    onnx.save(model, path)
    return path
