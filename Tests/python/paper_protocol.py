"""The test protocol of Simonyan and Zisserman (2014), sections 3.2, 4 and 4.4, by ONNX Runtime and NumPy.

An image is rescaled so that its smaller side is Q, for each Q of `scales`. Its views at a scale are
- single: the T x T centre;
- dense: the whole image, over which the fully convolutional network slides;
- crop: 5 x 5 T x T crops on a regular grid from corner to corner;
- dense+crop: both; their posteriors are averaged with equal weight;
each also mirrored if `flips` is set. The posteriors of an image are the mean over views, then over
scales, then over networks. A dense view has many positions: with the order "scores" their class scores
are averaged and the soft-max follows, with "posteriors" the soft-max of each position is averaged.

Scores are float32, all that follows is float64.
"""

from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime
from PIL import Image, ImageOps

from fully_convolutional import fully_convolutional, image_input, image_shape, scores_model

MODES = ("single", "dense", "crop", "dense+crop")
ORDERS = ("scores", "posteriors")
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
GRID = 5


@dataclass(frozen=True)
class Protocol:
    mode: str = "single"
    order: str = "scores"
    # None: mirrored views in all modes but single.
    flips: bool | None = None
    # Smaller sides in pixels. None: the network's own size.
    scales: tuple[int, ...] | None = None
    interpolation: str = "bilinear"
    # value = (sample - mean) * scale, one for all channels or one a channel in the order of `color`.
    mean: tuple[float, ...] = (0,)
    scale: tuple[float, ...] = (1,)
    color: str = "rgb"

    @property
    def mirrored(self):
        return self.mode != "single" if self.flips is None else self.flips


class Network:
    """A classifier of square images, as it is and fully convolutional, both without a last Softmax."""

    def __init__(self, path):
        model = onnx.load(path)
        self.channels, self.side, width = image_shape(model)
        assert self.side == width, "a square input"
        self.input = image_input(model).name
        self.plain = session(scores_model(model))
        self.sliding = session(fully_convolutional(model))

    def score_maps(self, views, slides):
        """Class scores [N, classes, h, w] of views [N, C, H, W]; h = w = 1 unless the network slides."""
        network = self.sliding if slides else self.plain
        (scores,) = network.run(None, {self.input: views})
        return scores.astype(np.float64).reshape(*scores.shape[:2], *(scores.shape[2:] or (1, 1)))


def session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])


@dataclass
class Evaluation:
    """Of the images that could be read, in the order of the data."""

    # float64 [networks, scales, N, classes]
    posteriors: np.ndarray
    labels: np.ndarray
    # The places in the data.
    indices: np.ndarray
    names: list[str]
    # (name, message) of the images that could not be read.
    failures: list[tuple[str, str]]

    @property
    def of_networks(self):
        """[networks, N, classes]"""
        return self.posteriors.mean(axis=1)

    @property
    def fused(self):
        """[N, classes]"""
        return self.of_networks.mean(axis=0)


def evaluate(networks, images, protocol):
    """Evaluates `Network`s on `LabelledImage`s."""
    rows, indices, failures = [], [], []
    for index, image in enumerate(images):
        try:
            pixels = image.read()
        except (OSError, SyntaxError, ValueError) as error:
            failures.append((image.name, str(error)))
            continue
        rows.append([image_posteriors(network, pixels, protocol) for network in networks])
        indices.append(index)
    return Evaluation(
        posteriors=np.moveaxis(np.array(rows), 0, 2),
        labels=np.array([images[i].label for i in indices]),
        indices=np.array(indices),
        names=[images[i].name for i in indices],
        failures=failures,
    )


def image_posteriors(network, image, protocol):
    """[scales, classes]"""
    image = image.convert("L" if network.channels == 1 else "RGB")
    scales = protocol.scales or (network.side,)
    return np.array([scale_posteriors(network, image, q, protocol) for q in scales])


def scale_posteriors(network, image, shorter_side, protocol):
    """[classes]: the mean over the parts of the mode (dense, crop) of the mean over their views."""
    image = rescaled(image, shorter_side, FILTERS[protocol.interpolation])
    parts = []
    for part in protocol.mode.split("+"):
        views = views_of(image, part, network.side)
        if protocol.mirrored:
            views += [ImageOps.mirror(view) for view in views]
        batch = np.stack([tensor(view, protocol) for view in views])
        maps = network.score_maps(batch, slides=part == "dense")
        parts.append(view_posteriors(maps, protocol.order).mean(axis=0))
    return np.mean(parts, axis=0)


def view_posteriors(maps, order):
    """[views, classes] of score maps [views, classes, h, w]."""
    if order == "scores":
        return softmax(maps.mean(axis=(2, 3)))
    return softmax(maps).mean(axis=(2, 3))


def softmax(scores):
    """Over axis 1."""
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def rescaled(image, shorter_side, resampling):
    smaller = min(image.size)
    size = tuple(rounded(side * shorter_side, smaller) for side in image.size)
    return image.resize(size, resampling)


def rounded(numerator, denominator):
    """The quotient of natural numbers, rounded to the nearest; half rounds up."""
    return (2 * numerator + denominator) // (2 * denominator)


def views_of(image, part, side):
    """The unmirrored views; `side` is that of a crop."""
    if part == "dense":
        return [image]
    width, height = image.size
    if min(width, height) < side:
        raise ValueError(f"a crop of {side} pixels from an image of {width}x{height}")
    if part == "single":
        return [crop(image, (width - side) // 2, (height - side) // 2, side)]
    return [crop(image, x, y, side) for y in grid_offsets(height, side) for x in grid_offsets(width, side)]


def grid_offsets(extent, side):
    return [rounded(i * (extent - side), GRID - 1) for i in range(GRID)]


def crop(image, x, y, side):
    return image.crop((x, y, x + side, y + side))


def tensor(view, protocol):
    """float32 [C, H, W]"""
    samples = np.asarray(view, np.float32)
    samples = samples.reshape(*samples.shape[:2], -1)
    if protocol.color == "bgr":
        samples = samples[..., ::-1]
    values = (samples - np.float32(protocol.mean)) * np.float32(protocol.scale)
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def top(posteriors, count=5):
    """[N, count or the number of classes]: classes by descending posterior, the lower class first of equals."""
    return np.argsort(-posteriors, axis=1, kind="stable")[:, :count]


def top_error(posteriors, labels, count):
    """The share of images whose label is not among the first `count` classes."""
    found = (top(posteriors, count) == labels[:, None]).any(axis=1)
    return 1 - found.mean()
