from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ._library import check, ffi, library, make
from .errors import ErrorKind, TesseraError
from .plan import Image, Plan
from .tensors import Array, TensorInfo, as_array, require_type


class Session:
    """What runs a plan: memory and threads. It does one run at a time, others wait; have a session for each thread.

    `threads` are those of a run, the calling one included; None takes the environment's TESSERA_NUM_THREADS, else
    OMP_NUM_THREADS, else as many as the process has processors. Pickles as its plan and options. A process that was
    forked off makes sessions of its own: runs of inherited ones are refused.
    """

    def __init__(
        self, plan: Plan | str | os.PathLike[str] | bytes | bytearray | memoryview, *, threads: int | None = None,
    ) -> None:
        self.plan = plan if isinstance(plan, Plan) else Plan(plan)
        self._asked_threads = threads
        if threads is not None and threads < 1:
            raise TesseraError(ErrorKind.INVALID_USAGE, f"expected at least 1 thread, found {threads}")
        options = ffi.new("tsr_session_options *", (ffi.sizeof("tsr_session_options"), threads or 0))
        self._handle = make(library.tsr_session_create, "session", self.plan._handle, options)
        variants = self.plan.variants
        self._input_names = [tensor.name for tensor in variants[0].inputs]
        self._output_names = [tensor.name for tensor in variants[0].outputs]
        # Of several alike the first.
        self._output_indices: dict[str, int] = {}
        self._variants: dict[tuple[tuple[int | None, ...], ...], int] = {}
        for index, name in enumerate(self._output_names):
            self._output_indices.setdefault(name, index)
        for index, variant in enumerate(variants):
            self._variants.setdefault(tuple(tensor.shape for tensor in variant.inputs), index)

    def __reduce__(self) -> tuple[Any, tuple[Plan, int | None]]:
        return (_session, (self.plan, self._asked_threads))

    @property
    def threads(self) -> int:
        """Threads that a run uses, the calling one included."""
        return int(library.tsr_session_thread_count(self._handle))

    @property
    def memory_byte_count(self) -> int:
        """Bytes of memory that the session has taken for the variants that it has prepared."""
        return int(library.tsr_session_memory_byte_count(self._handle))

    def get_inputs(self) -> list[TensorInfo]:
        return self.plan.inputs

    def get_outputs(self) -> list[TensorInfo]:
        return self.plan.outputs

    def run(self, output_names: Sequence[str] | None, inputs: Mapping[str, Any]) -> list[Array]:
        """The outputs of these names, all for None, for arrays by name.

        Arrays and what lends its memory by DLPack are read where they lie if they are contiguous.
        """
        variant, arrays = self._inputs(inputs)
        wanted = range(len(self._output_names)) if output_names is None else self._indices(output_names)
        tensors = self.plan.variants[variant].outputs
        results = {index: np.empty(_extents(tensors[index]), tensors[index].dtype) for index in wanted}
        self._run(variant, arrays, results)
        return [results[index] for index in wanted]

    def run_into(self, outputs: Mapping[str, Array], inputs: Mapping[str, Any]) -> None:
        """As `run`, into arrays of the caller's: contiguous, writable, of the output's type and shape."""
        variant, arrays = self._inputs(inputs)
        results = dict(zip(self._indices(outputs), outputs.values()))
        for index, array in results.items():
            tensor = self.plan.variants[variant].outputs[index]
            if not isinstance(array, np.ndarray):
                raise TesseraError(
                    ErrorKind.INVALID_USAGE, f"value '{tensor.name}': expected an array, found {type(array).__name__}")
            require_type(array, tensor)
            if array.shape != tensor.shape:
                raise TesseraError(
                    ErrorKind.INVALID_USAGE,
                    f"value '{tensor.name}': expected the shape {tensor.shape}, found {array.shape}")
            if not (array.flags.c_contiguous and array.flags.writeable):
                raise TesseraError(
                    ErrorKind.INVALID_USAGE,
                    f"value '{tensor.name}': expected a contiguous, writable array, found strides {array.strides}"
                    f"{'' if array.flags.writeable else ', read-only'}")
        self._run(variant, arrays, results)

    def features(
        self, images: Iterable[Image], output_names: Sequence[str] | None = None, *, batch: int | None = None,
    ) -> dict[str, Array]:
        """The outputs for images, a row each; `compile(model, outputs=["relu7"])` makes outputs of any values.

        Runs `batch` images at a time, one of the plan's batch sizes, by default the smallest; with zeros for those that the
        last batch lacks.
        """
        names = self._output_names if output_names is None else list(output_names)
        indices = self._indices(names)
        variants = {variant.inputs[0].shape[0]: variant for variant in reversed(self.plan.variants)
                    if len(variant.inputs) == 1 and variant.inputs[0].shape}
        variant = variants.get(min(variants, default=None, key=lambda size: size or 0) if batch is None else batch)
        if variant is None:
            raise TesseraError(
                ErrorKind.INVALID_USAGE, f"expected a plan for batches of {batch or 'images'}, found {list(variants)}")
        size = variant.inputs[0].shape[0] or 0
        tensors = [variant.outputs[index] for index in indices]
        for tensor in tensors:
            if tensor.shape[:1] != (size,):
                raise TesseraError(
                    ErrorKind.INVALID_USAGE,
                    f"value '{tensor.name}': expected a row for each of {size} images, found the shape {tensor.shape}")
        parts = [[np.empty((0, *_extents(tensor)[1:]), tensor.dtype)] for tensor in tensors]
        files = iter(images)
        while chunk := list(itertools.islice(files, size)):
            pixels = np.zeros(_extents(variant.inputs[0]), np.float32)
            ((name, read),) = self.plan.read_images(chunk).items()
            pixels[:len(chunk)] = read
            for part, array in zip(parts, self.run(names, {name: pixels})):
                part.append(array[:len(chunk)])
        return {name: np.concatenate(part) for name, part in zip(names, parts)}

    def _inputs(self, inputs: Mapping[str, Any]) -> tuple[int, list[Array]]:
        """The variant for the inputs, and these in the plan's order."""
        if inputs.keys() != set(self._input_names):
            raise TesseraError(
                ErrorKind.INVALID_USAGE, f"expected the inputs {self._input_names}, found {list(inputs)}")
        arrays = []
        for tensor in self.plan.variants[0].inputs:
            array = as_array(inputs[tensor.name], tensor.name)
            require_type(array, tensor)
            arrays.append(array if array.flags.c_contiguous else array.copy(order="C"))
        shapes = tuple(array.shape for array in arrays)
        variant = self._variants.get(shapes)
        if variant is None:
            raise TesseraError(
                ErrorKind.INVALID_USAGE,
                f"expected the shapes {' or '.join(map(self._shapes, self._variants))}, found {self._shapes(shapes)}")
        return variant, arrays

    def _shapes(self, shapes: tuple[tuple[int | None, ...], ...]) -> str:
        return ",".join(f"{name}:{'x'.join(map(str, shape))}" for name, shape in zip(self._input_names, shapes))

    def _indices(self, names: Iterable[str]) -> list[int]:
        found = []
        for name in names:
            index = self._output_indices.get(name)
            if index is None:
                raise TesseraError(
                    ErrorKind.INVALID_USAGE, f"the plan has no output '{name}', it has {self._output_names}")
            found.append(index)
        return found

    def _run(self, variant: int, arrays: list[Array], results: dict[int, Array]) -> None:
        count = len(self._output_names)
        inputs = ffi.new("tsr_input[]", [(ffi.cast("void *", array.ctypes.data), array.nbytes) for array in arrays])
        outputs = ffi.new("tsr_output[]", count)
        for index, array in results.items():
            outputs[index] = (ffi.cast("void *", array.ctypes.data), array.nbytes)
        check(library.tsr_session_run, self._handle, variant, inputs, len(arrays), outputs, count)


def _extents(tensor: TensorInfo) -> tuple[int, ...]:
    return tuple(extent for extent in tensor.shape if extent is not None)


def _session(plan: Plan, threads: int | None) -> Session:
    return Session(plan, threads=threads)
