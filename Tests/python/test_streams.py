"""`-` is standard input or output wherever a file is; pipes are read by their content."""

import os
import subprocess

import numpy as np
import onnx
import pytest
import safetensors.numpy

import tool
from tessera_cli import DIGITS, ROOT, conv_model, double_model, run

IMAGE = next((ROOT / "Graphs/digits").glob("4_*.png"))


def stream(*arguments, input=b"", expect=0, folder):
    """Runs the tool with bytes on a pipe as its standard input; its standard output is a pipe too."""
    process = subprocess.run(
        [str(tool.PATH), *map(str, arguments)], input=input, capture_output=True, timeout=60, cwd=folder)
    assert process.returncode == expect, process.stderr.decode()
    assert not os.path.lexists(folder / "-")
    return process


@pytest.fixture
def model(tmp_path):
    return conv_model(tmp_path / "m.onnx")


def test_models_and_plans_come_and_go_by_streams(tmp_path, model):
    run("compile", model, "-o", tmp_path / "m.plan", "--threads", 1)
    process = stream("compile", "-", "-o", "-", "--threads", 1, input=model.read_bytes(), folder=tmp_path)
    assert process.stdout == (tmp_path / "m.plan").read_bytes()
    assert b"parameters: 869" in process.stderr
    x = np.random.default_rng(1).standard_normal((1, 3, 8, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    outputs = []
    for program, content in [("m.plan", b""), ("-", process.stdout), ("/dev/stdin", process.stdout), ("-", model.read_bytes())]:
        stream("run", program, "--input", "x=x.npy", "--output-dir", "out", input=content, folder=tmp_path)
        outputs.append(np.load(tmp_path / "out/y.npy"))
    for output in outputs[1:]:
        np.testing.assert_array_equal(output, outputs[0])
    inspected = stream("inspect", "-", input=process.stdout, folder=tmp_path).stdout
    assert b"fully-connected" in inspected


def test_standard_output_may_be_a_file(tmp_path, model):
    with open(tmp_path / "a.plan", "wb") as file:
        file.write(b"head")
        file.flush()
        subprocess.run([tool.PATH, "compile", model, "-o", "-"], stdout=file, stderr=subprocess.PIPE, check=True)
    run("compile", model, "-o", tmp_path / "b.plan")
    assert (tmp_path / "a.plan").read_bytes() == b"head" + (tmp_path / "b.plan").read_bytes()
    with open(model, "ab") as file:
        process = subprocess.run([tool.PATH, "compile", model, "-o", "-"], stdout=file, stderr=subprocess.PIPE)
    assert process.returncode == 2 and b"the output would overwrite the input" in process.stderr


@pytest.mark.parametrize("kind", ["npy", "npz", "pb"])
def test_tensors_by_content(tmp_path, kind):
    double_model(tmp_path / "m.onnx")
    x = np.array([[1, 2, 3]], np.float32)
    if kind == "pb":
        (tmp_path / "x").write_bytes(onnx.numpy_helper.from_array(x).SerializeToString())
    else:
        with open(tmp_path / "x", "wb") as file:
            np.save(file, x) if kind == "npy" else np.savez(file, x=x)
    content = (tmp_path / "x").read_bytes()
    for name in ["-", "/dev/stdin"]:
        process = stream("run", "m.onnx", "--input", f"x={name}", "--json", input=content, folder=tmp_path)
        assert b'"max":6' in process.stdout.replace(b" ", b"")
    command = f'{tool.PATH} run m.onnx --input x=<(cat x) --json'
    process = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, check=True)
    assert b'"max":6' in process.stdout.replace(b" ", b"")


def test_images_lists_and_labels(tmp_path):
    image = IMAGE.read_bytes()
    expected = run("classify", DIGITS, IMAGE, "--top", 1).stdout.replace(str(IMAGE), "-")
    assert stream("classify", DIGITS, "-", "--top", 1, input=image, folder=tmp_path).stdout.decode() == expected
    stream("run", DIGITS, "--input", "image=-", input=image, folder=tmp_path)
    (tmp_path / "a.png").write_bytes(image)
    report = stream("evaluate", DIGITS, "--data", "-", "--json", input=b"a.png 4\n", folder=tmp_path).stdout
    assert b'"images":1' in report.replace(b" ", b"")
    labels = "".join(f"digit {index}\n" for index in range(10)).encode()
    assert b"digit 4" in stream("classify", DIGITS, "a.png", "--labels", "-", input=labels, folder=tmp_path).stdout
    features = stream("features", DIGITS, "--data", "-", "-o", "-", input=b"a.png 4\n", folder=tmp_path)
    assert features.stdout.startswith(b"\x93NUMPY") and b"1 images" in features.stderr


@pytest.mark.parametrize("kind", ["safetensors", "npz", "onnx"])
def test_weights_by_content(tmp_path, kind):
    graph = tmp_path / "g.onnxtxt"
    graph.write_text(
        '<ir_version: 10, opset_import: ["" : 21]>\n'
        "g (float[N,4] x, float[2,4] w) => (float[N,2] y) { y = Gemm <transB = 1> (x, w) }")
    weights = {"w": np.arange(8, dtype=np.float32).reshape(2, 4)}
    if kind == "safetensors":
        content = safetensors.numpy.save(weights)
    else:
        np.savez(tmp_path / "w.npz", **weights)
        content = (tmp_path / "w.npz").read_bytes()
    if kind == "onnx":
        run("convert", graph, "--weights", tmp_path / "w.npz", "-o", tmp_path / "w.onnx")
        content = (tmp_path / "w.onnx").read_bytes()
    process = stream("convert", "g.onnxtxt", "--weights", "-", "-o", "-", input=content, folder=tmp_path)
    bound = onnx.parser.parse_model(process.stdout.decode())
    np.testing.assert_array_equal(onnx.numpy_helper.to_array(bound.graph.initializer[0]), weights["w"])


@pytest.mark.parametrize("arguments, code, words", [
    (["inspect", "-"], 1, "-: the file is empty"),
    (["evaluate", DIGITS, "--data", "l.txt", "-o", "-"], 2, "expected a file, found a pipe or a device"),
    (["run", "m.onnx", "--input", "x=x.npy", "--output-dir", "-"], 2, "expected a folder, found '-'"),
    (["convert", "m.onnx", "-o", "-", "--external-data"], 2, "'--external-data' needs a file"),
])
def test_what_cannot_be_streamed(tmp_path, model, arguments, code, words):
    (tmp_path / "l.txt").write_text("a.png 4\n")
    (tmp_path / "a.png").write_bytes(IMAGE.read_bytes())
    np.save(tmp_path / "x.npy", np.zeros((1, 3, 8, 8), np.float32))
    assert words in stream(*arguments, expect=code, folder=tmp_path).stderr.decode()


def test_pipes_with_a_name_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "found a named pipe or a device" in run("inspect", tmp_path / "pipe", expect=1).stderr
