"""The protocol over gRPC. Answers are raw, whether the request is or not."""

from typing import Any

import numpy as np
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb

from ..tensors import Array
from . import datatypes
from .refusal import invalid
from .request import Answer, Request, RequestedOutput

_CONTENTS = {
    "BOOL": "bool_contents", "INT8": "int_contents", "INT16": "int_contents", "INT32": "int_contents",
    "INT64": "int64_contents", "UINT8": "uint_contents", "UINT16": "uint_contents", "UINT32": "uint_contents",
    "UINT64": "uint64_contents", "FP32": "fp32_contents", "FP64": "fp64_contents", "BYTES": "bytes_contents",
}


def decode(message: Any) -> Request:
    """A ModelInferRequest."""
    raw = list(message.raw_input_contents)
    if raw and len(raw) != len(message.inputs):
        raise invalid(f"expected {len(message.inputs)} raw inputs, found {len(raw)}")
    inputs: dict[str, Array] = {}
    for index, tensor in enumerate(message.inputs):
        where = f"input '{tensor.name}'"
        if tensor.name in inputs:
            raise invalid(f"{where} is there twice")
        if raw and tensor.HasField("contents"):
            raise invalid(f"{where}: expected contents or raw contents, found both")
        inputs[tensor.name] = (
            datatypes.from_bytes(memoryview(raw[index]), tensor.datatype, tensor.shape, where)
            if raw else _from_contents(tensor, where))
    outputs = [
        RequestedOutput(output.name, True, output.parameters["classification"].int64_param
                        if "classification" in output.parameters else 0)
        for output in message.outputs]
    return Request(inputs, outputs, message.id, True)


def _from_contents(tensor: Any, where: str) -> Array:
    dtype = datatypes.as_dtype(tensor.datatype, where)
    field = _CONTENTS.get(tensor.datatype)
    if field is None:
        raise invalid(f"{where}: {tensor.datatype} has no contents in gRPC; send it raw")
    values = getattr(tensor.contents, field)
    shape = datatypes.as_shape(tensor.shape, where)
    if dtype == object:
        return datatypes.from_elements(list(values), shape, where)
    array = np.array(values, dtype if dtype.kind == "f" else None)
    return datatypes.from_array(array, dtype, shape, where)


def encode(answer: Answer) -> Any:
    """A ModelInferResponse."""
    return pb.ModelInferResponse(
        model_name=answer.model, model_version=answer.version, id=answer.id,
        outputs=[
            pb.ModelInferResponse.InferOutputTensor(
                name=output.name, datatype=datatypes.name_of(array.dtype), shape=array.shape)
            for output, array in answer.outputs],
        raw_output_contents=[datatypes.to_bytes(array) for _, array in answer.outputs])
