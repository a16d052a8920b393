"""The libraries keep to the recorded interface, export nothing else and need nothing of Swift."""

import pathlib
import re
import subprocess

import pytest

import c_abi
import c_library

RECORD = pathlib.Path(__file__).with_name("c_abi.txt").read_text().splitlines()
SYSTEM = {"linux-vdso.so.1", "/lib64/ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"}
NEEDED = {
    "tessera-runtime": {"libxxhash.so.0"},
    "tessera": {"libxxhash.so.0", "libprotobuf-c.so.1", "libturbojpeg.so.0", "libpng16.so.16", "libz.so.1"},
}


def test_interface_is_the_recorded_one():
    found = c_abi.record()
    assert found == RECORD, "if the change keeps to what c_abi.py says, record it: python c_abi.py > c_abi.txt"


def test_record_sees_changes():
    text = "typedef struct a { /* ; */ int b; void (*c)(int d); } a;\n#define TSR_X 1\nint f(\n    int x);\n"
    assert c_abi.declarations(text) == ["typedef struct a { int b; void (*c)(int d); } a", "int f(int x)"]
    assert "offsetof(a, b)" in c_abi.probe([text]) and "offsetof(a, c)" in c_abi.probe([text])


def test_everything_declared_is_exported_and_nothing_else():
    declared = {match[1] for line in RECORD if (match := re.match(r"declaration: [^({]*?(tsr_\w+)\(", line))}
    runtime, whole = map(c_abi.exports, c_library.NAMES)
    assert {f"{name}@@TESSERA_1" for name in declared} == set(whole) > set(runtime)
    assert {name.split("@")[0] for name in set(whole) - set(runtime)} == {
        f"tsr_{name}" for name in c_library.COMPILER}


@pytest.mark.parametrize("name", c_library.NAMES)
def test_needs_nothing_of_swift(name):
    path = c_library.FOLDER / f"lib/lib{name}.so.1"
    listed = subprocess.run(["ldd", path], check=True, capture_output=True, text=True).stdout
    needed = {line.split()[0] for line in listed.splitlines()}
    assert needed - SYSTEM == NEEDED[name]
    dynamic = subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout
    assert f"soname: [lib{name}.so.1]" in dynamic and "NODELETE" in dynamic


def test_runtime_holds_neither_compiler_nor_foundation():
    def holds(name, text):
        return text in (c_library.FOLDER / f"lib/lib{name}.so.1").read_bytes()

    for text in [b"GraphIR", b"FoundationEssentials"]:
        assert holds("tessera", text) and not holds("tessera-runtime", text)
