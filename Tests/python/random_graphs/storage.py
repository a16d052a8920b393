"""The ways in which a model reaches the tool: one file, or weights beside it, or converted first."""

from copy import copy

import numpy as np
import onnx
from safetensors.numpy import save_file

FORMS = ("binary", "external data", "weights .npz", "weights .safetensors", "converted .onnx", "converted .onnxtxt")


def random(builder):
    form = builder.choice(FORMS) if builder.chance(0.3) else "binary"
    # With --weights, inputs that operators use as weights must be among them.
    read_as_weights = {
        name
        for node in builder.graph.nodes
        if node.operator in ("Gemm", "MatMul")
        for name in node.inputs[1:]
    }
    return "binary" if form.startswith("weights") and read_as_weights & set(builder.graph.inputs) else form


def save(graph, values, form, folder):
    """Writes the model; returns its path and the arguments that it needs besides.

    A converted model is written as it is: the conversion is the caller's.
    """
    path = folder / "model.onnx"
    if form.startswith("weights"):
        without, weights = without_weights(graph)
        onnx.save(without.model(values), path)
        file = folder / f"weights{form.split()[1]}"
        if file.suffix == ".npz":
            np.savez(file, **weights)
        else:
            save_file({name: np.ascontiguousarray(array) for name, array in weights.items()}, file)
        return path, ["--weights", file] if weights else []
    model = graph.model(values)
    if form == "external data":
        onnx.save(model, path, save_as_external_data=True, location="model.bin", size_threshold=0)
    else:
        onnx.save(model, path)
    return path, []


def without_weights(graph):
    """The graph with its floating-point constants as inputs, and these constants by name."""
    weights = {
        name: array
        for name, array in graph.constants.items()
        if array.dtype == np.float32 and array.ndim >= 1 and array.size
    }
    result = copy(graph)
    result.constants = {n: a for n, a in graph.constants.items() if n not in weights}
    result.inputs = {**graph.inputs, **weights}
    result.declared = {**graph.declared, **{n: list(a.shape) for n, a in weights.items()}}
    return result, weights
