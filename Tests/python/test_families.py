"""Networks of every family at reduced width, as PyTorch's two exporters write them, against ONNX Runtime.

Of the graphs in `refused.txt` the operators that we lack are checked instead; one that compiles fails.
"""

import numpy as np
import onnx
import pytest

import families
import networks
import onnx_runtime
import tool

CASES = list(families.cases())
REFUSED = families.refused()


def images(model, batch):
    """Seeded, about mean 0 and deviation 1, by the name of the model's input."""
    constants = {tensor.name for tensor in model.graph.initializer}
    (source,) = [value for value in model.graph.input if value.name not in constants]
    extents = [dimension.dim_value for dimension in source.type.tensor_type.shape.dim[1:]]
    return {source.name: np.random.default_rng(224).normal(0, 1, (batch, *extents)).astype(np.float32)}


@pytest.mark.parametrize("network, form", CASES, ids=["-".join(case) for case in CASES])
def test_family(network, form, tmp_path, tessera):
    path = tmp_path / "network.onnx"
    families.write(network, form, path)
    model = onnx.load(path)
    inputs = [images(model, batch) for batch in ([1, 2] if form.endswith("-dynamic") else [1])]
    shapes = [word for given in inputs for name, image in given.items()
              for word in ("--shapes", f"{name}:{'x'.join(map(str, image.shape))}")]
    plan = tmp_path / "network.plan"
    if (network, form) in REFUSED:
        result = tessera("compile", path, "-o", plan, *shapes, exit=3)
        assert families.missing_operators(result) == REFUSED[network, form]
        return
    tessera("compile", path, "-o", plan, *shapes)
    for given in inputs:
        expected = onnx_runtime.outputs(path, given)
        actual = tool.run(plan, given, tmp_path, outputs=[value.name for value in model.graph.output])
        for ours, theirs in zip(actual, expected, strict=True):
            networks.assert_close(ours, theirs, atol_of_max=1e-4)


def test_refused_graphs_are_here():
    assert set(REFUSED) <= set(CASES)
