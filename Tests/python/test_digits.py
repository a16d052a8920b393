"""The trained network: it must read digits that it never saw."""

import sys

import numpy as np
import pytest

import onnx_runtime
import tool

sys.path.append(str(tool.ROOT / "Scripts"))

import digits_data  # noqa: E402

MODEL = tool.ROOT / "Graphs" / "digits.onnx"
PICTURES = sorted((tool.ROOT / "Graphs" / "digits").glob("*.png"))


@pytest.fixture(scope="module")
def held_back():
    """(images float32 [1000, 1, 28, 28] in 0..255, labels [1000])"""
    images, labels, is_held_back = digits_data.load()
    return images[is_held_back, None].astype(np.float32), labels[is_held_back]


def test_reads_the_held_back_digits(held_back, tmp_path, tessera):
    images, labels = held_back
    assert len(images) == 1000
    plan = tmp_path / "digits.plan"
    tessera("compile", MODEL, "-o", plan, "--shapes", "image:1000x1x28x28")
    (probabilities,) = tool.run(plan, {"image": images}, tmp_path, outputs=["probabilities"])
    correct = int((probabilities.argmax(axis=1) == labels).sum())
    print(f"\n{correct} of 1,000 held-back digits are right")
    assert correct >= 980

    (expected,) = onnx_runtime.outputs(MODEL, {"image": images})
    np.testing.assert_allclose(probabilities, expected, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_the_number_of_threads_changes_no_bit(held_back, tmp_path, tessera):
    images, _ = held_back
    plan = tmp_path / "digits.plan"
    tessera("compile", MODEL, "-o", plan, "--shapes", "image:1x1x28x28", "--shapes", "image:7x1x28x28")
    for batch in (images[:1], images[:7]):
        one, *others = [
            tool.run(plan, {"image": batch}, tmp_path, "--threads", threads, outputs=["probabilities"])[0]
            for threads in ("1", "2", "3")
        ]
        for other in others:
            np.testing.assert_array_equal(other, one)


def test_classifies_the_pictures(tmp_path, tessera):
    assert len(PICTURES) == 12
    plan = tmp_path / "digits.plan"
    tessera("compile", MODEL, "-o", plan)
    report = tessera("classify", plan, *PICTURES, "--top", "3", "--json").json
    for picture, result in zip(PICTURES, report["images"], strict=True):
        assert result["file"] == str(picture)
        first, second, _ = result["predictions"]
        assert first["label"] == picture.name[0]
        assert first["class"] == int(picture.name[0])
        assert first["probability"] > second["probability"]
    lines = tessera("classify", plan, *PICTURES, "--top", "1").stdout
    for picture in PICTURES:
        assert picture.name in lines
