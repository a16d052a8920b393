"""The protocol's datatypes: their names, and tensors as bytes and as lists. Nothing is converted, and no claim of a size is
believed before the data is there."""

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensors import Array
from .refusal import invalid

_NAMES = {
    "bool": "BOOL", "uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32", "uint64": "UINT64", "int8": "INT8",
    "int16": "INT16", "int32": "INT32", "int64": "INT64", "float16": "FP16", "float32": "FP32", "float64": "FP64",
    "bfloat16": "BF16", "object": "BYTES",
}
_DTYPES = {name: np.dtype(dtype) for dtype, name in _NAMES.items() if dtype != "bfloat16"}
try:
    import ml_dtypes
except ImportError:
    pass
else:
    _DTYPES["BF16"] = np.dtype(ml_dtypes.bfloat16)
# What a list of JSON may hold for the kinds of NumPy's types.
_LIST_KINDS = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}


def name_of(dtype: np.dtype[Any]) -> str:
    return _NAMES[dtype.name]


def as_dtype(datatype: str, where: str) -> np.dtype[Any]:
    if datatype not in _DTYPES:
        raise invalid(f"{where}: expected a datatype of {', '.join(_DTYPES)}, found '{datatype[:40]}'")
    return _DTYPES[datatype]


def as_shape(shape: Sequence[Any], where: str) -> tuple[int, ...]:
    if not all(type(extent) is int and extent >= 0 for extent in shape):
        raise invalid(f"{where}: expected extents of 0 or more, found the shape {str(list(shape))[:80]}")
    return tuple(shape)


def from_bytes(data: memoryview, datatype: str, shape: Sequence[Any], where: str) -> Array:
    """Reads elements in row-major order, little-endian, as the array that lies in the data where it can."""
    dtype, shape = as_dtype(datatype, where), as_shape(shape, where)
    if dtype == object:
        return from_elements(_split(data, where), shape, where)
    wanted = math.prod(shape) * dtype.itemsize
    if len(data) != wanted:
        raise invalid(f"{where}: expected {wanted} bytes for {datatype} {list(shape)}, found {len(data)}")
    array = np.frombuffer(data, dtype).reshape(shape)
    return array if array.flags.aligned else array.copy()


def _split(data: memoryview, where: str) -> list[bytes]:
    """Elements of BYTES: each its length in four bytes, then itself."""
    elements: list[bytes] = []
    start = 0
    while start < len(data):
        length = int.from_bytes(data[start:start + 4], "little") if start + 4 <= len(data) else -1
        if length < 0 or start + 4 + length > len(data):
            raise invalid(f"{where}: the BYTES end within element {len(elements)}")
        elements.append(bytes(data[start + 4:start + 4 + length]))
        start += 4 + length
    return elements


def from_list(data: Any, datatype: str, shape: Sequence[Any], where: str) -> Array:
    """Reads a list, flat or nested, of numbers, of booleans, or of strings for BYTES."""
    dtype, shape = as_dtype(datatype, where), as_shape(shape, where)
    if not isinstance(data, list):
        raise invalid(f"{where}: expected a list as 'data', found {type(data).__name__}")
    if dtype == object:
        if not all(isinstance(element, str) for element in data):
            raise invalid(f"{where}: expected a list of strings as 'data'")
        return from_elements([element.encode() for element in data], shape, where)
    return from_array(_array(data, where), dtype, shape, where)


def _array(data: list[Any], where: str) -> Array:
    try:
        return np.array(data)
    except (OverflowError, RecursionError, TypeError, ValueError):
        raise invalid(f"{where}: expected numbers as 'data', in lists of equal lengths") from None


def from_array(array: Array, dtype: np.dtype[Any], shape: tuple[int, ...], where: str) -> Array:
    """Numbers as elements of a type that has them."""
    if array.size != math.prod(shape):
        raise invalid(f"{where}: expected {math.prod(shape)} elements for the shape {list(shape)}, found {array.size}")
    kind = "f" if name_of(dtype) == "BF16" else dtype.kind
    if array.size and array.dtype.kind not in _LIST_KINDS[kind]:
        raise invalid(f"{where}: expected elements of {name_of(dtype)}, found {array.dtype.name}")
    with np.errstate(over="ignore"):
        converted = array.astype(dtype)
    is_same = np.isfinite(converted) == np.isfinite(array) if kind == "f" else converted == array
    if not np.all(is_same):
        raise invalid(f"{where}: an element is beyond the range of {name_of(dtype)}")
    return converted.reshape(shape)


def from_elements(elements: list[bytes], shape: tuple[int, ...], where: str) -> Array:
    """Elements of BYTES."""
    if len(elements) != math.prod(shape):
        raise invalid(
            f"{where}: expected {math.prod(shape)} elements for the shape {list(shape)}, found {len(elements)}")
    array = np.empty(len(elements), object)
    array[:] = elements
    return array.reshape(shape)


def to_bytes(array: Array) -> bytes:
    if array.dtype != object:
        return array.tobytes()
    return b"".join(struct.pack("<I", len(element)) + element for element in array.flat)


def to_list(array: Array, where: str) -> Any:
    """What orjson writes as a flat list; numbers of any type exactly."""
    if array.dtype == object:
        return [element.decode(errors="replace") for element in array.flat]
    if name_of(array.dtype) in ("FP16", "BF16", "FP32", "FP64"):
        array = array.astype(np.float64)
        if not np.isfinite(array).all():
            raise invalid(f"{where} holds NaN or infinity, which JSON lacks; ask for it with 'binary_data'")
    return np.ascontiguousarray(array).reshape(-1)
