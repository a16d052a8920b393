"""Operators of ONNX and their gradients in Float64, from their definitions, one class each.

`forward(*inputs, **attributes)` gives the result, `backward(g, y, *inputs, **attributes)` the gradients of the inputs
for the gradient `g` of the result `y`.
"""

import itertools
import math

import numpy as np


def added(g, shape):
    """`g` added along the dimensions along which an operand of `shape` was broadcast."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True).reshape(shape)


class Function:
    """An element-wise function of one operand: `f(x)` and its slope."""

    def __init__(self, forward, slope):
        self.forward = forward
        self.slope = slope

    def backward(self, g, y, x, **attributes):
        return [g * self.slope(x, **attributes)]


class Binary:
    """An element-wise function of two operands that broadcast, and its two slopes."""

    def __init__(self, forward, *slopes):
        self.forward = forward
        self.slopes = slopes

    def backward(self, g, y, a, b):
        return [added(g * slope(a, b), x.shape) for slope, x in zip(self.slopes, (a, b))]


class Moved:
    """Elements that are moved, repeated or left out: each result is one element of one input, or none.

    The gradient is found by moving the elements' numbers.
    """

    def __init__(self, move):
        self.move = move

    def forward(self, *inputs, **attributes):
        return self.move(*inputs, **attributes)

    def backward(self, g, y, *inputs, **attributes):
        numbered, first = [], 1
        for x in inputs:
            numbered.append(np.arange(first, first + x.size, dtype=float).reshape(x.shape))
            first += x.size
        places = self.move(*numbered, **attributes).astype(int)
        total = np.zeros(first)
        np.add.at(total, places.ravel(), g.ravel())
        return [total[n.astype(int)] for n in numbered]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


erf = np.vectorize(math.erf, otypes=[float])


def softplus(x):
    return np.log1p(np.exp(x))


def hard_sigmoid(x, alpha=0.2, beta=0.5):
    return np.clip(alpha * x + beta, 0, 1)


def gelu(x, approximate="none"):
    if approximate == "tanh":
        return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + erf(x / np.sqrt(2)))


def gelu_slope(x, approximate="none"):
    if approximate == "tanh":
        inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
        slope = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
        return (1 + np.tanh(inner)) / 2 + x / 2 * slope / np.cosh(inner) ** 2
    return (1 + erf(x / np.sqrt(2))) / 2 + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def clip(x, min=-np.inf, max=np.inf):
    return np.minimum(np.maximum(x, min), max)


def sliced(x, starts, ends, axes):
    index = [slice(None)] * x.ndim
    for axis, start, end in zip(axes, starts, ends):
        index[axis] = slice(start, end)
    return x[tuple(index)]


def padded(x, pads, value=0.0):
    """Negative amounts take elements away."""
    for axis, (before, after) in enumerate(zip(pads[: x.ndim], pads[x.ndim :])):
        x = np.take(x, range(max(0, -before), x.shape[axis] - max(0, -after)), axis)
        widths = [(0, 0)] * x.ndim
        widths[axis] = (max(0, before), max(0, after))
        x = np.pad(x, widths, constant_values=value)
    return x


def flattened(x, axis=1):
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


class Reduction:
    def __init__(self, is_mean):
        self.is_mean = is_mean

    def forward(self, x, axes, keepdims=1):
        return (np.mean if self.is_mean else np.sum)(x, axis=tuple(axes), keepdims=bool(keepdims))

    def backward(self, g, y, x, axes, keepdims=1):
        axes = tuple(axis % x.ndim for axis in axes)
        g = g if keepdims else np.expand_dims(g, axes)
        count = np.prod([x.shape[axis] for axis in axes]) if self.is_mean else 1
        return [np.broadcast_to(g / count, x.shape)]


class Exponential:
    """`Softmax` or `LogSoftmax` along `axes`, by the matrix of all derivatives."""

    def __init__(self, is_logarithm):
        self.is_logarithm = is_logarithm

    def forward(self, x, axes):
        e = np.exp(x - x.max(axis=tuple(axes), keepdims=True))
        y = e / e.sum(axis=tuple(axes), keepdims=True)
        return np.log(y) if self.is_logarithm else y

    def backward(self, g, y, x, axes):
        others = [axis for axis in range(x.ndim) if axis not in axes]
        order = others + list(axes)
        rows = [v.transpose(order).reshape(*[x.shape[i] for i in others], -1) for v in (g, y)]
        g, y = (row.reshape(-1, row.shape[-1]) for row in rows)
        result = np.empty_like(g)
        for i, (gi, yi) in enumerate(zip(g, y)):
            identity = np.eye(len(yi))
            if self.is_logarithm:
                result[i] = gi @ (identity - np.exp(yi))
            else:
                result[i] = gi @ (yi[:, None] * (identity - yi))
        result = result.reshape([x.shape[i] for i in order])
        return [result.transpose(np.argsort(order))]


def matmul_backward(g, y, a, b):
    """By the sum over all products of elements."""
    letters = "ijkl"
    batch = max(a.ndim, b.ndim, 2) - 2
    left = letters[batch - max(a.ndim - 2, 0) : batch] + ("mk" if a.ndim > 1 else "k")
    right = letters[batch - max(b.ndim - 2, 0) : batch] + ("kn" if b.ndim > 1 else "k")
    result = letters[:batch] + ("m" if a.ndim > 1 else "") + ("n" if b.ndim > 1 else "")
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    wide = [
        np.broadcast_to(v, shape[len(shape) - max(v.ndim - 2, 0) :] + v.shape[-2:]) if v.ndim > 1 else v
        for v in (a, b)
    ]
    da = np.einsum(f"{result},{right}->{left}", g, wide[1])
    db = np.einsum(f"{left},{result}->{right}", wide[0], g)
    return [added(da, a.shape), added(db, b.shape)]


class MatMul:
    forward = staticmethod(np.matmul)
    backward = staticmethod(matmul_backward)


class Gemm:
    @staticmethod
    def forward(a, b, c=0.0, alpha=1.0, beta=1.0, transA=0, transB=0):
        return alpha * (a.T if transA else a) @ (b.T if transB else b) + beta * c

    @staticmethod
    def backward(g, y, a, b, *c, alpha=1.0, beta=1.0, transA=0, transB=0):
        da, db = matmul_backward(alpha * g, y, a.T if transA else a, b.T if transB else b)
        gradients = [da.T if transA else da, db.T if transB else db]
        return gradients + [added(beta * g, v.shape) for v in c]


class Window:
    """Where the taps of windows lie: rows or columns by window and tap."""

    def __init__(self, shape, kernel_shape, strides=(1, 1), pads=None, dilations=(1, 1), auto_pad="", ceil_mode=0):
        self.pads = [list(p) for p in zip((pads or [0] * 4)[:2], (pads or [0] * 4)[2:])]
        self.positions = []
        for axis, extent in enumerate(shape[2:]):
            k, s, d = kernel_shape[axis], strides[axis], dilations[axis]
            span = (k - 1) * d + 1
            if auto_pad.startswith("SAME"):
                total = max((-(-extent // s) - 1) * s + span - extent, 0)
                self.pads[axis] = [total // 2, total - total // 2][:: 1 if auto_pad == "SAME_UPPER" else -1]
            begin, end = self.pads[axis]
            count = (extent + begin + end - span) / s
            count = int(np.ceil(count) if ceil_mode else np.floor(count)) + 1
            if ceil_mode and (count - 1) * s >= extent + begin:
                count -= 1
            self.positions.append(np.arange(count)[:, None] * s - begin + np.arange(k) * d)
        self.shape = shape

    def taps(self):
        """Of each tap its row and column, and by window which rows and columns it lies on and which exist."""
        rows, columns = self.positions
        for i, j in itertools.product(range(rows.shape[1]), range(columns.shape[1])):
            r, c = rows[:, i], columns[:, j]
            windows_r = np.flatnonzero((r >= 0) & (r < self.shape[2]))
            windows_c = np.flatnonzero((c >= 0) & (c < self.shape[3]))
            yield (i, j), np.ix_(windows_r, windows_c), np.ix_(r[windows_r], c[windows_c])

    @property
    def output(self):
        return tuple(len(p) for p in self.positions)


class Conv:
    @staticmethod
    def forward(x, w, b=None, group=1, **window):
        taps = Window(x.shape, w.shape[2:], **window)
        y = np.zeros((x.shape[0], w.shape[0], *taps.output))
        y += 0 if b is None else b[:, None, None]
        per_in, per_out = w.shape[1], w.shape[0] // group
        for (i, j), at, source in taps.taps():
            for k in range(group):
                ins, outs = slice(k * per_in, (k + 1) * per_in), slice(k * per_out, (k + 1) * per_out)
                part = np.einsum("ncrs,mc->nmrs", x[:, ins][:, :, *source], w[outs, :, i, j])
                y[:, outs][:, :, *at] += part
        return y

    @staticmethod
    def backward(g, y, x, w, *b, group=1, **window):
        taps = Window(x.shape, w.shape[2:], **window)
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        per_in, per_out = w.shape[1], w.shape[0] // group
        for (i, j), at, source in taps.taps():
            for k in range(group):
                ins, outs = slice(k * per_in, (k + 1) * per_in), slice(k * per_out, (k + 1) * per_out)
                part = g[:, outs][:, :, *at]
                np.add.at(dx[:, ins], (slice(None), slice(None), *source), np.einsum("nmrs,mc->ncrs", part, w[outs, :, i, j]))
                dw[outs, :, i, j] += np.einsum("nmrs,ncrs->mc", part, x[:, ins][:, :, *source])
        return [dx, dw] + [g.sum(axis=(0, 2, 3)) for _ in b]


class MaxPool:
    @staticmethod
    def forward(x, **window):
        taps = Window(x.shape, **window)
        y = np.full((*x.shape[:2], *taps.output), -np.inf)
        for _, at, source in taps.taps():
            y[:, :, *at] = np.maximum(y[:, :, *at], x[:, :, *source])
        return y

    @staticmethod
    def backward(g, y, x, **window):
        """To the first of the largest elements, row by row."""
        taps = Window(x.shape, **window)
        dx, is_open = np.zeros_like(x), np.ones(y.shape, bool)
        for _, at, source in taps.taps():
            is_first = is_open[:, :, *at] & (x[:, :, *source] == y[:, :, *at])
            dx[:, :, *source] += np.where(is_first, g[:, :, *at], 0)
            is_open[:, :, *at] &= ~is_first
        return [dx]


class AveragePool:
    @staticmethod
    def counts(shape, count_include_pad=0, **window):
        taps = Window(shape, **window)
        counts = []
        for axis, positions in enumerate(taps.positions):
            begin, end = taps.pads[axis] if count_include_pad else (0, 0)
            counts.append(((positions >= -begin) & (positions < shape[2 + axis] + end)).sum(axis=1))
        return np.outer(*counts), taps

    @classmethod
    def forward(cls, x, **window):
        counts, taps = cls.counts(x.shape, **window)
        y = np.zeros((*x.shape[:2], *taps.output))
        for _, at, source in taps.taps():
            y[:, :, *at] += x[:, :, *source]
        return y / counts

    @classmethod
    def backward(cls, g, y, x, **window):
        counts, taps = cls.counts(x.shape, **window)
        dx = np.zeros_like(x)
        for _, at, source in taps.taps():
            dx[:, :, *source] += (g / counts)[:, :, *at]
        return [dx]


class LRN:
    @staticmethod
    def scales(x, size, alpha, bias):
        total = np.zeros_like(x)
        for c in range(x.shape[1]):
            near = x[:, max(0, c - (size - 1) // 2) : c + size // 2 + 1]
            total[:, c] = (near**2).sum(axis=1)
        return bias + alpha / size * total

    @classmethod
    def forward(cls, x, size, alpha=1e-4, beta=0.75, bias=1.0):
        return x / cls.scales(x, size, alpha, bias) ** beta

    @classmethod
    def backward(cls, g, y, x, size, alpha=1e-4, beta=0.75, bias=1.0):
        s = cls.scales(x, size, alpha, bias)
        dx = g / s**beta
        for c in range(x.shape[1]):
            # x at c counts in the sums of the channels around it.
            for other in range(max(0, c - size // 2), min(x.shape[1], c + (size - 1) // 2 + 1)):
                slope = -beta * x[:, other] * s[:, other] ** (-beta - 1) * alpha / size * 2 * x[:, c]
                dx[:, c] += g[:, other] * slope
        return [dx]


class BatchNormalization:
    @staticmethod
    def forward(x, scale, bias, mean, variance, epsilon=1e-5):
        shape = (-1,) + (1,) * (x.ndim - 2)
        scale, bias, mean, variance = (v.reshape(shape) for v in (scale, bias, mean, variance))
        return (x - mean) / np.sqrt(variance + epsilon) * scale + bias

    @staticmethod
    def backward(g, y, x, scale, bias, mean, variance, epsilon=1e-5):
        axes = tuple(i for i in range(x.ndim) if i != 1)
        shape = (-1,) + (1,) * (x.ndim - 2)
        d = np.sqrt(variance + epsilon)
        distance = x - mean.reshape(shape)
        return [
            g * (scale / d).reshape(shape),
            (g * distance).sum(axis=axes) / d,
            g.sum(axis=axes),
            -g.sum(axis=axes) * scale / d,
            -0.5 * (g * distance).sum(axis=axes) * scale / d**3,
        ]


class Standardization:
    """`LayerNormalization` from `axis` on, or `GroupNormalization` of `num_groups`, by the matrix of all derivatives of
    each row that is normalised. Scale and bias have the numbers of elements, of channels or of groups."""

    def __init__(self, is_of_groups):
        self.is_of_groups = is_of_groups

    def rows(self, x, axis=-1, num_groups=None, epsilon=1e-5, **_):
        if self.is_of_groups:
            rows = x.reshape(len(x) * (num_groups or x.shape[1]), -1)
        else:
            rows = x.reshape(int(np.prod(x.shape[: axis % x.ndim])), -1)
        deviation = np.sqrt(rows.var(axis=1, keepdims=True) + epsilon)
        return (rows - rows.mean(axis=1, keepdims=True)) / deviation, deviation

    def spread(self, v, x):
        """Scale or bias as `x`."""
        if self.is_of_groups:
            v = np.repeat(v, x.shape[1] // len(v)).reshape(-1, *[1] * (x.ndim - 2))
        return np.broadcast_to(v, x.shape)

    def gathered(self, g, v):
        """The sums of `g` over what an element of scale or bias is spread to."""
        if not self.is_of_groups:
            return added(g, v.shape)
        return g.reshape(len(g), len(v), -1).sum(axis=(0, 2))

    def forward(self, x, scale, bias=0.0, **attributes):
        normalized, _ = self.rows(x, **attributes)
        return normalized.reshape(x.shape) * self.spread(scale, x) + (self.spread(bias, x) if np.ndim(bias) else bias)

    def backward(self, g, y, x, scale, *bias, **attributes):
        normalized, deviation = self.rows(x, **attributes)
        h = (g * self.spread(scale, x)).reshape(normalized.shape)
        dx = np.empty_like(h)
        for i, (row, n) in enumerate(zip(h, normalized)):
            matrix = (np.eye(len(n)) - 1 / len(n) - np.outer(n, n) / len(n)) / deviation[i]
            dx[i] = row @ matrix
        return [dx.reshape(x.shape), self.gathered(g * normalized.reshape(x.shape), scale)] + [
            self.gathered(g, b) for b in bias]


OPERATORS = {
    "Abs": Function(np.abs, np.sign),
    "Add": Binary(np.add, lambda a, b: 1, lambda a, b: 1),
    "AveragePool": AveragePool,
    "BatchNormalization": BatchNormalization,
    "Cast": Function(lambda x: x, lambda x: 1),
    "Clip": Function(clip, lambda x, min=-np.inf, max=np.inf: (min < x) & (x < max)),
    "Concat": Moved(lambda *x, axis: np.concatenate(x, axis)),
    "Conv": Conv,
    "Div": Binary(np.divide, lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "Erf": Function(erf, lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
    "Dropout": Function(lambda x: x, lambda x: 1),
    "Exp": Function(np.exp, np.exp),
    "Flatten": Moved(flattened),
    "Gelu": Function(gelu, gelu_slope),
    "Gemm": Gemm,
    "GlobalAveragePool": Reduction(True),
    "GroupNormalization": Standardization(True),
    "HardSigmoid": Function(
        hard_sigmoid, lambda x, alpha=0.2, beta=0.5: np.where((0 < alpha * x + beta) & (alpha * x + beta < 1), alpha, 0)
    ),
    "HardSwish": Function(
        lambda x: x * hard_sigmoid(x, 1 / 6), lambda x: np.where(x < -3, 0, np.where(x > 3, 1, x / 3 + 0.5))
    ),
    "Identity": Function(lambda x: x, lambda x: 1),
    "InstanceNormalization": Standardization(True),
    "LayerNormalization": Standardization(False),
    "LeakyRelu": Function(
        lambda x, alpha=0.01: np.where(x < 0, alpha * x, x), lambda x, alpha=0.01: np.where(x > 0, 1, alpha)
    ),
    "Log": Function(np.log, lambda x: 1 / x),
    "LogSoftmax": Exponential(True),
    "LRN": LRN,
    "MatMul": MatMul,
    "MaxPool": MaxPool,
    "Mish": Function(
        lambda x: x * np.tanh(softplus(x)),
        lambda x: np.tanh(softplus(x)) + x * sigmoid(x) / np.cosh(softplus(x)) ** 2,
    ),
    "Mul": Binary(np.multiply, lambda a, b: b, lambda a, b: a),
    "Neg": Function(np.negative, lambda x: -1),
    "Pad": Moved(padded),
    "Pow": Binary(np.power, lambda a, b: np.where(b == 0, 0, b * a ** np.where(b == 0, 0, b - 1)), lambda a, b: 0 * a),
    "ReduceMean": Reduction(True),
    "ReduceSum": Reduction(False),
    "Relu": Function(lambda x: np.maximum(x, 0), lambda x: x > 0),
    "Reshape": Moved(lambda x, shape: x.reshape(shape)),
    "Sigmoid": Function(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "Slice": Moved(sliced),
    "Softmax": Exponential(False),
    "Softplus": Function(softplus, sigmoid),
    "Split": Moved(lambda x, axis, start, end: sliced(x, [start], [end], [axis])),
    "Sqrt": Function(np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "Squeeze": Moved(lambda x, axes: np.squeeze(x, tuple(axes))),
    "Sub": Binary(np.subtract, lambda a, b: 1, lambda a, b: -1),
    "Swish": Function(
        lambda x, alpha=1.0: x * sigmoid(alpha * x),
        lambda x, alpha=1.0: sigmoid(alpha * x) * (1 + alpha * x * (1 - sigmoid(alpha * x))),
    ),
    "Tanh": Function(np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "Transpose": Moved(lambda x, perm: x.transpose(perm)),
    "Unsqueeze": Moved(lambda x, axes: np.expand_dims(x, tuple(axes))),
}


def central_differences(forward, inputs, g, index, places, step=1e-6):
    """The slopes of `Σ g · forward(inputs)` along some elements of input `index`."""
    slopes = []
    for place in places:
        sums = []
        for sign in (1, -1):
            moved = [x.copy() for x in inputs]
            moved[index].flat[place] += sign * step
            sums.append((g * forward(*moved)).sum())
        slopes.append((sums[0] - sums[1]) / (2 * step))
    return np.array(slopes)
