"""The 70,000 pictures of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017) in Debian's package dataset-fashion-mnist.

60,000 train a network and 10,000 test it, as they are divided there; 28x28 grey levels, bright on black, of ten classes.

    .venv/bin/python Scripts/fashion_data.py TRAINING.npz TEST.npz    # as train and evaluate take them
"""

import argparse
import gzip
import pathlib

import numpy as np

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
PARTS = {"train": 60_000, "t10k": 10_000}
UNSIGNED_BYTES = 8


def read_idx(path, shape):
    """The bytes of a file in IDX format as uint8 of `shape`; ValueError if the file says otherwise."""
    contents = gzip.decompress(path.read_bytes())
    header = bytes([0, 0, UNSIGNED_BYTES, len(shape)]) + np.array(shape, ">u4").tobytes()
    if contents[: len(header)] != header or len(contents) != len(header) + int(np.prod(shape)):
        raise ValueError(f"{path}: expected bytes of {shape} in IDX format")
    return np.frombuffer(contents, np.uint8, offset=len(header)).reshape(shape)


def load(part, folder=FOLDER):
    """Returns (images uint8 [N, 28, 28], labels int64 [N]) of `train` or `t10k`."""
    count = PARTS[part]
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz", (count, 28, 28))
    return images, read_idx(folder / f"{part}-labels-idx1-ubyte.gz", (count,)).astype(np.int64)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", type=pathlib.Path, help="the .npz file for the 60,000")
    parser.add_argument("test", type=pathlib.Path, help="the .npz file for the 10,000")
    arguments = parser.parse_args()
    for path, part in [(arguments.training, "train"), (arguments.test, "t10k")]:
        images, labels = load(part)
        np.savez(path, images=images, labels=labels)


if __name__ == "__main__":
    main()
