"""The recipes of Docs/exports.md: their commands print what it says, and their Python makes what they need.

Python blocks run where their packages are; elsewhere, files with the names and layouts that they write are made
with NumPy. The networks are those of Graphs with few channels.
"""

import ast
import importlib.util
import os
import re

import numpy as np
import pytest
import safetensors.numpy

import console
import small_vgg
import tool

DOCUMENT = (tool.ROOT / "Docs/exports.md").read_text()
PYTHON = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tessera").symlink_to(tool.PATH)
    (tmp_path / "Graphs").mkdir()
    small_vgg.write_graph("vgg-d", tmp_path / "Graphs/vgg-d.onnxtxt")
    return tmp_path


def print_as_documented(folder, commands):
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    for command, expected in commands:
        printed, code = console.run(command, folder, environment)
        assert expected[-1] == "…", "the table of variants is left out"
        shown = printed[:len(expected) - 1]
        assert code == 0 and console.matches(expected[:-1], shown), "\n".join([command, *printed])


def test_commands(folder):
    graph = folder / "Graphs/vgg-d.onnxtxt"
    weights = small_vgg.weights(graph)
    safetensors.numpy.save_file(weights, folder / "own.safetensors")
    tool.tessera("convert", graph, "--weights", folder / "own.safetensors", "-o", folder / "vgg16.onnx")
    safetensors.numpy.save_file(small_vgg.named_by_torchvision("vgg-d", weights), folder / "vgg16.safetensors")
    np.savez(folder / "vgg16.npz", **small_vgg.named_by_keras(weights))
    commands = console.commands(DOCUMENT)
    assert [command.split()[:2] for command, _ in commands] == [["tessera", "compile"]] * 3
    print_as_documented(folder, commands)


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
    written = re.search(r'"(vgg16\.\w+)"', block)[1]
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
    print_as_documented(folder, commands)
    for path in folder.glob("vgg16*"):
        path.unlink()


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
