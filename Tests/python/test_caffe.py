"""Caffe's files: networks, weights, and what each layer computes."""

import re

import numpy as np
import onnx
import pytest
import safetensors.numpy
from PIL import Image

import caffe_writer
import networks
import tool

FORMS = ["layers", "layer"]
# The extents of the six networks, and those of the narrow ones.
NARROW = {64: 8, 128: 8, 256: 16, 512: 16, 25088: 16 * 49, 4096: 24, 1000: 10}


def narrow_graph(name, folder):
    """The graph of Graphs with fewer channels; returns its path and seeded weights."""
    source = (tool.ROOT / "Graphs" / f"{name}.onnxtxt").read_text()

    def narrow(match):
        return re.sub(r"\d+", lambda n: str(NARROW.get(int(n[0]), int(n[0]))), match[0])

    text = re.sub(r"float\[[^\]]*\]", narrow, source)
    text = re.sub(r"=> \((float\[N,10\]) prob\)", r"=> (\1 fc8, \1 prob)", text)
    path = folder / f"{name}.onnxtxt"
    path.write_text(text)
    random = np.random.default_rng(3)
    weights = {}
    for extents, label in re.findall(r"float\[([\d,]*)\] (\w+_(?:weight|bias))", text):
        shape = [int(n) for n in extents.split(",")]
        deviation = np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.1
        weights[label] = random.normal(0, deviation, shape).astype(np.float32)
    return path, weights


def image():
    return np.random.default_rng(5).normal(0, 1, (1, 3, 224, 224)).astype(np.float32)


def assert_same_bits(actual, expected):
    for a, e in zip(actual, expected, strict=True):
        assert a.dtype == e.dtype and a.shape == e.shape
        assert np.isfinite(a).all() and len(np.unique(a)) > 1
        np.testing.assert_array_equal(a.view(np.uint32), e.view(np.uint32))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", caffe_writer.CONVOLUTIONS)
def test_the_six_networks(name, form, tmp_path):
    """The same bits as by ONNX: from both files, and from the graph with Caffe's weights."""
    graph, weights = narrow_graph(name, tmp_path)
    safetensors.numpy.save_file(weights, tmp_path / "w.safetensors")
    prototxt, caffemodel = caffe_writer.write(caffe_writer.vgg(name, form, weights), tmp_path)
    inputs, outputs = {"data": image()}, ["fc8", "prob"]

    def run(program, weights, outputs):
        return tool.run(program, inputs, tmp_path, "--weights", weights, outputs=outputs)

    expected = run(graph, tmp_path / "w.safetensors", outputs)
    assert_same_bits(run(graph, caffemodel, outputs), expected)
    assert_same_bits(run(prototxt, caffemodel, ["prob"]), expected[1:])
    assert_same_bits(run(prototxt, tmp_path / "w.safetensors", ["prob"]), expected[1:])


@pytest.mark.parametrize("size", [(224, 224), (230, 257)])
def test_dense_evaluation_rounds_poolings_up(size, tmp_path):
    """As by ONNX with --pool-rounding ceil: 230x257 gives maps of 8x9, where floor gives 7x8."""
    graph, weights = narrow_graph("vgg-a", tmp_path)
    safetensors.numpy.save_file(weights, tmp_path / "w.safetensors")
    prototxt, caffemodel = caffe_writer.write(caffe_writer.vgg("vgg-a", "layer", weights), tmp_path)
    inputs = {"data": np.random.default_rng(5).normal(0, 1, (1, 3, *size)).astype(np.float32)}
    (expected,) = tool.run(
        graph, inputs, tmp_path, "--dense", "--pool-rounding", "ceil", "--weights", tmp_path / "w.safetensors",
        outputs=["prob"])
    (actual,) = tool.run(prototxt, inputs, tmp_path, "--dense", "--weights", caffemodel, outputs=["prob"])
    assert actual.shape[2:] == ((1, 1) if size == (224, 224) else (2, 3))
    assert_same_bits([actual], [expected])


def test_padded_poolings_round_up_at_every_size(tmp_path):
    """3x3 with stride 2 and padding 1: 9x9 pixels give 5x5, 10x12 give 6x7, in Caffe's rounding."""
    network = caffe_writer.net()
    network.input.append("x")
    network.input_shape.add().dim.extend([1, 3, 9, 9])
    window = {"kernel_size": 3, "stride": 2, "pad": 1}
    caffe_writer.add(network, "layer", "pool", "POOLING", "x", "p", pooling_param=window)
    caffe_writer.add(network, "layer", "fc", "INNER_PRODUCT", "p", "y", inner_product_param={"num_output": 2})
    prototxt, _ = caffe_writer.write(network, tmp_path)
    random = np.random.default_rng(7)
    weights = random.normal(0, 1, (2, 75)).astype(np.float32)
    safetensors.numpy.save_file({"fc_weight": weights, "fc_bias": np.zeros(2, np.float32)}, tmp_path / "w.safetensors")
    x = random.normal(0, 1, (1, 3, 10, 12)).astype(np.float32)
    (actual,) = tool.run(
        prototxt, {"x": x}, tmp_path, "--dense", "--weights", tmp_path / "w.safetensors", outputs=["y"])
    maps = pooled(x, 0, (3, 3), (2, 2), (1, 1), False)
    assert maps.shape == (1, 3, 6, 7)
    kernel = weights.reshape(2, 3, 5, 5)
    expected = [[[(maps[0, :, i:i + 5, j:j + 5] * k).sum() for j in range(3)] for i in range(2)] for k in kernel]
    np.testing.assert_allclose(actual[0], expected, rtol=1e-4, atol=1e-4)


def test_full_size(tmp_path, tessera):
    """VGG-16: the weights stay in the mapped file."""
    folder = tmp_path / "onnx"
    folder.mkdir()
    with networks.bound("vgg-d", folder) as bound:
        model = onnx.load(bound.model)
        weights = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
        del model
        prototxt, caffemodel = caffe_writer.write(caffe_writer.vgg("vgg-d", "layers", weights), tmp_path)
        del weights
        arguments = ["--weights", caffemodel]
        # Of a copy of its 553 MB there would be no room.
        report = tessera("inspect", prototxt, *arguments, "--json", address_space=1 << 30).json
        assert report["parameters"] == networks.PARAMETER_COUNTS["vgg-d"]
        inputs = bound.inputs
        expected = tool.run(bound.model, inputs, tmp_path, outputs=["fc8", "prob"])
        assert_same_bits(tool.run(bound.graph, inputs, tmp_path, *arguments, outputs=["fc8"]), expected[:1])
        actual = tool.run(prototxt, inputs, tmp_path, *arguments, outputs=["prob"])
        np.testing.assert_array_equal(actual[0].view(np.uint32), expected[1].view(np.uint32))
        plan = tmp_path / "net.plan"
        tessera("compile", prototxt, *arguments, "-o", plan)
        (planned,) = tool.run(plan, inputs, tmp_path, outputs=["prob"])
        np.testing.assert_array_equal(planned, actual[0])


def pooled(x, method, kernel, stride, pad, floor):
    """What Caffe's pooling_layer.cpp computes, in float64; None where it has no such output."""
    size = x.shape[2:]
    room = [size[i] + 2 * pad[i] - kernel[i] for i in range(2)]
    counts = [int((np.floor if floor else np.ceil)(room[i] / stride[i])) + 1 for i in range(2)]
    if any(pad):
        counts = [c - ((c - 1) * stride[i] >= size[i] + pad[i]) for i, c in enumerate(counts)]
    if min(counts) < 1:
        return None
    result = np.empty((*x.shape[:2], *counts))
    for row in range(counts[0]):
        for column in range(counts[1]):
            start = [p * stride[i] - pad[i] for i, p in enumerate((row, column))]
            end = [min(start[i] + kernel[i], size[i] + pad[i]) for i in range(2)]
            count = (end[0] - start[0]) * (end[1] - start[1])
            start, end = np.maximum(start, 0), np.minimum(end, size)
            window = x[:, :, start[0] : end[0], start[1] : end[1]].astype(np.float64)
            if min(window.shape) == 0:
                return None
            total = window.sum((2, 3)) / count
            result[:, :, row, column] = window.max((2, 3)) if method == 0 else total
    return result


POOLINGS = [
    (size, kernel, stride, pad)
    for size in [(6, 9), (7, 7), (3, 2)]
    for kernel, stride, pad in [
        ((2, 2), (2, 2), (0, 0)),
        ((3, 3), (2, 2), (0, 0)),
        ((3, 3), (2, 2), (1, 1)),
        ((2, 2), (2, 2), (1, 1)),
        ((3, 2), (3, 1), (1, 0)),
        ((3, 3), (1, 1), (2, 2)),
        ((5, 4), (3, 4), (2, 0)),
        ((1, 1), (2, 3), (0, 0)),
    ]
]


@pytest.mark.parametrize("method", [0, 1])
@pytest.mark.parametrize("kernel, stride, pad", [((2, 2), (2, 2), (0, 0)), ((3, 5), (3, 5), (0, 1))])
def test_windows_larger_than_the_declared_map(method, kernel, stride, pad, tmp_path):
    """Three poolings shrink the declared image to one pixel on the way; a larger one meets whole windows."""
    network = caffe_writer.net()
    network.input.append("x")
    network.input_shape.add().dim.extend([1, 2, 3, 3])
    window = {"pool": method}
    for field, (rows, columns) in {"kernel": kernel, "stride": stride, "pad": pad}.items():
        window |= {f"{field}_h": rows, f"{field}_w": columns}
    for index in range(3):
        caffe_writer.add(
            network, "layer", f"p{index}", "POOLING", f"p{index - 1}" if index else "x", f"p{index}",
            pooling_param=window)
    caffe_writer.add(network, "layer", "fc", "INNER_PRODUCT", "p2", "fc", inner_product_param={"num_output": 2})
    prototxt, _ = caffe_writer.write(network, tmp_path)
    weights = {"fc_weight": np.eye(2, dtype=np.float32), "fc_bias": np.zeros(2, np.float32)}
    safetensors.numpy.save_file(weights, tmp_path / "w.safetensors")
    for size in [(3, 3), (16, 16), (17, 23), (40, 31)]:
        x = np.random.default_rng(7).normal(0, 1, (1, 2, *size)).astype(np.float32)
        expected = x
        for _ in range(3):
            expected = pooled(expected, method, kernel, stride, pad, False)
        (actual,) = tool.run(
            prototxt, {"x": x}, tmp_path, "--dense", "--weights", tmp_path / "w.safetensors", outputs=["fc"])
        assert actual.shape == expected.shape
        # Each of three averages of n elements rounds n + 1 times.
        tolerance = 0 if method == 0 else 3 * (np.prod(kernel) + 1) * 2.0**-24 * np.abs(x).max()
        np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("method", ["MAX", "AVE"])
def test_global_pooling_has_no_size_to_be_dense_at(method, tmp_path):
    prototxt, _ = caffe_writer.write(
        caffe_writer.parse(
            'input: "x" input_shape { dim: 1 dim: 3 dim: 5 dim: 4 } '
            f'layer {{ name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param {{ pool: {method} '
            'global_pooling: true } } layer { name: "f" type: "InnerProduct" bottom: "p" top: "f" '
            "inner_product_param { num_output: 2 } }"),
        tmp_path)
    arguments = ["compile", prototxt, "--weights", "random:1", "--dense", "-o", tmp_path / "n.plan"]
    result = tool.tessera(*arguments, exit=3)
    assert "layer 'f' (InnerProduct)" in result.stderr and "whatever the image's size" in result.stderr


@pytest.mark.parametrize("floor", [False, True])
@pytest.mark.parametrize("method", [0, 1])
def test_pooling_rounds_and_divides_as_caffe_does(method, floor, tmp_path):
    computed = 0
    for size, kernel, stride, pad in POOLINGS:
        network = caffe_writer.net()
        network.input.append("x")
        network.input_shape.add().dim.extend([1, 3, *size])
        values = {"pool": method, "round_mode": int(floor)}
        for field, (rows, columns) in {"kernel": kernel, "stride": stride, "pad": pad}.items():
            values |= {f"{field}_h": rows, f"{field}_w": columns}
        caffe_writer.add(network, "layer", "pool", "POOLING", "x", "y", pooling_param=values)
        prototxt, _ = caffe_writer.write(network, tmp_path)
        x = np.random.default_rng(7).normal(0, 1, (2, 3, *size)).astype(np.float32)
        expected = pooled(x, method, kernel, stride, pad, floor)
        case = f"{size}, kernel {kernel}, stride {stride}, pad {pad}"
        if expected is None:
            np.save(tmp_path / "x.npy", x)
            result = tool.call("run", prototxt, "--input", f"x={tmp_path}/x.npy")
            assert result.exit in (1, 3), f"{case}: {result}"
            assert "layer 'pool'" in result.stderr
            continue
        (actual,) = tool.run(prototxt, {"x": x}, tmp_path, outputs=["y"])
        assert actual.shape == expected.shape, case
        # A sum of n terms of at most m, then a division: n + 1 roundings of at most n m.
        count = kernel[0] * kernel[1]
        tolerance = 0 if method == 0 else (count + 1) * 2.0**-24 * np.abs(x).max()
        np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance, err_msg=case)
        computed += 1
    assert computed > len(POOLINGS) // 2


@pytest.mark.parametrize("method", [0, 1])
def test_global_pooling(method, tmp_path):
    network = caffe_writer.parse(
        'input: "x" input_shape { dim: 1 dim: 3 dim: 5 dim: 4 } '
        'layer { name: "p" type: "Pooling" bottom: "x" top: "y" '
        f"pooling_param {{ pool: {['MAX', 'AVE'][method]} global_pooling: true }} }}"
    )
    prototxt, _ = caffe_writer.write(network, tmp_path)
    x = np.random.default_rng(7).normal(0, 1, (1, 3, 5, 4)).astype(np.float32)
    (actual,) = tool.run(prototxt, {"x": x}, tmp_path, outputs=["y"])
    wide = x.astype(np.float64)
    expected = (wide.mean if method else wide.max)((2, 3), keepdims=True)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=21 * 2.0**-24 * np.abs(x).max())


@pytest.mark.parametrize("form", FORMS)
def test_the_other_layers(form, tmp_path):
    """Small integers, whose sums and products float32 holds: equal to the last bit."""
    random = np.random.default_rng(11)

    def numbers(*shape):
        return random.integers(-4, 5, shape).astype(np.float32)

    network = caffe_writer.net()
    network.input.append("x")
    network.input_dim.extend([2, 4, 3, 3])
    kernel, bias = numbers(4, 2, 1, 1), numbers(4)
    matrix, columns = numbers(5, 36), numbers(36, 3)
    add = caffe_writer.add
    add(network, form, "split", "SPLIT", "x", ["a", "b"])
    window = {"num_output": 4, "kernel_size": [1], "group": 2}
    add(network, form, "conv", "CONVOLUTION", "a", "conv", [kernel, bias], convolution_param=window)
    add(network, form, "relu", "RELU", "conv", "conv")
    add(network, form, "sum", "ELTWISE", ["conv", "b", "x"], "sum")
    add(network, form, "product", "ELTWISE", ["sum", "b"], "product", eltwise_param={"operation": 0})
    add(network, form, "concat", "CONCAT", ["sum", "product"], "concat", concat_param={"axis": -1})
    add(network, form, "flat", "FLATTEN", "sum", "flat")
    options = {"num_output": 5, "bias_term": False}
    add(network, form, "fc", "INNER_PRODUCT", "flat", "fc", [matrix], inner_product_param=options)
    options = {"num_output": 3, "bias_term": False, "transpose": True}
    add(network, form, "fct", "INNER_PRODUCT", "sum", "fct", [columns], inner_product_param=options)
    prototxt, caffemodel = caffe_writer.write(network, tmp_path)

    x = numbers(2, 4, 3, 3)
    outputs = ["concat", "fc", "fct"]
    actual = tool.run(prototxt, {"x": x}, tmp_path, "--weights", caffemodel, outputs=outputs)
    groups = [slice(0, 2), slice(2, 4)]
    halves = [np.einsum("nchw,oc->nohw", x[:, g], kernel[g, :, 0, 0]) for g in groups]
    conv = np.maximum(np.concatenate(halves, 1) + bias[:, None, None], 0)
    total = conv + x + x
    flat = total.reshape(2, -1)
    expected = [np.concatenate([total, total * x], 3), flat @ matrix.T, flat @ columns]
    for a, e in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, e)


def test_inner_product_and_flatten_along_axes(tmp_path):
    random = np.random.default_rng(13)
    x = random.integers(-4, 5, (2, 3, 4, 5)).astype(np.float32)
    weights, bias = (random.integers(-4, 5, s).astype(np.float32) for s in ((6, 20), (6,)))
    network = caffe_writer.net()
    network.layer.add(name="in", type="Input", top=["x"]).input_param.shape.add().dim.extend([1, 3, 4, 5])
    options = {"num_output": 6, "axis": 2}
    add = caffe_writer.add
    add(network, "layer", "fc", "INNER_PRODUCT", "x", "fc", [weights, bias], inner_product_param=options)
    add(network, "layer", "flat", "FLATTEN", "x", "flat", flatten_param={"axis": 1, "end_axis": 2})
    prototxt, caffemodel = caffe_writer.write(network, tmp_path)
    actual = tool.run(prototxt, {"x": x}, tmp_path, "--weights", caffemodel, outputs=["fc", "flat"])
    np.testing.assert_array_equal(actual[0], x.reshape(2, 3, 20) @ weights.T + bias)
    np.testing.assert_array_equal(actual[1], x.reshape(2, 12, 5))


def layer_of(network, name):
    return next(layer for layer in [*network.layers, *network.layer] if layer.name == name)


def test_forms_of_weights(tmp_path):
    """Old and new layers, doubles, pieces, elements one by one and unknown fields: the same output."""
    prototxt, _ = caffe_writer.write(caffe_writer.small(), tmp_path)
    x = {"data": np.random.default_rng(19).normal(0, 1, (2, 3, 6, 6)).astype(np.float32)}
    files = {"old": caffe_writer.small(), "new": caffe_writer.small("layer")}
    # Float32 values as doubles are the same numbers.
    doubles = caffe_writer.small("layer")
    for layer in doubles.layer:
        for blob in layer.blobs:
            blob.double_data.extend(blob.data)
            blob.data[:] = [7] * len(blob.data)
    files["doubles"] = doubles
    files = {name: network.SerializeToString() for name, network in files.items()}

    def field(number, content):
        return bytes([number << 3 | 2]) + caffe_writer.varint(len(content)) + content

    def rewritten(encode):
        """The old form with the elements of blobs encoded otherwise."""
        result = b""
        for layer in caffe_writer.small().layers:
            blobs = b""
            for blob in layer.blobs:
                data = np.array(blob.data, np.float32)
                blob.ClearField("data")
                blobs += field(6, blob.SerializeToString() + encode(data))
            layer.ClearField("blobs")
            result += field(2, layer.SerializeToString() + blobs)
        return result

    files["single"] = rewritten(lambda a: b"".join(b"\x2d" + v.tobytes() for v in a))
    files["pieces"] = rewritten(lambda a: field(5, a[:3].tobytes()) + field(5, a[3:].tobytes()))
    # A field 6 with the gradients, and one that nobody knows.
    files["unknown fields"] = rewritten(
        lambda a: field(6, a.tobytes()) + field(5, a.tobytes()) + b"\xf8\x3f\x05"
    )
    results = {}
    for name, data in files.items():
        path = tmp_path / f"{name}.caffemodel"
        path.write_bytes(data)
        (results[name],) = tool.run(prototxt, x, tmp_path, "--weights", path, outputs=["fc"])
    for result in results.values():
        np.testing.assert_array_equal(result, results["old"])


@pytest.mark.parametrize(
    "change, messages",
    [
        (lambda n: layer_of(n, "conv").ClearField("blobs"), ["layer 'conv': the layer has no blobs"]),
        (
            lambda n: [setattr(layer, "name", layer.name + "x") for layer in n.layers],
            [
                "layer 'conv': the layer has no blobs in the file",
                "layer 'fc': the layer has no blobs in the file",
                "layer 'convx': the network has no such layer",
                "layer 'fcx': the network has no such layer",
            ],
        ),
        (lambda n: layer_of(n, "fc").blobs.pop(), ["layer 'fc': expected 2 blobs, found 1"]),
        (
            lambda n: setattr(layer_of(n, "conv").blobs[0], "num", 8),
            ["layer 'conv': blob 0: the shape 8x3x3x3 has 216 elements, found 108"],
        ),
        (
            lambda n: [setattr(layer_of(n, "conv").blobs[0], f, v) for f, v in (("num", 3), ("channels", 4))],
            ["layer 'conv': blob 0: expected float[4, 3, 3, 3], found shape 3x4x3x3"],
        ),
        (
            lambda n: n.layers.add().CopyFrom(layer_of(n, "fc")),
            ["layer 'fc': the layer has blobs twice"],
        ),
    ],
)
def test_mismatches_are_errors(change, messages, tmp_path, tessera):
    network = caffe_writer.small()
    prototxt, _ = caffe_writer.write(network, tmp_path)
    change(network)
    _, caffemodel = caffe_writer.write(network, tmp_path, "changed")
    plan = tmp_path / "net.plan"
    result = tessera("compile", prototxt, "--weights", caffemodel, "-o", plan, exit=1)
    lines = result.stderr.splitlines()
    assert len(lines) == len(messages), result
    for line, message in zip(lines, messages):
        assert line.startswith(f"tessera: {caffemodel}: {message}"), line
    assert not plan.exists()


def test_further_layers_of_the_file_are_warnings(tmp_path, tessera):
    network = caffe_writer.small()
    prototxt, _ = caffe_writer.write(network, tmp_path)
    caffe_writer.add(network, "layers", "loss3", "INNER_PRODUCT", "fc", "l", [np.ones((2, 5), np.float32)])
    _, caffemodel = caffe_writer.write(network, tmp_path, "more")
    report = tessera("compile", prototxt, "--weights", caffemodel, "-o", tmp_path / "n.plan", "--json").json
    assert report["warnings"] == [f"{caffemodel}: layer 'loss3': the network has no such layer"]


def test_each_file_needs_the_other(tmp_path, tessera):
    prototxt, caffemodel = caffe_writer.write(caffe_writer.small(), tmp_path)
    plan = tmp_path / "n.plan"
    assert "give the .prototxt" in tessera("compile", caffemodel, "-o", plan, exit=1).stderr
    assert "--weights binds graph inputs" in tessera("compile", prototxt, "-o", plan).stderr
    tessera("compile", prototxt, "--weights", "random:1", "-o", plan)


@pytest.mark.parametrize("form", FORMS)
def test_all_unsupported_layers_are_listed(form, tmp_path, tessera):
    network = caffe_writer.small(form)
    caffe_writer.add(network, form, "s", "SIGMOID", "fc", "s")
    caffe_writer.add(network, form, "d", "DROPOUT", "s", "s")
    caffe_writer.add(network, form, "t", "TANH", "s", "t")
    prototxt, _ = caffe_writer.write(network, tmp_path)
    lines = tessera("inspect", prototxt, exit=3).stderr.splitlines()
    types = ["SIGMOID", "TANH"] if form == "layers" else ["Sigmoid", "TanH"]
    assert lines == [
        f"tessera: {prototxt}: layers of the type '{kind}' are not supported: layer '{name}'"
        for name, kind in zip("st", types)
    ]


def test_images_are_bgr(tmp_path, tessera):
    prototxt, caffemodel = caffe_writer.write(caffe_writer.small(), tmp_path)
    plan = tmp_path / "n.plan"
    mean = ["--mean", "103.939,116.779,123.68"]
    for arguments, color in [([], "bgr"), (mean, "bgr"), (["--color", "rgb"], "rgb")]:
        tessera("compile", prototxt, "--weights", caffemodel, "-o", plan, *arguments)
        assert tessera("inspect", plan, "--json").json["images"]["color"] == color
    # A converted model remembers it.
    tessera("convert", prototxt, "--weights", caffemodel, "-o", tmp_path / "n.onnx")
    tessera("compile", tmp_path / "n.onnx", "-o", plan)
    assert tessera("inspect", plan, "--json").json["images"]["color"] == "bgr"


def test_pixels_arrive_in_bgr(tmp_path):
    pixels = np.random.default_rng(23).integers(0, 256, (4, 4, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    network = caffe_writer.parse(
        'input: "x" input_shape { dim: [1, 3, 4, 4] } layer { name: "r" type: "ReLU" bottom: "x" top: "y" }'
    )
    prototxt, _ = caffe_writer.write(network, tmp_path)
    image = ["--input", f"x={tmp_path}/x.png", "--output-dir", tmp_path]
    for arguments, order in [([], [2, 1, 0]), (["--color", "rgb"], [0, 1, 2])]:
        tool.tessera("run", prototxt, *image, *arguments)
        expected = pixels[:, :, order].transpose(2, 0, 1)[None].astype(np.float32)
        np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), expected)


def test_commands_take_networks(tmp_path, tessera):
    prototxt, caffemodel = caffe_writer.write(caffe_writer.small("layer"), tmp_path)
    weights = ["--weights", caffemodel]
    assert tessera("inspect", prototxt, *weights, "--json").json["parameters"] == 108 + 4 + 180 + 5
    assert "fc = Gemm" in tessera("dump", prototxt, *weights).stdout
    assert tessera("bench", prototxt, *weights, "--iterations", 1, "--json").json["batch"] == 1
    tessera("convert", prototxt, *weights, "-o", tmp_path / "n.onnx")
    onnx.checker.check_model(onnx.load(tmp_path / "n.onnx"), full_check=True)
    x = {"data": np.random.default_rng(1).normal(0, 1, (3, 3, 6, 6)).astype(np.float32)}
    (direct,) = tool.run(prototxt, x, tmp_path, *weights, outputs=["fc"])
    (converted,) = tool.run(tmp_path / "n.onnx", x, tmp_path, outputs=["fc"])
    np.testing.assert_array_equal(direct, converted)


def test_protobuf_reads_what_the_published_files_say():
    """The text of the published files, by protobuf's own parser: the declarations hold."""
    network = caffe_writer.parse(
        'name: "VGG_ILSVRC_16_layers" input: "data" input_dim: 10 input_dim: 3 input_dim: 224 input_dim: 224 '
        'layers { bottom: "data" top: "conv1_1" name: "conv1_1" type: CONVOLUTION '
        "convolution_param { num_output: 64 pad: 1 kernel_size: 3 } }"
    )
    data = network.SerializeToString()
    assert b"\x28\x04" in data and data.startswith(b"\x0a\x14VGG_ILSVRC_16_layers\x12")
