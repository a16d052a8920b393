"""The Python package runs plans: the tool's bits, without copies, and what is wrong is told."""

import os

import numpy as np
import pytest
from PIL import Image

import python_package  # noqa: F401
import tessera
import tool
from tessera import ErrorKind, Plan, Session, TesseraError

# Two inputs, a value given out twice, other types, and two variants.
PAIRS = """
<ir_version: 10, opset_import: ["": 21]>
g (float[N,2,3] x, float[N,2,3] y) => (float[N,2,3] sum, bool[N,2,3] less, float[N,2,3] sum) {
  sum = Add (x, y)
  less = Less (x, y)
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("python")
    (folder / "pairs.onnxtxt").write_text(PAIRS)
    tool.tessera(
        "compile", folder / "pairs.onnxtxt", "-o", folder / "pairs.plan",
        "--shapes", "x:1x2x3,y:1x2x3", "--shapes", "x:4x2x3,y:4x2x3")
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", folder / "digits.plan")
    return folder


@pytest.fixture(scope="module")
def pairs(folder):
    return Session(folder / "pairs.plan", threads=1)


@pytest.fixture
def xy(generator):
    return generator.standard_normal((2, 4, 2, 3), np.float32)


def refused(*words, kind=ErrorKind.INVALID_USAGE):
    def has(problem):
        return problem.kind == kind and all(word in str(problem) for word in words)
    return pytest.raises(TesseraError, check=has)


def test_names_types_and_shapes(pairs):
    assert [(each.name, each.type, each.dtype, each.shape) for each in pairs.get_inputs()] == [
        ("x", "tensor(float)", np.float32, (None, 2, 3)), ("y", "tensor(float)", np.float32, (None, 2, 3))]
    assert [(each.name, each.type) for each in pairs.get_outputs()] == [
        ("sum", "tensor(float)"), ("less", "tensor(bool)"), ("sum", "tensor(float)")]
    assert [variant.outputs[1].shape for variant in pairs.plan.variants] == [(1, 2, 3), (4, 2, 3)]
    assert pairs.threads == 1
    assert Session(pairs.plan).threads >= 1
    pairs.run([], {name: np.zeros((1, 2, 3), np.float32) for name in "xy"})
    assert pairs.memory_byte_count > 0


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_same_bits_as_the_tool(folder, threads):
    pixels = np.asarray(Image.open(tool.ROOT / "Graphs/digits/7_3504.png"), np.float32)[None, None]
    (expected,) = tool.run(folder / "digits.plan", {"image": pixels}, folder, outputs=["probabilities"])
    (found,) = Session(folder / "digits.plan", threads=threads).run(None, {"image": pixels})
    assert found.dtype == expected.dtype and found.shape == expected.shape and found.tobytes() == expected.tobytes()


def test_outputs_by_name_and_variants_by_shape(pairs, xy):
    for x, y in [xy, xy[:, :1]]:
        total, less, again = pairs.run(None, {"y": y, "x": x})
        assert (total == x + y).all() and (less == (x < y)).all() and (again == total).all() and less.dtype == np.bool_
        less, total = pairs.run(["less", "sum"], {"x": x, "y": y})
        assert (total == x + y).all() and (less == (x < y)).all()
        assert pairs.run([], {"x": x, "y": y}) == []


def test_arrays_of_any_strides(pairs, xy):
    x, y = xy
    wide = np.zeros((4, 2, 6), np.float32)
    wide[:, :, ::2] = x
    for other in [wide[:, :, ::2], np.asfortranarray(x)]:
        assert not other.flags.c_contiguous
        assert (pairs.run(["sum"], {"x": other, "y": y})[0] == x + y).all()
    x.flags.writeable = False
    assert (pairs.run(["sum"], {"x": x, "y": y})[0] == x + y).all()


class Lent:
    """Lends an array by DLPack alone."""

    def __init__(self, array):
        self.__dlpack__, self.__dlpack_device__ = array.__dlpack__, array.__dlpack_device__


def test_dlpack(pairs, xy):
    x, y = xy
    assert (pairs.run(["sum"], {"x": Lent(x), "y": Lent(y[:, ::-1])})[0] == x + y[:, ::-1]).all()
    with refused("value 'x'", "expected float32", "found int64"):
        pairs.run(None, {"x": Lent(x.astype(int)), "y": y})

    class Broken:
        def __dlpack__(self, **_):
            raise BufferError("on another device")

        def __dlpack_device__(self):
            return (2, 0)

    with refused("value 'x'"):
        pairs.run(None, {"x": Broken(), "y": y})


def test_run_into(pairs, xy):
    x, y = xy
    total, less = np.zeros_like(x), np.zeros(x.shape, np.bool_)
    pairs.run_into({"less": less, "sum": total}, {"x": x, "y": y})
    assert (total == x + y).all() and (less == (x < y)).all()
    for array, words in [
        (total.astype(float), ["expected float32", "found float64"]),
        (total[:1], ["(4, 2, 3)", "(1, 2, 3)"]),
        (np.zeros((4, 2, 6), np.float32)[:, :, ::2], ["contiguous", "(48, 24, 8)"]),
        (np.broadcast_to(np.float32(0), (4, 2, 3)), ["read-only"]),
        ([1.0], ["expected an array", "list"]),
    ]:
        with refused("value 'sum'", *words):
            pairs.run_into({"sum": array}, {"x": x, "y": y})
    with refused("no output 'x'", "'sum'"):
        pairs.run_into({"x": total}, {"x": x, "y": y})


def test_wrong_inputs_are_refused(pairs, xy):
    x, y = xy
    for wrong, words in [
        (x.astype(np.float64), ["value 'x'", "expected float32", "found float64"]),
        (x.astype(">f4"), ["value 'x'", "byte order", "found >f4"]),
        (x.tolist(), ["value 'x'", "found float64"]),
        ([[1], [2, 3]], ["value 'x'", "no array"]),
        ("words", ["value 'x'", "expected float32"]),
        (x[:2], ["expected the shapes x:1x2x3,y:1x2x3 or x:4x2x3,y:4x2x3", "found x:2x2x3,y:4x2x3"]),
        (np.float32(1), ["found x:,y:4x2x3"]),
    ]:
        with refused(*words):
            pairs.run(None, {"x": wrong, "y": y})
    for inputs in [{}, {"x": x}, {"x": x, "y": y, "z": y}, {"x": x, "z": y}]:
        with refused("expected the inputs ['x', 'y']", str(list(inputs))):
            pairs.run(None, inputs)
    with refused("no output 'z'", "'less'"):
        pairs.run(["z"], {"x": x, "y": y})
    assert (pairs.run(["sum"], {"x": x, "y": y})[0] == x + y).all()


def test_empty_and_scalar_values(folder):
    (folder / "edge.onnxtxt").write_text(
        '<ir_version: 10, opset_import: ["": 21]>\n'
        "g (float[0,3] none, float one) => (float[0,3] nothing, float two) { nothing = Neg (none)\n two = Add (one, one) }")
    session = Session(tessera.compile(folder / "edge.onnxtxt"))
    nothing, two = session.run(None, {"none": np.zeros((0, 3), np.float32), "one": np.float32(1)})
    assert nothing.shape == (0, 3) and two.shape == () and two == 2


def test_threads_are_counted(folder):
    for threads in [0, -1, 1025]:
        with refused("threads" if threads > 0 else "at least 1 thread", str(threads)):
            Session(folder / "digits.plan", threads=threads)


def test_plans_and_their_errors(folder, monkeypatch):
    file = (folder / "digits.plan").read_bytes()
    for source in [folder / "digits.plan", str(folder / "digits.plan"), file, bytearray(file), memoryview(file)]:
        plan = Plan(source)
        assert bytes(plan) == file and plan.name == "digits" and plan.labels == [str(digit) for digit in range(10)]
        assert plan.metadata("labels") == "\n".join(plan.labels) and plan.metadata("no") is None
        plan.verify_weights()
    with refused("none.plan", kind=ErrorKind.SYSTEM_FAILURE):
        Plan(folder / "none.plan")
    with refused("pairs.onnxtxt", "not a plan", kind=ErrorKind.INVALID_INPUT):
        Session(folder / "pairs.onnxtxt")
    for source in [b"", file[:-1], file[:100]]:
        with refused(kind=ErrorKind.INVALID_INPUT):
            Plan(source)
    with refused("zero byte"):
        Plan("a\0b")
    damaged = bytearray(file)
    damaged[len(file) // 2] ^= 1
    with refused("damaged", kind=ErrorKind.INVALID_INPUT):
        Plan(damaged).verify_weights()
    plan.write(folder / "written.plan")
    assert (folder / "written.plan").read_bytes() == file
    with pytest.raises(OSError):
        plan.write(folder)
    assert not [name for name in os.listdir(folder.parent) + os.listdir(folder) if name.startswith(".")]
    monkeypatch.chdir(folder)
    assert Plan("digits.plan").path == str(folder / "digits.plan")
