"""How far two correct results may lie apart, measured on the graph itself.

Every node is computed again, several times, with a perturbation after it: each element moved up or
down, by chance, as far as the node's own rounding may move it. How far an output moves tells how
the graph passes errors on, sums that cancel and errors that are read twice included (stochastic
arithmetic, Vignes 1993). The tolerance is `FACTOR` times the largest move of an output's elements.

A node's own rounding is at most, with u = 2⁻²⁴ (2⁻¹¹ in float16):

- sums of k products: √k · u · Σ |a|·|b| (the probabilistic bound of Higham and Mary, 2019); of
  Winograd convolutions more, see `winograd`;
- Add, Sub: u · (|a| + |b|), BatchNormalization likewise: their constants may be folded into others;
- exponentials, powers and quotients: some u of the result; LRN more, since ONNX Runtime slides its
  sum of squares along the channels, where the largest square counts;
- Cast to a shorter type: half a unit of it, where the input had an error already;
- movements, maxima and clamps: nothing. So what is only moved must be equal.
"""

import numpy as np

from random_graphs import evaluation, winograd
from random_graphs.graph import Node

FACTOR = 8
SAMPLES = 3
UNITS = {np.dtype(np.float16): 2.0**-11}


@np.errstate(invalid="ignore")
def tolerances(graph, inputs, exact, tiles):
    """The largest difference allowed of each value's elements. `tiles` are Winograd's that may be used."""
    result = {name: 0.0 for name in exact}
    for seed in range(SAMPLES):
        moved = perturbed(graph, inputs, exact, tiles, np.random.default_rng(seed))
        for name, array in moved.items():
            if array.size and np.issubdtype(array.dtype, np.floating):
                move = np.abs(array.astype(np.float64) - exact[name])
                result[name] = max(result[name], FACTOR * float(np.fmax.reduce(move, axis=None, initial=0)))
    return result


@np.errstate(invalid="ignore", over="ignore")
def perturbed(graph, inputs, exact, tiles, random):
    values = {**graph.constants, **inputs}
    for node in graph.nodes:
        arrays = [values[name] if name else None for name in node.inputs]
        names = [name for name in node.outputs if name]
        outputs = evaluation.run_node(node, graph.opset, arrays)
        for name, output in zip(names, outputs, strict=True):
            if np.issubdtype(output.dtype, np.floating) and output.size:
                size = own_rounding(node, graph.opset, arrays, output, output - exact[name], tiles)
                size = np.where(np.isfinite(size), size, 0)
                output = (output + random.choice([-1, 1], output.shape) * size).astype(output.dtype)
            values[name] = output
    return values


def own_rounding(node, opset, arrays, output, error, tiles):
    """How far rounding in the node may move each element of its output."""
    u = UNITS.get(output.dtype, 2.0**-24)
    operator = node.operator
    if operator in ("Conv", "ConvTranspose", "Gemm", "MatMul", "AveragePool", "GlobalAveragePool"):
        terms = term_count(node, arrays)
        size = np.sqrt(terms) * u * of_magnitudes(node, opset, arrays)
        if operator == "Conv" and winograd.is_possible(node):
            size = size + u * winograd.magnitude(arrays[0], arrays[1], tiles)
        return size
    if operator in ("Add", "Sub"):
        return u * (np.abs(arrays[0]) + np.abs(arrays[1]))
    if operator in ("Mul", "Div"):
        return 2 * u * np.abs(output)
    if operator == "BatchNormalization":
        return 4 * u * of_magnitudes(node, opset, arrays)
    if operator in ("Softmax", "LogSoftmax"):
        largest = np.abs(arrays[0]).max(where=np.isfinite(arrays[0]), initial=0)
        if operator == "Softmax":
            return 4 * u * np.abs(output) * (1 + largest)
        return 4 * u * (np.abs(output) + largest)
    if operator == "LRN":
        largest = np.max(arrays[0].astype(np.float64) ** 2, axis=1, keepdims=True)
        scale = node.attributes.get("alpha", 1e-4) / node.attributes.get("bias", 1.0)
        return 16 * u * np.abs(output) * (1 + scale * largest)
    if operator in ("HardSigmoid", "HardSwish"):
        return 4 * u * (1 + np.abs(arrays[0]))
    if operator in ("Exp", "Sigmoid", "Tanh", "Sqrt", "Reciprocal", "LeakyRelu"):
        return 4 * u * np.abs(output) * (1 + (operator == "Exp") * np.abs(arrays[0]))
    if operator.startswith("Reduce"):
        return reduced_rounding(operator, arrays, output, u)
    if operator in ("LayerNormalization", "GroupNormalization", "InstanceNormalization", "MeanVarianceNormalization"):
        # x − mean cancels; epsilon and the pools of values keep 1 / deviation below 10.
        largest = np.abs(arrays[0]).max(where=np.isfinite(arrays[0]), initial=0)
        factor = np.abs(arrays[1]).max(initial=0) if len(arrays) > 1 else 1
        return 16 * u * (np.abs(output) + 10 * largest * factor)
    if operator == "LpNormalization":
        return (np.sqrt(max(arrays[0].shape)) + 4) * u * np.abs(output)
    if operator in ("Sum", "Mean"):
        return len(arrays) * u * sum(np.abs(array) for array in arrays)
    if operator in ("Elu", "Selu", "Celu", "Gelu", "Mish", "Swish", "Softplus", "Erf", "Sin", "Cos", "Softsign", "PRelu"):
        return 8 * u * (1 + np.abs(output))
    if operator in ("Pow", "Log", "Shrink"):
        return 8 * u * (np.abs(output) + (operator == "Log"))
    if operator == "Cast":
        return UNITS.get(output.dtype, 0) * np.abs(output) * (error != 0)
    return 0.0


def reduced_rounding(operator, arrays, output, u):
    """Of sums in any order: the number of terms times the unit of the largest sum that there may be."""
    count = max(1, arrays[0].size // max(1, output.size))
    if operator in ("ReduceMax", "ReduceMin"):
        return 0.0
    if operator in ("ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare"):
        return (np.sqrt(count) + 4) * u * np.abs(output)
    largest = np.abs(arrays[0]).max(where=np.isfinite(arrays[0]), initial=0)
    if operator == "ReduceLogSumExp":
        return (np.sqrt(count) + 4) * u * (1 + np.abs(output) + largest)
    if operator == "ReduceLogSum":
        return (np.sqrt(count) + 4) * u * (1 + np.abs(output))
    return (np.sqrt(count) + 4) * u * largest * (1 if operator == "ReduceMean" else count)


def term_count(node, arrays):
    if node.operator == "Conv":
        return int(np.prod(arrays[1].shape[1:])) + 1
    if node.operator == "ConvTranspose":
        return arrays[1].size // arrays[1].shape[1] + 1
    if node.operator == "AveragePool":
        return int(np.prod(node.attributes["kernel_shape"])) + 1
    if node.operator == "GlobalAveragePool":
        return int(np.prod(arrays[0].shape[2:])) + 1
    return max(arrays[0].shape) + 2


def of_magnitudes(node, opset, arrays):
    """The node's result for the magnitudes of its operands, which bounds the sum of its terms."""
    magnitudes = [None if array is None else np.abs(array) for array in arrays]
    attributes = dict(node.attributes)
    for name in ("alpha", "beta"):
        if name in attributes:
            attributes[name] = abs(attributes[name])
    if node.operator == "BatchNormalization":
        magnitudes[3] = -magnitudes[3]
    absolute = Node(node.operator, node.inputs, node.outputs, attributes)
    if len(set(node.inputs)) < len(node.inputs):
        # An input read twice has one magnitude in all places.
        magnitudes = [dict(zip(node.inputs, magnitudes))[name] for name in node.inputs]
    return evaluation.run_node(absolute, opset, magnitudes)[0]
