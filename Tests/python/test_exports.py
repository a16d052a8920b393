"""The recipes of Docs/exports.md: their commands print what it says, and their Python makes what they need.

Python blocks run where their packages are; elsewhere, files with the names and layouts that they write are made
with NumPy. The networks are those of Graphs with few channels.
"""

import ast
import importlib.util
import re

import numpy as np
import onnx
import pytest

import console
import networks
import onnx_runtime
import small_exports
import small_vgg
import tool

DOCUMENT = (tool.ROOT / "Docs/exports.md").read_text()
PYTHON = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path):
    console.prepare(tmp_path)
    (tmp_path / "Graphs").unlink()
    (tmp_path / "Graphs").mkdir()
    small_vgg.write_graph("vgg-d", tmp_path / "Graphs/vgg-d.onnxtxt")
    return tmp_path


def imported(block):
    nodes = [node for node in ast.walk(ast.parse(block)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {name.split(".")[0] for node in nodes
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])}


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: "-".join(sorted(imported(block))))
def test_python(block, folder, monkeypatch):
    """Each block, and the command that comes after it, at full size."""
    missing = [name for name in imported(block) if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"without {', '.join(missing)}")
    written = re.search(r'"(vgg16[-\w]*\.\w+)"', block)[1]
    monkeypatch.chdir(folder)
    if "h5py" in imported(block):
        import h5py
        weights = small_vgg.weights(folder / "Graphs/vgg-d.onnxtxt")
        with h5py.File(re.search(r'"(\S+\.h5)"', block)[1], "w") as file:
            for name, array in small_vgg.named_by_keras(
                    weights, "{layer}/{layer}_W_1:0", "{layer}/{layer}_b_1:0").items():
                file[name] = array
    else:
        (folder / "Graphs/vgg-d.onnxtxt").write_text((tool.ROOT / "Graphs/vgg-d.onnxtxt").read_text())
    exec(compile(block, "Docs/exports.md", "exec"), {})
    commands = [entry for entry in console.commands(DOCUMENT) if written in entry[0]]
    assert commands
    console.check(commands, folder)
    for path in folder.glob("vgg16*"):
        path.unlink()


def test_whole_network_of_keras(folder):
    """As the TensorFlow backend exports it."""
    model = folder / "m.onnx"
    small_exports.write_keras(model)
    graph = onnx.load(model).graph
    (source,), (result,) = [[value.name for value in values] for values in (graph.input, graph.output)]
    tool.tessera("compile", model, "-o", folder / "m.plan", "--shapes", f"{source}:2x224x224x3")
    inputs = {source: np.random.default_rng(224).normal(0, 1, (2, 224, 224, 3)).astype(np.float32)}
    (actual,) = tool.run(folder / "m.plan", inputs, folder, outputs=[result])
    (expected,) = onnx_runtime.outputs(model, inputs)
    assert actual.shape == (2, 1000)
    networks.assert_close(actual, expected)


def test_names_of_the_table(folder):
    """Of every row, the first name and the last one."""
    weights = small_vgg.weights(folder / "Graphs/vgg-d.onnxtxt")
    sources = [
        weights, small_vgg.named_by_torchvision("vgg-d", weights), small_vgg.named_by_keras(weights),
        small_vgg.named_by_keras(weights, "{layer}/{layer}_W_1:0", "{layer}/{layer}_b_1:0"),
    ]
    table = DOCUMENT.split("## Which names bind")[1].split("\n\n")[1].splitlines()[2:]
    for row, names in zip(table, sources, strict=True):
        listed = re.findall(r"`([^`]+)`", row.split("|")[3])
        assert [listed[0], listed[-1]] == [list(names)[0], list(names)[-1]]
