"""Writes what all contenders get and what their results are compared with.

    references.py data BATCH DATA.npy              seeded input, as of BATCH images less their mean
    references.py logits MODEL DATA.npy OUT.npy    the logits in Float64, image by image
"""

import sys

import numpy

from environment import ROOT


def write_data(batch, path):
    shape = (int(batch), 3, 224, 224)
    numpy.save(path, numpy.random.default_rng(0).normal(0, 60, shape).astype(numpy.float32))


def write_logits(model, data, path):
    sys.path.insert(0, str(ROOT / "Tests" / "python"))
    import float64_reference

    images = numpy.load(data)
    logits = [float64_reference.compute(model, {"data": image[None]})["fc8"] for image in images]
    numpy.save(path, numpy.concatenate(logits))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"data": write_data, "logits": write_logits}[command](*arguments)
