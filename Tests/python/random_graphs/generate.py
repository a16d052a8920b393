"""Makes the case of a seed: the same for one seed everywhere."""

from dataclasses import dataclass

import numpy as np

from random_graphs import evaluation, liveness, operators, settings, special
from random_graphs.builder import Builder
from random_graphs.graph import Graph
from random_graphs.operators import windows
from random_graphs.settings import Settings

OPSETS = range(7, 29)
ELEMENT_TYPES = ["float32"] * 18 + ["float16", "float64"]


@dataclass
class Case:
    seed: int
    graph: Graph
    # Arrays of the inputs by name, of one shape each; the first is what the graph was grown with.
    variants: list
    settings: Settings


def case(seed):
    random = np.random.default_rng(seed)
    while True:
        builder = Builder(
            random,
            opset=int(random.choice(OPSETS)),
            dtype=str(random.choice(ELEMENT_TYPES)),
            has_symbols=bool(random.random() < 0.35),
        )
        grow(builder)
        choose_outputs(builder)
        graph = builder.graph
        if not graph.outputs or not graph.nodes:
            continue
        try:
            evaluation.run(graph.model(builder.values), graph.inputs)
        except evaluation.Rejected:
            continue
        arrays = variants(builder)
        other = [special.with_special_elements(graph, inputs, random) for inputs in arrays]
        is_special = None not in other and builder.chance(0.1)
        return Case(
            seed, graph, other if is_special else arrays, settings.random(builder, is_local=is_special)
        )


def grow(builder):
    functions, weights = zip(*operators.ALL)
    shares = np.array(weights) / sum(weights)
    # An image to begin with, at times of a network's usual extents.
    shape = [builder.integer(1, 3), builder.channels(), builder.extent(), builder.extent()]
    if builder.chance(0.2):
        shape[2:] = [builder.choice([16, 24, 32])] * 2
    if builder.chance(0.04):
        # Enough rows to divide among threads and cache blocks.
        builder.largest = 150_000
        shape[1:] = [builder.integer(1, 9), builder.integer(40, 90), builder.integer(40, 90)]
    elif np.prod(shape) > 10_000:
        shape[0] = 1
    builder.pool.append(builder.input(builder.normal(shape)))
    for _ in range(builder.integer(1, builder.choice([3, 8, 14]))):
        builder.random.choice(functions, p=shares)(builder)


def choose_outputs(builder):
    """What nobody reads, and some values in the middle; at times a graph keeps what is of no use."""
    graph = builder.graph
    made = [name for node in graph.nodes if node.operator != "Constant" for name in node.outputs if name]
    read = {name for node in graph.nodes for name in node.inputs}
    outputs = [name for name in made if name not in read or builder.chance(0.1)]
    builder.random.shuffle(outputs)
    graph.outputs = [str(name) for name in outputs[: builder.integer(1, 6)]]
    if builder.chance(0.03):
        graph.outputs.append(builder.choice([*graph.inputs, *graph.constants]))
    if not builder.chance(0.1):
        liveness.remove_dead(graph)


def variants(builder):
    """The inputs, and where extents are symbols at times a second time with others."""
    graph = builder.graph
    result = [graph.inputs]
    symbols = sorted({d for dims in graph.declared.values() for d in dims if isinstance(d, str)})
    if not symbols or builder.chance(0.4):
        return result
    extents = {symbol: builder.integer(1, 20 if symbol[0] in "HW" else 4) for symbol in symbols}
    other = {}
    for name, array in graph.inputs.items():
        shape = [extents.get(d, e) for d, e in zip(graph.declared[name], array.shape)]
        other[name] = np.abs(builder.normal(shape) * 16).astype(array.dtype)
    if all(other[name].shape == array.shape for name, array in graph.inputs.items()):
        return result
    try:
        values = evaluation.values(graph, other)
        evaluation.run(graph.model(values), other)
    except evaluation.Rejected:
        return result
    return result + [other] if windows.all_fit(graph, values) else result
