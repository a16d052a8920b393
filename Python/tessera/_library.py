"""The library inside the package, and how its calls fail. No call holds Python's lock."""

import os
from typing import Any

from ._declarations import ffi as ffi
from .errors import ErrorKind, TesseraError

library: Any = ffi.dlopen(os.path.join(os.path.dirname(__file__), "libtessera.so.1"))
version: str = ffi.string(library.tsr_version()).decode()


def check(function: Any, *arguments: Any) -> None:
    """Calls a function that returns a status and says what is wrong."""
    room = library.TSR_MESSAGE_BYTE_COUNT
    message = ffi.new("char[]", room)
    status = function(*arguments, message, room)
    if status:
        raise TesseraError(ErrorKind(status), ffi.string(message).decode(errors="replace"))


def make(function: Any, kind: str, *arguments: Any) -> Any:
    """Calls a function that gives out a `plan` or a `session` last, which is released when nothing refers to it."""
    handle = ffi.new(f"tsr_{kind} **")
    check(function, *arguments, handle)
    return ffi.gc(handle[0], getattr(library, f"tsr_{kind}_release"))


def text(value: str | os.PathLike[str]) -> Any:
    """A string as C reads it."""
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise TesseraError(ErrorKind.INVALID_USAGE, f"{os.fspath(value)!r} holds a zero byte")
    return ffi.new("char[]", encoded)
