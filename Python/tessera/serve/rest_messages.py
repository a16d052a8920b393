"""The protocol over HTTP: JSON, with binary tensors behind it."""

from typing import Any

import orjson

from ..tensors import Array
from . import datatypes
from .refusal import invalid
from .request import Answer, Request, RequestedOutput

_EXPECTED = {str: "a string", int: "an integer", bool: "true or false", list: "a list", dict: "an object"}
_REQUIRED = object()


def decode(body: bytes | bytearray, json_length: str | None) -> Request:
    """`json_length` is the header Inference-Header-Content-Length: where the JSON ends and the tensors begin."""
    length = _length(json_length, len(body))
    try:
        message = orjson.loads(memoryview(body)[:length])
    except orjson.JSONDecodeError as problem:
        raise invalid(f"the request is no JSON: {problem}") from None
    if not isinstance(message, dict):
        raise invalid("the request: expected a JSON object")
    is_binary = _field(_parameters(message, "the request"), "binary_data_output", bool, "the request", False)
    tensors = _Tensors(memoryview(body)[length:])
    inputs: dict[str, Array] = {}
    for index, entry in enumerate(_objects(message, "inputs", _REQUIRED)):
        name = _field(entry, "name", str, f"inputs[{index}]")
        if name in inputs:
            raise invalid(f"input '{name}' is there twice")
        inputs[name] = tensors.read(entry, f"input '{name}'")
    tensors.require_end()
    outputs = [
        _requested(entry, index, is_binary) for index, entry in enumerate(_objects(message, "outputs", []))]
    return Request(inputs, outputs, _field(message, "id", str, "the request", ""), is_binary)


def encode(answer: Answer) -> tuple[bytes, int | None]:
    """The body, and where its JSON ends if there are tensors behind it."""
    outputs: list[dict[str, Any]] = []
    tensors = []
    for output, array in answer.outputs:
        entry: dict[str, Any] = {
            "name": output.name, "datatype": datatypes.name_of(array.dtype), "shape": list(array.shape)}
        if output.is_binary:
            tensors.append(datatypes.to_bytes(array))
            entry["parameters"] = {"binary_data_size": len(tensors[-1])}
        else:
            entry["data"] = datatypes.to_list(array, f"output '{output.name}'")
        outputs.append(entry)
    message = {"model_name": answer.model, "model_version": answer.version, "outputs": outputs}
    if answer.id:
        message["id"] = answer.id
    text = orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY)
    return (b"".join([text, *tensors]), len(text)) if tensors else (text, None)


class _Tensors:
    """What is behind the JSON, read in the order of the inputs."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._start = 0

    def read(self, entry: dict[str, Any], where: str) -> Array:
        datatype = _field(entry, "datatype", str, where)
        shape = _field(entry, "shape", list, where)
        parameters = _parameters(entry, where)
        if ("data" in entry) == ("binary_data_size" in parameters):
            raise invalid(f"{where}: expected either 'data' or the parameter 'binary_data_size'")
        if "data" in entry:
            return datatypes.from_list(entry["data"], datatype, shape, where)
        size = _field(parameters, "binary_data_size", int, where)
        left = len(self._data) - self._start
        if not 0 <= size <= left:
            raise invalid(f"{where}: expected {size} bytes behind the JSON, found {left}")
        self._start += size
        return datatypes.from_bytes(self._data[self._start - size:self._start], datatype, shape, where)

    def require_end(self) -> None:
        if left := len(self._data) - self._start:
            raise invalid(f"the request: {left} bytes behind the JSON belong to no input")


def _length(header: str | None, available: int) -> int:
    if header is None:
        return available
    if not (header.isascii() and header.isdigit() and len(header) < 20 and int(header) <= available):
        raise invalid(
            f"the header Inference-Header-Content-Length: expected at most the {available} bytes of the body, "
            f"found '{header[:40]}'")
    return int(header)


def _requested(entry: dict[str, Any], index: int, is_binary: bool) -> RequestedOutput:
    name = _field(entry, "name", str, f"outputs[{index}]")
    parameters = _parameters(entry, f"output '{name}'")
    return RequestedOutput(
        name,
        _field(parameters, "binary_data", bool, f"output '{name}'", is_binary),
        _field(parameters, "classification", int, f"output '{name}'", 0))


def _objects(message: dict[str, Any], key: str, default: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = _field(message, key, list, "the request", default)
    if not all(isinstance(entry, dict) for entry in entries):
        raise invalid(f"the request: expected objects in '{key}'")
    return entries


def _parameters(entry: dict[str, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = _field(entry, "parameters", dict, where, {})
    return found


def _field(entry: dict[str, Any], key: str, kind: type, where: str, default: Any = _REQUIRED) -> Any:
    value = entry.get(key, default)
    if value is _REQUIRED:
        raise invalid(f"{where}: '{key}' is missing")
    if type(value) is not kind:
        raise invalid(f"{where}: expected {_EXPECTED[kind]} as '{key}', found {type(value).__name__}")
    return value
