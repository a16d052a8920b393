"""Writes Caffe's files with the protobuf package, by the declarations of Protos/caffe.proto."""

import functools
import pathlib
import subprocess
import tempfile

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

import tool

# The types of the older form; in the newer one they are called otherwise.
NEW_TYPES = {
    "CONCAT": "Concat",
    "CONVOLUTION": "Convolution",
    "DROPOUT": "Dropout",
    "ELTWISE": "Eltwise",
    "FLATTEN": "Flatten",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "POOLING": "Pooling",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SOFTMAX": "Softmax",
    "SPLIT": "Split",
    "TANH": "TanH",
}
CONVOLUTIONS = {
    "vgg-a": [1, 1, 2, 2, 2],
    "vgg-a-lrn": [1, 1, 2, 2, 2],
    "vgg-b": [2, 2, 2, 2, 2],
    "vgg-c": [2, 2, 3, 3, 3],
    "vgg-d": [2, 2, 3, 3, 3],
    "vgg-e": [2, 2, 4, 4, 4],
}
FULL_CHANNELS = [64, 128, 256, 512, 512]


@functools.cache
def _pool():
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "caffe.pb"
        command = ["protoc-c", f"--proto_path={tool.ROOT}/Protos", f"--descriptor_set_out={output}"]
        subprocess.run([*command, "caffe.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


def net(name=None):
    """An empty network."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName("caffe.NetParameter"))(name=name)


def parse(text):
    """The network that a text describes."""
    return text_format.Parse(text, net())


def text(message):
    return text_format.MessageToString(message)


def add(network, form, name, kind, bottoms, tops, blobs=(), **parameters):
    """Adds a layer of the form `layers` or `layer`, of a type as the older form calls it."""
    layer = getattr(network, form).add(name=name)
    enum = type(layer).DESCRIPTOR.fields_by_name["type"].enum_type
    layer.type = enum.values_by_name[kind].number if enum else NEW_TYPES[kind]
    layer.bottom.extend([bottoms] if isinstance(bottoms, str) else bottoms)
    layer.top.extend([tops] if isinstance(tops, str) else tops)
    for field, values in parameters.items():
        target = getattr(layer, field)
        target.SetInParent()
        for key, value in values.items():
            if isinstance(value, list):
                getattr(target, key).extend(value)
            else:
                setattr(target, key, value)
    for array in blobs:
        add_blob(layer, array, legacy=form == "layers")
    return layer


def add_blob(layer, array, legacy):
    """Adds an array, its shape in the older form of four extents or in the newer one."""
    blob = layer.blobs.add()
    if legacy:
        blob.num, blob.channels, blob.height, blob.width = [1] * (4 - array.ndim) + list(array.shape)
    else:
        blob.shape.dim.extend(array.shape)
    number = 8 if array.dtype == np.float64 else 5
    blob.MergeFromString(bytes([number << 3 | 2]) + varint(array.nbytes) + array.tobytes())
    return blob


def varint(value):
    result = b""
    while value > 0x7F:
        result += bytes([value & 0x7F | 0x80])
        value >>= 7
    return result + bytes([value])


def without_blobs(network):
    """The network as a .prototxt holds it."""
    copy = type(network)()
    copy.CopyFrom(network)
    for layer in [*copy.layers, *copy.layer]:
        layer.ClearField("blobs")
    return copy


def write(network, folder, name="net"):
    """Writes NAME.prototxt and NAME.caffemodel; returns their paths."""
    prototxt, caffemodel = folder / f"{name}.prototxt", folder / f"{name}.caffemodel"
    caffemodel.write_bytes(network.SerializeToString())
    prototxt.write_text(text(without_blobs(network)))
    return prototxt, caffemodel


def vgg(name, form, weights):
    """One of the six networks as Caffe's files describe it, with ReLU and Dropout in place, and the blobs
    `weights[LAYER_weight]` and `weights[LAYER_bias]`."""
    network = net(name)
    if form == "layers":
        network.input.append("data")
        network.input_dim.extend([10, 3, 224, 224])
    else:
        layer = network.layer.add(name="data", type="Input", top=["data"])
        layer.input_param.shape.add().dim.extend([10, 3, 224, 224])
    blob = "data"

    def layer(label, kind, target=None, **parameters):
        nonlocal blob
        target = target or label
        blobs = [weights[f"{label}_{role}"] for role in ("weight", "bias") if f"{label}_{role}" in weights]
        add(network, form, label, kind, blob, target, blobs, **parameters)
        blob = target

    for stage, count in enumerate(CONVOLUTIONS[name], start=1):
        for index in range(1, count + 1):
            label = f"{stage}_{index}"
            width = len(weights[f"conv{label}_bias"])
            size = 1 if name == "vgg-c" and index == 3 else 3
            window = {"num_output": width, "kernel_size": [size]}
            if size == 3:
                window["pad"] = [1]
            layer(f"conv{label}", "CONVOLUTION", convolution_param=window)
            layer(f"relu{label}", "RELU", blob)
        if name == "vgg-a-lrn" and stage == 1:
            # The literal values of the paper: its alpha is not divided by the number of channels.
            values = {"local_size": 5, "alpha": 0.0005, "beta": 0.75, "k": 2.0}
            layer("norm1", "LRN", lrn_param=values)
        layer(f"pool{stage}", "POOLING", pooling_param={"pool": 0, "kernel_size": 2, "stride": 2})
    for label in "678":
        outputs = len(weights[f"fc{label}_bias"])
        layer(f"fc{label}", "INNER_PRODUCT", inner_product_param={"num_output": outputs})
        if label != "8":
            layer(f"relu{label}", "RELU", blob)
            layer(f"drop{label}", "DROPOUT", blob)
    layer("prob", "SOFTMAX")
    return network


def small(form="layers"):
    """A network with two layers that have weights."""
    random = np.random.default_rng(17)
    network = net("small")
    network.input.append("data")
    network.input_dim.extend([10, 3, 6, 6])
    kernel, matrix = random.normal(0, 1, (4, 3, 3, 3)), random.normal(0, 1, (5, 4 * 3 * 3))
    arrays = [a.astype(np.float32) for a in (kernel, np.arange(4), matrix, np.arange(5))]
    add(network, form, "conv", "CONVOLUTION", "data", "conv", arrays[:2],
        convolution_param={"num_output": 4, "kernel_size": [3], "pad": [1]})
    add(network, form, "relu", "RELU", "conv", "conv")
    add(network, form, "pool", "POOLING", "conv", "pool", pooling_param={"kernel_size": 2, "stride": 2})
    add(network, form, "fc", "INNER_PRODUCT", "pool", "fc", arrays[2:], inner_product_param={"num_output": 5})
    return network
