from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._library import check, ffi, library, make, text
from .tensors import Array, TensorInfo, Variant, element_type

Image = str | os.PathLike[str] | bytes | bytearray | memoryview
"""A PNG or JPEG file: its path, or its bytes."""


class Plan:
    """A compiled network, which any number of sessions share.

    Of a path the file is mapped; it must not be changed in place meanwhile. Bytes are copied. Pickles as the path, or as
    the bytes of a plan that lies in memory.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes | bytearray | memoryview) -> None:
        if isinstance(source, str | os.PathLike):
            path = os.path.abspath(source)
            self._adopt(make(library.tsr_plan_open, "plan", text(path)), path)
        else:
            bytes = ffi.from_buffer(source)
            self._adopt(make(library.tsr_plan_copy, "plan", bytes, len(bytes)), None)

    @classmethod
    def _of(cls, handle: Any) -> Plan:
        plan = cls.__new__(cls)
        plan._adopt(handle, None)
        return plan

    def _adopt(self, handle: Any, path: str | None) -> None:
        self._handle = handle
        self.path = path
        self.variants: tuple[Variant, ...] = tuple(
            Variant(
                _tensors(handle, variant, library.tsr_plan_input_count, library.tsr_plan_input),
                _tensors(handle, variant, library.tsr_plan_output_count, library.tsr_plan_output))
            for variant in range(library.tsr_plan_variant_count(handle)))

    def __reduce__(self) -> tuple[type[Plan], tuple[str | bytes]]:
        return (Plan, (self.path or bytes(self),))

    def __bytes__(self) -> bytes:
        """The plan file."""
        return bytes(self._file())

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes the plan file, which appears whole or not at all."""
        folder, name = os.path.split(os.path.abspath(path))
        temporary = os.path.join(folder, f".{name}.{os.getpid()}.{threading.get_ident()}")
        try:
            with open(temporary, "xb") as file:
                file.write(self._file())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def _file(self) -> Any:
        count = ffi.new("size_t *")
        start = library.tsr_plan_bytes(self._handle, count)
        return ffi.buffer(start, count[0])

    @property
    def name(self) -> str:
        """The graph's name."""
        return _string(library.tsr_plan_name(self._handle))

    @functools.cached_property
    def labels(self) -> list[str]:
        """The names of the classes; empty if the plan does not know them."""
        count = library.tsr_plan_label_count(self._handle)
        return [_string(library.tsr_plan_label(self._handle, index)) for index in range(count)]

    @property
    def inputs(self) -> list[TensorInfo]:
        return _together([variant.inputs for variant in self.variants])

    @property
    def outputs(self) -> list[TensorInfo]:
        return _together([variant.outputs for variant in self.variants])

    def metadata(self, key: str) -> str | None:
        """What the compiler stored under the key."""
        found = library.tsr_plan_metadata(self._handle, text(key))
        return _string(found) if found else None

    def verify_weights(self) -> None:
        """Reads all weights and compares them with their checksums."""
        check(library.tsr_plan_verify_weights, self._handle)

    def read_images(self, images: Sequence[Image]) -> dict[str, Array]:
        """The inputs for a batch of images, as the network expects them; see `--preset` of `tessera compile`."""
        files = [_contents(image) for image in images]
        shapes = [variant.inputs[0].shape for variant in self.variants if variant.inputs]
        fitting = [shape for shape in shapes if shape[:1] == (len(files),)] or shapes or [()]
        pixels = np.empty((len(files), *(extent or 0 for extent in fitting[0][1:])), np.float32)
        entries = ffi.new("tsr_input[]", [(file, len(file)) for file in files])
        room = ffi.from_buffer("char[]", pixels, require_writable=True) if pixels.size else ffi.new("char[1]")
        check(library.tsr_plan_read_images, self._handle, entries, len(files), room, pixels.nbytes)
        return {self.inputs[0].name: pixels}


def _contents(image: Image) -> Any:
    if isinstance(image, str | os.PathLike):
        with open(image, "rb") as file:
            image = file.read()
    return ffi.from_buffer(image)


def _tensors(handle: Any, variant: int, count: Any, get: Any) -> tuple[TensorInfo, ...]:
    found = []
    for index in range(count(handle)):
        info = get(handle, variant, index)
        name, dtype = element_type(info.element_type)
        found.append(TensorInfo(_string(info.name), name, dtype, tuple(info.shape[0:info.rank])))
    return tuple(found)


def _together(variants: list[tuple[TensorInfo, ...]]) -> list[TensorInfo]:
    """The tensors of all variants; extents that differ are None."""
    return [
        TensorInfo(
            tensors[0].name, tensors[0].type, tensors[0].dtype,
            tuple(
                extents[0] if len(set(extents)) == 1 else None
                for extents in zip(*(tensor.shape for tensor in tensors))))
        for tensors in zip(*variants)]


def _string(pointer: Any) -> str:
    return str(ffi.string(pointer).decode())
