"""torchvision's VGG networks as PyTorch's two exporters write them, against ONNX Runtime."""

import numpy as np
import onnx
import pytest

import fill_weights
import networks
import onnx_runtime
import small_exports
import tool

FIXTURES = sorted((tool.ROOT / "Tests/Fixtures/torchvision").glob("*.onnx"))
FULL_SIZE = [
    "vgg11-dynamo-fixed",
    "vgg11_bn-torchscript-dynamic",
    "vgg13-torchscript-fixed",
    "vgg13_bn-dynamo-dynamic",
    "vgg16-dynamo-dynamic",
    "vgg16_bn-torchscript-fixed",
    "vgg19-torchscript-dynamic",
    "vgg19_bn-dynamo-fixed",
]


def image(batch):
    """As torchvision normalizes images: about mean 0 and deviation 1."""
    return np.random.default_rng(224).normal(0, 1, (batch, 3, 224, 224)).astype(np.float32)


def input_and_output(path):
    graph = onnx.load(path, load_external_data=False).graph
    constants = {tensor.name for tensor in graph.initializer}
    (source,) = [value.name for value in graph.input if value.name not in constants]
    (result,) = [value.name for value in graph.output]
    return source, result


def check(fixture, model, batches, tmp_path, tessera):
    source, result = input_and_output(fixture)
    plan = tmp_path / "network.plan"
    shapes = [word for n in batches for word in ("--shapes", f"{source}:{n}x3x224x224")]
    tessera("compile", model, "-o", plan, *shapes)
    for batch in batches:
        inputs = {source: image(batch)}
        (actual,) = tool.run(plan, inputs, tmp_path, outputs=[result])
        (expected,) = onnx_runtime.outputs(model, inputs)
        assert actual.shape == (batch, 1000)
        networks.assert_close(actual, expected)


@pytest.mark.parametrize("name", FULL_SIZE)
def test_full_size(name, tmp_path, tessera):
    model = tmp_path / f"{name}.onnx"
    fixture = tool.ROOT / "Tests/Fixtures/torchvision" / f"{name}.onnx"
    fill_weights.fill(fixture, model)
    check(fixture, model, [1], tmp_path, tessera)


@pytest.mark.parametrize("fixture", FIXTURES, ids=[path.stem for path in FIXTURES])
def test_every_export_with_fewer_channels(fixture, tmp_path, tessera):
    filled = tmp_path / "filled.onnx"
    small_exports.write(fixture, filled)
    check(fixture, filled, [1, 2] if "-dynamic" in fixture.stem else [1], tmp_path, tessera)


def test_both_exporters_of_all_networks_are_here():
    stems = {path.stem for path in FIXTURES}
    for network in ("vgg11", "vgg13", "vgg16", "vgg19"):
        for form in ("", "_bn"):
            for exporter in ("dynamo", "torchscript"):
                assert {f"{network}{form}-{exporter}-{b}" for b in ("fixed", "dynamic")} <= stems
