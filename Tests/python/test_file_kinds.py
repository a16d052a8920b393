"""Files that people give in place of another are told for what they are, with what to do instead."""

import io
import zipfile

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from tessera_cli import DIGITS, ROOT, conv_model, run


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return buffer.getvalue()


def image(format):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, format)
    return buffer.getvalue()


def array(write, **arrays):
    buffer = io.BytesIO()
    write(buffer, **arrays)
    return buffer.getvalue()


# What was downloaded, its first bytes as the programs that make it write them, what it is called and the way out.
KINDS = {
    "checkpoint.pth": (zipped("archive/data.pkl", "archive/data/0"), "a PyTorch checkpoint", "torch.onnx.export"),
    "old.pth": (bytes.fromhex("80028a0a6cfc9c46f9206aa85019"), "a PyTorch checkpoint", "safetensors.torch.save_file"),
    "script.pt": (
        zipped("m/data/0", "m/data.pkl", "m/code/a.py", "m/constants.pkl"), "a TorchScript module", "torch.onnx.export"),
    "program.pt2": (zipped("m/data/weights/0", "m/models/model.json"), "a program of torch.export", "torch.onnx.export"),
    "weights.pkl": (b"\x80\x04\x95\x10\x00", "a Python pickle", "numpy.savez"),
    "weights.h5": (b"\x89HDF\r\n\x1a\n" + bytes(64), "an HDF5 file, as Keras writes", "numpy.savez"),
    "model.keras": (zipped("metadata.json", "config.json", "model.weights.h5"), "a Keras model", "as ONNX"),
    "model.tflite": (b"\x1c\0\0\0TFL3" + bytes(32), "a TensorFlow Lite model", "tf2onnx"),
    "frozen.pb": (b"\n\x1f\n\x05input\x12\x0bPlaceholder", "a TensorFlow graph", "tf2onnx"),
    "model.xml": (b'<?xml version="1.0"?>\n<net name="m" version="11">', "an OpenVINO network", "the ONNX model"),
    "model.param": (b"7767517\n75 83\n", "an ncnn network", "the ONNX model"),
    "login.onnx": (b"\n<!DOCTYPE HTML><html lang=en>", "a web page", "download the file itself"),
    "pointer.onnx": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "a pointer of Git LFS", "git lfs pull"),
    "models.zip": (zipped("models/vgg16.onnx"), "a ZIP archive", "unpack it"),
    "models.tar": (bytes(257) + b"ustar\0" + bytes(249), "a tar archive", "unpack it"),
    "models.tar.gz": (b"\x1f\x8b\x08\0", "a file compressed by gzip", "unpack it"),
    "models.tar.zst": (b"\x28\xb5\x2f\xfd\0", "a file compressed by Zstandard", "unpack it"),
    "cat.png": (image("PNG"), "a PNG image", "the network comes first"),
    "cat.jpg": (image("JPEG"), "a JPEG image", "the network comes first"),
    "cat.webp": (image("WEBP"), "a WebP image", "convert it to PNG"),
    "a.npy": (array(lambda file: np.save(file, np.zeros(3))), "an array in a .npy file", "--input"),
    "w.npz": (array(np.savez, w=np.zeros(3)), "arrays in an .npz file", "--weights"),
    "w.safetensors": (
        safetensors.numpy.save({"w": np.zeros(3)}), "weights in a .safetensors file", "--weights"),
}


@pytest.mark.parametrize("name", KINDS)
def test_in_place_of_a_model(tmp_path, name):
    content, kind, way_out = KINDS[name]
    path = tmp_path / name
    path.write_bytes(content)
    (line,) = run("compile", path, "-o", tmp_path / "m.plan", expect=1).stderr.splitlines()
    assert line.startswith(f"tessera: {path}: expected a model, found {kind}: ") and way_out in line
    assert run("inspect", path, expect=1).stderr.splitlines() == [line]


@pytest.mark.parametrize("name", KINDS)
def test_in_place_of_weights(tmp_path, name):
    content, kind, _ = KINDS[name]
    for path in [tmp_path / name, tmp_path / "w.safetensors", tmp_path / "w.npz"]:
        if path.suffix == ".npz" and kind in ["arrays in an .npz file", "a ZIP archive"] or path.name == name == "w.safetensors":
            continue
        path.write_bytes(content)
        lines = run(
            "compile", ROOT / "Graphs/vgg-a.onnxtxt", "-o", tmp_path / "m.plan", "--weights", path,
            expect=1).stderr.splitlines()
        assert len(lines) == 1 and f"found {kind}: " in lines[0], lines


@pytest.mark.parametrize("signature", [b"\x80\x02", b"\x80\x04", b"\x1f\x8b", b"BM"])
def test_weights_whose_header_length_is_a_signature(tmp_path, signature):
    """A .safetensors file starts with the length of its header, which blanks may fill up."""
    model, weights = tmp_path / "m.onnxtxt", tmp_path / "w.safetensors"
    model.write_text('<ir_version: 10, opset_import: ["" : 21]> g (float[2] x, float[2] w) => (float[2] y) { y = Add (x, w) }')
    length = int.from_bytes(signature, "little")
    header = b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.ljust(length)
    weights.write_bytes(len(header).to_bytes(8, "little") + header + np.ones(2, np.float32).tobytes())
    run("compile", model, "-o", tmp_path / "m.plan", "--weights", weights)


@pytest.mark.parametrize("name", KINDS)
def test_in_place_of_an_image(tmp_path, name):
    content, kind, _ = KINDS[name]
    if name in ["cat.png", "cat.jpg"]:
        pytest.skip("an image")
    path = tmp_path / f"{name}.png"
    path.write_bytes(content)
    (line,) = run("classify", DIGITS, path, expect=1).stderr.splitlines()
    assert line.startswith(f"tessera: {path}: expected a PNG or JPEG image, found {kind}: ")


@pytest.mark.parametrize("option", ["--data", "--labels"])
def test_in_place_of_a_text(tmp_path, option):
    for name, (content, kind, _) in KINDS.items():
        if name == "w.npz":
            continue
        path = tmp_path / name
        path.write_bytes(content)
        arguments = {
            "--data": ["evaluate", DIGITS, "--data", path],
            "--labels": ["classify", DIGITS, "--labels", path, next((ROOT / "Graphs/digits").glob("*.png"))],
        }[option]
        (line,) = run(*arguments, expect=1).stderr.splitlines()
        assert f"found {kind}: " in line
    (tmp_path / "list.txt").write_bytes(KINDS["cat.png"][0])
    assert "give the folder of the images" in run("evaluate", DIGITS, "--data", tmp_path / "list.txt", expect=1).stderr


def test_a_plan_in_place_of_others(tmp_path):
    model, plan = conv_model(tmp_path / "m.onnx"), tmp_path / "m.plan"
    run("compile", model, "-o", plan)
    assert "found a plan: give the model that it was compiled from" in run("dump", plan, expect=1).stderr
    assert "found a plan: its weights are packed" in run(
        "compile", model, "-o", tmp_path / "n.plan", "--weights", plan, expect=1).stderr


def test_a_folder_of_tensorflow(tmp_path):
    (tmp_path / "m/variables").mkdir(parents=True)
    (tmp_path / "m/saved_model.pb").write_bytes(b"\x08\x01\x12")
    for arguments in [["inspect", tmp_path / "m"], ["compile", tmp_path / "m", "-o", tmp_path / "m.plan"]]:
        (line,) = run(*arguments, expect=1).stderr.splitlines()
        assert "found a TensorFlow SavedModel: convert it to ONNX" in line
