"""The example in C classifies a digit with the tool's bits."""

import subprocess

import numpy as np
import pytest
from PIL import Image

import c_library
import tool

SOURCE = tool.ROOT / "Examples/C/classify.c"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", folder / "digits.plan")
    return folder


@pytest.mark.parametrize("library", c_library.NAMES)
def test_digit_is_recognised(folder, library):
    program = c_library.compile_program([SOURCE], folder / "classify", "-std=c99", "-O2", library=library)
    for path in sorted((tool.ROOT / "Graphs/digits").glob("*.png"))[:5]:
        pixels = np.asarray(Image.open(path), np.float32)[None, None]
        pixels.tofile(folder / "image.f32")
        result = subprocess.run([program, folder / "digits.plan", folder / "image.f32"], capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        labels, scores = zip(*(line.split("\t") for line in result.stdout.splitlines()))
        expected = tool.run(folder / "digits.plan", {"image": pixels}, folder, outputs=["probabilities"])[0]
        # Nine digits tell every float.
        assert np.array(scores, np.float32).tobytes() == expected.tobytes()
        likeliest = tool.tessera("classify", folder / "digits.plan", path, "--json").json["images"][0]["predictions"][0]
        assert labels[int(np.argmax(expected))] == likeliest["label"] == path.name[0]


def test_errors_are_sentences(folder):
    program = c_library.compile_program([SOURCE], folder / "classify", "-std=c99")
    for arguments, words, code in [
        ([], "usage: classify", 2),
        ([folder / "none.plan", "x"], "none.plan: ", 1),
        ([tool.ROOT / "README.md", "x"], "README.md: byte 0: not a plan", 1),
        ([folder / "digits.plan", tool.ROOT / "README.md"], "expected 784 floats", 1),
    ]:
        result = subprocess.run([program, *arguments], capture_output=True, text=True)
        assert (result.returncode, result.stdout) == (code, "")
        assert words in result.stderr and result.stderr.count("\n") == 1
