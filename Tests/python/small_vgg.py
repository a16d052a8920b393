"""The networks of Graphs with few channels: their structure and the names of their weights, not their size."""

import re

import numpy as np
import onnx.parser

import tool

EXTENTS = {64: 5, 128: 6, 256: 7, 512: 8, 4096: 9, 25088: 7 * 7 * 8, 1000: 10}
NETWORKS = {"vgg-a": "vgg11", "vgg-b": "vgg13", "vgg-d": "vgg16", "vgg-e": "vgg19"}
# The indices of the convolutions in torchvision's `features`.
TORCHVISION = {
    "vgg-a": [0, 3, 6, 8, 11, 13, 16, 18],
    "vgg-b": [0, 2, 5, 7, 10, 12, 15, 17, 20, 22],
    "vgg-d": [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
    "vgg-e": [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34],
}
KERAS_LAYERS = {"fc6": "fc1", "fc7": "fc2", "fc8": "predictions"}


def write_graph(name, path):
    """Writes the network of this name."""
    text = (tool.ROOT / f"Graphs/{name}.onnxtxt").read_text()

    def smaller(match):
        extents = [int(extent) if extent.isdigit() else extent for extent in match[1].split(",")]
        return f"float[{','.join(str(EXTENTS.get(extent, extent)) for extent in extents)}]"

    path.write_text(re.sub(r"float\[([^]]*)\]", smaller, text))
    return path


def weights(path):
    """Weights for the network at `path` under its own names, in the order of its inputs."""
    random = np.random.default_rng(16)
    made = {}
    for value in onnx.parser.parse_model(path.read_text()).graph.input[1:]:
        shape = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        made[value.name] = (random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
    return made


def layers(weights):
    return [name.removesuffix("_weight") for name in weights if name.endswith("_weight")]


def named_by_torchvision(name, weights):
    """As the `state_dict()` of torchvision's network."""
    convolutions = iter(TORCHVISION[name])
    classifier = iter([0, 3, 6])
    named = {}
    for layer in layers(weights):
        prefix = f"features.{next(convolutions)}" if layer.startswith("conv") else f"classifier.{next(classifier)}"
        named[f"{prefix}.weight"] = weights[f"{layer}_weight"]
        named[f"{prefix}.bias"] = weights[f"{layer}_bias"]
    return named


def named_by_keras(weights, kernel="{layer}/kernel", bias="{layer}/bias"):
    """As the variables of `keras.applications`: convolutions HWIO, fully connected layers IO, the rows of the
    first of them in the order of an image [7, 7, C] that was flattened."""
    named = {}
    for layer in layers(weights):
        theirs = KERAS_LAYERS.get(layer) or re.sub(r"conv(\d)_(\d)", r"block\1_conv\2", layer)
        array = weights[f"{layer}_weight"]
        if layer.startswith("conv"):
            array = array.transpose(2, 3, 1, 0)
        elif layer == "fc6":
            array = array.reshape(len(array), -1, 7, 7).transpose(2, 3, 1, 0).reshape(-1, len(array))
        else:
            array = array.T
        named[kernel.format(layer=theirs)] = np.ascontiguousarray(array)
        named[bias.format(layer=theirs)] = weights[f"{layer}_bias"]
    return named
