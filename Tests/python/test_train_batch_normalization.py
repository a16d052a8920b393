"""`tessera train` of networks with `BatchNormalization`, whose statistics are those of a shard in training and running
means at inference: residual, inverted residual and squeezed blocks, as in ResNet, MobileNet and EfficientNet."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import tool
import training_data
from training_data import CLASSES


class Builder:
    """Nodes one after the other, with He-normal weights; each method gives its result's name."""

    def __init__(self):
        self.random = np.random.default_rng(1)
        self.nodes, self.weights = [], []

    def node(self, operator, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def constant(self, values):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def normal(self, *shape):
        return self.constant(self.random.normal(size=shape) * np.sqrt(2 / np.prod(shape[1:])))

    def conv(self, x, channels, filters, size=3, stride=1, group=1):
        """A convolution without bias, normalised."""
        pad = size // 2
        w = self.normal(filters, channels // group, size, size)
        y = self.node("Conv", x, w, kernel_shape=[size] * 2, strides=[stride] * 2, pads=[pad] * 4, group=group)
        ones, zeros = np.ones(filters), np.zeros(filters)
        parameters = [self.constant(each) for each in (ones, zeros, zeros, ones)]
        return self.node("BatchNormalization", y, *parameters, epsilon=1e-5, momentum=0.9)

    def scalar(self, number):
        self.weights.append(numpy_helper.from_array(np.float32(number), name := f"w{len(self.weights)}"))
        return name

    def classify(self, x, channels):
        pooled = self.node("Flatten", self.node("GlobalAveragePool", x))
        w, b = self.normal(len(CLASSES), channels), self.constant(np.zeros(len(CLASSES)))
        return self.node("Gemm", pooled, w, b, transB=1)


def residual(b, x):
    """ResNet: two basic blocks, the second with a shortcut of its own."""
    x = b.node("Relu", b.conv(x, 1, 8))
    y = b.conv(b.node("Relu", b.conv(x, 8, 8)), 8, 8)
    x = b.node("Relu", b.node("Add", y, x))
    y = b.conv(b.node("Relu", b.conv(x, 8, 16, stride=2)), 16, 16)
    return b.classify(b.node("Relu", b.node("Add", y, b.conv(x, 8, 16, 1, stride=2))), 16)


def inverted_residual(b, x):
    """MobileNet v2: expansion, depthwise convolution, projection, with ReLU6."""
    def relu6(x):
        return b.node("Clip", x, low, high)

    low, high = b.scalar(0), b.scalar(6)
    x = relu6(b.conv(x, 1, 8))
    y = relu6(b.conv(relu6(b.conv(x, 8, 24, 1)), 24, 24, group=24))
    x = b.node("Add", x, b.conv(y, 24, 8, 1))
    y = relu6(b.conv(relu6(b.conv(x, 8, 24, 1)), 24, 24, stride=2, group=24))
    return b.classify(b.conv(y, 24, 16, 1), 16)


def squeezed(b, x, activation, gate):
    """EfficientNet and MobileNet v3: channels are weighed by what their means say."""
    x = activation(b.conv(x, 1, 8))
    y = activation(b.conv(activation(b.conv(x, 8, 16, 1)), 16, 16, group=16))
    s = b.node("GlobalAveragePool", y)
    s = activation(b.node("Conv", s, b.normal(4, 16, 1, 1), b.constant(np.zeros(4))))
    s = gate(b.node("Conv", s, b.normal(16, 4, 1, 1), b.constant(np.zeros(16))))
    x = b.node("Add", x, b.conv(b.node("Mul", y, s), 16, 8, 1))
    return b.classify(activation(b.conv(x, 8, 16, 1)), 16)


def efficient(b, x):
    return squeezed(b, x, lambda x: b.node("Mul", x, b.node("Sigmoid", x)), lambda x: b.node("Sigmoid", x))


def hard(b, x):
    return squeezed(b, x, lambda x: b.node("HardSwish", x), lambda x: b.node("HardSigmoid", x, alpha=1 / 6))


NETWORKS = {"residual": residual, "inverted residual": inverted_residual, "squeezed": efficient, "squeezed, hard": hard}


def write(path, body):
    builder = Builder()
    scores = body(builder, "image")
    builder.nodes.append(helper.make_node("Softmax", [scores], ["probabilities"], axis=1))
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        builder.nodes, "network", [value("image", TensorProto.FLOAT, ["N", 1, 12, 12])],
        [value("probabilities", TensorProto.FLOAT, ["N", len(CLASSES)])], builder.weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.mark.parametrize("network", NETWORKS)
def test_trains_and_tests_as_its_log_says(tmp_path, network):
    training_data.write(tmp_path)
    model, held, log = tmp_path / "network.onnx", tmp_path / "held.npz", tmp_path / "log.jsonl"
    write(model, NETWORKS[network])
    tool.tessera(
        "train", model, "--data", tmp_path / "train.npz", "--validate", held, "--log", log, "-o", tmp_path / "t.onnx",
        "--epochs", 20, "--drop-at", 16, "--batch", 16, "--shard", 16, "--learning-rate", 0.05, "--no-mirror",
        "--mean", 128, "--scale", "1/64")
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert records[-1]["loss"] < 0.5 * records[0]["loss"]
    assert records[-1]["validation_error"] <= 0.25
    report = tool.tessera("evaluate", tmp_path / "t.onnx", "--data", held, "--scales", 12, "--json").json
    assert report["models"][0]["top1_error"] == pytest.approx(records[-1]["validation_error"])

    # What was trained on batches' statistics serves with the running ones.
    report = tool.tessera("evaluate", tmp_path / "t.onnx", "--data", tmp_path / "train.npz", "--scales", 12, "--json").json
    assert report["models"][0]["top1_error"] <= records[-1]["training_error"] + 0.05
