"""Infinities and NaN among float32 inputs, where ONNX Runtime computes with them as ONNX says."""

import numpy as np

from random_graphs import evaluation


def with_special_elements(graph, inputs, random):
    """The inputs with some elements replaced; None where ONNX Runtime is no reference for them."""
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
    return result if all(is_reference(node, values) for node in graph.nodes) else None


def is_reference(node, values):
    """False where ONNX Runtime computes otherwise with NaN and infinities, or ONNX leaves it open.

    Its maximum over a window or over some of several dimensions loses NaN at times and is at least the
    lowest finite number. Its Clip without a bound is bounded by the finite numbers. Its LRN slides a sum
    along the channels, which never gets rid of an infinity. A factor alpha or beta of 0 makes 0 of
    anything. What becomes of NaN in a Cast to integers is open.
    """
    if node.operator in ("MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin"):
        pixels = values[node.inputs[0]]
        return not (np.isnan(pixels).any() or np.isneginf(pixels).any())
    if node.operator == "Clip":
        return {"min", "max"} <= set(node.attributes) or sum(map(bool, node.inputs)) == 3
    if node.operator == "Cast":
        return np.issubdtype(values[node.outputs[0]].dtype, np.floating)
    if node.operator == "Gemm":
        return 0.0 not in (node.attributes.get("alpha"), node.attributes.get("beta"))
    return node.operator != "LRN"
