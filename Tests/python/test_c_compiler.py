"""What the library for C compiles is what the tool compiles."""

import ctypes

import numpy as np
import onnx
import onnx.parser
import pytest

import c_library
import small_vgg
import tool
from c_library import INVALID_INPUT, INVALID_USAGE, UNSUPPORTED

library = c_library.Library("tessera")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A network of few channels, vgg-a.onnxtxt, and its weights."""
    folder = tmp_path_factory.mktemp("compiler")
    graph = small_vgg.write_graph("vgg-a", folder / "vgg-a.onnxtxt")
    np.savez(folder / "vgg-a.npz", **small_vgg.weights(graph))
    return folder


def options(shapes=(), outputs=(), labels=(), **values):
    """Options, with texts for names and (variant, input, shape) for shapes."""
    found = c_library.CompileOptions(**{
        name: str(value).encode() if name in ["weights", "weights_map", "preset", "weights_precision"] else value
        for name, value in values.items() if value is not None})
    entries = [
        c_library.InputShape(variant, name.encode(), (ctypes.c_int64 * len(shape))(*shape), len(shape))
        for variant, name, shape in shapes]
    found.shapes, found.shape_count = (c_library.InputShape * len(entries))(*entries), len(entries)
    found.outputs, found.output_count = c_library.names(outputs), len(outputs)
    found.labels, found.label_count = c_library.names(labels), len(labels)
    return found


def compile_file(model, plan, options=None):
    library.check("compile_file", str(model).encode(), str(plan).encode(), options)
    return plan.read_bytes()


def refusal(*arguments):
    with pytest.raises(c_library.Failure) as failure:
        library.make(*arguments)
    return failure.value.status, failure.value.message


@pytest.mark.parametrize("arguments, values", [
    ([], {}),
    (["--shapes", "data:1x3x224x224", "--shapes", "data:2x3x224x224"],
     {"shapes": [(1, "data", [2, 3, 224, 224]), (0, "data", [1, 3, 224, 224])]}),
    (["--outputs", "fc8,pool5", "--preset", "caffe"], {"outputs": ["fc8", "pool5"], "preset": "caffe"}),
    (["--dense", "--shapes", "data:1x3x256x224"], {"flags": 1, "shapes": [(0, "data", [1, 3, 256, 224])]}),
    (["--local", "--weights-precision", "f16"], {"flags": 2, "weights_precision": "f16"}),
    (["--max-error", "1e-4", "--memory-limit", "100M"], {"max_error": 1e-4, "memory_limit_byte_count": 100_000_000}),
])
def test_plan_files_are_those_of_the_tool(folder, arguments, values):
    weights = folder / "vgg-a.npz"
    tool.tessera(
        "compile", folder / "vgg-a.onnxtxt", "--weights", weights, "-o", folder / "tool.plan", "--threads", "2", *arguments)
    found = compile_file(
        folder / "vgg-a.onnxtxt", folder / "library.plan", options(weights=weights, thread_count=2, **values))
    assert found == (folder / "tool.plan").read_bytes()


def test_labels(folder):
    plan = library.make("compile_plan", str(tool.ROOT / "Graphs/digits.onnx").encode(), options(labels=["nought", "öne"]))
    assert [library.plan_label(plan, index) for index in range(3)] == [b"nought", "öne".encode(), None]
    library.plan_release(plan)


def test_plans_in_memory_run(folder):
    path = tool.ROOT / "Graphs/digits.onnx"
    model = path.read_bytes()
    image = np.random.default_rng(1).uniform(0, 255, (1, 1, 28, 28)).astype(np.float32)
    expected = tool.run(path, {"image": image}, folder, outputs=["probabilities"])[0]
    for plan in [library.make("compile_plan", str(path).encode(), None),
                 library.make("compile_memory", model, len(model), None)]:
        session = library.session(plan)
        scores = np.zeros_like(expected)
        library.run(session, [image], [scores])
        assert scores.tobytes() == expected.tobytes()
        library.session_release(session)
        library.plan_release(plan)


def test_warnings_are_handed_on(folder):
    weights = dict(np.load(folder / "vgg-a.npz"))
    np.savez(folder / "more.npz", **weights, superfluous=np.zeros(3, np.float32))
    said = []
    callback = c_library.WARNING(lambda context, sentence: said.append((context, sentence.decode())))
    compile_file(
        folder / "vgg-a.onnxtxt", folder / "warned.plan",
        options(weights=folder / "more.npz", on_warning=callback, warning_context=77))
    assert [context for context, _ in said] == [77] and "superfluous" in said[0][1]


@pytest.mark.parametrize("status, words, values", [
    (INVALID_USAGE, ["'flags'", "6"], {"flags": 6}),
    (INVALID_USAGE, ["'weights_precision'", "'int8'", "found 'f8'"], {"weights_precision": "f8"}),
    (INVALID_USAGE, ["'preset'", "'keras-tf'", "found 'best'"], {"preset": "best"}),
    (INVALID_USAGE, ["'weights_map'", "without"], {"weights": None, "weights_map": "map.txt"}),
    (INVALID_USAGE, ["random", "'weights_map'"], {"weights": "random:1", "weights_map": "map.txt"}),
    (INVALID_USAGE, ["random:SEED"], {"weights": "random:x"}),
    (INVALID_USAGE, ["'shapes' has 1 variants", "none of them is 0"], {"shapes": [(1, "data", [1, 3, 224, 224])]}),
    (INVALID_USAGE, ["twice", "'data'"], {"shapes": [(0, "data", [1, 3, 224, 224])] * 2}),
    (INVALID_USAGE, ["no node makes", "'fc9'", "did you mean"], {"outputs": ["fc9"]}),
    (INVALID_USAGE, ["positive"], {"max_error": -1}),
    (INVALID_USAGE, ["threads"], {"thread_count": 5000}),
    (INVALID_USAGE, ["vgg-a.onnxtxt", "-224"], {"shapes": [(0, "data", [1, 3, -224, 224])]}),
    (INVALID_USAGE, ["vgg-a.onnxtxt", "does not fit"], {"shapes": [(0, "data", [])]}),
    (INVALID_INPUT, ["vgg-a.onnxtxt"], {"memory_limit_byte_count": 1}),
])
def test_wrong_options_are_refused(folder, status, words, values):
    found, message = refusal(
        "compile_plan", str(folder / "vgg-a.onnxtxt").encode(), options(**{"weights": folder / "vgg-a.npz", **values}))
    assert found == status and [word for word in words if word not in message] == [], message


def test_models_that_cannot_be_compiled(folder):
    assert not (folder / "none.plan").exists()
    with pytest.raises(c_library.Failure) as failure:
        compile_file(tool.ROOT / "README.md", folder / "none.plan")
    assert failure.value.status == INVALID_INPUT and "README.md" in failure.value.message
    assert not (folder / "none.plan").exists()
    model = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["": 21]> g (float[1] x) => (float[1] y) { y = Bernoulli (x) }').SerializeToString()
    status, message = refusal("compile_memory", model, len(model), None)
    assert status == UNSUPPORTED and "Bernoulli" in message
    digits = (tool.ROOT / "Graphs/digits.onnx").read_bytes()
    for length in range(0, len(digits), len(digits) // 40):
        try:
            library.plan_release(library.make("compile_memory", digits[:length], length, None))
        except c_library.Failure as failure:
            assert failure.status == INVALID_INPUT and failure.message
