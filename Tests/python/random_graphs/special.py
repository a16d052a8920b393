"""Infinities and NaN among float32 inputs, where ONNX Runtime computes with them as ONNX says."""

import numpy as np

from random_graphs import evaluation


def with_special_elements(graph, inputs, random):
    """The inputs with some elements replaced; None where ONNX Runtime is no reference for them.

    Its maximum over a window loses NaN at times and is at least the lowest finite number, as what a
    Clip without a lower bound gives is. Its LRN slides a sum along the channels, which never gets rid
    of an infinity. A factor alpha or beta of 0 makes 0 of anything.
    """
    result = {}
    for name, array in inputs.items():
        if array.dtype in (np.float16, np.float64):
            return None
        result[name] = array.copy()
        if np.issubdtype(array.dtype, np.floating) and array.size:
            places = random.integers(0, array.size, random.integers(1, 4))
            result[name].reshape(-1)[places] = random.choice([np.nan, np.inf, -np.inf], len(places))
    try:
        values = evaluation.values(graph, result)
    except evaluation.Rejected:
        return None
    for node in graph.nodes:
        if node.operator == "MaxPool":
            pixels = values[node.inputs[0]]
            if np.isnan(pixels).any() or np.isneginf(pixels).any():
                return None
        has_bounds = (len(node.inputs) > 1 and node.inputs[1] != "") or "min" in node.attributes
        if node.operator == "LRN" or (node.operator == "Clip" and not has_bounds):
            return None
        if 0.0 in (node.attributes.get("alpha"), node.attributes.get("beta")):
            return None
    return result
