"""Random models against ONNX Runtime. `Scripts/random_graphs.py` runs as many as one likes."""

import collections

import pytest

import tool
from random_graphs import compare, evaluation, generate, shrink
from random_graphs.compare import Outcome

SEEDS = range(550)


@pytest.mark.parametrize("seed", SEEDS)
def test_agrees(seed, tmp_path):
    outcome = compare.check(generate.case(seed), tmp_path)
    assert outcome.kind != "fails", outcome.detail


def test_every_operator_occurs():
    """An operator is a file in a folder of its family."""
    files = (tool.ROOT / "Sources/Compiler/GraphIR/Operators").glob("*/*.swift")
    supported = {file.stem for file in files if file.parent.name != "Fused"}
    counts = collections.Counter()
    for seed in SEEDS:
        graph = generate.case(seed).graph
        counts.update({(node.operator, graph.opset) for node in graph.nodes})
    assert {operator for operator, _ in counts} == supported
    assert {opset for _, opset in counts} == set(generate.OPSETS)


def test_a_seed_makes_one_case():
    first, second = generate.case(7), generate.case(7)
    values = evaluation.values(first.graph, first.variants[0])
    assert first.graph.model(values) == second.graph.model(values)
    assert first.settings == second.settings


def test_a_wrong_element_is_noticed(tmp_path, monkeypatch):
    """One element of one output off by a thousandth of the largest."""
    run = compare.run

    def wrong(*arguments):
        outputs = run(*arguments)
        array = next(a for a in outputs.values() if a.dtype == "float32" and a.size)
        array.reshape(-1)[-1] += 1e-3 * abs(array).max() + 1e-6
        return outputs

    case = next(case for case in map(generate.case, SEEDS) if first_output_is_float(case))
    assert compare.check(case, tmp_path).kind == "agrees"
    monkeypatch.setattr(compare, "run", wrong)
    outcome = compare.check(case, tmp_path)
    assert outcome.kind == "fails" and "differs in 1 of" in outcome.detail


def first_output_is_float(case):
    values = evaluation.values(case.graph, case.variants[0])
    return all(values[name].dtype == "float32" for name in case.graph.outputs)


def test_a_failing_case_shrinks_to_the_node(tmp_path, monkeypatch):
    def fails_with_clip(case, folder):
        evaluation.run(case.graph.model(evaluation.values(case.graph, case.variants[0])), case.variants[0])
        has_clip = any(node.operator == "Clip" for node in case.graph.nodes)
        return Outcome("fails" if has_clip else "agrees")

    monkeypatch.setattr(compare, "check", fails_with_clip)
    case = next(
        case
        for case in map(generate.case, SEEDS)
        if len(case.graph.nodes) > 5 and fails_with_clip(case, tmp_path).kind == "fails"
    )
    shrunk = shrink.shrink(case, tmp_path)
    assert [node.operator for node in shrunk.graph.nodes if node.operator != "Constant"] == ["Clip"]
    assert len(shrunk.variants) == 1
