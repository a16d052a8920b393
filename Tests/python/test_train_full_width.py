"""Three steps of VGG-D as it is, for images of 224x224, as PyTorch computes them in float64.

Scripts/training_fixtures.py writes the fixture and says where the bounds come from.
"""

import json
import sys

import numpy as np
from safetensors import safe_open

import tool

sys.path.append(str(tool.ROOT / "Scripts"))

import training_batches  # noqa: E402

FIXTURE = tool.ROOT / "Tests/Training/Fixtures/vgg-d.npz"
OPTIONS = [
    "--weights", "random:1", "--batch", 4, "--learning-rate", 1e-4, "--center-crop", "--no-mirror", "--color", "rgb",
    "--mean", training_batches.PIXEL_MEAN, "--scale", training_batches.PIXEL_SCALE,
]  # fmt: skip


def trained(folder, expected):
    """The losses, and the samples of the weights by name."""
    graph, data, weights, log = (folder / name for name in ["vgg-d.onnxtxt", "data.npz", "weights.safetensors", "log.jsonl"])
    graph.write_text(training_batches.without_dropout((tool.ROOT / "Graphs/vgg-d.onnxtxt").read_text()))
    images, labels = training_batches.full_images()
    np.savez(data, images=images, labels=labels)
    tool.tessera("train", graph, "--data", data, "-o", weights, "--log", log, "--epochs", len(expected["losses"]), *OPTIONS)
    losses = [json.loads(line)["loss"] for line in log.read_text().splitlines()]
    with safe_open(weights, "numpy") as file:
        samples = {name: training_batches.sampled(file.get_tensor(name)) for name in file.keys()}
    weights.unlink()
    return np.array(losses), samples


def test_vgg_d_follows_pytorch(tmp_path):
    expected = np.load(FIXTURE)
    losses, samples = trained(tmp_path, expected)
    # The loss itself is rounded to float32.
    assert len(losses) == 3
    assert (abs(losses - expected["losses"]) <= expected["loss_bounds"] + 1e-6 * expected["losses"]).all(), losses
    assert sorted(samples) == sorted(name.removeprefix("samples/") for name in expected.files if name.startswith("samples/"))
    assert len(samples) == 32
    for name, values in samples.items():
        distance = training_batches.rms(values.astype(np.float64) - expected[f"samples/{name}"])
        assert distance <= expected[f"bounds/{name}"][0], name
