"""torchvision's VGG networks as PyTorch's two exporters write them, against ONNX Runtime."""

import numpy as np
import onnx
import pytest

import fill_weights
import networks
import onnx_runtime
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
# Channels of the networks, which `narrowed` divides; the extents of images are other numbers.
WIDTHS = {width: width // 8 for width in (64, 128, 256, 512, 4096, 25088)}


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


def narrowed(model):
    """Divides the channels of a network by 8; its nodes stay as they are."""
    del model.graph.value_info[:]
    offset = 0
    for tensor in model.graph.initializer:
        dims = [WIDTHS.get(extent, extent) for extent in tensor.dims]
        if tensor.data_type == onnx.TensorProto.INT64:
            numbers = onnx.numpy_helper.to_array(tensor)
            tensor.CopyFrom(onnx.numpy_helper.from_array(narrowed_numbers(numbers), tensor.name))
        elif tensor.data_location == onnx.TensorProto.EXTERNAL:
            byte_count = 4 * int(np.prod(dims))
            for entry in tensor.external_data:
                entry.value = {"offset": str(offset), "length": str(byte_count)}.get(entry.key, entry.value)
            offset += byte_count
        elif tensor.raw_data:
            numbers = onnx.numpy_helper.to_array(tensor)
            kept = numbers[tuple(slice(extent) for extent in dims)]
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(kept), tensor.name))
        tensor.dims[:] = dims
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant":
                attribute.ints[:] = [WIDTHS.get(number, number) for number in attribute.ints]
            if node.op_type == "Constant" and attribute.t.data_type == onnx.TensorProto.INT64:
                numbers = onnx.numpy_helper.to_array(attribute.t)
                attribute.t.CopyFrom(onnx.numpy_helper.from_array(narrowed_numbers(numbers)))


def narrowed_numbers(numbers):
    return np.array([WIDTHS.get(n, n) for n in numbers.ravel().tolist()], np.int64).reshape(numbers.shape)


@pytest.mark.parametrize("fixture", FIXTURES, ids=[path.stem for path in FIXTURES])
def test_every_export_with_fewer_channels(fixture, tmp_path, tessera):
    model = onnx.load(fixture, load_external_data=False)
    narrowed(model)
    graph = tmp_path / "graph.onnx"
    onnx.save(model, graph)
    filled = tmp_path / "filled.onnx"
    fill_weights.fill(graph, filled)
    check(fixture, filled, [1, 2] if "-dynamic" in fixture.stem else [1], tmp_path, tessera)


def test_both_exporters_of_all_networks_are_here():
    stems = {path.stem for path in FIXTURES}
    for network in ("vgg11", "vgg13", "vgg16", "vgg19"):
        for form in ("", "_bn"):
            for exporter in ("dynamo", "torchscript"):
                assert {f"{network}{form}-{exporter}-{b}" for b in ("fixed", "dynamic")} <= stems
