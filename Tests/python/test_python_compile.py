"""What Python compiles is what the tool compiles."""

import warnings

import numpy as np
import onnx
import pytest

import python_package  # noqa: F401
import small_vgg
import tessera
import tool
from tessera import ErrorKind, Session, TesseraError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compile")
    graph = small_vgg.write_graph("vgg-a", folder / "vgg-a.onnxtxt")
    np.savez(folder / "vgg-a.npz", **small_vgg.weights(graph))
    return folder


@pytest.mark.parametrize("arguments, options", [
    ([], {}),
    (["--shapes", "data:1x3x224x224", "--shapes", "data:2x3x224x224"],
     {"shapes": [{"data": [1, 3, 224, 224]}, {"data": (2, 3, 224, 224)}]}),
    (["--outputs", "fc8,pool5", "--preset", "caffe"], {"outputs": ["fc8", "pool5"], "preset": "caffe"}),
    (["--dense", "--local", "--shapes", "data:1x3x256x224"],
     {"dense": True, "local": True, "shapes": {"data": [1, 3, 256, 224]}}),
    (["--weights-precision", "f16", "--max-error", "1e-2", "--memory-limit", "100M"],
     {"weights_precision": "f16", "max_error": 1e-2, "memory_limit": 100_000_000}),
])
def test_plans_are_those_of_the_tool(folder, arguments, options):
    common = {"weights": folder / "vgg-a.npz", "threads": 2, **options}
    tool.tessera(
        "compile", folder / "vgg-a.onnxtxt", "--weights", folder / "vgg-a.npz", "-o", folder / "tool.plan",
        "--threads", "2", *arguments)
    expected = (folder / "tool.plan").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert bytes(tessera.compile(folder / "vgg-a.onnxtxt", **common)) == expected
        plan = tessera.compile(str(folder / "vgg-a.onnxtxt"), folder / "python.plan", **common)
    assert plan.path == str(folder / "python.plan") and (folder / "python.plan").read_bytes() == expected


def test_models_in_memory(folder):
    path = tool.ROOT / "Graphs/digits.onnx"
    for model in [path.read_bytes(), onnx.load(path)]:
        plan = tessera.compile(model, labels=["nought", "öne"])
        assert plan.labels == ["nought", "öne"] and plan.path is None
        assert tessera.compile(model, folder / "bytes.plan").path == str(folder / "bytes.plan")
        image = np.full((1, 1, 28, 28), 7, np.float32)
        assert (Session(plan).run(None, {"image": image})[0] == Session(folder / "bytes.plan").run(None, {"image": image})[0]).all()


def test_warnings(folder):
    np.savez(folder / "more.npz", **dict(np.load(folder / "vgg-a.npz")), superfluous=np.zeros(3, np.float32))
    with pytest.warns(UserWarning, match="superfluous"):
        tessera.compile(folder / "vgg-a.onnxtxt", weights=folder / "more.npz")


def test_errors(folder):
    graph = folder / "vgg-a.onnxtxt"
    unsupported = onnx.helper.make_model(onnx.helper.make_graph(
        [onnx.helper.make_node("Det", ["x"], ["y"])], "g",
        [onnx.helper.make_tensor_value_info("x", 1, [2, 2])], [onnx.helper.make_tensor_value_info("y", 1, [])]))
    for arguments, options, kind, words in [
        ([folder / "none.onnx"], {}, ErrorKind.SYSTEM_FAILURE, "none.onnx"),
        ([graph], {"preset": "no"}, ErrorKind.INVALID_USAGE, "found 'no'"),
        ([graph], {"shapes": {"no": [1]}}, ErrorKind.INVALID_USAGE, "no"),
        ([unsupported], {}, ErrorKind.UNSUPPORTED, "Det"),
        ([b"no model"], {}, ErrorKind.INVALID_INPUT, "ModelProto"),
    ]:
        with pytest.raises(TesseraError, match=words) as problem:
            tessera.compile(*arguments, **options)
        assert problem.value.kind == kind, problem.value
