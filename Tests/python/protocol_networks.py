"""Small networks and the digits on which `tessera evaluate` is tested."""

import sys

import numpy as np
import onnx
import onnx.parser
from onnx import numpy_helper
from PIL import Image

import tool

sys.path.append(str(tool.ROOT / "Scripts"))

import digits_data  # noqa: E402

DIGITS = tool.ROOT / "Graphs" / "digits.onnx"
# (width, height) of the pictures into which digits are put.
DIGIT_SIZES = [(28, 28), (35, 28), (28, 40), (33, 47), (30, 29), (44, 31)]


def disturbed_digits(path, noise=0.2, seed=2):
    """Writes Graphs/digits.onnx with noise on its weights, as a second network of an ensemble.

    It was not trained: each weight is multiplied by 1 + noise * n, n standard normal and seeded.
    """
    random = np.random.default_rng(seed)
    model = onnx.load(DIGITS)
    for tensor in model.graph.initializer:
        if tensor.name.endswith("_weight"):
            weights = numpy_helper.to_array(tensor)
            factors = 1 + noise * random.standard_normal(weights.shape)
            tensor.raw_data = (weights * factors).astype(np.float32).tobytes()
    onnx.save(model, path)
    return path


def held_back_digits(count, seed=3):
    """(pictures uint8 [H, W] of several sizes, labels): held-back digits, drawn, on black at drawn places."""
    images, labels, is_held_back = digits_data.load()
    random = np.random.default_rng(seed)
    chosen = random.choice(np.flatnonzero(is_held_back), count, replace=False)
    pictures = []
    for position, index in enumerate(chosen):
        width, height = DIGIT_SIZES[position % len(DIGIT_SIZES)]
        picture = np.zeros((height, width), np.uint8)
        top, left = random.integers(height - 28 + 1), random.integers(width - 28 + 1)
        picture[top : top + 28, left : left + 28] = images[index]
        pictures.append(picture)
    return pictures, labels[chosen]


def write_digit_folder(folder, pictures, labels):
    """Writes DIGIT/NUMBER.png, the number being the place in the list."""
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        path = folder / str(label) / f"{index:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    return folder


def color_network(path, classes=6):
    """Writes a network of seeded weights for RGB images 16x16, without Softmax.

    For values in about -2..2. Its score maps have several positions for images from 18 pixels.
    """
    random = np.random.default_rng(4)
    weights = {
        "w1": random.normal(0, 0.3, (8, 3, 3, 3)),
        "b1": random.normal(0, 0.1, 8),
        "w2": random.normal(0, 0.1, (16, 8 * 8 * 8)),
        "b2": random.normal(0, 0.1, 16),
        "w3": random.normal(0, 0.3, (classes, 16)),
        "b3": random.normal(0, 0.5, classes),
    }
    return save(
        path,
        f"""
        colors (float[N,3,16,16] image) => (float[N,{classes}] scores) {{
          c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (image, w1, b1)
          r = Relu (c)
          p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
          f = Flatten (p)
          g = Gemm <transB = 1> (f, w2, b2)
          h = Relu (g)
          scores = Gemm <transB = 1> (h, w3, b3)
        }}
        """,
        weights,
    )


def exact_network(path):
    """Writes a network of small integer weights, [N, 1, 6, 6]: float32 adds its sums of samples exactly.

    Without padding and with stride 1 until the pooling, so that position (i, j) of its score map is what
    it gives for the 6x6 pixels from (2 i, 2 j).
    """
    random = np.random.default_rng(5)
    weights = {
        "w1": random.integers(-2, 3, (3, 1, 3, 3)),
        "b1": random.integers(-1, 2, 3),
        "w2": random.integers(-2, 3, (3 * 2 * 2, 5)),
        "b2": random.integers(-1, 2, 5),
        "w3": random.integers(-1, 2, (4, 5)),
    }
    return save(
        path,
        """
        exact (float[N,1,6,6] image) => (float[N,4] posteriors) {
          c = Conv <kernel_shape = [3, 3]> (image, w1, b1)
          r = Relu (c)
          p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
          f = Flatten (p)
          g = Gemm (f, w2, b2)
          h = Relu (g)
          d = Dropout (h)
          s = Gemm <transB = 1> (d, w3)
          posteriors = Softmax (s)
        }
        """,
        weights,
    )


def corner_network(path):
    """Writes a network [N, 1, 2, 2] for tests by hand: its scores are the two pixels of the upper row."""
    return save(
        path,
        """
        corners (float[N,1,2,2] image) => (float[N,2] posteriors) {
          f = Flatten (image)
          s = Gemm <transB = 1> (f, w)
          posteriors = Softmax (s)
        }
        """,
        {"w": [[1, 0, 0, 0], [0, 1, 0, 0]]},
    )


def save(path, text, weights):
    model = onnx.parser.parse_model('<ir_version: 10, opset_import: ["" : 21]>' + text)
    for name, values in weights.items():
        model.graph.initializer.append(numpy_helper.from_array(np.array(values, np.float32), name))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return path
