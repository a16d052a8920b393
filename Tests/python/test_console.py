"""The commands of every document print what it says, in a folder that has what it takes for granted.

The networks of the paper have few channels here; the README's are of full size.
"""

import shutil

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

import caffe_writer
import console
import small_exports
import small_vgg
import tool

DOCUMENTS = {
    str(path.relative_to(tool.ROOT)): path.read_text()
    for path in sorted([*tool.ROOT.glob("*.md"), *(tool.ROOT / "Docs").rglob("*.md")]) if "```console" in path.read_text()
}
NOT_RUN = {
    "CONTRIBUTING.md": ["builds and tests everything"],
    "Docs/batch.md": [
        "needs the environment of make fronts", "needs the environment of make fronts and runs until it is ended"],
    "Docs/embedding.md": ["builds everything"],
    "Docs/installing.md": ["builds everything, and installs", "for a shell of one's own"],
    "Docs/python.md": ["builds everything"],
    "Docs/serving.md": ["installs packages, serves until it is stopped", "needs a server"],
    "README.md": ["installs, builds and tests everything"],
}


def small_networks(folder):
    """Graphs with networks of few channels, and NAME.safetensors with the weights of each. Returns these."""
    (folder / "Graphs").unlink()
    shutil.copytree(tool.ROOT / "Graphs", folder / "Graphs")
    weights = {}
    for name in small_vgg.NETWORKS:
        weights[name] = small_vgg.weights(small_vgg.write_graph(name, folder / f"Graphs/{name}.onnxtxt"))
        safetensors.numpy.save_file(weights[name], folder / f"{name}.safetensors")
    return weights


def write_photos(paths, width=128, height=96):
    noise = np.random.default_rng(3).integers(0, 256, (len(paths), height, width, 3), dtype=np.uint8)
    for path, samples in zip(paths, noise):
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(samples).save(path)


def readme(folder):
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", folder / "digits.plan")
    np.save(folder / "image.npy", np.zeros((1, 3, 224, 224), np.float32))


def caffe(folder):
    weights = small_networks(folder)["vgg-d"]
    network, _ = caffe_writer.write(caffe_writer.vgg("vgg-d", "layers", weights), folder, "X")
    network.rename(folder / "deploy.prototxt")
    write_photos([folder / "photo.jpg"])
    (folder / "synset_words.txt").write_text("".join(f"n{index:08} class {index}\n" for index in range(10)))


def command_line(folder):
    small_networks(folder)
    for name in ["vgg-d", "vgg-e"]:
        graph, weights = folder / f"Graphs/{name}.onnxtxt", folder / f"{name}.safetensors"
        tool.tessera("convert", graph, "--weights", weights, "-o", folder / f"{name}.onnx")
        tool.tessera("compile", folder / f"{name}.onnx", "--preset", "torchvision", "-o", folder / f"{name}.plan")
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", folder / "digits.plan",
                 "--shapes", "image:1x1x28x28", "--shapes", "image:64x1x28x28")
    write_photos([folder / "one.png", *(folder / f"photos/{index}.png" for index in range(3))])
    (folder / "val.txt").write_text("".join(f"photos/{index}.png {index}\n" for index in range(3)))


def embedding(folder):
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", folder / "digits.plan")
    (folder / "Examples").symlink_to(tool.ROOT / "Examples")
    (folder / ".build").mkdir()
    (folder / ".build/libraries").symlink_to(tool.ROOT / ".build/libraries")
    np.asarray(Image.open(tool.ROOT / "Graphs/digits/7_3504.png"), np.float32).tofile(folder / "7.f32")


def exports(folder):
    weights = small_networks(folder)["vgg-d"]
    small_exports.write_torchvision(folder / "vgg16.onnx")
    small_exports.write_keras(folder / "vgg16-keras.onnx")
    safetensors.numpy.save_file(small_vgg.named_by_torchvision("vgg-d", weights), folder / "vgg16.safetensors")
    np.savez(folder / "vgg16.npz", **small_vgg.named_by_keras(weights))


def recipes(folder):
    weights = small_networks(folder)["vgg-d"]
    safetensors.numpy.save_file(small_vgg.named_by_torchvision("vgg-d", weights), folder / "vgg16.safetensors")
    write_photos([folder / f"pictures/{name}.png" for name in ["result", "target"]])
    write_photos([folder / f"photos/{index}.png" for index in range(3)])
    np.save(folder / "seven.npy", np.eye(10, dtype=np.float32)[[7]])


PREPARATIONS = {
    "README.md": readme,
    "Docs/caffe.md": caffe,
    "Docs/command-line.md": command_line,
    "Docs/embedding.md": embedding,
    "Docs/exports.md": exports,
    "Docs/recipes.md": recipes,
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_print_what_the_document_says(document, tmp_path):
    console.prepare(tmp_path)
    PREPARATIONS.get(document, lambda folder: None)(tmp_path)
    try:
        console.check(console.commands(DOCUMENTS[document]), tmp_path)
    finally:
        for plan in tmp_path.glob("*.plan"):
            plan.unlink()


def test_blocks_that_are_not_run_say_why():
    found = {document: console.not_run(text) for document, text in DOCUMENTS.items()}
    assert {document: reasons for document, reasons in found.items() if reasons} == NOT_RUN
    for document, text in DOCUMENTS.items():
        assert text.count("```console") == len(console.BLOCK.findall(text)), document


def test_blocks_are_compared():
    document = (
        "```console\n$ a \\\n  b\nx … y\n$ c\n```\n\n```swift\n$ d\n```\n\n"
        "```console (not run: takes an hour)\n$ e\n```\n")
    assert console.commands(document) == [("a \\\n  b", ["x … y"]), ("c", [])]
    assert console.not_run(document) == ["takes an hour"]
    assert console.matches(["x … y", ""], ["x 1,2 z y", ""])
    for printed in [["x 1 y"], ["x 1 y", "", ""], ["x 1 z", ""], ["x 1 y", "z"], ["a x 1 y", ""]]:
        assert not console.matches(["x … y", ""], printed)
    for printed in [["a", "b"], ["a", "1", "2", "b"]]:
        assert console.matches(["a", "…", "b"], printed)
    assert not console.matches(["a", "…", "b"], ["a", "1"])
    assert console.matches([], []) and not console.matches([], ["a"])
