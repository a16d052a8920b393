"""Computes the operators of a VGG in Float64, from the definitions in the ONNX operator documents."""

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view


def compute(path, inputs):
    """All values of the model at `path`, by name, for inputs by name. Weights and inputs are widened."""
    model = onnx.load(path)
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    remaining = {}
    for node in graph.node:
        for name in node.input:
            remaining[name] = remaining.get(name, 0) + 1
    values = {name: array.astype(np.float64) for name, array in inputs.items()}
    outputs = {value.name for value in graph.output}
    for node in graph.node:
        operands = []
        for name in node.input:
            if name in weights:
                operands.append(onnx.numpy_helper.to_array(weights[name]).astype(np.float64))
            else:
                operands.append(values[name])
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = OPERATORS[node.op_type](*operands, **attributes)
        for name in node.input:
            remaining[name] -= 1
            if remaining[name] == 0 and name not in outputs:
                values.pop(name, None)
    return values


def padded(x, pads, value=0.0):
    top, left, bottom, right = pads
    return np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=value)


def windows(x, size, strides):
    """[N, C, outH, outW, size[0], size[1]]"""
    return sliding_window_view(x, size, axis=(2, 3))[:, :, :: strides[0], :: strides[1]]


def conv(x, weights, bias, kernel_shape, pads=(0, 0, 0, 0), strides=(1, 1)):
    assert tuple(kernel_shape) == weights.shape[2:]
    patches = windows(padded(x, pads), kernel_shape, strides).transpose(0, 1, 4, 5, 2, 3)
    batch, height, width = x.shape[0], *patches.shape[4:]
    matrix = weights.reshape(len(weights), -1)
    result = np.empty((batch, len(weights), height, width))
    for image in range(batch):
        columns = patches[image].reshape(matrix.shape[1], -1)
        result[image] = (matrix @ columns).reshape(-1, height, width)
    return result + bias[:, None, None]


def max_pool(x, kernel_shape, strides=(1, 1), pads=(0, 0, 0, 0)):
    return windows(padded(x, pads, -np.inf), kernel_shape, strides).max(axis=(4, 5))


def lrn(x, size, alpha=1e-4, beta=0.75, bias=1.0):
    before = (size - 1) // 2
    squares = np.pad(x * x, ((0, 0), (before, size - 1 - before), (0, 0), (0, 0)))
    sums = sum(squares[:, offset : offset + x.shape[1]] for offset in range(size))
    return x / (bias + alpha / size * sums) ** beta


def gemm(a, b, c, transB=0):
    return a @ (b.T if transB else b) + c


def softmax(x, axis=-1):
    exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


OPERATORS = {
    "Conv": conv,
    "Relu": lambda x: np.maximum(x, 0),
    "MaxPool": max_pool,
    "LRN": lrn,
    "Flatten": lambda x, axis=1: x.reshape(int(np.prod(x.shape[:axis])), -1),
    "Gemm": gemm,
    "Dropout": lambda x: x,
    "Softmax": softmax,
}
