"""Labelled images as `tessera evaluate --data` takes them: a folder of classes, a list, an .npz file.

Images are decoded by Pillow, to 8 bits and RGB:
- turned upright by their EXIF orientation;
- alpha is dropped: the colour below it is used as it is stored;
- of 16 bits the high byte is used;
- palettes are expanded, grey is repeated, bilevel is 0 and 255;
- CMYK and YCCK JPEGs are converted as Pillow converts them.
"""

import os
import pathlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass
class LabelledImage:
    name: str
    label: int
    # Returns a Pillow image, RGB; raises what Pillow raises for a broken file.
    read: Callable[[], Image.Image]


def folder(path, labels=None):
    """A folder with one folder a class, in byte order; with `labels` (names of classes), their index there."""
    path = pathlib.Path(path)
    classes = in_byte_order(p for p in path.iterdir() if p.is_dir())
    images = []
    for index, each in enumerate(classes):
        label = index if labels is None else labels.index(each.name)
        for file in in_byte_order(p for p in each.iterdir() if p.suffix.lower() in SUFFIXES):
            images.append(image_file(f"{each.name}/{file.name}", label, file))
    return images


def list_file(path, root=None):
    """A line an image: its path, from the list's folder or from `root`, the last blank, its label."""
    path = pathlib.Path(path)
    root = path.parent if root is None else pathlib.Path(root)
    lines = path.read_text(encoding="utf-8").split("\n")
    pairs = [line.rsplit(" ", 1) for line in lines if line]
    return [image_file(name, int(label), root / name) for name, label in pairs]


def npz(path):
    """`images` uint8 [N, H, W], [N, H, W, 1] or [N, H, W, 3], and integer `labels` [N]."""
    with np.load(path) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    if images.shape[3:] == (1,):
        images = images[..., 0]
    pairs = enumerate(zip(images, labels, strict=True))
    return [array_image(str(index), label, pixels) for index, (pixels, label) in pairs]


def image_file(name, label, path):
    return LabelledImage(name, label, lambda: decoded(path))


def array_image(name, label, pixels):
    return LabelledImage(name, int(label), lambda: Image.fromarray(pixels).convert("RGB"))


def decoded(path):
    with Image.open(path) as image:
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        return image.convert("RGB")


def in_byte_order(paths):
    return sorted(paths, key=lambda p: os.fsencode(p.name))
