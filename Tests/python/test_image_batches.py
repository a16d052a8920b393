"""Folders and lists of images as batches, of `run` and `classify`."""

import numpy as np
import onnx
import pytest
from PIL import Image

import onnx_runtime
from tessera_cli import DIGITS, ROOT, conv_model, double_model, run, run_json

IMAGES = sorted((ROOT / "Graphs/digits").glob("*.png"))[:7]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for path in IMAGES[:5]:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "notes.txt").write_text("no image")
    return folder


def output(program, folder, *inputs):
    arguments = [part for value in inputs for part in ("--input", f"image={value}")]
    run("run", program, *arguments, "--output-dir", folder / "out")
    return np.load(folder / "out/probabilities.npy")


def expected(paths):
    pixels = np.array([np.asarray(Image.open(path).convert("L"), np.float32)[None] for path in paths])
    return onnx_runtime.outputs(onnx.load(DIGITS).SerializeToString(), {"image": pixels})[0]


def assert_close(actual, theirs):
    assert actual.shape == theirs.shape
    np.testing.assert_allclose(actual, theirs, atol=1e-5)


def test_batches_of_a_model(tmp_path, photos):
    assert_close(output(DIGITS, tmp_path, photos), expected(sorted(photos.glob("*.png"))))
    assert_close(
        output(DIGITS, tmp_path, IMAGES[6], photos, IMAGES[5]),
        expected([IMAGES[6], *sorted(photos.glob("*.png")), IMAGES[5]]))


@pytest.mark.parametrize("batches", [[1, 3], [2, 4], [1, 5]])
def test_a_plan_takes_any_number(tmp_path, photos, batches):
    shapes = [part for batch in batches for part in ("--shapes", f"image:{batch}x1x28x28")]
    run("compile", DIGITS, "-o", tmp_path / "m.plan", *shapes)
    for inputs, paths in [([photos], sorted(photos.glob("*.png"))), ([IMAGES[0]], IMAGES[:1]), (IMAGES, IMAGES)]:
        assert_close(output(tmp_path / "m.plan", tmp_path, *inputs), expected(paths))
    error = run(
        "run", tmp_path / "m.plan", "--input", f"image={tmp_path}/x.npy", expect=1).stderr
    assert "x.npy" in error


def test_arrays_of_any_number(tmp_path):
    model = conv_model(tmp_path / "m.onnx")
    run("compile", model, "-o", tmp_path / "m.plan", "--shapes", "x:1x3x8x8", "--shapes", "x:4x3x8x8")
    x = np.random.default_rng(1).standard_normal((11, 3, 8, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    outputs = []
    for program in [model, tmp_path / "m.plan"]:
        run("run", program, "--input", f"x={tmp_path}/x.npy", "--output-dir", tmp_path / "out")
        outputs.append(np.load(tmp_path / "out/y.npy"))
    np.testing.assert_allclose(outputs[1], outputs[0], rtol=1e-4, atol=1e-4)


def test_what_is_no_batch(tmp_path, photos):
    np.save(tmp_path / "x.npy", np.zeros((1, 1, 28, 28), np.float32))
    for inputs in [[photos, tmp_path / "x.npy"], [tmp_path / "x.npy", tmp_path / "x.npy"]]:
        arguments = [part for value in inputs for part in ("--input", f"image={value}")]
        assert "the input is given twice" in run("run", DIGITS, *arguments, expect=2).stderr
    (tmp_path / "empty").mkdir()
    assert "there are no images" in run("run", DIGITS, "--input", f"image={tmp_path}/empty", expect=1).stderr
    assert "there are no images" in run("classify", DIGITS, tmp_path / "empty", expect=1).stderr
    (photos / "broken.png").write_bytes(IMAGES[0].read_bytes()[:60])
    assert "photos/broken.png" in run("run", DIGITS, "--input", f"image={photos}", expect=1).stderr


def test_folders_are_classified(photos):
    report = run_json("classify", DIGITS, photos, IMAGES[6])
    assert [image["file"] for image in report["images"]] == [
        *map(str, sorted(photos.glob("*.png"))), str(IMAGES[6])]


def test_names_and_paths_with_equals_signs(tmp_path):
    folder = tmp_path / "a=b"
    folder.mkdir()
    np.save(folder / "x=1.npy", np.ones((1, 3), np.float32))
    for name in ["x", "x=y", "="]:
        model = double_model(tmp_path / "m.onnx", input_name=name)
        report = run_json("run", model, "--input", f"{name}={folder}/x=1.npy")
        assert report["outputs"][0]["max"] == 2
    both = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[1,3] x) => (float[1,3] y) { y = Neg (x) }')
    onnx.save(both, tmp_path / "n.onnx")
    error = run("run", tmp_path / "n.onnx", "--input", f"z={folder}/x=1.npy", expect=2).stderr
    assert "value 'z': there is no such input" in error
