"""Compiles convolutional networks and runs them: `Session(compile("net.onnx")).run(None, {"data": array})`."""

from ._library import version as __version__
from .compiler import compile
from .errors import ErrorKind, TesseraError
from .plan import Image, Plan
from .session import Session
from .tensors import TensorInfo, Variant

__all__ = [
    "ErrorKind", "Image", "Plan", "Session", "TensorInfo", "TesseraError", "Variant", "__version__", "compile",
]
