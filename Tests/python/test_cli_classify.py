"""`tessera classify` on the held-back digits."""

import numpy as np
import pytest
from PIL import Image

from tessera_cli import DIGITS, ROOT, run, run_json, write_model

IMAGES = sorted((ROOT / "Graphs/digits").glob("*.png"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    path = tmp_path_factory.mktemp("digits") / "digits.plan"
    run("compile", DIGITS, "-o", path)
    return path


@pytest.fixture(scope="module")
def batched(tmp_path_factory):
    path = tmp_path_factory.mktemp("digits") / "digits5.plan"
    run("compile", DIGITS, "-o", path, "--shapes", "image:5x1x28x28")
    return path


def labels(result):
    return [image["predictions"][0]["label"] for image in result["images"]]


def test_there_are_a_dozen_images():
    assert len(IMAGES) == 12


@pytest.mark.parametrize("program", ["plan", "batched", "model"])
def test_digits_are_read(program, plan, batched):
    path = {"plan": plan, "batched": batched, "model": DIGITS}[program]
    result = run_json("classify", path, *IMAGES, "--top", 3)
    assert labels(result) == [image.name[0] for image in IMAGES]
    for image in result["images"]:
        values = [prediction["probability"] for prediction in image["predictions"]]
        assert len(values) == 3 and values == sorted(values, reverse=True)
        assert 0 <= values[-1] and values[0] <= 1 + 1e-3


def test_text(plan):
    text = run("classify", plan, IMAGES[0], "--top", 1).stdout
    assert text.startswith(f"{IMAGES[0]}: ") and text.endswith(f"%  {IMAGES[0].name[0]}\n")
    assert len(run("classify", plan, IMAGES[0]).stdout.splitlines()) == 6


def test_a_broken_image_does_not_stop_the_others(tmp_path, batched):
    broken = tmp_path / "broken.png"
    broken.write_bytes(IMAGES[0].read_bytes()[:60])
    images = [IMAGES[0], broken, tmp_path / "none.jpg", *IMAGES[1:]]
    process = run("classify", batched, *images, expect=1)
    assert f"tessera: {broken}: " in process.stderr
    assert f"tessera: {tmp_path}/none.jpg: " in process.stderr
    result = run_json("classify", batched, *images, expect=1)
    assert [("error" in image) for image in result["images"]] == [False, True, True] + [False] * 11
    good = [image for image in result["images"] if "error" not in image]
    assert labels({"images": good}) == [image.name[0] for image in IMAGES]


def test_labels_file(tmp_path, plan):
    names = tmp_path / "labels.txt"
    names.write_text("".join(f"digit {n}\n" for n in range(10)))
    assert f"digit {IMAGES[0].name[0]}" in run("classify", plan, IMAGES[0], "--labels", names).stdout
    stored = tmp_path / "stored.plan"
    run("compile", DIGITS, "-o", stored, "--labels", names)
    assert f"digit {IMAGES[0].name[0]}" in run("classify", stored, IMAGES[0]).stdout
    names.write_text("one\ntwo\n")
    error = run("classify", plan, IMAGES[0], "--labels", names, expect=1).stderr
    assert "expected 10 labels" in error


def test_scores_are_not_called_probabilities(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[1,3,1,1] x) => (float[1,3] y) { y = Flatten (x) }")
    Image.fromarray(np.array([[[1, 200, 30]]], np.uint8)).save(tmp_path / "x.png")
    (image,) = run_json("classify", model, tmp_path / "x.png")["images"]
    assert [(p["class"], p["score"]) for p in image["predictions"]] == [(1, 200), (2, 30), (0, 1)]
    assert "score" in run("classify", model, tmp_path / "x.png").stdout


def test_preprocessing_is_stored_and_overridden(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[1,3,1,1] x) => (float[1,3] y) { y = Flatten (x) }")
    Image.fromarray(np.array([[[1, 200, 30]]], np.uint8)).save(tmp_path / "x.png")
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--color", "bgr", "--mean", "1,2,3", "--scale", "2")

    def scores(*options):
        (image,) = run_json("classify", plan, tmp_path / "x.png", *options)["images"]
        return [p["score"] for p in sorted(image["predictions"], key=lambda p: p["class"])]

    assert scores() == [(30 - 1) * 2, (200 - 2) * 2, (1 - 3) * 2]
    assert scores("--mean", "0") == [60, 400, 2]
    assert scores("--color", "rgb") == [(1 - 1) * 2, (200 - 2) * 2, (30 - 3) * 2]


def test_a_network_that_takes_no_image_is_refused(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[1,3] x) => (float[1,3] y) { y = Relu (x) }")
    assert "1x3" in run("classify", model, IMAGES[0], expect=1).stderr
