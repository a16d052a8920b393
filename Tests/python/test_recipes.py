"""The recipes of Docs/recipes.md give what they promise. That their commands print what it says is for test_console."""

import re

import numpy as np
import onnx
import pytest
import safetensors.numpy

import console
import onnx_runtime
import test_console
import tool
from test_console import write_photos

DOCUMENT = (tool.ROOT / "Docs/recipes.md").read_text()
(LOSS,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
LAYERS = ["relu1_2", "relu2_2", "relu3_3", "relu4_3"]
MEAN = np.array([123.675, 116.28, 103.53])
DEVIATION = np.array([58.395, 57.12, 57.375])


@pytest.fixture
def folder(tmp_path):
    console.prepare(tmp_path)
    test_console.recipes(tmp_path)
    return tmp_path


def commands(words):
    return [command for command, _ in console.commands(DOCUMENT) if words in command]


def pixels(path):
    from PIL import Image
    return ((np.asarray(Image.open(path), np.float64) - MEAN) / DEVIATION).transpose(2, 0, 1)[None].astype(np.float32)


def model(folder, outputs, height=224, width=224):
    """The network up to the last of some values, for images of this size."""
    tool.tessera("convert", folder / "Graphs/vgg-d.onnxtxt", "--weights", folder / "vgg16.safetensors", "-o", folder / "vgg.onnx")
    model = onnx.load(folder / "vgg.onnx")
    graph = model.graph
    end = max(index for index, node in enumerate(graph.node) if node.output[0] in outputs)
    del graph.node[end + 1:], graph.output[:], graph.value_info[:]
    graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs)
    (image,) = [value for value in graph.input if value.name == "data"]
    for dimension, extent in zip(image.type.tensor_type.shape.dim, ["N", 3, height, width]):
        dimension.Clear()
        dimension.dim_param = extent if isinstance(extent, str) else ""
        if not isinstance(extent, str):
            dimension.dim_value = extent
    return model.SerializeToString()


@pytest.mark.parametrize("width, height", [(128, 96), (61, 83)])
def test_perceptual_loss(folder, monkeypatch, width, height):
    paths = [folder / f"pictures/{name}.png" for name in ["result", "target"]]
    write_photos(paths, width, height)
    (command,) = commands("tessera features")
    printed, code = console.run(command.replace("--scales 96", f"--scales {min(width, height)}"), folder)
    assert code == 0, printed
    monkeypatch.chdir(folder)
    found = {}
    exec(compile(LOSS, "Docs/recipes.md", "exec"), found)
    network = model(folder, LAYERS, height, width)
    results, targets = (onnx_runtime.outputs(network, {"data": pixels(path)}) for path in paths)
    expected = sum(np.square(result - target).mean() for result, target in zip(results, targets, strict=True))
    assert expected > 0.01
    assert found["loss"] == pytest.approx(expected, rel=1e-4)


def test_a_folder_is_a_batch(folder):
    for command in [*commands("tessera compile"), *commands("tessera run vgg16.plan")]:
        printed, code = console.run(command, folder)
        assert code == 0, printed
    found = np.load(folder / "results/prob.npy")
    # Each image alone.
    for row, index in zip(found, range(3), strict=True):
        tool.tessera("run", folder / "vgg16.plan", "--input", f"data={folder}/photos/{index}.png", "--output-dir", folder / "alone")
        np.testing.assert_allclose(row[None], np.load(folder / "alone/prob.npy"), atol=1e-5)
    assert np.ptp(found, axis=0).max() > 1e-5
