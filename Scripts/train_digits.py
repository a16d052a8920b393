"""Trains the network of Graphs/digits.onnx with NumPy and writes it.

A small VGG: two 3x3 convolutions of 16 channels, 2x2 max-pooling, two of 32, 2x2 max-pooling, fully
connected layers of 128 and 10. Adam on the cross entropy; random rotation, scale and shift of every
image in every epoch; dropout before each fully connected layer. The held-back images choose nothing: they are
evaluated once, after the last epoch. The seed fixes all random numbers; the order in which a BLAS adds
with another number of threads can still change the last digits of the weights.
"""

import argparse
import pathlib
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import digits_data

PIXEL_MAXIMUM = 255.0


class Convolution:
    """3x3, stride 1, one pixel of zeros around; x [N, H, W, C] -> [N, H, W, outC]."""

    def __init__(self, name, in_channels, out_channels, random):
        self.name = name
        spread = np.sqrt(2 / (9 * in_channels))
        self.weight = random.normal(0, spread, (9 * in_channels, out_channels)).astype(np.float32)
        self.bias = np.zeros(out_channels, np.float32)

    def forward(self, x, training, random):
        n, height, width, channels = x.shape
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        columns = np.empty((n, height, width, 3, 3, channels), np.float32)
        for row in range(3):
            for column in range(3):
                columns[:, :, :, row, column] = padded[:, row : row + height, column : column + width]
        self.columns = columns.reshape(n * height * width, 9 * channels)
        y = self.columns @ self.weight
        y += self.bias
        return y.reshape(n, height, width, -1)

    def backward(self, gradient):
        n, height, width, _ = gradient.shape
        flat = gradient.reshape(n * height * width, -1)
        self.gradients = [self.columns.T @ flat, flat.sum(axis=0)]
        columns = (flat @ self.weight.T).reshape(n, height, width, 3, 3, -1)
        padded = np.zeros((n, height + 2, width + 2, columns.shape[-1]), np.float32)
        for row in range(3):
            for column in range(3):
                padded[:, row : row + height, column : column + width] += columns[:, :, :, row, column]
        return padded[:, 1:-1, 1:-1]

    def onnx_weight(self):
        """ONNX order: [outC, inC, kh, kw]."""
        return self.weight.reshape(3, 3, -1, self.weight.shape[1]).transpose(3, 2, 0, 1)


class Linear:
    """x [N, K] -> [N, M]."""

    def __init__(self, name, in_features, out_features, random):
        self.name = name
        spread = np.sqrt(2 / in_features)
        self.weight = random.normal(0, spread, (in_features, out_features)).astype(np.float32)
        self.bias = np.zeros(out_features, np.float32)

    def forward(self, x, training, random):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, gradient):
        self.gradients = [self.x.T @ gradient, gradient.sum(axis=0)]
        return gradient @ self.weight.T

    def onnx_weight(self):
        """The order of Gemm with transB = 1: [outFeatures, inFeatures]."""
        return self.weight.T


class Relu:
    def forward(self, x, training, random):
        self.positive = x > 0
        return x * self.positive

    def backward(self, gradient):
        return gradient * self.positive


class MaxPool:
    """2x2, stride 2; x [N, H, W, C] with even H and W."""

    def forward(self, x, training, random):
        n, height, width, channels = x.shape
        windows = x.reshape(n, height // 2, 2, width // 2, 2, channels)
        y = windows.max(axis=(2, 4), keepdims=True)
        self.is_maximum = windows == y
        self.shape = x.shape
        return y[:, :, 0, :, 0]

    def backward(self, gradient):
        spread = self.is_maximum * gradient[:, :, None, :, None]
        return spread.reshape(self.shape)


class Flatten:
    """x [N, H, W, C] -> [N, C*H*W], in the order that ONNX's Flatten gives for [N, C, H, W]."""

    def forward(self, x, training, random):
        self.shape = x.shape
        return np.ascontiguousarray(x.transpose(0, 3, 1, 2)).reshape(len(x), -1)

    def backward(self, gradient):
        n, height, width, channels = self.shape
        return gradient.reshape(n, channels, height, width).transpose(0, 2, 3, 1)


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, x, training, random):
        if not training:
            return x
        self.kept = (random.random(x.shape, dtype=np.float32) >= self.rate) / np.float32(1 - self.rate)
        return x * self.kept

    def backward(self, gradient):
        return gradient * self.kept


class Adam:
    """Kingma and Ba, 2015, with decoupled weight decay on the matrices."""

    def __init__(self, layers, decay):
        self.layers = layers
        self.decay = decay
        self.step_count = 0
        parameters = [p for layer in layers for p in (layer.weight, layer.bias)]
        self.means = [np.zeros_like(p) for p in parameters]
        self.squares = [np.zeros_like(p) for p in parameters]

    def step(self, rate):
        self.step_count += 1
        corrected = rate * np.sqrt(1 - 0.999**self.step_count) / (1 - 0.9**self.step_count)
        parameters = [p for layer in self.layers for p in (layer.weight, layer.bias)]
        gradients = [g for layer in self.layers for g in layer.gradients]
        for p, g, mean, square in zip(parameters, gradients, self.means, self.squares):
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            if p.ndim > 1:
                p *= 1 - rate * self.decay
            p -= corrected * mean / (np.sqrt(square) + 1e-8)


def make_network(random):
    return [
        Convolution("conv1_1", 1, 16, random), Relu(),
        Convolution("conv1_2", 16, 16, random), Relu(), MaxPool(),
        Convolution("conv2_1", 16, 32, random), Relu(),
        Convolution("conv2_2", 32, 32, random), Relu(), MaxPool(),
        Flatten(),
        Dropout(0.3), Linear("fc3", 32 * 7 * 7, 128, random), Relu(),
        Dropout(0.3), Linear("fc4", 128, 10, random),
    ]  # fmt: skip


def forward(network, x, training=False, random=None):
    for layer in network:
        x = layer.forward(x, training, random)
    return x


def distort(images, random):
    """Rotates by up to 12 degrees, scales by up to 12 % and shifts by up to 2 pixels; bilinear."""
    n, size, _ = images.shape
    angle = np.deg2rad(random.uniform(-12, 12, n))
    scale = random.uniform(0.88, 1.12, (2, n))
    shift = random.uniform(-2, 2, (2, n))
    grid = np.arange(size) - (size - 1) / 2
    y, x = grid[None, :, None], grid[None, None, :]
    cosine, sine = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    source_y = (cosine * y - sine * x) * scale[0][:, None, None] + shift[0][:, None, None]
    source_x = (sine * y + cosine * x) * scale[1][:, None, None] + shift[1][:, None, None]

    margin = 8
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    limit = size + 2 * margin - 2
    source_y = np.clip(source_y + (size - 1) / 2 + margin, 0, limit)
    source_x = np.clip(source_x + (size - 1) / 2 + margin, 0, limit)
    top, left = source_y.astype(np.int64), source_x.astype(np.int64)
    down, right = (source_y - top).astype(np.float32), (source_x - left).astype(np.float32)
    image = np.arange(n)[:, None, None]
    above = padded[image, top, left] * (1 - right) + padded[image, top, left + 1] * right
    below = padded[image, top + 1, left] * (1 - right) + padded[image, top + 1, left + 1] * right
    return above * (1 - down) + below * down


def train(network, images, labels, arguments, random):
    layers = [layer for layer in network if hasattr(layer, "weight")]
    optimizer = Adam(layers, decay=0.01)
    batches = len(images) // arguments.batch
    steps = arguments.epochs * batches
    for epoch in range(arguments.epochs):
        start, total_loss = time.monotonic(), 0.0
        order = random.permutation(len(images))
        distorted = distort(images, random)[..., None]
        for batch in range(batches):
            chosen = order[batch * arguments.batch : (batch + 1) * arguments.batch]
            logits = forward(network, distorted[chosen], True, random)
            logits -= logits.max(axis=1, keepdims=True)
            probabilities = np.exp(logits)
            probabilities /= probabilities.sum(axis=1, keepdims=True)
            rows = np.arange(len(chosen))
            total_loss -= np.log(probabilities[rows, labels[chosen]] + 1e-12).mean()
            gradient = probabilities
            gradient[rows, labels[chosen]] -= 1
            gradient /= len(chosen)
            for layer in reversed(network):
                gradient = layer.backward(gradient)
            progress = (epoch * batches + batch) / steps
            optimizer.step(arguments.rate * 0.5 * (1 + np.cos(np.pi * progress)))
        seconds = time.monotonic() - start
        print(f"epoch {epoch + 1:2}: loss {total_loss / batches:.4f}, {seconds:.1f} s", flush=True)


def export(network, path):
    """Writes the network as ONNX, opset 21: `image` float [N, 1, 28, 28] in 0..255 -> `probabilities` [N, 10]."""
    constants = {"pixel_maximum": np.array(PIXEL_MAXIMUM, np.float32)}
    nodes = [helper.make_node("Div", ["image", "pixel_maximum"], ["scaled"], name="scale")]
    value, counts = "scaled", {}

    def append(operator, name, inputs=(), **attributes):
        nonlocal value
        nodes.append(helper.make_node(operator, [value, *inputs], [name], name=name, **attributes))
        value = name

    def numbered(kind):
        counts[kind] = counts.get(kind, 0) + 1
        return f"{kind}{counts[kind]}"

    for layer in network:
        if hasattr(layer, "weight"):
            inputs = [f"{layer.name}_weight", f"{layer.name}_bias"]
            constants[inputs[0]], constants[inputs[1]] = layer.onnx_weight(), layer.bias
            last_name = layer.name
        match layer:
            case Convolution():
                append("Conv", layer.name, inputs, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            case Linear():
                append("Gemm", layer.name, inputs, transB=1)
            case Relu():
                append("Relu", last_name.replace("conv", "relu").replace("fc", "relu"))
            case MaxPool():
                append("MaxPool", numbered("pool"), kernel_shape=[2, 2], strides=[2, 2])
            case Flatten():
                append("Flatten", "flatten")
    append("Softmax", "probabilities", axis=1)

    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(np.array(v, order="C"), k) for k, v in constants.items()],
        doc_string="Handwritten digits: image is grey, 0 is background and 255 is ink.",
    )
    model = helper.make_model(
        graph, producer_name="train_digits.py", opset_imports=[helper.make_opsetid("", 21)]
    )
    model.ir_version = 10
    helper.set_model_props(model, {"labels": "0,1,2,3,4,5,6,7,8,9"})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def main():
    repository = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=pathlib.Path, default=repository / "Graphs/digits.onnx")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    images, labels, held_back = digits_data.load()
    scaled = images.astype(np.float32) / np.float32(PIXEL_MAXIMUM)
    random = np.random.default_rng(arguments.seed)
    network = make_network(random)
    train(network, scaled[~held_back], labels[~held_back], arguments, random)
    export(network, arguments.output)

    answer = forward(network, scaled[held_back][..., None]).argmax(axis=1)
    session = onnxruntime.InferenceSession(arguments.output)
    pixels = images[held_back][:, None].astype(np.float32)
    exported = session.run(None, {"image": pixels})[0].argmax(axis=1)
    truth = labels[held_back]
    print(f"held back: NumPy {np.sum(answer == truth)} of {len(truth)} right,", end=" ")
    print(f"ONNX Runtime {np.sum(exported == truth)} of {len(truth)} right")


if __name__ == "__main__":
    main()
