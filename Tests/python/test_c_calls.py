"""The libraries for C give what the tool gives, and refuse what is wrong."""

import concurrent.futures
import ctypes
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import c_library
import tool
from c_library import INVALID_INPUT, INVALID_USAGE, NONE, OK

# Two inputs of several types, a value given out twice, and two variants.
NETWORK = """
<ir_version: 10, opset_import: ["": 21]>
g (float[N,2,3] x, float[N,2,3] y) => (float[N,2,3] sum, float[N,2,3] product, float[N,2,3] sum, bool[N,2,3] less) {
  sum = Add (x, y)
  product = Mul (x, y)
  less = Less (x, y)
}
"""


@pytest.fixture(scope="module", params=c_library.NAMES)
def library(request):
    return c_library.Library(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """digits.plan, pairs.plan, and digits.npy with what the tool makes of digits.png."""
    folder = tmp_path_factory.mktemp("c")
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", folder / "digits.plan")
    (folder / "pairs.onnxtxt").write_text(NETWORK)
    tool.tessera(
        "compile", folder / "pairs.onnxtxt", "-o", folder / "pairs.plan",
        "--shapes", "x:1x2x3,y:1x2x3", "--shapes", "x:4x2x3,y:4x2x3")
    return folder


@pytest.fixture(scope="module")
def digit(folder):
    """An image as the network takes it, and the tool's scores."""
    pixels = np.asarray(Image.open(tool.ROOT / "Graphs/digits/7_3504.png"), np.float32)[None, None]
    return pixels, tool.run(folder / "digits.plan", {"image": pixels}, folder, outputs=["probabilities"])[0]


@pytest.fixture
def digits(library, folder):
    plan = library.open(folder / "digits.plan")
    yield plan
    library.plan_release(plan)


@pytest.fixture
def pairs(library, folder):
    """A plan and a session of it."""
    plan = library.open(folder / "pairs.plan")
    session = library.session(plan, 1)
    library.plan_release(plan)
    plan = library.open(folder / "pairs.plan")
    yield plan, session
    library.session_release(session)
    library.plan_release(plan)


def refused(status, *words):
    """Requires a call to be refused with a sentence that holds these words."""
    class Refusal:
        def __enter__(self):
            self.raises = pytest.raises(c_library.Failure)
            self.info = self.raises.__enter__()

        def __exit__(self, *details):
            self.raises.__exit__(*details)
            assert self.info.value.status == status
            assert [word for word in words if word not in self.info.value.message] == [], self.info.value.message
            return True

    return Refusal()


def test_plan_tells_of_itself(library, digits):
    assert library.plan_name(digits) == b"digits"
    labels = [library.plan_label(digits, index) for index in range(library.plan_label_count(digits))]
    assert labels == [str(digit).encode() for digit in range(10)]
    assert library.plan_metadata(digits, b"labels") == b"\n".join(labels)
    assert library.plan_label(digits, 10) is None and library.plan_metadata(digits, b"no") is None
    assert library.plan_variant_count(digits) == library.plan_input_count(digits) == library.plan_output_count(digits) == 1
    image = library.plan_input(digits, 0, 0)[0]
    assert (image.struct_size, image.name, image.shape[:image.rank]) == (56, b"image", [1, 1, 28, 28])
    assert (image.element_count, image.byte_count, image.element_type, image.reserved) == (784, 3136, 1, 0)
    for variant, index in [(1, 0), (0, 1), (NONE, 0), (0, NONE)]:
        assert not library.plan_input(digits, variant, index) and not library.plan_output(digits, variant, index)
    library.check("plan_verify_weights", digits)


def test_variants_and_names(library, pairs):
    plan, _ = pairs
    assert library.plan_variant_count(plan) == 2
    found = [library.plan_output(plan, variant, index)[0] for variant in range(2) for index in range(4)]
    assert [tensor.name for tensor in found] == [b"sum", b"product", b"sum", b"less"] * 2
    assert [tensor.shape[0] for tensor in found] == [1] * 4 + [4] * 4
    assert [tensor.element_type for tensor in found] == [1, 1, 1, 9] * 2
    assert [tensor.byte_count for tensor in found] == [24, 24, 24, 6, 96, 96, 96, 24]
    assert [library.plan_output_index(plan, name) for name in [b"sum", b"product", b"less", b"x"]] == [0, 1, 3, NONE]
    assert [library.plan_input_index(plan, name) for name in [b"x", b"y", b"", b"z", None]] == [0, 1, NONE, NONE, NONE]


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_same_bits_as_the_tool(library, digits, digit, threads):
    pixels, expected = digit
    session = library.session(digits, threads)
    assert library.session_thread_count(session) == threads or threads == 0
    assert library.session_memory_byte_count(session) > 10_000
    for run in [library.run, lambda session, inputs, outputs: library.run_named(
            session, {"image": inputs[0]}, {"probabilities": outputs[0]})]:
        scores = np.zeros_like(expected)
        run(session, [pixels], [scores])
        assert scores.tobytes() == expected.tobytes()
    library.session_release(session)


def test_session_keeps_its_plan(library, folder, digit):
    pixels, expected = digit
    plan = library.open(folder / "digits.plan")
    session = library.session(plan)
    library.plan_release(plan)
    scores = np.zeros_like(expected)
    library.run(session, [pixels], [scores])
    assert scores.tobytes() == expected.tobytes()
    library.session_release(session)


def test_plans_from_memory(library, folder, digit):
    pixels, expected = digit
    file = (folder / "digits.plan").read_bytes()
    room = np.zeros(len(file) + 64, np.uint8)
    bytes = room[-room.ctypes.data % 64:][:len(file)]
    bytes[:] = np.frombuffer(file, np.uint8)
    for function in ["plan_copy", "plan_borrow"]:
        plan = library.make(function, bytes.ctypes.data, len(bytes))
        if function == "plan_copy":
            bytes[-8:] += 1
        session = library.session(plan)
        scores = np.zeros_like(expected)
        library.run(session, [pixels], [scores])
        assert scores.tobytes() == expected.tobytes()
        library.session_release(session)
        library.plan_release(plan)
        bytes[:] = np.frombuffer(file, np.uint8)
    plan = library.open(folder / "digits.plan")
    count = ctypes.c_size_t()
    assert ctypes.string_at(library.plan_bytes(plan, ctypes.byref(count)), count.value) == file
    assert library.plan_bytes(plan, None) and not library.plan_bytes(None, ctypes.byref(count)) and count.value == 0
    library.plan_release(plan)
    with refused(INVALID_USAGE, "'bytes'", "64", "1 bytes after"):
        library.make("plan_borrow", bytes.ctypes.data + 1, len(bytes) - 1)


def test_outputs_by_choice_and_in_any_order(library, pairs):
    _, session = pairs
    for variant, batch in [(1, 4), (0, 1)]:
        x, y = np.random.default_rng(1).standard_normal((2, batch, 2, 3), np.float32)
        sums, products, again = np.zeros((3, batch, 2, 3), np.float32)
        less = np.zeros((batch, 2, 3), np.bool_)
        library.run(session, [x, y], [sums, products, again, less], variant)
        assert (sums == x + y).all() and (again == sums).all() and (products == x * y).all() and (less == (x < y)).all()
        products[:] = less[:] = 0
        library.run(session, [x, y], [None, products, None, None], variant)
        assert (products == x * y).all() and not less.any()
        products[:] = 0
        library.run_named(session, {"y": y, "x": x}, {"less": less, "product": products}, variant)
        assert (products == x * y).all() and (less == (x < y)).all()
        library.run_named(session, {"x": x, "y": y}, {}, variant)
        # An output may lie where an input does.
        expected = x + y
        library.run_named(session, {"x": x, "y": y}, {"sum": x}, variant)
        assert (x == expected).all()


def test_wrong_arguments_of_a_run(library, pairs):
    plan, session = pairs
    x, y, out = np.zeros((3, 1, 2, 3), np.float32)
    less = np.zeros((1, 2, 3), np.bool_)
    outputs = [out, out, out, less]
    with refused(INVALID_USAGE, "expected 2 inputs and 4 outputs, found 1 and 4"):
        library.run(session, [x], outputs)
    with refused(INVALID_USAGE, "value 'y'", "expected 24 bytes, found 20"):
        library.run(session, [x, y.ravel()[:5]], outputs)
    with refused(INVALID_USAGE, "value 'less'", "expected 6 bytes, found 24"):
        library.run(session, [x, y], [out] * 4)
    for variant in [2, NONE]:
        with refused(INVALID_USAGE, "2 variants"):
            library.run(session, [x, y], outputs, variant)
        with refused(INVALID_USAGE, "2 variants"):
            library.check("session_prepare", session, variant)
    memory = c_library.Memory
    for input, words in [(memory(None, 24), ["'inputs[1].data'", "NULL", "24"]), (memory(x.ctypes.data, NONE), [str(NONE)])]:
        both = (memory * 2)(memory(x.ctypes.data, x.nbytes), input)
        with refused(INVALID_USAGE, *words):
            library.check("session_run", session, 0, both, 2, c_library.memories(outputs), 4)
    named = library.run_named
    with refused(INVALID_INPUT, "value 'z'", "no such input", "'x', 'y'"):
        named(session, {"x": x, "z": y}, {})
    with refused(INVALID_INPUT, "value 'x'", "missing", "value 'y'"):
        named(session, {}, {})
    with refused(INVALID_INPUT, "value 'x'", "no such output", "'product'"):
        named(session, {"x": x, "y": y}, {"x": x})
    with refused(INVALID_INPUT, "at most 2 inputs, found 3"):
        named(session, {"x": x, "y": y, "z": y}, {})
    twice = c_library.names(["sum", "sum"])
    with refused(INVALID_INPUT, "value 'sum'", "twice"):
        library.check(
            "session_run_named", session, 0, c_library.names(["x", "y"]), c_library.memories([x, y]), 2, twice,
            c_library.memories([out, out]), 2)
    for count in [3, 1 << 40, NONE]:
        with refused(INVALID_INPUT if count else OK, f"found {count}"):
            library.check("session_run_named", session, 0, None, None, count, None, None, 0)
    # The session is as it was.
    library.run(session, [x, y], outputs)
    assert library.plan_input_count(plan) == 2


def test_every_pointer_may_be_null(library, pairs, folder):
    """Each argument in turn is NULL, where the others are as they should be; then all of them are."""
    plan, session = pairs
    x, y, out = np.zeros((3, 1, 2, 3), np.float32)
    inputs, outputs = c_library.memories([x, y]), c_library.memories([out, out, out, None])
    handle = ctypes.c_void_p()
    message = ctypes.create_string_buffer(4096)
    file = (folder / "pairs.plan").read_bytes()
    options = c_library.SessionOptions(16, 1)
    sound = {
        "plan_open": [str(folder / "pairs.plan").encode(), handle],
        "plan_copy": [file, len(file), handle],
        "plan_borrow": [None, 0, handle],
        "plan_verify_weights": [plan],
        "session_create": [plan, options, handle],
        "session_prepare": [session, 1],
        "session_run": [session, 0, inputs, 2, outputs, 4],
        "session_run_named": [
            session, 0, c_library.names(["x", "y"]), inputs, 2, c_library.names(["sum", "less"]), outputs, 1],
    }
    if library.name == "tessera":
        model = str(folder / "pairs.onnxtxt").encode()
        sound["compile_file"] = [model, str(folder / "again.plan").encode(), c_library.CompileOptions()]
        sound["compile_plan"] = [model, c_library.CompileOptions(), handle]
        sound["compile_memory"] = [NETWORK.encode(), len(NETWORK), c_library.CompileOptions(), handle]
        sound["plan_read_images"] = [plan, c_library.memories([x]), 0, x.ctypes.data_as(ctypes.c_void_p), 0]
    failing = {name for name, (result, _) in library.functions.items() if result is ctypes.c_int32}
    assert set(sound) == failing
    harmless = {c_library.SessionOptions, c_library.CompileOptions}
    for name, arguments in sound.items():
        function = getattr(library, name)

        def call(arguments, *message):
            arguments = [ctypes.byref(each) if each is handle or type(each) in harmless else each for each in arguments]
            status = function(*arguments, *message)
            if status == OK and handle.value:
                (library.session_release if "session" in name else library.plan_release)(handle)
                handle.value = None
            return status

        valid = OK if name not in ["plan_borrow", "plan_read_images"] else INVALID_INPUT
        assert call(arguments, message, len(message)) == valid, message.value
        assert call(arguments, None, 0) == call(arguments, None, 4096) == call(arguments, message, 0) == valid
        for index, argument in enumerate(arguments):
            if isinstance(argument, int) or argument is None:
                continue
            with_null = [*arguments[:index], None, *arguments[index + 1:]]
            expected = valid if type(argument) in harmless else INVALID_USAGE
            assert call(with_null, message, len(message)) == expected, (name, index, message.value)
            assert ("NULL" in message.value.decode()) == (expected != valid)
    for name, (result, arguments) in library.functions.items():
        nothing = [0 if argument is ctypes.c_size_t else None for argument in arguments]
        found = getattr(library, name)(*nothing)
        if name in failing:
            assert found == INVALID_USAGE
        elif name.endswith("_index"):
            assert found == NONE
        elif arguments:
            assert not found


def test_options_of_other_versions(library, digits):
    class Newer(ctypes.Structure):
        _fields_ = [*c_library.SessionOptions._fields_, ("further", ctypes.c_uint64)]

    def create(options):
        pointer = ctypes.cast(ctypes.byref(options), ctypes.POINTER(c_library.SessionOptions))
        library.session_release(library.make("session_create", digits, pointer))

    create(Newer(24, 1, 0))
    create(Newer(16, 1, 5))
    with refused(INVALID_USAGE, "tsr_session_options", "byte 16"):
        create(Newer(24, 1, 5))
    for size in [0, 8, 15, 1 << 30, NONE]:
        with refused(INVALID_USAGE, "sizeof(tsr_session_options)", str(size)):
            create(Newer(size, 1, 0))
    for threads in [1025, NONE]:
        with refused(INVALID_USAGE, "threads"):
            create(Newer(16, threads, 0))


def test_messages_fit_where_they_go(library):
    path = "/nö-such-föld€r/🙂.plan".encode()
    handle = ctypes.c_void_p()
    whole = ctypes.create_string_buffer(4096)
    assert library.plan_open(path, ctypes.byref(handle), whole, 4096) == c_library.SYSTEM_FAILURE
    text = whole.value.decode()
    assert path.decode() in text
    for room in range(1, len(whole.value) + 3):
        message = ctypes.create_string_buffer(b"\xff" * room, room + 1)
        library.plan_open(path, ctypes.byref(handle), message, room)
        assert text.startswith(message.value.decode()) and len(message.value) > room - 5
        assert message.raw[room] == 0 and message.raw[len(message.value)] == 0
    with refused(INVALID_USAGE, "'path' is not UTF-8"):
        library.make("plan_open", b"\xff.plan")


def test_damaged_plans_are_refused(library, folder, digit):
    pixels, expected = digit
    file = (folder / "digits.plan").read_bytes()
    accepted = 0
    generator = np.random.default_rng(5)
    section = int.from_bytes(file[32:40], "little")
    for seed in range(150):
        damaged = bytearray(file)
        place = int(generator.integers(0, [64, len(file), len(file) - section][seed % 3])) + [0, 0, section][seed % 3]
        damaged[place] ^= 1 << int(generator.integers(8))
        if seed % 5 == 0:
            damaged = damaged[:place]
        bytes = np.frombuffer(damaged, np.uint8)
        try:
            plan = library.make("plan_copy", bytes.ctypes.data, len(bytes))
        except c_library.Failure as failure:
            assert failure.status == INVALID_INPUT and failure.message
            continue
        accepted += 1
        with refused(INVALID_INPUT, "damaged"):
            library.check("plan_verify_weights", plan)
        session = library.session(plan, 1)
        library.run(session, [pixels], [np.zeros_like(expected)])
        library.session_release(session)
        library.plan_release(plan)
    assert 0 < accepted < 75
    changed = folder / "changed.plan"
    changed.write_bytes(file)
    plan = library.open(changed)
    changed.write_bytes(file[:-1])
    with refused(INVALID_INPUT, "changed.plan"):
        library.session(plan)
    library.plan_release(plan)


def test_threads_with_a_session_each_and_with_one_together(library, digits, digit):
    pixels, expected = digit
    shared = library.session(digits, 2)

    def work(_):
        own = library.session(digits, 1)
        found = set()
        for _ in range(100):
            for session in [own, shared]:
                scores = np.zeros_like(expected)
                library.run_named(session, {"image": pixels}, {"probabilities": scores})
                found.add(scores.tobytes())
            with refused(INVALID_INPUT, "missing"):
                library.run_named(own, {}, {})
        library.session_release(own)
        return found

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set.union(*pool.map(work, range(4))) == {expected.tobytes()}
    library.session_release(shared)


def test_what_is_released_is_given_back(library, folder, digit):
    """Without the arenas of the sessions 20 MB would be lost, without the plans 300 MB of address space."""
    pixels, expected = digit

    def pages():
        return [int(number) for number in open("/proc/self/statm").read().split()[:2]]

    for count in [20, 300]:
        size, resident = pages()
        for _ in range(count):
            plan = library.open(folder / "digits.plan")
            session = library.session(plan, 1)
            library.plan_release(plan)
            library.run(session, [pixels], [np.zeros_like(expected)])
            with refused(INVALID_INPUT, "missing"):
                library.run_named(session, {}, {})
            with refused(INVALID_INPUT, "not a plan"):
                library.make("plan_copy", pixels.ctypes.data, pixels.nbytes)
            library.session_release(session)
    assert pages()[0] - size < 2000 and pages()[1] - resident < 1000


FORKED = """
import os, sys
sys.path.append({folder!r})
import numpy as np
import c_library
library = c_library.Library({name!r})
plan = library.open({plan!r})
session = library.session(plan, 3)
image, scores = np.zeros((1, 1, 28, 28), np.float32), np.zeros((1, 10), np.float32)
library.run(session, [image], [scores])
if os.fork() == 0:
    for call in [lambda: library.run(session, [image], [scores]), lambda: library.check("session_prepare", session, 0)]:
        try:
            call()
            os._exit(2)
        except c_library.Failure as failure:
            if failure.status != c_library.INVALID_USAGE or "forked" not in failure.message:
                os._exit(3)
    library.session_release(session)
    own = library.session(plan, 3)
    found = np.zeros((1, 10), np.float32)
    library.run(own, [image], [found])
    library.session_release(own)
    os._exit(0 if found.tobytes() == scores.tobytes() else 4)
print(os.waitstatus_to_exitcode(os.wait()[1]))
library.run(session, [image], [scores])
"""


def test_forked_processes_make_sessions_of_their_own(library, folder):
    program = FORKED.format(folder=str(tool.ROOT / "Tests/python"), name=library.name, plan=str(folder / "digits.plan"))
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (0, "0\n"), result.stderr


@pytest.mark.parametrize("plan, variant", [("digits.plan", 0), ("pairs.plan", 1)])
def test_runs_allocate_nothing(folder, tmp_path, plan, variant):
    counter = tool.ROOT / "Tests/CAllocationCounter"
    program = c_library.compile_program(
        [tool.ROOT / "Tests/CAPI/allocations.c", counter / "CAllocationCounter.c"], tmp_path / "allocations",
        "-std=gnu11", "-D_GNU_SOURCE", f"-I{counter / 'include'}")
    result = subprocess.run(
        [program, folder / plan, str(variant)], check=True, capture_output=True, text=True, timeout=60)
    first, second, _, before = result.stdout.split()
    assert (first, second) == ("0", "0") and int(before) > 10
