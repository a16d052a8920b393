"""Dense evaluation against ONNX Runtime on the same networks with convolutions in place of their layers."""

import numpy as np
import onnx
import onnx.parser
import pytest

import fill_weights
import networks
import onnx_runtime
import small_exports
import test_torchvision
import tool

# Height and width; maps of 7x7 to 8x10 and so 1x1 to 2x4 positions.
SIZES = [(224, 224), (225, 301), (256, 341), (287, 228)]
WIDTHS = {width: width // 8 for width in (64, 128, 256, 512, 4096, 25088)}


def narrow_vgg(name, path):
    """Writes a network of Graphs with an eighth of its channels, seeded weights and its scores as an output."""
    model = onnx.parser.parse_model((tool.ROOT / f"Graphs/{name}.onnxtxt").read_text())
    graph = model.graph
    roles = fill_weights.roles(graph)
    data = graph.input[0]
    for index, value in enumerate(graph.input[1:]):
        dims = [d.dim_value for d in value.type.tensor_type.shape.dim]
        dims = [WIDTHS.get(extent, extent) for extent in dims]
        random = np.random.default_rng([1, index])
        array = fill_weights.values(dims, roles[value.name], random)
        graph.initializer.append(onnx.numpy_helper.from_array(array, value.name))
    del graph.input[:]
    graph.input.append(data)
    graph.output.insert(0, onnx.helper.make_tensor_value_info("fc8", onnx.TensorProto.FLOAT, ["N", 1000]))
    onnx.save(model, path)
    return path


def write_convolutional(source, path, kernel):
    """Writes the model with its first Gemm as a convolution of `kernel`, the others as 1x1 convolutions."""
    model = onnx.load(source)
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    renamed, nodes = {}, []
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        if node.op_type == "Flatten":
            renamed[node.output[0]] = node.input[0]
            continue
        if node.op_type == "Gemm":
            tensor = weights[node.input[1]]
            matrix = onnx.numpy_helper.to_array(tensor)
            filters = matrix.reshape(len(matrix), -1, *kernel)
            tensor.CopyFrom(onnx.numpy_helper.from_array(filters, tensor.name))
            node = onnx.helper.make_node("Conv", node.input, node.output, name=node.name)
            kernel = (1, 1)
        nodes.append(node)
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    for axis, symbol in ((2, "H"), (3, "W")):
        graph.input[0].type.tensor_type.shape.dim[axis].dim_param = symbol
    for output in graph.output:
        for symbol in ("rows", "columns"):
            output.type.tensor_type.shape.dim.add().dim_param = symbol
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def compare(model, reference, plan, inputs, folder, names):
    actual = tool.run(plan, inputs, folder, outputs=names)
    expected = onnx_runtime.outputs(reference, inputs)
    for one, other in zip(actual, expected, strict=True):
        networks.assert_close(one, other)
    return actual


@pytest.mark.parametrize("name", networks.PARAMETER_COUNTS)
def test_vgg_with_fewer_channels(name, tmp_path, tessera):
    model = narrow_vgg(name, tmp_path / "plain.onnx")
    reference = write_convolutional(model, tmp_path / "convolutional.onnx", (7, 7))
    shapes = [(1, 3, *size) for size in SIZES] + [(2, 3, 256, 256)]
    plan, own = tmp_path / "dense.plan", tmp_path / "own.plan"
    options = [word for s in shapes for word in ("--shapes", "data:" + "x".join(map(str, s)))]
    many = tessera("compile", model, "--dense", "-o", plan, *options, "--json").json
    one = tessera("compile", model, "--dense", "-o", own, "--json").json
    assert many["weight_bytes"] == one["weight_bytes"], "all sizes share their weights"
    random = np.random.default_rng(224)
    for shape in shapes:
        inputs = {"data": random.normal(0, 60, shape).astype(np.float32)}
        scores, _ = compare(model, reference, plan, inputs, tmp_path, ["fc8", "prob"])
        assert scores.shape == (shape[0], 1000, shape[2] // 32 - 6, shape[3] // 32 - 6)
        if shape[2:] == (224, 224):
            plain = tool.run(model, inputs, tmp_path, outputs=["fc8", "prob"])
            dense = tool.run(plan, inputs, tmp_path, outputs=["fc8", "prob"])
            for one_size, own_size in zip(dense, plain, strict=True):
                np.testing.assert_array_equal(one_size.reshape(own_size.shape), own_size)


@pytest.mark.parametrize("rounding", ["ceil", "floor"])
def test_poolings_round_as_asked(rounding, tmp_path, tessera):
    """35x46 pixels: maps of 17x23 or 18x23, then 8x11 or 9x12. The model itself may say the opposite."""
    other = onnx.load(tool.ROOT / "Graphs/digits.onnx")
    wanted = onnx.ModelProto()
    wanted.CopyFrom(other)
    for model, is_up in [(other, rounding == "floor"), (wanted, rounding == "ceil")]:
        for node in model.graph.node:
            if node.op_type == "MaxPool":
                node.attribute.append(onnx.helper.make_attribute("ceil_mode", int(is_up)))
    onnx.save(other, tmp_path / "other.onnx")
    onnx.save(wanted, tmp_path / "wanted.onnx")
    reference = write_convolutional(tmp_path / "wanted.onnx", tmp_path / "convolutional.onnx", (7, 7))
    inputs = {"image": np.random.default_rng(35).uniform(0, 255, (1, 1, 35, 46)).astype(np.float32)}
    (expected,) = onnx_runtime.outputs(reference, inputs)
    options = ["--dense", "--pool-rounding", rounding]
    (actual,) = tool.run(tmp_path / "other.onnx", inputs, tmp_path, *options, outputs=["probabilities"])
    assert expected.shape[2:] == ((3, 6) if rounding == "ceil" else (2, 5))
    networks.assert_close(actual, expected)


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (1, 1, 29, 61), (3, 1, 44, 30), (1, 1, 100, 99)])
def test_digits(shape, tmp_path, tessera):
    model = tool.ROOT / "Graphs/digits.onnx"
    reference = write_convolutional(model, tmp_path / "convolutional.onnx", (7, 7))
    inputs = {"image": np.random.default_rng(28).uniform(0, 255, shape).astype(np.float32)}
    (expected,) = onnx_runtime.outputs(reference, inputs)
    (actual,) = tool.run(model, inputs, tmp_path, "--dense", outputs=["probabilities"])
    networks.assert_close(actual, expected)


@pytest.mark.parametrize(
    "name",
    [
        "vgg11-dynamo-dynamic-unoptimized",
        "vgg11-torchscript-fixed",
        "vgg13_bn-torchscript-dynamic",
        "vgg16_bn-dynamo-fixed",
    ],
)
def test_torchvision_at_the_own_size(name, tmp_path, tessera):
    """The exporters' adaptive pooling is the identity there, and fixed for 224x224."""
    fixture = tool.ROOT / "Tests/Fixtures/torchvision" / f"{name}.onnx"
    model = onnx.load(fixture, load_external_data=False)
    small_exports.narrow(model)
    onnx.save(model, tmp_path / "graph.onnx")
    network = tmp_path / "network.onnx"
    fill_weights.fill(tmp_path / "graph.onnx", network)
    source, result = test_torchvision.input_and_output(fixture)
    image = test_torchvision.image(1)
    (plain,) = tool.run(network, {source: image}, tmp_path, outputs=[result])
    (dense,) = tool.run(network, {source: image}, tmp_path, "--dense", outputs=[result])
    np.testing.assert_array_equal(dense.reshape(plain.shape), plain)
    wide = {source: np.concatenate([image, image], axis=3)}
    (scores,) = tool.run(network, wide, tmp_path, "--dense", outputs=[result])
    assert scores.shape == (1, 1000, 1, 8) and np.isfinite(scores).all()


@pytest.mark.parametrize("size", [(27, 28), (28, 27), (1, 500)])
def test_images_that_are_too_small(size, tmp_path, tessera):
    inputs = tmp_path / "small.npy"
    np.save(inputs, np.zeros((1, 1, *size), np.float32))
    model = tool.ROOT / "Graphs/digits.onnx"
    result = tessera("run", model, "--dense", "--input", f"image={inputs}", exit=1)
    assert f"expected images of at least 28x28, the network's own size, found {size[0]}x{size[1]}" in result.stderr
    shape = f"image:1x1x{size[0]}x{size[1]}"
    plan = tmp_path / "small.plan"
    tessera("compile", model, "--dense", "-o", plan, "--shapes", shape, exit=2)
    assert not plan.exists()


@pytest.mark.parametrize("extents", ["8,8", "H,W"])
def test_a_network_without_a_classifier(tmp_path, tessera, extents):
    """It takes images of any size, whether its own size is open or not."""
    model = tmp_path / "features.onnxtxt"
    model.write_text(
        f'<ir_version: 10, opset_import: ["" : 21]> g (float[1,3,{extents}] x) => (float[1,3,{extents}] y) '
        "{ y = Relu (x) }"
    )
    for size in [(8, 8), (3, 11)]:
        image = np.random.default_rng(1).standard_normal((1, 3, *size)).astype(np.float32)
        (actual,) = tool.run(model, {"x": image}, tmp_path, "--dense", outputs=["y"])
        np.testing.assert_array_equal(actual, np.maximum(image, 0))
    tessera("compile", model, "--dense", "-o", tmp_path / "m.plan", "--shapes", "x:1x3x3x11")
    (tmp_path / "two.onnxtxt").write_text(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[1,3,8,8] a, float[1,3,8,8] b) => (float[1,3,8,8] y) '
        "{ y = Add (a, b) }")
    result = tessera("compile", tmp_path / "two.onnxtxt", "--dense", "-o", tmp_path / "m.plan", exit=3)
    assert "dense evaluation needs one image input [N, C, H, W] that the outputs depend on, found 'a', 'b'" in result.stderr


def test_dump_shows_the_convolutions(tessera):
    model = tool.ROOT / "Graphs/digits.onnx"
    text = tessera("dump", model, "--dense", "--print-after", "convolve-classifier").stdout
    assert "float[N,1,H,W] image" in text
    assert text.count("tessera.WindowGemm") == 2 and "kernel_shape = [7, 7], trans_b = 1" in text
    tessera("dump", model, "--dense", exit=2)


def test_a_plan_takes_no_dense(tmp_path, tessera):
    plan = tmp_path / "digits.plan"
    tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", plan)
    assert "'--dense' is for models" in tessera("bench", plan, "--dense", exit=2).stderr
