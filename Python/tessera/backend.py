"""ONNX's backend interface: `tessera.backend.run_model(model, [array])`. Needs the package onnx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import onnx.backend.base
import onnx.checker
import onnx.helper
import onnx.numpy_helper

from .compiler import compile
from .errors import ErrorKind, TesseraError
from .session import Session
from .tensors import Array


class TesseraBackendRep(onnx.backend.base.BackendRep):
    """A model that is compiled for the shapes of its inputs when they come, and kept for the next of them.

    Where a model needs constants of inputs, such as the shape of a Reshape, it is compiled with the values of all inputs
    but the first.
    """

    def __init__(self, model: onnx.ModelProto, options: dict[str, Any]) -> None:
        self._model = model
        self._options = options
        constants = {tensor.name for tensor in model.graph.initializer}
        self._inputs = [value.name for value in model.graph.input if value.name not in constants]
        self._open_inputs = {value.name for value in model.graph.input if _is_open(value)}
        self._outputs = [value.name for value in model.graph.output]
        self._sessions: dict[Any, Session] = {}

    def run(self, inputs: Any, **_: Any) -> tuple[Any, ...]:
        """The outputs for the model's inputs in order."""
        values = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        if len(values) != len(self._inputs):
            raise TesseraError(
                ErrorKind.INVALID_USAGE, f"expected {len(self._inputs)} inputs, {self._inputs}, found {len(values)}")
        if not all(isinstance(value, np.ndarray | np.generic) for value in values):
            raise TesseraError(ErrorKind.UNSUPPORTED, "expected arrays alone: other types than tensors are not supported")
        arrays = {name: np.asarray(value) for name, value in zip(self._inputs, values)}
        shapes = tuple((name, array.shape) for name, array in arrays.items())
        try:
            session = self._sessions.get(shapes)
            if session is None:
                session = self._sessions[shapes] = self._session(self._model, shapes)
        except TesseraError as problem:
            if problem.kind != ErrorKind.UNSUPPORTED or len(arrays) < 2:
                raise
            first, *rest = arrays
            session = self._session(_binding(self._model, {name: arrays[name] for name in rest}), shapes[:1])
            arrays = {first: arrays[first]}
        return tuple(session.run(self._outputs, arrays))

    def _session(self, model: onnx.ModelProto, shapes: tuple[tuple[str, tuple[int, ...]], ...]) -> Session:
        asked = {name: shape for name, shape in shapes if name in self._open_inputs}
        return Session(compile(model, shapes=asked, **self._options), threads=self._options.get("threads"))


class TesseraBackend(onnx.backend.base.Backend):
    """Options that are not ONNX's are those of `tessera.compile`."""

    @classmethod
    def is_compatible(cls, model: onnx.ModelProto, device: str = "CPU", **kwargs: Any) -> bool:
        return cls.supports_device(device)

    @classmethod
    def prepare(cls, model: onnx.ModelProto, device: str = "CPU", **kwargs: Any) -> TesseraBackendRep:
        if not cls.supports_device(device):
            raise TesseraError(ErrorKind.UNSUPPORTED, f"expected the device CPU, found {device}")
        super().prepare(model, device)
        return TesseraBackendRep(model, kwargs)

    @classmethod
    def run_model(
        cls, model: onnx.ModelProto, inputs: Any, device: str = "CPU", **kwargs: Any
    ) -> tuple[Any, ...]:
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def run_node(
        cls, node: onnx.NodeProto, inputs: Any, device: str = "CPU",
        outputs_info: Sequence[tuple[np.dtype[Any], tuple[int, ...]]] | None = None, **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Of the operator set `opset_version`, else of onnx's newest."""
        version = kwargs.pop("opset_version", onnx.defs.onnx_opset_version())
        super().run_node(node, inputs, device, outputs_info, opset_version=version)
        names = [name for name in node.input if name]
        arrays = [np.asarray(value) for value in inputs]
        values = [
            onnx.helper.make_tensor_value_info(
                name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
            for name, array in zip(names, arrays, strict=True)]
        outputs = [onnx.ValueInfoProto(name=name) for name in node.output if name]
        graph = onnx.helper.make_graph([node], "node", values, outputs)
        opset = [onnx.helper.make_opsetid(node.domain, version)]
        model = onnx.helper.make_model(graph, opset_imports=opset)
        model.ir_version = onnx.helper.find_min_ir_version_for(opset)
        return TesseraBackendRep(model, kwargs).run(arrays)

    @classmethod
    def supports_device(cls, device: str) -> bool:
        return device.split(":")[0] == "CPU"


def _is_open(value: onnx.ValueInfoProto) -> bool:
    """Whether the model leaves an extent to the caller."""
    tensor = value.type.tensor_type
    return not (tensor.HasField("shape") and all(extent.HasField("dim_value") for extent in tensor.shape.dim))


def _binding(model: onnx.ModelProto, values: dict[str, Array]) -> onnx.ModelProto:
    """The model with constants for some of its inputs."""
    bound = onnx.ModelProto()
    bound.CopyFrom(model)
    rest = [value for value in bound.graph.input if value.name not in values]
    del bound.graph.input[:]
    bound.graph.input.extend(rest)
    bound.graph.initializer.extend(onnx.numpy_helper.from_array(array, name) for name, array in values.items())
    return bound


is_compatible = TesseraBackend.is_compatible
prepare = TesseraBackend.prepare
run_model = TesseraBackend.run_model
run_node = TesseraBackend.run_node
supports_device = TesseraBackend.supports_device
