"""Puts weights into a graph of Tests/Fixtures whose initializers lack their bytes.

Matrices and filters are normal of mean 0, their variance 2 / fan-in where a rectifier follows (He et al., 2015)
and 1 / fan-in elsewhere, so that no network amplifies rounding errors. Biases are normal with
deviation 0.05. Of BatchNormalization, scale and running variance are uniform in 0.5..1.5, shift and running
mean normal with deviation 0.1. Factors and the scales of other normalizations are uniform in 0.5..1.5, the
slopes of PRelu in 0.1..0.4. The numbers depend on the seed and on the initializer's place in the
list alone, so the fixed and the dynamic form of one export get the same weights.

Weights that the exporter stored in the model go back there; external data goes to the file that the
model names, beside the output.
"""

import argparse
import pathlib

import numpy as np
import onnx


RECTIFIERS = {"Clip", "LeakyRelu", "PRelu", "Relu"}


def roles(graph):
    """Maps the name of an initializer to its first user's (operator, input position, transB, is rectified)."""
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, node)

    def is_rectified(node):
        user = users.get(node.output[0])
        if user is not None and user.op_type == "BatchNormalization":
            return is_rectified(user)
        return user is not None and user.op_type in RECTIFIERS

    found = {}
    for node in graph.node:
        transposed = any(a.name == "transB" and a.i for a in node.attribute)
        for position, name in enumerate(node.input):
            found.setdefault(name, (node.op_type, position, transposed, is_rectified(node)))
    return found


def values(dims, role, random):
    """float32 values for one initializer."""
    operator, position, transposed, is_rectified = role
    if operator == "BatchNormalization":
        if position in (1, 4):
            return random.random(dims, dtype=np.float32) + np.float32(0.5)
        return random.standard_normal(dims, dtype=np.float32) * np.float32(0.1)
    if operator == "PRelu":
        return random.random(dims, dtype=np.float32) * np.float32(0.3) + np.float32(0.1)
    if operator == "Mul" or (operator.endswith("Normalization") and position == 1):
        return random.random(dims, dtype=np.float32) + np.float32(0.5)
    result = random.standard_normal(dims, dtype=np.float32)
    if len(dims) < 2:
        result *= np.float32(0.05)
    else:
        is_conv = operator == "Conv"
        fan_in = np.prod(dims[1:]) if is_conv or transposed else dims[0]
        result *= np.float32(np.sqrt((2 if is_rectified else 1) / fan_in))
    return result


def fill(source, output, seed=0):
    """Reads the graph `source` (a path or a file), writes the model `output` and its external data, if any."""
    output = pathlib.Path(output)
    model = onnx.load(source, load_external_data=False)
    users = roles(model.graph)
    opened = {}
    for index, initializer in enumerate(model.graph.initializer):
        is_external = initializer.data_location == onnx.TensorProto.EXTERNAL
        is_empty = not initializer.raw_data and not initializer.float_data and not initializer.int64_data
        if not is_external and not (is_empty and initializer.dims and all(initializer.dims)):
            continue
        if initializer.data_type != onnx.TensorProto.FLOAT:
            raise ValueError(f"{source}: initializer {initializer.name} without data is not float")
        random = np.random.default_rng([seed, index])
        array = values(list(initializer.dims), users[initializer.name], random)
        if not is_external:
            initializer.raw_data = array.tobytes()
            continue
        place = {entry.key: entry.value for entry in initializer.external_data}
        name = place["location"]
        if name not in opened:
            opened[name] = open(output.parent / name, "wb")
        opened[name].seek(int(place.get("offset", 0)))
        array.tofile(opened[name])
    for file in opened.values():
        file.close()
    onnx.save(model, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    fill(arguments.source, arguments.output, arguments.seed)


if __name__ == "__main__":
    main()
