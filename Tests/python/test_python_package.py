"""The Python package is typed, and knows the library by its headers."""

import re
import subprocess
import sys

import c_abi
import python_package
import tessera
import tool
from tessera._declarations import ffi
from tessera._library import library

RECORD = (tool.ROOT / "Tests/python/c_abi.txt").read_text().splitlines()
PROGRAM = """
import numpy as np
import tessera

session = tessera.Session(tessera.compile("net.onnx", shapes={"x": [1, 3]}), threads=2)
shape: tuple[int | None, ...] = session.get_inputs()[0].shape
scores = session.run(None, {"x": np.zeros((1, 3), np.float32)})[0]
reveal_type(scores.argmax())
reveal_type(session.plan.labels[0])
try:
    session.run_into({"y": scores}, {"x": [[1.0]]})
except tessera.TesseraError as problem:
    reveal_type(problem.kind)
"""


def mypy(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tool.ROOT / ".build/mypy", *arguments],
        cwd=python_package.FOLDER, capture_output=True, text=True).stdout


def test_types(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    printed = mypy("-p", "tessera")
    assert "Success" in printed, printed
    printed = mypy(tmp_path / "program.py")
    assert "Success" in printed, printed
    assert '"str"' in printed and '"tessera.errors.ErrorKind"' in printed, printed


def test_declarations_are_those_of_the_headers():
    """What cffi makes of the headers has the sizes, places and values that a C compiler makes of them."""
    structs, members, constants, functions = (
        [match.groups() for line in RECORD if (match := re.fullmatch(pattern, line))]
        for pattern in [
            r"struct (\w+): (\d+) bytes", r"struct (\w+): (\w+) at (\d+)", r"constant (\w+): (\d+)",
            r"declaration: [^({]*?(tsr_\w+)\(.*"])
    assert structs and members and constants and len(functions) == len(c_abi.exports("tessera"))
    for name, size in structs:
        assert ffi.sizeof(name) == int(size)
    for name, member, place in members:
        assert ffi.offsetof(name, member) == int(place)
    for name, value in constants:
        if name != "TSR_NONE":
            assert getattr(library, name) == int(value)
    for (name,) in functions:
        assert getattr(library, name)
    assert library.tsr_abi_version() == library.TSR_ABI_VERSION


def test_version():
    assert tool.tessera("--version").stdout.splitlines()[0] == f"tessera {tessera.__version__}"
