"""Each header compiles alone, in C and in C++, and the library fits it."""

import subprocess

import pytest

import c_library
import tool
from c_abi import HEADERS

LANGUAGES = [("c", "c99"), ("c", "c17"), ("c++", "c++17")]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("language, standard", LANGUAGES)
@pytest.mark.parametrize("header", HEADERS)
def test_header_compiles_alone(header, language, standard, compiler):
    subprocess.run(
        [compiler, "-x", language, f"-std={standard}", *c_library.STRICT, "-fsyntax-only",
         "-I", c_library.FOLDER / "include", "-"],
        input=f"#include <{header}>\n#include <{header}>\n", check=True, text=True)


@pytest.mark.parametrize("name", c_library.NAMES)
def test_versions(name):
    library = c_library.Library(name)
    assert library.abi_version() == 1
    assert tool.tessera("--version").stdout.splitlines()[0] == f"tessera {library.version().decode()}"
    pkg_config = (c_library.FOLDER / f"lib/pkgconfig/{name}.pc").read_text()
    assert f"Version: {library.version().decode()}\n" in pkg_config
