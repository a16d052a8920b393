"""What a graph's outputs need."""


def remove_dead(graph):
    """Removes the nodes, constants and inputs that no output needs."""
    needed = set(graph.outputs)
    nodes = []
    for node in reversed(graph.nodes):
        if needed.intersection(node.outputs):
            nodes.append(node)
            needed.update(node.inputs)
    graph.nodes = nodes[::-1]
    for table in (graph.inputs, graph.declared, graph.constants):
        for name in [name for name in table if name not in needed]:
            del table[name]
