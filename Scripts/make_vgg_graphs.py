#!/usr/bin/env python3
"""Writes Graphs/vgg-*.onnxtxt: the six networks of Table 1 of arXiv:1409.1556.

The files are the source of truth; this script saves typing them. `--check` compares instead of writing.
"""

import argparse
import pathlib
import sys

STAGE_CHANNELS = [64, 128, 256, 512, 512]
CONFIGURATIONS = {
    "a": [1, 1, 2, 2, 2],
    "a-lrn": [1, 1, 2, 2, 2],
    "b": [2, 2, 2, 2, 2],
    "c": [2, 2, 3, 3, 3],
    "d": [2, 2, 3, 3, 3],
    "e": [2, 2, 4, 4, 4],
}
SUMMARIES = {
    "a": "11 weight layers",
    "a-lrn": "configuration A with local response normalisation after the first layer",
    "b": "13 weight layers",
    "c": "16 weight layers, the third convolution of stages 3 to 5 being 1x1",
    "d": "16 weight layers (VGG-16)",
    "e": "19 weight layers (VGG-19)",
}
LRN_NOTE = """\
# The paper's normalisation is b = a / (2 + 1e-4 * sum of squares)^0.75 over 5 channels. ONNX divides alpha by size,
# so alpha is 5 * 1e-4 here. Caffe's files of that time, which divide too, use 1e-4: edit alpha to follow them.
"""


def network(name):
    weights, nodes, parameters = [], [], 0

    def layer(kind, label, source, extents, attributes=""):
        nonlocal parameters
        for suffix, shape in (("weight", extents), ("bias", extents[:1])):
            weights.append(f"  float[{','.join(map(str, shape))}] {label}_{suffix}")
            count = 1
            for extent in shape:
                count *= extent
            parameters += count
        nodes.append(f"  [{label}] {label} = {kind} <{attributes}> ({source}, {label}_weight, {label}_bias)")
        return label

    def unary(kind, label, source, attributes=""):
        attributes = f" <{attributes}>" if attributes else ""
        nodes.append(f"  [{label}] {label} = {kind}{attributes} ({source})")
        return label

    value, channels = "data", 3
    for stage, (count, width) in enumerate(zip(CONFIGURATIONS[name], STAGE_CHANNELS), start=1):
        if stage > 1:
            nodes.append("")
        for index in range(1, count + 1):
            pointwise = name == "c" and index == 3
            size, pad = (1, 0) if pointwise else (3, 1)
            attributes = f"kernel_shape = [{size}, {size}], pads = [{pad}, {pad}, {pad}, {pad}]"
            value = layer("Conv", f"conv{stage}_{index}", value, [width, channels, size, size], attributes)
            value = unary("Relu", f"relu{stage}_{index}", value)
            channels = width
        if name == "a-lrn" and stage == 1:
            value = unary("LRN", "norm1", value, "size = 5, alpha = 0.0005, beta = 0.75, bias = 2.0")
        value = unary("MaxPool", f"pool{stage}", value, "kernel_shape = [2, 2], strides = [2, 2]")

    nodes.append("")
    value = unary("Flatten", "flatten", value, "axis = 1")
    features = channels * 7 * 7
    for label in ("6", "7"):
        value = layer("Gemm", f"fc{label}", value, [4096, features], "transB = 1")
        value = unary("Relu", f"relu{label}", value)
        value = unary("Dropout", f"drop{label}", value)
        features = 4096
    value = layer("Gemm", "fc8", value, [1000, features], "transB = 1")
    unary("Softmax", "prob", value, "axis = 1")

    inputs = ",\n".join(["  float[N,3,224,224] data"] + weights)
    return (
        f"# VGG {name.upper()} of arXiv:1409.1556, Table 1: {SUMMARIES[name]}.\n"
        f"# {parameters:,} parameters. Input: RGB images less the training set's mean pixel.\n"
        + (LRN_NOTE if name == "a-lrn" else "")
        + '<\n  ir_version: 10,\n  opset_import: ["" : 21]\n>\n'
        + f"vgg_{name.replace('-', '_')} (\n{inputs}\n) => (float[N,1000] prob)\n{{\n"
        + "\n".join(nodes)
        + "\n}\n"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="fail if a file differs")
    check = arguments.parse_args().check
    folder = pathlib.Path(__file__).resolve().parent.parent / "Graphs"
    stale = []
    for name in CONFIGURATIONS:
        path, text = folder / f"vgg-{name}.onnxtxt", network(name)
        if not check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        sys.exit(f"differs from what the script writes: {', '.join(stale)}")


if __name__ == "__main__":
    main()
