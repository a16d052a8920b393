"""Weights whose names are those of other frameworks: torchvision's and Keras', and any by --weights-map.

The packages are not needed: the files are made with NumPy, by the same names and in the same layouts.
"""

import re

import numpy as np
import onnx
import pytest
import safetensors.numpy

import small_vgg
from tessera_cli import run

SOURCES = {
    "torchvision": small_vgg.named_by_torchvision,
    "keras 3": lambda name, weights: small_vgg.named_by_keras(weights),
    "keras 2": lambda name, weights: small_vgg.named_by_keras(weights, "{layer}/kernel:0", "{layer}/bias:0"),
    "keras file": lambda name, weights: small_vgg.named_by_keras(
        weights, "{layer}/{layer}_W_1:0", "{layer}/{layer}_b_1:0"),
}


@pytest.fixture(params=small_vgg.NETWORKS)
def network(request, tmp_path):
    graph = small_vgg.write_graph(request.param, tmp_path / f"{request.param}.onnxtxt")
    np.save(tmp_path / "image.npy", np.random.default_rng(1).standard_normal((1, 3, 224, 224)).astype(np.float32))
    return request.param, graph, small_vgg.weights(graph)


@pytest.fixture
def vgg_a(tmp_path):
    graph = small_vgg.write_graph("vgg-a", tmp_path / "vgg-a.onnxtxt")
    return graph, small_vgg.weights(graph)


def output(graph, *arguments):
    folder = graph.parent
    run("run", graph, "--input", f"data={folder}/image.npy", "--output-dir", folder / "out", *arguments)
    return np.load(folder / "out/prob.npy")


def test_names_of_other_frameworks(network):
    name, graph, weights = network
    folder = graph.parent
    safetensors.numpy.save_file(weights, folder / "own.safetensors")
    expected = output(graph, "--weights", folder / "own.safetensors")
    assert np.ptp(expected) > 1e-3
    for source, named in SOURCES.items():
        safetensors.numpy.save_file(named(name, weights), folder / "w.safetensors")
        np.testing.assert_array_equal(output(graph, "--weights", folder / "w.safetensors"), expected, source)
    np.savez(folder / "w.npz", **small_vgg.named_by_keras(weights))
    np.testing.assert_array_equal(output(graph, "--weights", folder / "w.npz"), expected)


@pytest.mark.parametrize("element_type", [np.float16, np.float64])
def test_layouts_of_other_element_types(tmp_path, element_type):
    weights = {"w": np.arange(24).reshape(2, 12), "k": np.arange(30).reshape(2, 5, 3, 1)}
    graph = tmp_path / "m.onnxtxt"
    graph.write_text(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[1,5,4,2] x, float[2,5,3,1] k, float[2,12] w) '
        "=> (float[2,12] y, float[1,2,2,2] z) { y = Identity (w)\n z = Conv (x, k)\n"
        "u = Flatten (x)\n }")
    named = {
        "fc": weights["w"].reshape(2, 2, 3, 2).transpose(2, 3, 1, 0).reshape(12, 2),
        "conv:0": weights["k"].transpose(2, 3, 1, 0),
    }
    np.savez(tmp_path / "w.npz", **{name: array.astype(element_type) for name, array in named.items()})
    (tmp_path / "map.txt").write_text("# where they are\nw fc 3x2xIO\n\nk conv HWIO # a convolution\n")
    run("convert", graph, "-o", tmp_path / "m.onnx", "--weights", tmp_path / "w.npz", "--weights-map",
        tmp_path / "map.txt")
    bound = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(tmp_path / "m.onnx").graph.initializer}
    for name, array in weights.items():
        np.testing.assert_array_equal(bound[name], array.astype(np.float32))


def test_networks_are_not_confused(vgg_a):
    """The names of a network with more layers, and of one with batch normalization, bind to no other."""
    graph, weights = vgg_a
    folder = graph.parent
    larger = small_vgg.write_graph("vgg-d", folder / "vgg-d.onnxtxt")
    named = small_vgg.named_by_torchvision("vgg-d", small_vgg.weights(larger))
    safetensors.numpy.save_file(named, folder / "w.safetensors")
    arguments = ["compile", graph, "-o", folder / "a.plan", "--weights", folder / "w.safetensors"]
    lines = run(*arguments, expect=1).stderr.splitlines()
    assert len(lines) == 1
    assert re.search(
        "none of the 22 weights has an entry: expected 'conv1_1_weight', 'conv1_1_bias', 'conv2_1_weight', …, "
        "found 'classifier.*--weights-map", lines[0])
    named["features.1.running_mean"] = np.zeros(5, np.float32)
    safetensors.numpy.save_file(named, folder / "w.safetensors")
    (line,) = run(*arguments, expect=1).stderr.splitlines()
    assert "batch normalization" in line and "export that network as ONNX" in line


def test_nearest_names(vgg_a):
    graph, weights = vgg_a
    folder = graph.parent
    np.savez(folder / "w.npz", **{name.replace("_weight", "_weights"): array for name, array in weights.items()})
    arguments = ["compile", graph, "-o", folder / "a.plan", "--weights", folder / "w.npz"]
    (line,) = run(*arguments, expect=1).stderr.splitlines()
    assert "11 of 22 weights do not have an entry" in line
    assert "nearest to 'conv1_1_weight' is 'conv1_1_weights'" in line
    np.savez(folder / "w.npz", **{name.replace("fc6_weight", "fc6_weights"): array for name, array in weights.items()})
    lines = run(*arguments, expect=1).stderr.splitlines()
    assert [line.split(": ", 2)[-1] for line in lines] == [
        "the graph input has no entry among the weights; did you mean the entry 'fc6_weights'?",
        "value 'fc6_weights': no graph input wants this entry",
    ]


def test_map_replaces_names(vgg_a):
    """A map binds what it names; everything else binds by its own name."""
    graph, weights = vgg_a
    folder = graph.parent
    np.save(folder / "image.npy", np.ones((1, 3, 224, 224), np.float32))
    np.savez(folder / "own.npz", **weights)
    expected = output(graph, "--weights", folder / "own.npz")
    weights["other"] = weights.pop("fc8_bias")
    np.savez(folder / "w.npz", **weights)
    (folder / "map.txt").write_text("fc8_bias other\r\n")
    mapped = ["--weights", folder / "w.npz", "--weights-map", folder / "map.txt"]
    np.testing.assert_array_equal(output(graph, *mapped), expected)


@pytest.mark.parametrize("text, expected", [
    ("fc8_bias nothing", "value 'fc8_bias': '.*w.npz' has no entry 'nothing'"),
    ("fc9_bias fc8_bias", "value 'fc9_bias': the model has no such input"),
    ("fc8_bias", "line 1, column 1: expected INPUT ENTRY and at most a layout HWIO, IO or 7x7xIO, found 'fc8_bias'"),
    ("\nfc8_weight fc8_weight OI", "line 2, column 1: expected INPUT ENTRY"),
    ("fc8_weight fc8_weight 0x7xIO", "line 1, column 1: expected INPUT ENTRY"),
    ("fc8_weight fc8_weight 99999999999999999999x7xIO", "line 1, column 1: expected INPUT ENTRY"),
    ("fc8_weight a IO\nfc8_weight b IO", "line 2, column 1: the input 'fc8_weight' is given twice"),
    ("fc8_weight fc8_weight HWIO", "value 'fc8_weight': an entry 'fc8_weight' of shape 10x9 cannot be HWIO"),
    ("fc8_weight fc8_weight 7x7xIO", "value 'fc8_weight': an entry 'fc8_weight' of shape 10x9 cannot be 7x7xIO"),
    ("fc8_weight fc7_weight IO", r"value 'fc8_weight': expected float\[10, 9\], found shape 9x9 in the entry 'fc7_weight'"),
    ("# nothing", "expected lines INPUT ENTRY \\[LAYOUT\\], found none"),
])
def test_maps_that_do_not_fit(vgg_a, text, expected):
    graph, weights = vgg_a
    folder = graph.parent
    np.savez(folder / "w.npz", **weights)
    (folder / "map.txt").write_text(text)
    result = run(
        "compile", graph, "-o", folder / "a.plan", "--weights", folder / "w.npz", "--weights-map",
        folder / "map.txt", expect=1)
    assert re.search(expected, result.stderr), result.stderr


def test_maps_are_for_files(vgg_a):
    graph, _ = vgg_a
    (graph.parent / "map.txt").write_text("fc8_bias fc8_bias")
    for weights in [[], ["--weights", "random:1"]]:
        result = run(
            "compile", graph, "-o", graph.parent / "a.plan", *weights, "--weights-map", graph.parent / "map.txt", expect=2)
        assert "option '--weights-map' needs '--weights' with a file" in result.stderr
