"""`tessera evaluate` gives, image by image, what the oracle of the paper's protocol gives."""

import numpy as np
import pytest
from PIL import Image

import image_zoo
import labelled_images
import protocol_networks
import tool
from evaluation import assert_agrees, evaluate, expected, options
from paper_protocol import MODES, ORDERS, Protocol
from protocol_networks import DIGITS

# As colour networks are fed in the tests.
CENTRED = {"mean": (123.0, 117.0, 104.0), "scale": (0.017, 0.0175, 0.0174)}


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory):
    return protocol_networks.disturbed_digits(tmp_path_factory.mktemp("networks") / "disturbed.onnx")


@pytest.fixture(scope="module")
def colors(tmp_path_factory):
    return protocol_networks.color_network(tmp_path_factory.mktemp("networks") / "colors.onnx")


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A folder of held-back digits of six sizes."""
    folder = tmp_path_factory.mktemp("digits")
    return protocol_networks.write_digit_folder(folder, *protocol_networks.held_back_digits(36))


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zoo")
    return folder, image_zoo.write(folder)


def check(folder, models, data, images, protocol, *arguments, inexact=()):
    report = evaluate(folder, models, data, *options(protocol), *arguments)
    assert_agrees(report, expected(models, images, protocol), models, protocol, inexact)
    return report


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("mode", MODES)
def test_one_network(tmp_path, digits, mode, order):
    protocol = Protocol(mode, order, scales=(28, 37))
    report = check(tmp_path, [DIGITS], digits, labelled_images.folder(digits), protocol)
    assert report.stderr == ""


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("mode", MODES)
def test_an_ensemble(tmp_path, digits, disturbed, mode, order):
    protocol = Protocol(mode, order, scales=(28, 37))
    check(tmp_path, [DIGITS, disturbed], digits, labelled_images.folder(digits), protocol)


@pytest.mark.parametrize("mode", ["single", "dense"])
def test_the_defaults_on_a_few_hundred_digits(tmp_path, disturbed, mode):
    folder = protocol_networks.write_digit_folder(
        tmp_path / "data", *protocol_networks.held_back_digits(300, seed=4)
    )
    report = evaluate(tmp_path, [DIGITS, disturbed], folder, "--mode", mode)
    protocol = Protocol(mode)
    oracle = expected([DIGITS, disturbed], labelled_images.folder(folder), protocol)
    assert_agrees(report, oracle, [DIGITS, disturbed], protocol)
    # The digits are shifted and shrunk. A network at random has 0.9.
    assert 0 < report.json["fused"]["top1_error"] < 0.4


@pytest.mark.parametrize("mode", ["single", "dense", "crop"])
@pytest.mark.parametrize("flips", [True, False])
def test_flips(tmp_path, digits, mode, flips):
    protocol = Protocol(mode, flips=flips, scales=(33,))
    check(tmp_path, [DIGITS], digits, labelled_images.folder(digits), protocol)


@pytest.mark.parametrize("color", ["rgb", "bgr"])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_preprocessing(tmp_path, colors, color, interpolation):
    random = np.random.default_rng(7)
    arrays = random.integers(0, 256, (12, 25, 40, 3), np.uint8)
    np.savez(tmp_path / "data.npz", images=arrays, labels=np.arange(12) % 6)
    images = labelled_images.npz(tmp_path / "data.npz")
    protocol = Protocol("dense", scales=(19, 30), color=color, interpolation=interpolation, **CENTRED)
    check(tmp_path, [colors], tmp_path / "data.npz", images, protocol)


def test_preprocessing_stored_in_a_plan(tmp_path, colors):
    arrays = np.random.default_rng(8).integers(0, 256, (6, 20, 24, 3), np.uint8)
    np.savez(tmp_path / "data.npz", images=arrays, labels=np.arange(6))
    protocol = Protocol(color="bgr", **CENTRED)
    stored = options(protocol)[options(protocol).index("--color") :]
    tool.tessera("compile", colors, "-o", tmp_path / "colors.plan", *stored)
    report = evaluate(tmp_path, [tmp_path / "colors.plan"], tmp_path / "data.npz")
    oracle = expected([colors], labelled_images.npz(tmp_path / "data.npz"), protocol)
    np.testing.assert_allclose(report.posteriors, oracle.fused, rtol=0, atol=1e-5)


def test_a_plan_gives_what_its_model_gives(tmp_path, digits):
    plan = tmp_path / "digits.plan"
    tool.tessera("compile", DIGITS, "-o", plan)
    for protocol in (Protocol(scales=(30,)), Protocol("crop", scales=(31,))):
        of_plan = evaluate(tmp_path, [plan], digits, *options(protocol))
        oracle = expected([DIGITS], labelled_images.folder(digits), protocol)
        np.testing.assert_allclose(of_plan.posteriors, oracle.fused, rtol=0, atol=1e-5)
        assert of_plan.json["models"][0]["model"] == str(plan)


def test_the_number_of_threads_changes_nothing(tmp_path, digits):
    written = []
    for threads in (1, 3):
        folder = tmp_path / str(threads)
        folder.mkdir()
        evaluate(folder, [DIGITS], digits, "--mode", "dense+crop", "--scales", "30", "--threads", threads)
        written.append((folder / "predictions.csv").read_bytes())
    assert written[0] == written[1]


def test_fewer_than_five_classes(tmp_path):
    model = protocol_networks.corner_network(tmp_path / "corners.onnx")
    arrays = np.random.default_rng(9).integers(0, 9, (8, 3, 4), np.uint8)
    np.savez(tmp_path / "data.npz", images=arrays, labels=np.arange(8) % 2)
    images = labelled_images.npz(tmp_path / "data.npz")
    for mode in MODES:
        protocol = Protocol(mode, flips=False, scales=(2, 3), scale=(np.log(2).item(),))
        report = check(tmp_path, [model], tmp_path / "data.npz", images, protocol)
        assert report.json["fused"]["top5_error"] == 0


def test_equal_posteriors_are_in_the_order_of_the_classes(tmp_path):
    model = protocol_networks.corner_network(tmp_path / "corners.onnx")
    np.savez(tmp_path / "data.npz", images=np.full((2, 2, 2), 5, np.uint8), labels=[0, 1])
    report = evaluate(tmp_path, [model], tmp_path / "data.npz")
    assert [(row["top1"], row["top2"]) for row in report.rows] == [("0", "1")] * 2
    assert report.json["fused"]["top1_error"] == 0.5


@pytest.mark.parametrize("mode, scale", [("single", 16), ("dense", 18), ("crop", 23)])
def test_images_of_many_kinds(tmp_path, zoo, colors, mode, scale):
    folder, specimens = zoo
    protocol = Protocol(mode, scales=(scale,), **CENTRED)
    inexact = [s.name for s in specimens if not s.is_exact]
    images = labelled_images.folder(folder)
    report = check(tmp_path, [colors], folder, images, protocol, inexact=inexact)
    readable = [s.name for s in specimens if s.is_readable]
    assert len(report.rows) == len(readable)
    assert all(row["image"].endswith(name) for row, name in zip(report.rows, readable))


def test_strict_stops_at_a_broken_image(tmp_path, zoo, colors, digits):
    folder, specimens = zoo
    first = next(s.name for s in specimens if not s.is_readable)
    result = tool.tessera("evaluate", colors, "--data", folder, "--strict", exit=1)
    assert first in result.stderr and result.stdout == ""
    tool.tessera("evaluate", DIGITS, "--data", digits, "--strict")


def test_a_list_and_a_folder_give_the_same(tmp_path, digits):
    """The list names the images of a folder in another order, some twice."""
    images = labelled_images.folder(digits)
    chosen = np.random.default_rng(10).integers(0, len(images), 20)
    lines = [f"{images[i].name} {images[i].label}\n" for i in chosen]
    (tmp_path / "list.txt").write_text("".join(lines))
    listed = labelled_images.list_file(tmp_path / "list.txt", root=digits)
    report = evaluate(tmp_path, [DIGITS], tmp_path / "list.txt", "--images-root", digits)
    of_folder = evaluate(tmp_path, [DIGITS], digits)
    np.testing.assert_array_equal(report.posteriors, of_folder.posteriors[chosen])
    np.testing.assert_array_equal(report.labels, [i.label for i in listed])


def test_a_list_of_many_kinds(tmp_path, zoo, colors):
    """Names with blanks; paths from the list's folder; a file that is not there; the order is the list's."""
    folder, specimens = zoo
    root = tmp_path / "a folder"
    root.mkdir()
    names = [s.name for s in reversed(specimens) if s.is_exact] + ["names/no such file.png"]
    for specimen in specimens:
        path = root / specimen.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(specimen.data)
    lines = "".join(f"{name} {index % 6}\n" for index, name in enumerate(names))
    (root / "the list.txt").write_text(lines, encoding="utf-8")
    images = labelled_images.list_file(root / "the list.txt")
    protocol = Protocol("dense", scales=(17,), **CENTRED)
    report = check(tmp_path, [colors], root / "the list.txt", images, protocol)
    assert report.json["errors"][-1]["image"].endswith("names/no such file.png")


@pytest.mark.parametrize("shape", [(9, 30, 41), (9, 30, 41, 1), (9, 30, 41, 3)])
@pytest.mark.parametrize("model", ["grey", "colors"])
def test_npz(tmp_path, colors, shape, model):
    path = DIGITS if model == "grey" else colors
    arrays = np.random.default_rng(11).integers(0, 256, shape, np.uint8)
    protocol = Protocol("dense", mean=(110.0,), scale=(0.02,))
    for integer in (np.int64, np.uint8, np.int32):
        np.savez(tmp_path / "data.npz", images=arrays, labels=np.arange(9, dtype=integer) % 6)
        images = labelled_images.npz(tmp_path / "data.npz")
        check(tmp_path, [path], tmp_path / "data.npz", images, protocol)


def test_labels_name_the_folders(tmp_path):
    pictures, labels = protocol_networks.held_back_digits(40, seed=5)
    names = ["nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    (tmp_path / "names.txt").write_text("\n".join(names) + "\n")
    kept = [(p, label) for p, label in zip(pictures, labels) if label in (2, 5, 8)]
    for index, (picture, label) in enumerate(kept):
        path = tmp_path / "data" / names[label] / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    images = labelled_images.folder(tmp_path / "data", labels=names)
    assert {i.label for i in images} == {2, 5, 8}
    data = tmp_path / "data"
    check(tmp_path, [DIGITS], data, images, Protocol(), "--labels", tmp_path / "names.txt")


def test_the_text_names_every_model_and_scale(digits, disturbed):
    text = tool.tessera(
        "evaluate", DIGITS, disturbed, "--data", digits, "--scales", "29,37", "--mode", "dense"
    ).stdout
    for part in (str(DIGITS), str(disturbed), "29", "37", "36", "top-1", "top-5"):
        assert part in text
