"""Makes a failing case smaller while it still fails."""

from copy import copy, deepcopy

from random_graphs import compare, evaluation, liveness
from random_graphs.graph import Graph


def shrink(case, folder):
    """A case with fewer variants, outputs and nodes; what a removed node made becomes an input."""
    values = evaluation.values(case.graph, case.variants[0])
    if len(case.variants) > 1:
        case = smaller(case, folder, [with_variants(case, [variant]) for variant in case.variants])
    if len(case.variants) == 1:
        values = evaluation.values(case.graph, case.variants[0])
    case = smaller(case, folder, [with_outputs(case, [name]) for name in case.graph.outputs])
    # A value in the middle may be wrong already.
    for node in case.graph.nodes:
        shorter = [with_outputs(case, [name]) for name in node.outputs if name]
        found = smaller(case, folder, shorter)
        if found is not case:
            case = found
            break
    if len(case.variants) == 1:
        for node in list(case.graph.nodes):
            if any(node is other for other in case.graph.nodes):
                case = smaller(case, folder, [without_node(case, node, values)])
    return case


def smaller(case, folder, candidates):
    """The first of the candidates that still fails; else the case itself."""
    for candidate in candidates:
        if candidate is None or not candidate.graph.nodes:
            continue
        try:
            if compare.check(candidate, folder).kind == "fails":
                return candidate
        except evaluation.Rejected:
            continue
    return case


def with_variants(case, variants):
    result = copy(case)
    result.variants = variants
    result.graph = copied(case.graph)
    result.graph.inputs = variants[0]
    return result


def with_outputs(case, outputs):
    result = copy(case)
    result.graph = copied(case.graph)
    result.graph.outputs = outputs
    liveness.remove_dead(result.graph)
    result.variants = [
        {name: array for name, array in variant.items() if name in result.graph.inputs}
        for variant in case.variants
    ]
    return result


def without_node(case, node, values):
    """The outputs of the node become inputs, if anything reads them."""
    if set(node.outputs) & set(case.graph.outputs):
        return None
    result = copy(case)
    graph = result.graph = copied(case.graph)
    graph.nodes = [other for other in graph.nodes if other is not node]
    for name in node.outputs:
        table = graph.constants if node.operator == "Constant" else graph.inputs
        table[name] = values[name]
        graph.declared[name] = list(values[name].shape)
    liveness.remove_dead(graph)
    result.variants = [graph.inputs]
    return result


def copied(graph):
    return Graph(
        graph.opset, list(graph.nodes), dict(graph.inputs), deepcopy(graph.declared),
        dict(graph.constants), list(graph.outputs),
    )
