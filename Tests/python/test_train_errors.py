"""What `tessera train` refuses: a sentence each, and nothing is lost."""

import shutil

import numpy as np
import pytest

import tool
import training_data
from training_data import OPTIONS, train


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return training_data.write(tmp_path_factory.mktemp("training"))


@pytest.fixture
def folder(original, tmp_path):
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    return tmp_path


def refused(folder, *arguments, exit=1, output="out.safetensors", options=OPTIONS):
    """What the tool says, in one sentence; no result is left."""
    existed = (folder / output).exists()
    result = train(folder, output, "--epochs", 2, *arguments, exit=exit, options=options)
    assert (folder / output).exists() == existed and not (folder / "out.safetensors.checkpoint").exists()
    errors = [line for line in result.stderr.splitlines() if "tells what it takes" not in line]
    assert len(errors) == 1, str(result)
    return errors[0]


def write_labels(folder, labels, name="train"):
    with np.load(folder / f"{name}.npz") as arrays:
        images = arrays["images"]
    np.savez(folder / f"{name}.npz", images=images, labels=labels)


@pytest.mark.parametrize("name", ["train", "held"])
def test_labels_out_of_range(folder, name):
    labels = np.zeros(96 if name == "train" else 40, np.int64)
    labels[5] = 4
    write_labels(folder, labels, name)
    error = refused(folder, "--validate", folder / "held.npz")
    assert f"{name}.npz" in error and "4" in error


def test_folders_that_are_not_the_classes(folder):
    data = training_data.write_folders(folder / "classes")
    options = ["--weights", "random:1", "--batch", 4]
    shutil.rmtree(data / "3-falling")
    (folder / "train.npz").unlink()
    data.rename(folder / "train.npz")
    error = refused(folder, options=options)
    assert "there are 3 folders of classes, the network has 4 classes" in error
    (folder / "train.npz/3-falling").mkdir()
    assert "train.npz/3-falling: the class has no images" in refused(folder, options=options)


def test_images_without_classes(folder):
    """A folder of images, which some commands take."""
    data = training_data.write_folders(folder / "classes")
    (folder / "train.npz").unlink()
    (folder / "train.npz").mkdir()
    for path in data.rglob("*.png"):
        shutil.copy(path, folder / "train.npz" / path.name)
    assert "train.npz" in refused(folder, options=["--weights", "random:1", "--batch", 4])


def test_sizes_of_batches(folder):
    options = ["--weights", "random:1"]
    error = refused(folder, "--batch", 16, "--shard", 5, options=options, exit=2)
    assert "a batch of 16 images is no multiple of a shard of 5" in error
    error = refused(folder, "--batch", 128, options=options)
    assert "there are 96 images, fewer than a batch of 128" in error and "train.npz" in error
    for shard in [[], ["--shard", 4]]:
        error = refused(folder, "--batch", 16, *shard, "--memory-limit", "1000", options=options, exit=2)
        assert "training takes at least" in error and "found a limit of 1000" in error


def test_a_loss_that_is_not_finite(folder):
    options = ["--weights", "random:1", "--batch", 16, "--shard", 4, "--learning-rate", "1e30"]
    error = refused(folder, options=options)
    assert "the loss of step" in error and "is not finite" in error and "learning rate may be too large" in error


def test_a_loss_that_is_not_finite_keeps_the_checkpoint(folder):
    options = ["--weights", "random:1", "--batch", 16, "--shard", 4, "--learning-rate", "1e30"]
    result = train(folder, "out.safetensors", "--checkpoint-minutes", 1e-7, options=options, exit=1)
    checkpoint = folder / "out.safetensors.checkpoint"
    assert "the loss of step" in result.stderr and f"the last checkpoint is in {checkpoint}" in result.stderr
    data = checkpoint.read_bytes()
    again = train(folder, "out.safetensors", "--resume", options=options, exit=1)
    assert "the loss of step" in again.stderr and checkpoint.read_bytes() == data


def test_an_output_that_is_an_input(folder):
    name = "waves.onnxtxt"
    before = (folder / name).read_bytes()
    assert name in refused(folder, output=name, exit=2)
    assert (folder / name).read_bytes() == before


def test_a_log_that_is_an_input(folder):
    before = (folder / "train.npz").read_bytes()
    assert "train.npz" in refused(folder, "--log", folder / "train.npz", exit=2)
    assert "held.npz" in refused(folder, "--validate", folder / "held.npz", "--plot", folder / "held.npz", exit=2)
    assert (folder / "train.npz").read_bytes() == before


def test_records_that_cannot_be_written(folder):
    """Known before anything is trained."""
    same = folder / "record"
    assert "two outputs would be this file" in refused(folder, "--log", same, "--plot", same, exit=2)
    for name in ["out.safetensors", "out.safetensors.checkpoint"]:
        assert "two outputs would be this file" in refused(folder, "--log", folder / name, exit=2)
    for option in ["--log", "--plot"]:
        assert "cannot write" in refused(folder, option, folder / "nowhere/record")


def test_networks_that_are_not_trained(folder):
    path = folder / "waves.onnxtxt"
    path.write_text(training_data.NETWORK.replace("r = Relu (c)", "r = Elu (c)"))
    error = refused(folder, exit=3)
    assert "Elu" in error
    path.write_text(
        training_data.NETWORK.replace("image,\n", "image,\n  float[N,144] other,\n", 1).replace(
            "d = Dropout (f, ratio)", "d = Add (f, other)"))
    assert "one input" in refused(folder)
    path.write_text(training_data.NETWORK)
    assert "its weights bound" in refused(folder, options=["--batch", 16])
    path.write_text(training_data.NETWORK.replace("float[N,4] prob", "float[N,2,2] prob").replace(
        "probabilities = Softmax <axis = 1> (s)", "probabilities = Reshape (s, extents)").replace(
        "float ratio = {0.25}", "float ratio = {0.25}, int64[3] extents = {0, 2, 2}"))
    assert "[images, classes]" in refused(folder)


def test_patterns_that_fit_nothing(folder):
    for option in [["--freeze", "nothing*"], ["--learning-rate-of", "nothing=2"]]:
        assert "no weight of the network is called 'nothing" in refused(folder, *option, exit=2)
    first = folder / "first.onnx"
    tool.tessera("convert", folder / "waves.onnxtxt", "--weights", "random:1", "-o", first)
    options = ["--weights", first, "--batch", 16]
    assert "no weight of the network is called 'cnv*'" in refused(
        folder, "--take", "cnv*", "--fill", "random:1", options=options, exit=2)
    assert "no constant of the network is left to train" in refused(folder, "--freeze", "*", exit=2)


def test_scales_below_the_network(folder):
    assert "12x12" in refused(folder, "--train-scale", "11..14", exit=2)


@pytest.mark.parametrize("option", [
    ["--drop-at", "3,2"], ["--drop-at", "1"], ["--drop-at", ""], ["--train-scale", "20..13"], ["--train-scale", "x"],
    ["--train-scale", "1..2..3"], ["--color-shift", "nan"], ["--learning-rate-of", "fc=-1"], ["--learning-rate-of", "fc"],
    ["--momentum", "1"], ["--weight-decay", "-1"], ["--seed", "-1"], ["--patience", "0"], ["--checkpoint-minutes", "-1"],
    ["--checkpoint-minutes", "nan"], ["--drop-at", "2", "--patience", "2"], ["--subtract-mean", "--mean", "3"],
])  # fmt: skip
def test_values_that_options_do_not_take(folder, option):
    refused(folder, *option, exit=2)
    for value in ["0", "nan", "inf", "-1"]:
        refused(folder, exit=2, options=["--weights", "random:1", "--learning-rate", value])


def test_results_have_a_known_kind(folder):
    result = train(folder, "out.npz", exit=2)
    assert "expected a file name that ends in .safetensors, .onnx or .onnxtxt" in result.stderr
