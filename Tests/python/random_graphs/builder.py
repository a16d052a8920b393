"""Grows a graph: picks values to read, makes inputs and constants, and adds nodes that are valid."""

import numpy as np

from random_graphs import evaluation
from random_graphs.graph import Graph, Node, tensor

# Extents where block sizes and register tiles begin and end.
CHANNELS = (1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 33)
# The same where sums are cut into runs.
MANY_CHANNELS = (63, 64, 65, 96, 127, 128, 129, 200)
NAMES = ("{}{}", "{}{}", "layer{1}/{0}.{1}:0", "{} é {}", "{0}[{1}]=")
# Operators whose results are elements of their inputs, whatever is rounded how.
EXACT = {
    "Relu", "Clip", "MaxPool", "GlobalMaxPool", "Concat", "Pad", "Slice", "Transpose", "Gather", "Reshape", "Flatten",
    "Squeeze", "Unsqueeze", "Identity", "Dropout", "Cast", "ReduceMax", "ReduceMin", "Min", "Max", "Where", "Sign", "Ceil",
    "Floor", "Round", "ThresholdedRelu", "IsNaN", "IsInf",
    "Split", "DepthToSpace", "SpaceToDepth", "Expand", "Tile", "Resize", "Upsample",
}


class Builder:
    """The values computed so far lie in `values`; those that later nodes may read in `pool`."""

    def __init__(self, random, opset, dtype, has_symbols):
        self.random = random
        self.graph = Graph(opset)
        self.dtype = np.dtype(dtype)
        self.has_symbols = has_symbols
        # The most elements of a value.
        self.largest = 20_000
        self.name_format = self.choice(NAMES)
        self.values = {}
        self.pool = []
        # Values that are the same bits however the graph is computed.
        self.exact = set()

    # Chance

    def chance(self, probability):
        return bool(self.random.random() < probability)

    def integer(self, low, high):
        """A whole number from low to high, both included."""
        return int(self.random.integers(low, high + 1))

    def choice(self, options):
        return options[self.integer(0, len(options) - 1)]

    def channels(self):
        if self.chance(0.03):
            return self.choice(MANY_CHANNELS)
        return self.choice(CHANNELS) if self.chance(0.8) else self.integer(1, 40)

    def extent(self):
        return self.integer(1, 20)

    def normal(self, shape, scale=1.0):
        # Multiples of 2⁻⁸ are exact in every floating-point type.
        return (np.round(self.random.normal(0, 1, shape) * 256) / 256 * scale).astype(self.dtype)

    def positive(self, shape):
        return self.random.uniform(0.5, 2, shape).astype(self.dtype)

    # Values

    def name(self, prefix):
        return self.name_format.format(prefix, len(self.values))

    def input(self, array):
        name = self.name("x")
        self.values[name] = array
        self.exact.add(name)
        self.graph.inputs[name] = array
        self.graph.declared[name] = list(array.shape)
        if self.has_symbols and array.ndim == 4:
            # One symbol stands for one extent, wherever it occurs.
            symbols = [f"N{array.shape[0]}", array.shape[1], f"H{array.shape[2]}", f"W{array.shape[3]}"]
            for axis in (0, 2, 3):
                if self.chance(0.6):
                    self.graph.declared[name][axis] = symbols[axis]
        return name

    def constant(self, array):
        """A constant, as an initializer or as a node."""
        array = np.asarray(array)
        name = self.name("c")
        self.values[name] = array
        self.exact.add(name)
        if not self.chance(0.25):
            self.graph.constants[name] = array
            return name
        attributes = {"value": array}
        if self.graph.opset >= 12 and array.ndim <= 1 and self.chance(0.6):
            kind = {"f": "float", "i": "int"}.get(array.dtype.kind)
            if array.dtype in (np.float32, np.int64) and array.ndim == 0:
                attributes = {f"value_{kind}": array.item()}
            elif array.dtype in (np.float32, np.int64) and array.size:
                attributes = {f"value_{kind}s": array.tolist()}
        if "value" in attributes:
            attributes["value"] = tensor(name, array)
        self.graph.nodes.append(Node("Constant", [], [name], attributes))
        return name

    def integers(self, values):
        return self.constant(np.array(values, dtype=np.int64))

    def shape(self, name):
        return self.values[name].shape

    def pick(self, rank=None, least_rank=0, where=lambda shape: True):
        """A value to read, rather a recent one; a new input where none fits or by chance."""

        def fits(name):
            shape = self.shape(name)
            return (
                self.values[name].dtype == self.dtype
                and len(shape) >= least_rank
                and (rank is None or len(shape) == rank)
                and where(shape)
            )

        candidates = [name for name in self.pool if fits(name)]
        if candidates and not self.chance(0.08):
            recent = candidates[-4:] if self.chance(0.7) else candidates
            return self.choice(recent)
        for _ in range(20):
            count = rank if rank is not None else self.integer(max(least_rank, 1), 4)
            shape = [self.extent() for _ in range(count)]
            if count >= 2:
                shape[0], shape[1] = self.integer(1, 3), self.channels()
            if where(tuple(shape)) and np.prod(shape) <= self.largest // 2:
                make = self.constant if self.chance(0.04) else self.input
                name = make(self.normal(shape))
                self.pool.append(name)
                return name
        return None

    def image(self, where=lambda shape: True):
        return self.pick(rank=4, where=lambda shape: min(shape) > 0 and where(shape))

    # Nodes

    def add(self, operator, inputs, attributes=None, pooled=True, output_count=1):
        """Adds a node and returns its last output; None, and no node, where it is not valid."""
        if any(name is None for name in inputs):
            return None
        names = [self.name("v") + str(i) * (output_count > 1) for i in range(output_count)]
        node = Node(operator, list(inputs), names, attributes or {})
        arrays = [self.values[name] if name else None for name in inputs]
        try:
            results = evaluation.run_node(node, self.graph.opset, arrays)
        except evaluation.Rejected:
            return None
        if max(result.size for result in results) > self.largest:
            return None
        self.graph.nodes.append(node)
        self.values.update(zip(names, results, strict=True))
        if operator in EXACT and all(name in self.exact for name in inputs if name):
            self.exact.update(names)
        if pooled:
            self.pool += names
        return names[-1]
