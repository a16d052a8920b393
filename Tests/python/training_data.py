"""A small network and images to train it on: waves along rows, columns and both diagonals."""

import numpy as np
from PIL import Image

import tool

CLASSES = ["rows", "columns", "rising", "falling"]
NETWORK = """
<
  ir_version: 10,
  opset_import: ["" : 21],
  metadata_props: ["labels": "rows,columns,rising,falling"]
>
waves (
  float[N,1,12,12] image,
  float[4,1,3,3] conv_weight,
  float[4] conv_bias,
  float[4,144] fc_weight,
  float[4] fc_bias
) => (float[N,4] probabilities)
<float scale = {255.0}, float ratio = {0.25}>
{
  [scaled] scaled = Div (image, scale)
  [conv] c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (scaled, conv_weight, conv_bias)
  [relu] r = Relu (c)
  [pool] p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
  [flat] f = Flatten (p)
  [drop] d = Dropout (f, ratio)
  [fc] s = Gemm <transB = 1> (d, fc_weight, fc_bias)
  [probabilities] probabilities = Softmax <axis = 1> (s)
}
"""
WEIGHTS = ["conv_weight", "conv_bias", "fc_weight", "fc_bias"]
OPTIONS = ["--weights", "random:1", "--batch", 16, "--shard", 4, "--learning-rate", 0.05, "--no-mirror"]


def waves(count, seed):
    """uint8 [count, 12, 12] and labels, class after class."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % len(CLASSES)
    y, x = np.mgrid[:12, :12]
    phases = np.stack([y, x, x + y, x - y])[labels] * (np.pi / 2) + generator.uniform(0, 2 * np.pi, (count, 1, 1))
    images = 128 + 80 * np.sin(phases) + generator.normal(0, 10, (count, 12, 12))
    return images.clip(0, 255).astype(np.uint8), labels


def write(folder):
    """waves.onnxtxt, train.npz and held.npz."""
    (folder / "waves.onnxtxt").write_text(NETWORK)
    for name, count, seed in [("train", 96, 1), ("held", 40, 2)]:
        images, labels = waves(count, seed)
        np.savez(folder / f"{name}.npz", images=images, labels=labels)
    return folder


def write_folders(folder, count=16):
    """Colour images of 16x13 pixels, a folder a class."""
    images, labels = waves(count, 3)
    for index, (image, label) in enumerate(zip(images, labels)):
        path = folder / f"{label}-{CLASSES[label]}"
        path.mkdir(parents=True, exist_ok=True)
        samples = np.pad(image, ((0, 1), (0, 4)), mode="edge")
        Image.fromarray(np.stack([samples] * 3, -1)).save(path / f"{index:02}.png")
    return folder


def train(folder, output, *arguments, options=OPTIONS, **settings):
    """Trains on the folder's images; `output` is a file's name there. A later option does not replace an earlier."""
    return tool.tessera(*command(folder, output, *arguments, options=options), **settings)


def command(folder, output, *arguments, options=OPTIONS):
    return [
        "train", folder / "waves.onnxtxt", "--data", folder / "train.npz", "-o", folder / output, *options, *arguments,
    ]  # fmt: skip
