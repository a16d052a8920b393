"""A graph as data: nodes on named values, with the arrays that inputs and constants hold."""

from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import helper


@dataclass
class Node:
    operator: str
    inputs: list
    outputs: list
    attributes: dict = field(default_factory=dict)

    def proto(self):
        return helper.make_node(self.operator, self.inputs, self.outputs, **self.attributes)


@dataclass
class Graph:
    opset: int
    nodes: list = field(default_factory=list)
    # Arrays of the graph's inputs, and what is declared of each: an extent or a symbol a dimension.
    inputs: dict = field(default_factory=dict)
    declared: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    outputs: list = field(default_factory=list)

    def model(self, values, outputs=None):
        """The model with these outputs, whose types are those of `values`: arrays by name."""
        shapes_are_fixed = all(isinstance(d, int) for dims in self.declared.values() for d in dims)
        inputs = [value_info(name, a, self.declared[name]) for name, a in self.inputs.items()]
        initializers = [tensor(name, array) for name, array in self.constants.items()]
        ir_version = helper.OP_SET_ID_VERSION_MAP[("ai.onnx", self.opset)]
        if ir_version < 4:
            # Up to IR version 3 an initializer is also an input.
            inputs += [value_info(name, a, a.shape) for name, a in self.constants.items()]
        graph = helper.make_graph(
            [node.proto() for node in self.nodes],
            "random",
            inputs,
            [
                value_info(name, values[name], values[name].shape if shapes_are_fixed else None)
                for name in (self.outputs if outputs is None else outputs)
            ],
            initializers,
        )
        model = helper.make_model(graph, ir_version=ir_version)
        del model.opset_import[:]
        model.opset_import.append(helper.make_opsetid("", self.opset))
        return model


def value_info(name, array, dimensions):
    return helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(array.dtype), dimensions
    )


def tensor(name, array):
    return onnx.numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
