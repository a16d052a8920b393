"""`tessera gradient`: whole graphs, the training form, and what is refused."""

import numpy as np
import onnx
import pytest

import float64_reference
import tool
from gradient_reference import BatchNormalization, central_differences
from tessera_cli import DIGITS, run


def write(path, graph, opset=17):
    path.write_text(f'<ir_version: 8, opset_import: ["" : {opset}]>\n{graph}\n')
    return path


def gradients(folder, graph, inputs, names, *arguments, opset=17, outputs=()):
    model = write(folder / "m.onnxtxt", graph, opset)
    run("gradient", model, "--with-respect-to", ",".join(names), *arguments, "-o", folder / "g.onnx")
    wanted = [*outputs, *(f"{name}.gradient" for name in names)]
    return tool.run(folder / "g.onnx", inputs, folder, outputs=wanted)


def floats(random, *shape):
    return random.normal(size=shape).astype(np.float32)


def test_value_with_several_users(tmp_path):
    """Also one that is read twice by a node, that is an output, and the gradient of a value between."""
    random = np.random.default_rng(1)
    x = floats(random, 3, 5)
    graph = """g (float[3, 5] x) => (float[3, 5] y, float[3, 5] s) {
      s = Sigmoid (x) m = Mul (s, s) e = Exp (x) a = Add (m, e) y = Add (a, x) }"""
    dx, ds = gradients(tmp_path, graph, {"x": x}, ["x", "s"], "--of", "y")
    s = 1 / (1 + np.exp(-x.astype(np.float64)))
    np.testing.assert_allclose(ds, 2 * s, rtol=1e-5)
    np.testing.assert_allclose(dx, 2 * s * s * (1 - s) + np.exp(x) + 1, rtol=1e-5)


def test_loss_that_is_asked_for(tmp_path):
    """The gradient of a value with respect to itself is 1; of what does not depend on it 0."""
    graph = """g (float[2] x, float[3] z) => (float[2] y, float[3] w) { y = Neg (x) w = Neg (z) }"""
    inputs = {"x": np.ones(2, np.float32), "z": np.ones(3, np.float32)}
    dy, dz, dx = gradients(tmp_path, graph, inputs, ["y", "z", "x"], "--of", "y")
    np.testing.assert_array_equal(dy, [1, 1])
    np.testing.assert_array_equal(dz, [0, 0, 0])
    np.testing.assert_array_equal(dx, [-1, -1])


def test_steering_values_of_constant_nodes(tmp_path):
    graph = """g (float[4] x) => (float[4] y) {
      low = Constant <value_float = -1.0> () high = Constant <value_float = 2.0> ()
      c = Clip (x, low, high) three = Constant <value_float = 3.0> () y = Pow (c, three) }"""
    x = np.array([-2, -0.5, 1.5, 3], np.float32)
    (dx,) = gradients(tmp_path, graph, {"x": x}, ["x"])
    np.testing.assert_allclose(dx, [0, 3 * 0.25, 3 * 2.25, 0], rtol=1e-6)


def test_constant_that_is_transposed(tmp_path):
    """What depends on a weight is not folded away."""
    graph = """g (float[2, 3] x) => (float[2, 2] y) <float[2, 3] w = {1, 2, 3, 4, 5, 6}> {
      t = Transpose <perm = [1, 0]> (w) y = MatMul (x, t) }"""
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    (dw,) = gradients(tmp_path, graph, {"x": x}, ["w"])
    np.testing.assert_array_equal(dw, [x.sum(axis=0)] * 2)


def test_choices_where_the_slope_jumps(tmp_path):
    """As PyTorch: 0 at the corners of ReLU and of Clip, alpha at that of LeakyRelu."""
    x = {"x": np.array([-1, 0, 1, 6, 7], np.float32)}
    for function, expected in [
        ("Relu (x)", [0, 0, 1, 1, 1]),
        ("LeakyRelu <alpha = 0.5> (x)", [0.5, 0.5, 1, 1, 1]),
        ("Clip <min = 0.0, max = 6.0> (x)", [0, 0, 1, 0, 0]),
        ("Abs (x)", [-1, 0, 1, 1, 1]),
    ]:
        graph = f"g (float[5] x) => (float[5] y) {{ y = {function} }}"
        (dx,) = gradients(tmp_path, graph, x, ["x"], opset=10)
        np.testing.assert_array_equal(dx, expected)


def test_other_element_types(tmp_path):
    graph = """g (double[4] x) => (double[4] y) { h = Cast <to = 1> (x) r = Exp (h) y = Cast <to = 11> (r) }"""
    x = np.array([-1, 0, 0.5, 1])
    (dx,) = gradients(tmp_path, graph, {"x": x}, ["x"])
    assert dx.dtype == np.float64
    np.testing.assert_allclose(dx, np.exp(x), rtol=1e-6)


def test_batch_and_shapes(tmp_path):
    graph = "g (float[N, 3] x) => (float[N, 3] y) { y = Exp (x) }"
    one = np.zeros((1, 3), np.float32)
    (dx,) = gradients(tmp_path, graph, {"x": one}, ["x"])
    assert dx.shape == (1, 3)
    (dx,) = gradients(tmp_path, graph, {"x": np.zeros((4, 3), np.float32)}, ["x"], "--shapes", "x:4x3")
    assert dx.shape == (4, 3)


class Classifier:
    """Fully connected, batch normalisation, ReLU, dropout, fully connected, in Float64."""

    graph = """g (float[6, 7] x, float[7, 5] w, float[5] b, float[5] scale, float[5] bias, float[5] mean,
        float[5] variance, float[5, 4] v) => (float[6, 4] y) {
      h = Gemm (x, w, b) n = BatchNormalization <epsilon = 0.01, momentum = 0.75> (h, scale, bias, mean, variance)
      r = Relu (n) d = Dropout <ratio = 0.25> (r) s = MatMul (d, v) y = Softmax <axis = 1> (s) }"""
    names = ["x", "w", "b", "scale", "bias", "v", "mask", "targets"]

    @staticmethod
    def scores(x, w, b, scale, bias, v, mask, targets):
        h = x @ w + b
        n = BatchNormalization.forward(h, scale, bias, h.mean(axis=0), h.var(axis=0), 0.01)
        return h, np.maximum(n, 0) * mask @ v

    @classmethod
    def loss(cls, *inputs):
        _, s = cls.scores(*inputs)
        logarithms = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        return -(inputs[-1] * logarithms).sum()


def test_training_form(tmp_path):
    random = np.random.default_rng(2)
    x, mask = floats(random, 6, 7), (random.random((6, 5)) > 0.25).astype(np.float32) / np.float32(0.75)
    targets = random.random((6, 4)).astype(np.float32)
    weights = {
        "w": floats(random, 7, 5), "b": floats(random, 5), "scale": floats(random, 5), "bias": floats(random, 5),
        "mean": floats(random, 5), "variance": random.random(5).astype(np.float32), "v": floats(random, 5, 4),
    }
    model = write(tmp_path / "m.onnxtxt", Classifier.graph, 11)
    np.savez(tmp_path / "w.npz", **weights)
    run("gradient", model, "--weights", tmp_path / "w.npz", "--training", "--with-respect-to", "weights",
        "-o", tmp_path / "g.onnx")
    outputs = ["loss", "mean.updated", "variance.updated", *(f"{n}.gradient" for n in ["w", "b", "scale", "bias", "v"])]
    written = onnx.load(tmp_path / "g.onnx").graph
    assert [v.name for v in written.output] == outputs
    assert [v.name for v in written.input] == ["x", "d.mask", "targets"]

    results = tool.run(
        tmp_path / "g.onnx", {"x": x, "d.mask": mask, "targets": targets}, tmp_path, outputs=outputs)
    arrays = {**weights, "x": x, "mask": mask, "targets": targets}
    inputs = [arrays[n].astype(np.float64) for n in Classifier.names]
    h, _ = Classifier.scores(*inputs)
    np.testing.assert_allclose(results[0], Classifier.loss(*inputs), rtol=1e-5)
    np.testing.assert_allclose(results[1], 0.75 * weights["mean"] + 0.25 * h.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(results[2], 0.75 * weights["variance"] + 0.25 * h.var(axis=0), rtol=1e-5)
    for name, result in zip(["w", "b", "scale", "bias", "v"], results[3:]):
        index = Classifier.names.index(name)
        slopes = central_differences(Classifier.loss, inputs, 1, index, range(result.size))
        np.testing.assert_allclose(result.ravel(), slopes, rtol=1e-4, atol=2e-5 * max(1, np.abs(slopes).max()))


@pytest.mark.parametrize(
    "opset, body, ratio",
    [
        (7, "d = Dropout (x)", 0.5), (10, "d, m = Dropout <ratio = 0.25> (x)", 0.25),
        (12, "r = Constant <value_float = 0.75> () d = Dropout (x, r)", 0.75),
        (13, "d = Dropout (x)", 0.5), (17, "r = Constant <value_float = 0.0> () d = Dropout (x, r)", 0),
    ],
)
def test_dropout_forms(tmp_path, opset, body, ratio):
    model = write(tmp_path / "m.onnxtxt", f"g (float[2, 3] x) => (float[2, 3] d) {{ {body} }}", opset)
    run("gradient", model, "--training", "--with-respect-to", "x", "-o", tmp_path / "g.onnx")
    inputs = {v.name for v in onnx.load(tmp_path / "g.onnx").graph.input}
    assert inputs == ({"x", "d.mask", "targets"} if ratio else {"x", "targets"})


@pytest.mark.parametrize(
    "opset, body", [
        (11, "y = Softmax <axis = 1> (x)"), (13, "y = Softmax (x)"), (13, "s = Softmax <axis = 1> (x) y = Identity (s)"),
        (12, "p = Reshape (x, q) s = Softmax (p) y = Flatten (s)"), (13, "y = LogSoftmax (x)"), (13, "y = Neg (x)"),
    ],
)
def test_scores_are_what_goes_into_the_softmax(tmp_path, opset, body):
    graph = f"g (float[2, 3] x) => (float[2, 3] y) <int64[4] q = {{2, 3, 1, 1}}> {{ {body} }}"
    random = np.random.default_rng(3)
    x, targets = floats(random, 2, 3), np.eye(3, dtype=np.float32)[[2, 0]]
    loss, dx = gradients(tmp_path, graph, {"x": x, "targets": targets}, ["x"], "--training", opset=opset,
                         outputs=["loss"])
    scores = -x if "Neg" in body else x
    share = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loss, -np.log(share[[0, 1], [2, 0]]).sum(), rtol=1e-5)
    np.testing.assert_allclose(dx, (share - targets) * (-1 if "Neg" in body else 1), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "arguments, exit, body, message",
    [
        (["--with-respect-to", "x"], 3, "a = Elu (x) b = Cos (a) c = Elu (b) y = Neg (c)",
         "the operator 'Elu' has no gradient: nodes 'a', 'c'\ntessera: {}: the operator 'Cos' has no gradient: node 'b'"),
        (["--with-respect-to", "x"], 3, "y = Slice (x, zero, two, one, two)", "node 'y' (Slice): it has a step other than 1"),
        (["--with-respect-to", "x"], 3, "y = Pad <mode = \"edge\"> (x, pads)", "node 'y' (Pad): its mode is 'edge'"),
        (["--with-respect-to", "x,w"], 3, "y = Pow (x, w)", "its exponent 'w' is no constant"),
        (["--with-respect-to", "q,x"], 2, "y = Neg (x)", "value 'q': the graph has no such value"),
        (["--with-respect-to", "one"], 2, "y = Gather (x, one)", "needs a floating-point value, but this is int64[1]"),
        (["--with-respect-to", "x", "--of", "q"], 2, "y = Neg (x)", "value 'q': the graph has no such value"),
        (["--with-respect-to", "x", "--of", "y", "--training"], 2, "y = Neg (x)", "exclude one another"),
        (["--with-respect-to", "x", "--loss", "sum"], 2, "y = Neg (x)", "option '--loss' needs '--of'"),
        (["--with-respect-to", "x", "--of", "y", "--loss", "mean"], 2, "y = Neg (x)", "expected sum, weighted-sum"),
        (["--with-respect-to", "x", "--of", "y", "--loss", "gram-distance"], 3, "y = Neg (x)",
         "value 'y': a Gram matrix needs a value [images, channels, positions…], found float[4, 4]"),
        (["--with-respect-to", ","], 2, "y = Neg (x)", "names no value"),
        (["--with-respect-to", "x", "--training"], 1, "a = Unsqueeze (x, one) y = Neg (a)",
         "needs a classifier with one output [images, classes] of a fixed shape, but the outputs are 'y' float[4, 1, 4]"),
        (["--with-respect-to", "x", "--training"], 3, "y = Softmax <axis = 0> (x)", "needs a soft-max over the classes"),
        (["--with-respect-to", "x", "--training"], 1, "y = Dropout (x, w)", "its ratio is 1.0, expected at least 0 and below 1"),
    ],
)
def test_refused(tmp_path, arguments, exit, body, message):
    graph = f"""g (float[4, 4] x) => (float[] y)
      <float w = {{1}}, int64[1] zero = {{0}}, int64[1] one = {{1}}, int64[1] two = {{2}},
       int64[4] pads = {{1, 0, 0, 0}}> {{ {body} }}"""
    model = write(tmp_path / "m.onnxtxt", graph)
    process = run("gradient", model, *arguments, "-o", tmp_path / "g.onnx", expect=exit)
    assert message.format(model) in process.stderr
    assert not (tmp_path / "g.onnx").exists()


LOSSES = {
    "sum": (lambda y, _: y.sum(), None),
    "weighted-sum": (lambda y, w: (y * w).sum(), "weights"),
    "squared-distance": (lambda y, t: ((y - t) ** 2).mean(), "target"),
    "gram-distance": (lambda y, t: ((gram(y) - t) ** 2).sum() / len(y), "gram.target"),
}


def gram(y):
    rows = y.reshape(*y.shape[:2], -1)
    return rows @ rows.transpose(0, 2, 1) / rows[0].size


@pytest.mark.parametrize("kind", LOSSES)
def test_losses(tmp_path, kind):
    """Of two values, by central differences."""
    random = np.random.default_rng(5)
    model = write(tmp_path / "m.onnxtxt", "g (float[2, 3, 4, 5] x) => (float[2, 3, 4, 5] y) { a = Exp (x) y = Tanh (x) }")
    run("gradient", model, "--with-respect-to", "x", "--of", "a,y", "--loss", kind, "-o", tmp_path / "g.onnx")
    x = floats(random, 2, 3, 4, 5)
    number, suffix = LOSSES[kind]
    targets = {n: floats(random, 2, 3, 3) if kind == "gram-distance" else floats(random, *x.shape) for n in "ay"}
    given = {"x": x} | {f"{n}.{suffix}": t for n, t in targets.items() if suffix}
    assert {value.name for value in onnx.load(tmp_path / "g.onnx").graph.input} == set(given)
    loss, dx = tool.run(tmp_path / "g.onnx", given, tmp_path, outputs=["loss", "x.gradient"])

    def total(x):
        return number(np.exp(x), targets["a"]) + number(np.tanh(x), targets["y"])

    x = x.astype(np.float64)
    np.testing.assert_allclose(loss, total(x), rtol=1e-5)
    slopes = central_differences(total, [x], 1, 0, range(x.size))
    np.testing.assert_allclose(dx.ravel(), slopes, rtol=1e-4, atol=2e-5 * np.abs(slopes).max())


def test_whole_network(tmp_path):
    """The digits' network: every weight, and the images, by central differences of the loss in Float64."""
    random = np.random.default_rng(4)
    model = onnx.load(DIGITS)
    name = model.graph.input[0].name
    images, masks = random.normal(size=(3, 1, 28, 28)).astype(np.float32), {}
    targets = np.eye(10, dtype=np.float32)[[7, 0, 7]]
    names = [name, *(tensor.name for tensor in model.graph.initializer)]
    run("gradient", DIGITS, "--training", "--with-respect-to", ",".join(names), "--shapes", f"{name}:3x1x28x28",
        "-o", tmp_path / "g.onnx")
    for value in onnx.load(tmp_path / "g.onnx").graph.input:
        if value.name.endswith(".mask"):
            masks[value.name] = np.ones([d.dim_value for d in value.type.tensor_type.shape.dim], np.float32)
    inputs = {name: images, "targets": targets, **masks}
    results = tool.run(tmp_path / "g.onnx", inputs, tmp_path, outputs=[f"{n}.gradient" for n in names])

    arrays = {name: images} | {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}

    def loss(values):
        for tensor in model.graph.initializer:
            tensor.CopyFrom(onnx.numpy_helper.from_array(values[tensor.name], tensor.name))
        onnx.save(model, tmp_path / "moved.onnx")
        outputs = float64_reference.compute(tmp_path / "moved.onnx", {name: values[name]})
        return -(targets * np.log(outputs[model.graph.output[0].name])).sum()

    arrays = {n: array.astype(np.float64) for n, array in arrays.items()}
    for moved, result in zip(names, results):
        largest = np.abs(result).max()
        for place in [np.abs(result).argmax(), *random.integers(0, result.size, 3)]:
            sums = []
            for step in (1e-6, -1e-6):
                array = arrays[moved].copy()
                array.flat[place] += step
                sums.append(loss({**arrays, moved: array}))
            # What rounding the two losses to Float64 may change of their difference.
            rounding = abs(sums[0]) * np.finfo(np.float64).eps / 1e-6
            assert abs(result.flat[place] - (sums[0] - sums[1]) / 2e-6) < 1e-4 * largest + rounding, moved
