"""What the fixtures of training are computed on: the networks without dropout, the batches, and which elements of weights are kept.

Scripts/training_fixtures.py computes the fixtures with PyTorch; tests, which have none, train on the same.
"""

import re

import numpy as np

SIZE, BATCH, BATCHES, CLASSES = 32, 8, 4, 125
FULL_SIZE, FULL_BATCH, FULL_CLASSES, FULL_SEED = 224, 4, 1000, 4
PIXEL_MEAN, PIXEL_SCALE = 128, 1 / 128
SAMPLES = 48


def without_dropout(text):
    """The text of a network of Graphs less its dropouts."""
    text = re.sub(r"  \[drop\d\] .*\n", "", text)
    return re.sub(r"\bdrop(\d)\b", r"relu\1", text)


def splitmix(seed, count):
    """The first numbers of SplitMix64."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def batch(step):
    """Images from -1 to 1 and labels; the batches come round."""
    count = BATCH * 3 * SIZE * SIZE
    words = splitmix(step % BATCHES, count + BATCH)
    pixels = (words[:count] >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1
    return pixels.reshape(BATCH, 3, SIZE, SIZE), (words[count:] % np.uint64(CLASSES)).astype(np.int64)


def full_images():
    """RGB images uint8 [4, 224, 224, 3] and labels int64 [4]."""
    count = FULL_BATCH * FULL_SIZE * FULL_SIZE * 3
    words = splitmix(FULL_SEED, count + FULL_BATCH)
    pixels = (words[:count] >> np.uint64(56)).astype(np.uint8)
    labels = (words[count:] % np.uint64(FULL_CLASSES)).astype(np.int64)
    return pixels.reshape(FULL_BATCH, FULL_SIZE, FULL_SIZE, 3), labels


def full_batch():
    """These images as the network takes them, float64 [4, 3, 224, 224], and their labels."""
    images, labels = full_images()
    return (images.transpose(0, 3, 1, 2).astype(np.float64) - PIXEL_MEAN) * PIXEL_SCALE, labels


def sampled(values, count=SAMPLES):
    """Evenly spaced elements, `count` or all."""
    flat = values.reshape(-1)
    count = min(count, flat.size)
    return flat[np.arange(count) * flat.size // count]


def rms(values):
    return np.sqrt(np.mean(values**2))
