"""What ONNX Runtime computes, with its optimisations off: of one node, or of a whole graph."""

import numpy as np
import onnxruntime
from onnx import helper

from random_graphs.graph import value_info


class Rejected(Exception):
    """ONNX Runtime has no result: the model is not valid, or it has no kernel."""


def run(model, inputs):
    """The outputs of a model, in order, for arrays by name."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        # NumPy's arithmetic makes scalars of arrays without dimensions.
        return session.run(None, {name: np.asarray(array) for name, array in inputs.items()})
    except Exception as error:  # its exceptions have no common base
        raise Rejected(str(error)) from error


def run_node(node, opset, arrays):
    """The outputs of one node for its input arrays, in order; None where an input is absent."""
    names = [name for name in node.inputs if name]
    inputs = dict(zip(node.inputs, arrays, strict=True))
    graph = helper.make_graph(
        [node.proto()],
        "node",
        [value_info(name, inputs[name], inputs[name].shape) for name in dict.fromkeys(names)],
        [helper.make_empty_tensor_value_info(name) for name in node.outputs if name],
    )
    model = helper.make_model(graph, ir_version=helper.OP_SET_ID_VERSION_MAP[("ai.onnx", opset)])
    del model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", opset))
    return run(model, {name: inputs[name] for name in names})


def values(graph, inputs):
    """All values of a graph by name, node by node, for other arrays of its inputs."""
    result = {**graph.constants, **inputs}
    for node in graph.nodes:
        arrays = [result[name] if name else None for name in node.inputs]
        outputs = run_node(node, graph.opset, arrays)
        result.update(zip([name for name in node.outputs if name], outputs, strict=True))
    return result
