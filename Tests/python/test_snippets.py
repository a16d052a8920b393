"""The Swift blocks of documents and doc comments compile, with the imports that they show, and run."""

import os
import subprocess
import sys

import numpy as np
import onnx
import onnx.numpy_helper
import pytest

import small_vgg
import tool

sys.path.append(str(tool.ROOT / "Scripts"))
import snippets  # noqa: E402

BLOCKS = [(name, product) for name, product, _, _ in snippets.blocks()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the blocks take for granted: networks, a plan and images. VGG-D has few channels here."""
    folder = tmp_path_factory.mktemp("snippets")
    (folder / "digits.onnx").symlink_to(tool.ROOT / "Graphs/digits.onnx")
    tool.tessera("compile", folder / "digits.onnx", "-o", folder / "digits.plan")
    for digit in ["4_2004", "7_3504", "9_4504"]:
        (folder / f"{digit[0]}.png").symlink_to(tool.ROOT / f"Graphs/digits/{digit}.png")
    graph = small_vgg.write_graph("vgg-d", folder / "vgg-d.onnxtxt")
    model = onnx.parser.parse_model(graph.read_text())
    for name, values in small_vgg.weights(graph).items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    onnx.save(model, folder / "vgg-d.onnx")
    return folder


@pytest.mark.parametrize("name, product", BLOCKS, ids=[name for name, _ in BLOCKS])
def test_block_runs(name, product, folder):
    result = subprocess.run(
        [program(product), name], cwd=folder, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr


def program(product):
    return tool.ROOT / f".build/debug/{product}Snippets"


def test_programs_link_what_their_product_says():
    """A program that only runs plans has no compiler, and nothing of the system but its C library and hashes."""
    def libraries(product):
        listed = subprocess.run(["ldd", program(product)], check=True, capture_output=True, text=True).stdout
        return {line.split()[0].split(".so")[0] for line in listed.splitlines()}

    def holds_compiler(product):
        symbols = subprocess.run(["nm", program(product)], check=True, capture_output=True, text=True).stdout
        return "$s7GraphIR" in symbols

    runtime, images, whole = map(libraries, ["TesseraRuntime", "TesseraImages", "Tessera"])
    assert {"libFoundation", "libprotobuf-c", "libturbojpeg", "libpng16"} <= whole
    # One of the blocks has Foundation's `Data`.
    assert {"libturbojpeg", "libpng16"} <= images and "libprotobuf-c" not in images
    own = {name for name in runtime if not name.startswith("libswift")}
    assert own - {"linux-vdso", "/lib64/ld-linux-x86-64", "libdispatch", "libBlocksRuntime"} == {
        "libxxhash", "libm", "libc", "libgcc_s", "libstdc++"}
    assert [holds_compiler(product) for product in snippets.PRODUCTS] == [True, True, False, False]
