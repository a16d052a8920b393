"""`tessera train`: what it learns, writes and says, and what its options do."""

import json
import re

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import tool
import training_data
from measured import Measured
from training_data import CLASSES, WEIGHTS, train

EPOCHS = ["--epochs", 3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return training_data.write(tmp_path_factory.mktemp("training"))


def first_weights(folder):
    """What `random:1` gives the network."""
    path = folder / "first.onnx"
    tool.tessera("convert", folder / "waves.onnxtxt", "--weights", "random:1", "-o", path)
    return {each.name: numpy_helper.to_array(each) for each in onnx.load(path).graph.initializer}


def trained(folder, *arguments, **settings):
    train(folder, "weights.safetensors", *(arguments or EPOCHS), **settings)
    return load_file(folder / "weights.safetensors")


def same(a, b, names=WEIGHTS):
    return all(np.array_equal(a[name], b[name]) for name in names)


def test_threads_change_no_byte(folder):
    results = []
    for threads in [1, 2, 3]:
        train(folder, f"{threads}.safetensors", *EPOCHS, "--threads", threads, "--subtract-mean", "--color-shift", 0.1)
        results.append((folder / f"{threads}.safetensors").read_bytes())
    assert results[0] == results[1] == results[2]
    assert not list(folder.glob("*.checkpoint"))


def test_seeds_change_the_weights(folder):
    assert not same(trained(folder), trained(folder, *EPOCHS, "--seed", 2))


def test_the_network_learns_and_its_files_classify(folder):
    """Both kinds of result give the errors that the log ends with."""
    held, log, plot = folder / "held.npz", folder / "log.jsonl", folder / "curves.svg"
    common = ["--epochs", 25, "--drop-at", "20", "--validate", held, "--log", log, "--plot", plot]
    train(folder, "learned.safetensors", *common)
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [record["epoch"] for record in records] == list(range(1, 26))
    assert np.allclose([record["learning_rate"] for record in records], [0.05] * 19 + [0.005] * 6)
    assert records[-1]["loss"] < 0.3 < 1 < records[0]["loss"]
    assert records[-1]["validation_error"] < 0.15 and records[-1]["training_error"] < 0.15
    assert records[-1]["validation_top5_error"] == 0 and records[-1]["images_per_second"] > 0
    assert plot.read_text().startswith("<svg") and plot.read_text().rstrip().endswith("</svg>")

    printed = train(folder, "learned.onnx", *common, "--json").stdout.splitlines()
    for line, record in zip(printed, records, strict=True):
        assert {**json.loads(line), "images_per_second": 0} == {**record, "images_per_second": 0}
    initializers = {each.name: numpy_helper.to_array(each) for each in onnx.load(folder / "learned.onnx").graph.initializer}
    assert same(initializers, load_file(folder / "learned.safetensors"))
    for model in [[folder / "learned.onnx"], [folder / "waves.onnxtxt", "--weights", folder / "learned.safetensors"]]:
        report = tool.tessera("evaluate", *model, "--data", held, "--scales", 12, "--json").json
        assert report["models"][0]["top1_error"] == pytest.approx(records[-1]["validation_error"]), model


def test_freezing_leaves_weights(folder):
    first, result = first_weights(folder), trained(folder, *EPOCHS, "--freeze", "conv*")
    assert same(first, result, ["conv_weight", "conv_bias"])
    assert not same(first, result, ["fc_weight"]) and not same(first, result, ["fc_bias"])


def test_learning_rates_of_patterns(folder):
    first, plain = first_weights(folder), trained(folder)
    assert same(trained(folder, *EPOCHS, "--learning-rate-of", "*=1"), plain)
    frozen = trained(folder, *EPOCHS, "--freeze", "conv*")
    still = trained(folder, *EPOCHS, "--learning-rate-of", "conv*=0")
    assert same(still, first, ["conv_weight", "conv_bias"])
    # Weights that may change are packed in the steps, which rounds otherwise.
    assert all(np.allclose(still[name], frozen[name], rtol=0, atol=1e-5) for name in WEIGHTS)
    # Factors of several patterns multiply.
    twice = trained(folder, *EPOCHS, "--learning-rate-of", "fc_weight=4", "--learning-rate-of", "*weight=0.5")
    one = trained(folder, *EPOCHS, "--learning-rate-of", "fc_weight=2", "--learning-rate-of", "conv_weight=0.5")
    assert same(twice, one) and not same(twice, plain) and not same(twice, first)


def test_the_first_weights_may_be_a_file(folder):
    save_file(first_weights(folder) | {}, folder / "first.safetensors")
    options = ["--weights", folder / "first.safetensors", *training_data.OPTIONS[2:]]
    assert same(trained(folder, options=options), trained(folder))


def test_some_of_the_weights_may_be_drawn(folder):
    """As for a network that begins with the layers of another."""
    save_file(first_weights(folder) | {}, folder / "first.safetensors")
    options = ["--weights", folder / "first.safetensors", "--fill", "random:9", "--take", "conv*", *training_data.OPTIONS[2:]]
    frozen = trained(folder, *EPOCHS, "--freeze", "conv*", options=options)
    assert same(frozen, first_weights(folder), ["conv_weight", "conv_bias"])
    assert not np.allclose(frozen["fc_weight"], trained(folder, *EPOCHS, "--freeze", "conv*")["fc_weight"], atol=0.01)


def test_decay_of_biases_is_a_switch(folder):
    with_biases = trained(folder, *EPOCHS, "--weight-decay", 0.5)
    without = trained(folder, *EPOCHS, "--weight-decay", 0.5, "--no-bias-decay")
    assert not same(with_biases, without)
    assert same(trained(folder, *EPOCHS, "--weight-decay", 0), trained(folder, *EPOCHS, "--weight-decay", 0, "--no-bias-decay"))


def test_the_rate_drops_where_validation_stalls(folder):
    """A network of which everything but one bias is frozen does not improve for long."""
    log = folder / "stall.jsonl"
    train(folder, "stalled.safetensors", "--epochs", 12, "--patience", 2, "--validate", folder / "held.npz", "--log", log,
          "--freeze", "conv*", "--freeze", "fc_weight")
    rate, best, best_epoch, drops, expected = 0.05, np.inf, 0, 0, []
    records = [json.loads(line) for line in log.read_text().splitlines()]
    for epoch, record in enumerate(records):
        expected.append(rate)
        if record["validation_error"] < best:
            best, best_epoch = record["validation_error"], epoch
        elif epoch - best_epoch >= 2 and drops < 3:
            rate, drops, best_epoch = rate / 10, drops + 1, epoch
    assert drops >= 2
    assert np.allclose([record["learning_rate"] for record in records], expected)


def test_the_mean_is_that_of_the_pixels(folder):
    result = train(folder, "mean.safetensors", *EPOCHS, "--subtract-mean")
    mean = float(np.load(folder / "train.npz")["images"].mean())
    assert float(result.stderr.split("--mean ")[1]) == pytest.approx(mean, rel=1e-6)
    given = trained(folder, *EPOCHS, "--mean", repr(float(result.stderr.split("--mean ")[1])))
    assert same(load_file(folder / "mean.safetensors"), given)
    with safe_open(folder / "mean.safetensors", "np") as file:
        bits = int(file.metadata()["image.mean"], 16)
    assert np.uint32(bits).view(np.float32) == pytest.approx(mean, rel=1e-6)


def test_what_a_network_was_trained_to_see_goes_with_it(folder):
    """Nobody types the mean: the errors are those that the log ends with, and those with the mean as an option."""
    held, log = folder / "held.npz", folder / "mean.jsonl"
    common = ["--epochs", 15, "--scale", "2", "--subtract-mean", "--validate", held, "--log", log]
    for output in ["seen.safetensors", "seen.onnx"]:
        noted = train(folder, output, *common).stderr
        assert f"{output} holds the mean that was subtracted" in noted
    mean = noted.split("--mean ")[1].strip()
    last = json.loads(log.read_text().splitlines()[-1])["validation_error"]
    assert last < 0.5
    for model in [[folder / "seen.onnx"], [folder / "waves.onnxtxt", "--weights", folder / "seen.safetensors"]]:
        def evaluate(*arguments):
            return tool.tessera("evaluate", *arguments, "--data", held, "--scales", 12, "--json")

        result = evaluate(*model)
        assert result.json["models"][0]["top1_error"] == pytest.approx(last), model
        assert f"images become inputs as its training stored it: rgb, mean {mean}, scale 2.0" in result.stderr
        given = evaluate(*model, "--mean", "250")
        assert "its training stored" not in given.stderr and given.json != result.json
        tool.tessera("compile", *model, "-o", folder / "seen.plan")
        images = tool.tessera("inspect", folder / "seen.plan", "--json").json["images"]
        assert images["mean"] == [pytest.approx(float(mean))] and images["scale"] == [2]
        assert evaluate(folder / "seen.plan").json["models"][0]["top1_error"] == pytest.approx(last)
    # Another training measures the mean anew, or takes this one.
    again = ["train", folder / "waves.onnxtxt", "--weights", folder / "seen.safetensors", "--data", held, "-o",
             folder / "again.safetensors", "--epochs", 1, "--batch", 16, "--shard", 4]
    assert float(tool.tessera(*again, "--subtract-mean").stderr.split("--mean ")[1]) != pytest.approx(float(mean), rel=1e-6)
    tool.tessera(*again)
    with safe_open(folder / "again.safetensors", "np") as file:
        bits = int(file.metadata()["image.mean"], 16)
    assert np.uint32(bits).view(np.float32) == np.float32(mean)


def test_stored_images_that_are_damaged(folder):
    train(folder, "damaged.onnx", *EPOCHS, "--mean", "3")
    model = onnx.load(folder / "damaged.onnx")
    next(each for each in model.metadata_props if each.key == "tessera.image.mean").value = "three"
    onnx.save(model, folder / "damaged.onnx")
    result = tool.tessera("compile", folder / "damaged.onnx", "-o", folder / "damaged.plan", exit=1)
    assert "damaged.onnx: the model's image option 'mean' is 'three'" in result.stderr
    assert not (folder / "damaged.plan").exists()


def test_images_are_changed_at_random(folder):
    """Each change gives other weights, and the same ones twice."""
    plain = trained(folder)
    for change in [["--color-shift", 0.5], ["--train-scale", "13..20"], ["--train-scale", "16"]]:
        changed = trained(folder, *EPOCHS, *change)
        assert not same(changed, plain), change
        assert same(changed, trained(folder, *EPOCHS, *change)), change
    without = [option for option in training_data.OPTIONS if option != "--no-mirror"]
    assert not same(trained(folder, options=without), plain)
    # There is nothing to cut off images of the network's size.
    assert same(trained(folder, *EPOCHS, "--center-crop"), plain)
    assert not same(trained(folder, *EPOCHS, "--center-crop", "--train-scale", "16"), trained(folder, *EPOCHS, "--train-scale", "16"))


def test_folders_of_classes(folder):
    data = training_data.write_folders(folder / "folders")
    result = tool.tessera("train", folder / "waves.onnxtxt", "--weights", "random:1", "--data", data, "--validate", data,
                          "-o", folder / "folders.onnx", "--epochs", 2, "--batch", 8, "--json")
    assert len(result.stdout.splitlines()) == 2
    assert len(list(data.iterdir())) == len(CLASSES)


def test_images_that_fill_no_batch_are_left_out(folder):
    """96 images make one batch of 64; which ones changes with the epoch."""
    options = ["--weights", "random:1", "--batch", 64, "--shard", 4]
    assert not same(trained(folder, "--epochs", 1, options=options), trained(folder, "--epochs", 2, options=options))


def test_less_memory_takes_smaller_shards(folder):
    options = ["--weights", "random:1", "--batch", 32]
    def report(*arguments):
        return train(folder, "memory.onnx", "--epochs", 1, *arguments, options=options).stdout.splitlines()[0]
    assert report().endswith("for 32 images at a time")
    total = int(report().split()[0].replace(",", ""))
    limited = report("--memory-limit", total // 2)
    assert int(limited.split()[0].replace(",", "")) <= total // 2 and "for 32 images" not in limited


DEEP = """
<ir_version: 10, opset_import: ["" : 21]>
deep (float[N,1,96,96] image, float[16,1,3,3] w0, {weights}, float[2,16] fc) => (float[N,2] scores)
{{
  c0 = Conv <pads = [1, 1, 1, 1]> (image, w0)
  v0 = Relu (c0)
  {layers}
  p = GlobalAveragePool (v7)
  f = Flatten (p)
  scores = Gemm <transB = 1> (f, fc)
}}
"""


@pytest.fixture(scope="module")
def deep(tmp_path_factory):
    """Eight layers whose results are much larger than their weights, and 16 images: what trains it on them."""
    folder = tmp_path_factory.mktemp("deep")
    layers = [f"c{i} = Conv <pads = [1, 1, 1, 1]> (v{i - 1}, w{i})\n  v{i} = Relu (c{i})" for i in range(1, 8)]
    weights = ", ".join(f"float[16,16,3,3] w{i}" for i in range(1, 8))
    (folder / "deep.onnxtxt").write_text(DEEP.format(weights=weights, layers="\n  ".join(layers)))
    images = np.random.default_rng(4).integers(0, 256, (16, 96, 96), np.uint8)
    np.savez(folder / "images.npz", images=images, labels=np.arange(16) % 2)
    return folder


def train_deep(deep, name, *arguments):
    """The memory that is stated, what is computed twice, and the process."""
    process = Measured(
        "train", deep / "deep.onnxtxt", "--weights", "random:1", "--data", deep / "images.npz", "--batch", 16,
        "--epochs", 2, "--learning-rate", 1e-4, "-o", deep / name, *arguments)  # fmt: skip
    text = process.output.decode()
    assert process.exit == 0, text
    stated = int(text.split()[0].replace(",", ""))
    return stated, re.search(r"recomputed: (\d+) of (\d+) forward steps, ([\d.]+) % more work", text), process


def test_what_does_not_fit_is_computed_twice(deep):
    """With the same bytes, and in less memory by what the tool says."""
    stated, recomputed, process = train_deep(deep, "free.safetensors", "--shard", 16)
    assert recomputed is None
    limit = stated * 3 // 4
    less, recomputed, limited = train_deep(deep, "limited.safetensors", "--shard", 16, "--memory-limit", limit)
    assert less <= limit and 0 < int(recomputed[1]) < int(recomputed[2]) and 0 < float(recomputed[3]) < 50
    assert (deep / "limited.safetensors").read_bytes() == (deep / "free.safetensors").read_bytes()
    assert process.peak - limited.peak > 0.8 * (stated - less)


def test_the_least_memory_is_told_and_suffices(deep):
    arguments = ["train", deep / "deep.onnxtxt", "--weights", "random:1", "--data", deep / "images.npz", "--batch", 16,
                 "-o", deep / "least.safetensors"]  # fmt: skip
    for shard in [[], ["--shard", 8]]:
        error = tool.tessera(*arguments, *shard, "--memory-limit", 1000, exit=2).stderr
        least = int(re.search(r"training takes at least (\d+) bytes of memory, found a limit of 1000\n", error)[1])
        stated, recomputed, _ = train_deep(deep, "least.safetensors", *shard, "--memory-limit", least)
        assert stated <= least and recomputed
        tool.tessera(*arguments, *shard, "--memory-limit", least * 4 // 5, exit=2)
