"""The trained network: it must read digits that it never saw."""

import pathlib
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


def test_a_digit_gets_the_same_bits_in_every_batch(held_back, tmp_path, tessera):
    images, _ = held_back
    plan = tmp_path / "digits.plan"
    tessera(
        "compile", MODEL, "-o", plan, "--shapes", "image:1x1x28x28", "--shapes", "image:7x1x28x28"
    )
    (batch,) = tool.run(plan, {"image": images[:7]}, tmp_path, outputs=["probabilities"])
    for threads in ("1", "2", "3"):
        (one,) = tool.run(
            plan, {"image": images[6:7]}, tmp_path, "--threads", threads, outputs=["probabilities"]
        )
        np.testing.assert_array_equal(one, batch[6:7])


def test_classifies_the_pictures(tmp_path, tessera):
    assert len(PICTURES) == 12
    plan = tmp_path / "digits.plan"
    tessera("compile", MODEL, "-o", plan)
    report = tessera("classify", plan, *PICTURES, "--top", "3", "--json").json
    for picture, result in zip(PICTURES, classifications(report), strict=True):
        assert pathlib.Path(result["image"]).name == picture.name
        assert len(result["top"]) == 3
        digit = picture.name[0]
        assert result["top"][0]["label"] == digit
        assert result["top"][0]["index"] == int(digit)
        assert result["top"][0]["probability"] > result["top"][1]["probability"]
    lines = tessera("classify", plan, *PICTURES, "--top", "1").stdout
    for picture in PICTURES:
        assert picture.name in lines


def classifications(report):
    return report["images"] if isinstance(report, dict) else report
