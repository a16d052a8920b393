"""VGG16 as PyTorch and Keras export it, with an eighth of its channels and random weights."""

import numpy as np
import onnx

import fill_weights
import tool

# Channels of the networks; the extents of images are other numbers.
WIDTHS = {width: width // 8 for width in (64, 128, 256, 512, 4096, 25088)}


def narrow(model):
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


def write(fixture, path):
    """Writes the small form of a graph of Tests/Fixtures that lacks its weights."""
    model = onnx.load(fixture, load_external_data=False)
    narrow(model)
    graph = path.with_suffix(".graph")
    onnx.save(model, graph)
    fill_weights.fill(graph, path)
    graph.unlink()


def write_torchvision(path):
    """As `torch.onnx.export(…, input_names=["data"], external_data=False)` does."""
    write(tool.ROOT / "Tests/Fixtures/torchvision/vgg16-dynamo-fixed.onnx", path)
    model = onnx.load(path)
    (name,) = [value.name for value in model.graph.input]
    model.graph.input[0].name = "data"
    for node in model.graph.node:
        node.input[:] = ["data" if input == name else input for input in node.input]
    path.unlink()
    onnx.save(model, path)


def write_keras(path):
    """As `model.export(…, format="onnx")` does; the fixture is narrow already."""
    fill_weights.fill(tool.ROOT / "Tests/Fixtures/keras/vgg16.onnx", path)
