"""`tessera features` against ONNX Runtime on the same views."""

import shutil

import numpy as np
import onnx
import pytest
from PIL import Image

import onnx_runtime
from fully_convolutional import copied, fully_convolutional, set_output
from tessera_cli import DIGITS, ROOT, run, run_json, write_model

IMAGES = sorted((ROOT / "Graphs/digits").glob("*.png"))


@pytest.fixture
def folder(tmp_path):
    """Digits, one of them wider, a file that is no image and one that is broken."""
    folder = tmp_path / "images"
    folder.mkdir()
    for image in IMAGES[:3]:
        shutil.copy(image, folder)
    wide = np.pad(np.asarray(Image.open(IMAGES[3])), ((0, 4), (3, 13)))
    Image.fromarray(wide).save(folder / "wide.png")
    (folder / "notes.txt").write_text("not an image")
    return folder


def pixels(path, scale):
    image = Image.open(path).convert("L")
    width, height = image.size
    shorter = min(width, height)
    size = [scale if side == shorter else (2 * side * scale + shorter) // (2 * shorter) for side in (width, height)]
    return np.asarray(image.resize(size, Image.BILINEAR), np.float32)


def value_of(name, model, images):
    """The value for a batch of grey images of one size."""
    model = copied(model)
    set_output(model.graph, name, None)
    (value,) = onnx_runtime.outputs(model.SerializeToString(), {"image": images[:, None]})
    return value.astype(np.float64)


def last_pool(graph):
    return [node.output[0] for node in graph.node if node.op_type == "MaxPool"][-1]


def first_layer(graph):
    return next(node.output[0] for node in graph.node if node.op_type == "Gemm")


def test_middle_of_each_image(tmp_path, folder):
    model = onnx.load(DIGITS)
    names = [last_pool(model.graph), first_layer(model.graph)]
    output = tmp_path / "features.npz"
    report = run_json(
        "features", DIGITS, "--data", folder, "--outputs", ",".join(names), "--scales", "30,40", "-o", output)
    assert report["images"] == [path.name for path in sorted(folder.glob("*.png"))]
    arrays = np.load(output)
    assert sorted(arrays) == sorted([*names, "indices"])
    assert arrays["indices"].tolist() == [0, 1, 2, 3]
    for name in names:
        for row, path in zip(arrays[name], sorted(folder.glob("*.png")), strict=True):
            views = []
            for scale in (30, 40):
                image = pixels(path, scale)
                top, left = ((side - 28) // 2 for side in image.shape)
                views.append(image[top:top + 28, left:left + 28])
            expected = value_of(name, model, np.array(views)).mean(0)
            np.testing.assert_allclose(row, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    assert {tuple(v["shape"]) for v in report["values"]} == {arrays[name].shape for name in names}


def test_whole_images_have_means_over_positions_of_norm_one(tmp_path, folder):
    model = fully_convolutional(onnx.load(DIGITS))
    name = first_layer(onnx.load(DIGITS).graph)
    output = tmp_path / "features.npy"
    run("features", DIGITS, "--data", folder, "--outputs", name, "--mode", "dense", "--scales", "28,36", "--l2", "-o", output)
    rows = np.load(output)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
    for row, path in zip(rows, sorted(folder.glob("*.png")), strict=True):
        means = []
        for scale in (28, 36):
            image = pixels(path, scale)
            views = np.array([image, image[:, ::-1]])
            means.append(value_of(name, model, views).mean((0, 2, 3)))
        expected = np.mean(means, 0)
        expected /= np.linalg.norm(expected)
        np.testing.assert_allclose(row, expected, rtol=1e-4, atol=1e-5)


def test_positions_can_be_averaged_in_every_mode(tmp_path, folder):
    name = last_pool(onnx.load(DIGITS).graph)
    options = ["features", DIGITS, "--data", folder, "--outputs", name, "--mode", "crop", "--scales", "32"]
    run(*options, "-o", tmp_path / "kept.npy")
    run(*options, "--spatial", "mean", "-o", tmp_path / "mean.npy")
    kept, mean = np.load(tmp_path / "kept.npy"), np.load(tmp_path / "mean.npy")
    assert kept.ndim == 4 and mean.shape == kept.shape[:2]
    np.testing.assert_allclose(mean, kept.mean((2, 3)), rtol=1e-5, atol=1e-5 * np.abs(kept).max())


@pytest.mark.parametrize("size", [(28, 28), (41, 23), (9, 12)])
def test_convolutional_values_of_whole_images_of_any_size(tmp_path, size):
    """Without a fully connected layer; smaller than the network's own size too. Positions are kept, views not
    mirrored."""
    random = np.random.default_rng(3)
    (tmp_path / "images").mkdir()
    images = random.integers(0, 256, (3, *size), dtype=np.uint8)
    for index, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / f"images/{index}.png")
    model = copied(onnx.load(DIGITS))
    name = last_pool(model.graph)
    for dimension, symbol in zip(model.graph.input[0].type.tensor_type.shape.dim[2:], "HW", strict=True):
        dimension.dim_param = symbol
    last = [node.output[0] for node in model.graph.node].index(name)
    del model.graph.node[last + 1:]
    del model.graph.value_info[:]
    options = ["features", DIGITS, "--data", tmp_path / "images", "--outputs", name, "--mode", "dense",
               "--scales", min(size)]
    run(*options, "--spatial", "keep", "-o", tmp_path / "kept.npy")
    kept = np.load(tmp_path / "kept.npy")
    assert kept.ndim == 4
    expected = value_of(name, model, images.astype(np.float32))
    np.testing.assert_allclose(kept, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    run(*options, "--flips", "false", "-o", tmp_path / "mean.npy")
    np.testing.assert_allclose(
        np.load(tmp_path / "mean.npy"), kept.mean((2, 3)), rtol=1e-5, atol=1e-5 * np.abs(kept).max())


def test_positions_of_images_of_several_sizes(tmp_path, folder):
    name = last_pool(onnx.load(DIGITS).graph)
    error = run(
        "features", DIGITS, "--data", folder, "--outputs", name, "--mode", "dense", "--spatial", "keep",
        "-o", tmp_path / "x.npy", expect=1).stderr
    assert "its shape" in error and "is another than that of the images before" in error


def test_all_values(tmp_path, folder):
    names = [value["name"] for value in run_json("inspect", DIGITS)["values"]]
    report = run_json("features", DIGITS, "--data", folder, "--outputs", "all", "-o", tmp_path / "x.npz")
    assert [value["name"] for value in report["values"]] == names


def test_labels_and_broken_images(tmp_path):
    classes = tmp_path / "classes"
    for label in ("a", "b"):
        (classes / label).mkdir(parents=True)
    shutil.copy(IMAGES[0], classes / "b")
    (classes / "a/broken.png").write_bytes(IMAGES[0].read_bytes()[:60])
    output = tmp_path / "features.npz"
    options = ["features", DIGITS, "--data", classes, "-o", output]
    report = run_json(*options)
    assert [e["image"] for e in report["errors"]] == ["a/broken.png"]
    arrays = np.load(output)
    assert arrays["indices"].tolist() == [1] and arrays["labels"].tolist() == [1]
    assert arrays["probabilities"].shape == (1, 10)
    output.unlink()
    assert "broken.png" in run(*options, "--strict", expect=1).stderr
    assert not output.exists()


def test_a_plan_gives_its_outputs(tmp_path, folder):
    plan = tmp_path / "digits.plan"
    run("compile", DIGITS, "-o", plan, "--shapes", "image:3x1x28x28")
    run("features", plan, "--data", folder, "-o", tmp_path / "plan.npy")
    run("features", DIGITS, "--data", folder, "-o", tmp_path / "model.npy")
    np.testing.assert_allclose(np.load(tmp_path / "plan.npy"), np.load(tmp_path / "model.npy"), atol=5e-6)
    error = run("features", plan, "--data", folder, "--outputs", "relu", "-o", tmp_path / "x.npy", expect=2).stderr
    assert "the outputs of the plan are 'probabilities'" in error


@pytest.mark.parametrize(
    "options, words",
    [
        (["--outputs", "probabilitie", "-o", "x.npy"], "did you mean 'probabilities'?"),
        (["-o", "x.txt"], "expected an output .npy or .npz"),
        (["--mode", "dense+crop", "--spatial", "keep", "-o", "x.npy"], "averages over positions"),
        (["--scales", "27", "-o", "x.npy"], "scale 27 is smaller"),
    ],
)
def test_wrong_usage(tmp_path, folder, options, words):
    options = [str(tmp_path / o) if o.startswith("x.") else o for o in options]
    assert words in run("features", DIGITS, "--data", folder, *options, expect=2).stderr
    assert not list(tmp_path.glob("x.*"))


def test_a_npy_holds_one_value(tmp_path, folder):
    graph = onnx.load(DIGITS).graph
    values = f"{last_pool(graph)},{first_layer(graph)}"
    process = run("features", DIGITS, "--data", folder, "--outputs", values, "-o", tmp_path / "x.npy", expect=2)
    assert "an .npy holds one value, there are 2" in process.stderr


def test_what_cannot_be_written_is_found_before_the_work(tmp_path, folder):
    process = run("features", DIGITS, "--data", folder, "-o", tmp_path / "none/x.npy", expect=1)
    assert "none/x.npy" in process.stderr
    plan = tmp_path / "digits.plan"
    run("compile", DIGITS, "-o", plan)
    values = ["--outputs", "probabilities,probabilities", "-o", tmp_path / "x.npz"]
    assert "selected twice" in run("features", plan, "--data", folder, *values, expect=2).stderr


def test_values_that_are_not_finite_are_an_error(tmp_path, folder):
    path = write_model(
        tmp_path / "nan.onnx",
        "g (float[N,1,28,28] x) => (float[N,1,28,28] y) { z = Sub (x, x)  y = Div (z, z) }")
    process = run("features", path, "--data", folder, "-o", tmp_path / "x.npy", expect=1)
    assert "nan.onnx: image '0_0004.png': the network gives values that are not finite" in process.stderr
    assert not (tmp_path / "x.npy").exists()
