"""Writes what all contenders get and what their results are compared with.

    references.py model GRAPH MODEL                an exported graph with weights, its input `data`, its output `fc8`
    references.py sparse MODEL DATA.npy SPARSE     the same with biases that make activations as sparse as trained ones
    references.py data DEVIATION SHAPE… DATA.npy   seeded input, as of images less their mean
    references.py logits MODEL DATA.npy OUT.npy    the logits in Float64, image by image
"""

import sys

import numpy

from environment import ROOT


def write_model(graph, path):
    import fill_weights
    import onnx

    fill_weights.fill(graph, path, seed=1)
    model = onnx.load(path)
    names = {"input": "data", "output": "fc8"}
    for node in model.graph.node:
        for list_of_names in (node.input, node.output):
            list_of_names[:] = [names.get(name, name) for name in list_of_names]
    for value in [*model.graph.input, *model.graph.output]:
        value.name = names[value.name]
    onnx.save(model, path)


def write_sparse(source, data, path):
    import sparse

    sparse.write_model(source, data, path)


def write_data(deviation, *shape_and_path):
    *shape, path = shape_and_path
    shape = [int(extent) for extent in shape]
    numpy.save(path, numpy.random.default_rng(0).normal(0, float(deviation), shape).astype(numpy.float32))


def write_logits(model, data, path):
    import float64_reference

    images = numpy.load(data)
    logits = [float64_reference.compute(model, {"data": image[None]})["fc8"] for image in images]
    numpy.save(path, numpy.concatenate(logits))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "Tests" / "python"))
    command, *arguments = sys.argv[1:]
    {"model": write_model, "sparse": write_sparse, "data": write_data, "logits": write_logits}[command](*arguments)
