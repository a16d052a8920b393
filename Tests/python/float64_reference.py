"""Computes convolutional networks in Float64, from the definitions in the ONNX operator documents (opset 17)."""

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
                operands.append(widened(onnx.numpy_helper.to_array(weights[name])))
            else:
                operands.append(values[name] if name else None)
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        results = OPERATORS[node.op_type](*operands, **attributes)
        values |= zip(node.output, results if isinstance(results, list) else [results])
        for name in node.input:
            remaining[name] -= 1
            if remaining[name] == 0 and name not in outputs:
                values.pop(name, None)
    return values


def widened(array):
    """Floating-point numbers as Float64; integers stay."""
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def padded(x, pads, value=0.0):
    top, left, bottom, right = pads
    return np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=value)


def windows(x, size, strides, dilations=(1, 1)):
    """[N, C, outH, outW, size[0], size[1]]"""
    spans = [(extent - 1) * dilation + 1 for extent, dilation in zip(size, dilations)]
    every = sliding_window_view(x, spans, axis=(2, 3))
    return every[:, :, :: strides[0], :: strides[1], :: dilations[0], :: dilations[1]]


def conv(x, weights, bias=None, kernel_shape=None, pads=(0, 0, 0, 0), strides=(1, 1), dilations=(1, 1), group=1):
    size = weights.shape[2:]
    assert kernel_shape is None or tuple(kernel_shape) == size
    patches = windows(padded(x, pads), size, strides, dilations).transpose(0, 1, 4, 5, 2, 3)
    batch, height, width = x.shape[0], *patches.shape[4:]
    matrices = weights.reshape(group, len(weights) // group, -1)
    result = np.empty((batch, len(weights), height, width))
    for image in range(batch):
        columns = patches[image].reshape(group, matrices.shape[2], -1)
        result[image] = (matrices @ columns).reshape(-1, height, width)
    return result if bias is None else result + bias[:, None, None]


def window_pads(x, kernel_shape, strides, pads, ceil_mode):
    """`pads`, more of them at the end where `ceil_mode` has one window more."""
    ends = list(pads)
    for axis in range(2 if ceil_mode else 0):
        room = x.shape[2 + axis] + pads[axis] + pads[2 + axis] - kernel_shape[axis]
        missing = -room % strides[axis]
        # A window that begins in the padding at the end is left out.
        if room + missing < x.shape[2 + axis] + pads[axis]:
            ends[2 + axis] += missing
    return ends


def max_pool(x, kernel_shape, strides=(1, 1), pads=(0, 0, 0, 0), ceil_mode=0, dilations=(1, 1)):
    assert tuple(dilations) == (1, 1)
    pads = window_pads(x, kernel_shape, strides, pads, ceil_mode)
    return windows(padded(x, pads, -np.inf), kernel_shape, strides).max(axis=(4, 5))


def average_pool(x, kernel_shape, strides=(1, 1), pads=(0, 0, 0, 0), ceil_mode=0, count_include_pad=0):
    counted = padded(np.ones_like(x), pads, 1.0 if count_include_pad else 0.0)
    extra = np.subtract(window_pads(x, kernel_shape, strides, pads, ceil_mode), pads)
    sums = windows(padded(padded(x, pads), extra), kernel_shape, strides).sum(axis=(4, 5))
    return sums / windows(padded(counted, extra), kernel_shape, strides).sum(axis=(4, 5))


def batch_normalization(x, scale, bias, mean, variance, epsilon=1e-5, **training):
    factor = scale / np.sqrt(variance + epsilon)
    return (x - mean[:, None, None]) * factor[:, None, None] + bias[:, None, None]


def constant(value):
    return widened(onnx.numpy_helper.to_array(value))


def slices(x, starts, ends, axes=None, steps=None):
    index = [slice(None)] * x.ndim
    for place, axis in enumerate(range(len(starts)) if axes is None else axes):
        step = 1 if steps is None else int(steps[place])
        assert step > 0
        index[axis] = slice(int(starts[place]), int(ends[place]), step)
    return x[tuple(index)]


def split(x, sizes=None, axis=0, num_outputs=None):
    count = num_outputs if sizes is None else np.cumsum(sizes)[:-1]
    return list(np.split(x, count, axis))


def reshape(x, shape, allowzero=0):
    assert not allowzero
    return x.reshape([x.shape[axis] if extent == 0 else int(extent) for axis, extent in enumerate(shape)])


def hard_sigmoid(x, alpha=0.2, beta=0.5):
    return np.clip(alpha * x + beta, 0, 1)


def cast(x, to):
    return widened(x.astype(onnx.helper.tensor_dtype_to_np_dtype(to)))


def divide(a, b):
    return a / b if a.dtype.kind == "f" else a // b


def lrn(x, size, alpha=1e-4, beta=0.75, bias=1.0):
    before = (size - 1) // 2
    squares = np.pad(x * x, ((0, 0), (before, size - 1 - before), (0, 0), (0, 0)))
    sums = sum(squares[:, offset : offset + x.shape[1]] for offset in range(size))
    return x / (bias + alpha / size * sums) ** beta


def gemm(a, b, c=0, alpha=1, beta=1, transA=0, transB=0):
    return alpha * ((a.T if transA else a) @ (b.T if transB else b)) + beta * c


def softmax(x, axis=-1):
    exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


OPERATORS = {
    "Add": lambda a, b: a + b,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "Cast": cast,
    "Clip": lambda x, low=-np.inf, high=np.inf: np.clip(x, low, high),
    "Concat": lambda *parts, axis: np.concatenate(parts, axis),
    "Constant": constant,
    "Conv": conv,
    "Div": divide,
    "Dropout": lambda x, *training: x,
    "Flatten": lambda x, axis=1: x.reshape(int(np.prod(x.shape[:axis])), -1),
    "Gather": lambda x, indices, axis=0: np.take(x, indices, axis),
    "Gemm": gemm,
    "GlobalAveragePool": lambda x: x.mean(axis=(2, 3), keepdims=True),
    "HardSigmoid": hard_sigmoid,
    "HardSwish": lambda x: x * hard_sigmoid(x, 1 / 6),
    "Identity": lambda x: x,
    "LRN": lrn,
    "MaxPool": max_pool,
    "Mul": lambda a, b: a * b,
    "ReduceMean": lambda x, axes, keepdims=1: x.mean(axis=tuple(axes), keepdims=bool(keepdims)),
    "Relu": lambda x: np.maximum(x, 0),
    "Reshape": reshape,
    "Shape": lambda x: np.array(x.shape, np.int64),
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Slice": slices,
    "Softmax": softmax,
    "Split": split,
    "Sub": lambda a, b: a - b,
    "Transpose": lambda x, perm: x.transpose(perm),
    "Unsqueeze": lambda x, axes: np.expand_dims(x, tuple(axes)),
}
