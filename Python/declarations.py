"""Writes the module tessera/_declarations.py, what cffi knows of the library: python declarations.py HEADERS MODULE

The headers are the one source: they are taken as they are, without comments, directives and what is for C++.
"""

import pathlib
import re
import sys

import cffi

HEADERS = ["tessera.h", "tessera_compiler.h", "tessera_images.h"]


def declarations(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"^#ifdef __cplusplus.*?^#endif$", " ", text, flags=re.DOTALL | re.MULTILINE)
    constants = re.findall(r"^#define \w+ \d+$", text, re.MULTILINE)
    return "\n".join([*constants, re.sub(r"^#.*$", "", text, flags=re.MULTILINE)])


if __name__ == "__main__":
    folder, module = map(pathlib.Path, sys.argv[1:])
    ffi = cffi.FFI()
    for header in HEADERS:
        ffi.cdef(declarations((folder / header).read_text()))
    ffi.set_source("tessera._declarations", None)
    ffi.emit_python_code(str(module))
