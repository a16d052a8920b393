"""What `tessera evaluate` refuses, and how it says so."""

import numpy as np
import pytest
from PIL import Image

import protocol_networks
import tool
from protocol_networks import DIGITS
from tessera_cli import double_model


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    return protocol_networks.write_digit_folder(folder, *protocol_networks.held_back_digits(12))


def refused(*arguments, exit):
    """One sentence or more on standard error, nothing on standard output. Returns the error."""
    result = tool.tessera("evaluate", *arguments, exit=exit)
    assert result.stdout == ""
    assert all(line.startswith("tessera: ") for line in result.stderr.splitlines())
    return result.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--mode", "triple"], ["triple", "single", "dense", "crop", "dense+crop"]),
        (["--mode", ""], ["mode"]),
        (["--order", "first"], ["first", "scores", "posteriors"]),
        (["--flips", "maybe"], ["maybe", "true", "false"]),
        (["--scales", "large"], ["large"]),
        (["--scales", "28,,30"], ["scales"]),
        (["--scales", "0"], ["0"]),
        (["--scales=-28"], ["-28"]),
        (["--scales", "28.5"], ["28.5"]),
        (["--scales", "99999999999999999999"], ["99999999999999999999"]),
        (["--interpolation", "lanczos"], ["lanczos"]),
        (["--resume"], ["--output"]),
        (["--no-such-option"], ["--no-such-option"]),
    ],
)
def test_wrong_usage(data, arguments, words):
    error = tool.tessera("evaluate", DIGITS, "--data", data, *arguments, exit=2).stderr
    assert all(word in error for word in words), error


def test_what_is_missing(data):
    assert "--data" in tool.tessera("evaluate", DIGITS, exit=2).stderr
    assert "missing" in tool.tessera("evaluate", "--data", data, exit=2).stderr


@pytest.mark.parametrize("mode", ["single", "crop", "dense+crop", "dense"])
def test_a_scale_below_the_input_size(tmp_path, data, mode):
    # Sliding needs it too: below 28 pixels the feature map is smaller than the first layer's kernel.
    output = tmp_path / "predictions.csv"
    error = refused(
        DIGITS, "--data", data, "--mode", mode, "--scales", "28,27", "--output", output, exit=2
    )
    assert "27" in error and "28" in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", ["single", "dense", "crop"])
def test_a_scale_that_no_memory_holds(data, mode):
    assert "2000000000" in refused(DIGITS, "--data", data, "--mode", mode, "--scales", 2_000_000_000, exit=2)


@pytest.mark.parametrize("mode, scale", [("dense", 28), ("dense", 36), ("dense+crop", 28)])
def test_a_plan_without_such_sizes(tmp_path, data, mode, scale):
    """The plan of the plain network cannot slide over larger images."""
    tool.tessera("compile", DIGITS, "-o", tmp_path / "digits.plan")
    error = refused(
        tmp_path / "digits.plan", "--data", data, "--mode", mode, "--scales", scale, exit=1
    )
    assert "digits.plan" in error


@pytest.mark.parametrize(
    "line, word",
    [
        ("0/{} 10", "10"),
        ("0/{} -1", "-1"),
        ("0/{} 99999999999999999999", "99999999999999999999"),
        ("0/{} two", "two"),
        ("0/{} 1.0", "1.0"),
        ("nothing.png", "nothing.png"),
    ],
)
def test_a_list_with_a_wrong_label(tmp_path, data, line, word):
    name = next(p.name for p in sorted((data / "1").iterdir()))
    path = tmp_path / "list.txt"
    path.write_text(f"1/{name} 1\n1/{name} 2\n{line.format(name)}\n")
    error = refused(DIGITS, "--data", path, "--images-root", data, exit=1)
    assert "list.txt" in error and "line 3" in error and word in error


@pytest.mark.parametrize(
    "arrays",
    [
        {"images": np.zeros((3, 28, 28), np.uint8)},
        {"labels": np.arange(3)},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.arange(2)},
        {"images": np.zeros((3, 28, 28), np.float32), "labels": np.arange(3)},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.arange(3.0)},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.arange(3)[None]},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.array([0, 10, 0])},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.array([0, -1, 0])},
        {"images": np.zeros((3, 28, 28, 2), np.uint8), "labels": np.arange(3)},
        {"images": np.zeros((28, 28), np.uint8), "labels": np.arange(28) % 10},
        {"images": np.zeros((0, 28, 28), np.uint8), "labels": np.arange(0)},
        {"images": np.zeros((3, 0, 28), np.uint8), "labels": np.arange(3)},
    ],
    ids=lambda arrays: " ".join(f"{k}-{v.dtype}-{v.shape}" for k, v in arrays.items()),
)
def test_npz_of_other_arrays(tmp_path, arrays):
    np.savez(tmp_path / "data.npz", **arrays)
    assert "data.npz" in refused(DIGITS, "--data", tmp_path / "data.npz", exit=1)


def test_npz_that_is_cut_off(tmp_path):
    np.savez(tmp_path / "data.npz", images=np.zeros((3, 28, 28), np.uint8), labels=np.arange(3))
    whole = (tmp_path / "data.npz").read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "data.npz").write_bytes(whole[:size])
        refused(DIGITS, "--data", tmp_path / "data.npz", exit=1)


def test_data_without_images(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "classes" / "0").mkdir(parents=True)
    (tmp_path / "classes" / "0" / "notes.txt").write_text("no image\n")
    (tmp_path / "flat").mkdir()
    Image.new("L", (28, 28)).save(tmp_path / "flat" / "0.png")
    (tmp_path / "list.txt").write_text("")
    for name in ("empty", "classes", "flat", "list.txt", "no such folder"):
        assert name in refused(DIGITS, "--data", tmp_path / name, exit=1)


def test_more_folders_than_classes(tmp_path):
    for index in range(11):
        path = tmp_path / "data" / f"{index:02d}" / "x.png"
        path.parent.mkdir(parents=True)
        Image.new("L", (28, 28)).save(path)
    error = refused(DIGITS, "--data", tmp_path / "data", exit=1)
    assert "10" in error


def test_a_folder_that_is_not_among_the_labels(tmp_path, data):
    (tmp_path / "labels.txt").write_text("".join(f"{n}\n" for n in [9, 8, 7, 6, 5, 4, 3, 2, "one", 0]))
    error = refused(DIGITS, "--data", data, "--labels", tmp_path / "labels.txt", exit=1)
    assert str(data) in error or "labels.txt" in error


def test_networks_that_do_not_go_together(tmp_path, data):
    corners = protocol_networks.corner_network(tmp_path / "corners.onnx")
    error = refused(DIGITS, corners, "--data", data, exit=1)
    assert "corners.onnx" in error and "10" in error


def test_a_network_that_takes_no_image(tmp_path, data):
    model = double_model(tmp_path / "double.onnx")
    assert "double.onnx" in refused(model, "--data", data, exit=1)


def test_nothing_is_written_when_it_fails(tmp_path, data):
    output, posteriors = tmp_path / "predictions.csv", tmp_path / "posteriors.npz"
    for name in ("no such data", "list.txt"):
        refused(
            DIGITS, "--data", data / name, "--output", output, "--posteriors", posteriors, exit=1
        )
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_cannot_be_written(tmp_path, data):
    for option in ("--output", "--posteriors"):
        error = refused(DIGITS, "--data", data, option, tmp_path / "no" / "file.csv", exit=1)
        assert str(tmp_path / "no") in error
