"""What plans take and give, and arrays that fit."""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ErrorKind, TesseraError

Array = npt.NDArray[Any]

# By the numbers of ONNX's TensorProto.DataType: the name there, and NumPy's type.
_TYPES: dict[int, tuple[str, str]] = {
    1: ("float", "float32"), 2: ("uint8", "uint8"), 3: ("int8", "int8"), 4: ("uint16", "uint16"),
    5: ("int16", "int16"), 6: ("int32", "int32"), 7: ("int64", "int64"), 9: ("bool", "bool"),
    10: ("float16", "float16"), 11: ("double", "float64"), 12: ("uint32", "uint32"), 13: ("uint64", "uint64"),
    16: ("bfloat16", "bfloat16"),
}


@dataclasses.dataclass(frozen=True)
class TensorInfo:
    """An input or an output. In the shape, None is an extent in which variants differ."""

    name: str
    type: str
    """As ONNX Runtime has it: "tensor(float)"."""
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]


@dataclasses.dataclass(frozen=True)
class Variant:
    """What a plan takes and gives for one combination of input shapes."""

    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def element_type(code: int) -> tuple[str, np.dtype[Any]]:
    """The type's name, and NumPy's type; bfloat16 is that of the package ml_dtypes."""
    onnx_name, name = _TYPES[code]
    if name == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            raise TesseraError(ErrorKind.UNSUPPORTED, "bfloat16 needs the package ml_dtypes") from None
        return f"tensor({onnx_name})", np.dtype(ml_dtypes.bfloat16)
    return f"tensor({onnx_name})", np.dtype(name)


def as_array(value: Any, name: str) -> Array:
    """The value as an array, without a copy if it is one or lends its memory by DLPack."""
    if isinstance(value, np.ndarray):
        return value
    try:
        return np.from_dlpack(value) if hasattr(value, "__dlpack__") else np.asarray(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as problem:
        raise TesseraError(ErrorKind.INVALID_USAGE, f"value '{name}': no array: {problem}") from problem


def require_type(array: Array, tensor: TensorInfo) -> None:
    if array.dtype != tensor.dtype:
        raise TesseraError(
            ErrorKind.INVALID_USAGE,
            f"value '{tensor.name}': expected {tensor.dtype} in this machine's byte order, found {array.dtype}")
