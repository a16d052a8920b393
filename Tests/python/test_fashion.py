"""The two networks that Scripts/fashion.sh trains."""

import numpy as np
import onnx

import tool


def weights(name, folder):
    """The shapes of a network's weights by name."""
    path = folder / f"{name}.onnx"
    tool.tessera("convert", tool.ROOT / f"Graphs/{name}.onnxtxt", "--weights", "random:1", "-o", path)
    initializers = onnx.load(path).graph.initializer
    return {each.name: tuple(each.dims) for each in initializers if each.name.startswith(("conv", "norm", "fc"))}


def test_the_deeper_network_has_the_layers_that_it_takes(tmp_path):
    first, deeper = weights("fashion", tmp_path), weights("fashion-deep", tmp_path)
    taken = [name for name in first if name.startswith(("conv1", "norm1", "conv2", "norm2", "fc"))]
    assert len(taken) == 4 * 5 + 4 and all(deeper[name] == first[name] for name in taken)
    convolutions = [sum(name.startswith("conv") for name in each) for each in [first, deeper]]
    assert convolutions == [6, 8]


def test_the_network_learns_with_jitter(tmp_path):
    """Of two kinds of pictures, one bright above and one bright below; the same bytes twice."""
    generator = np.random.default_rng(2)
    images = generator.integers(0, 100, (128, 28, 28), dtype=np.uint8)
    labels = np.arange(128) % 2
    images[labels == 0, :14] += 120
    images[labels == 1, 14:] += 120
    data, written = tmp_path / "data.npz", []
    np.savez(data, images=images, labels=labels)
    for name in ["a", "b"]:
        tool.tessera(
            "train", tool.ROOT / "Graphs/fashion.onnxtxt", "--weights", "random:1", "--data", data, "-o", tmp_path / f"{name}.onnx",
            "--batch", 32, "--train-scale", "28..30", "--epochs", 8)  # fmt: skip
        written.append((tmp_path / f"{name}.onnx").read_bytes())
    assert written[0] == written[1]
    result = tool.tessera("evaluate", tmp_path / "a.onnx", "--data", data, "--json").json
    assert result["fused"]["top1_error"] < 0.05, result
