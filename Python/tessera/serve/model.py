"""A plan as a model of the server: checks requests, reads images, runs rows, names classes."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from kserve.model import InferenceModel

from ..errors import ErrorKind, TesseraError
from ..plan import Plan
from ..session import Session
from ..tensors import Array, TensorInfo
from . import batch_shapes, bits, datatypes
from .batch_shapes import BatchShapes, Shapes
from .batcher import Batcher, Job
from .metrics import ModelMetrics
from .options import Options
from .refusal import Reason, Refusal, invalid
from .request import Answer, Request, RequestedOutput

PLATFORM = "tessera_plan"


class PlanModel(InferenceModel):
    """Loads in its constructor, which runs every batch size to learn its time and its bits.

    `notices` says what of the plan is not used.
    """

    def __init__(self, name: str, version: str, plan: Plan, options: Options) -> None:
        super().__init__(name)
        self.version = version
        self.notices: list[str] = []
        self._plan = plan
        self._options = options
        self._inputs = plan.inputs
        self._outputs = {tensor.name: index for index, tensor in reversed(list(enumerate(plan.outputs)))}
        sessions = [Session(plan, threads=options.threads) for _ in range(options.sessions)]
        self._merging = self._merging_shapes(sessions[0])
        self._alone = {} if self._merging else {
            batch_shapes.whole_shapes(variant): _alone(batch_shapes.whole_shapes(variant)) for variant in plan.variants}
        self._batcher = Batcher(
            sessions, max_delay=options.max_delay, capacity=options.capacity, metrics=ModelMetrics(name, version))
        self.ready = True

    def _merging_shapes(self, session: Session) -> dict[Shapes, BatchShapes]:
        """Empty if requests run alone."""
        found = {}
        for rows, sizes in batch_shapes.groups(self._plan).items():
            if sizes == [1]:
                return {}
            seconds, row_bits = bits.measure(session, rows, sizes)
            same = bits.alike(row_bits)
            if not same:
                self.notices.append(f"{self.name}: the rows of a batch depend on each other, so requests run alone")
                return {}
            others = [size for size in sizes if size not in same and row_bits[size] is not None]
            if others:
                self.notices.append(
                    f"{self.name}: batches of {_listed(others)} give other bits than those of {_listed(same)} and are not used")
            found[rows] = BatchShapes(rows, {size: seconds[size] for size in same}, merges=True)
        return found

    @property
    def batch_sizes(self) -> list[int]:
        """Of the batches that requests run in together; empty if they run alone."""
        return sorted({size for shapes in self._merging.values() for size in shapes.seconds})

    def get_input_types(self) -> list[dict[str, Any]]:
        return self._described(self._inputs)

    def get_output_types(self) -> list[dict[str, Any]]:
        return self._described(self._plan.outputs)

    def _described(self, tensors: Sequence[TensorInfo]) -> list[dict[str, Any]]:
        described = []
        for tensor in tensors:
            shape = [-1 if extent is None else extent for extent in tensor.shape]
            if self._merging:
                shape[0] = -1
            described.append({"name": tensor.name, "datatype": datatypes.name_of(tensor.dtype), "shape": shape})
        return described

    async def __call__(self, body: Any, headers: Any = None, verb: Any = None) -> tuple[Answer, dict[str, str]]:
        """Answers a `Request`."""
        return await self.answer(body), {}

    async def answer(self, request: Request) -> Answer:
        wanted = self._wanted(request)
        job = self._job(await self._arrays(request.inputs))
        self._batcher.submit(job)
        try:
            results = await asyncio.wrap_future(job.future)
        except TesseraError as problem:
            raise Refusal(Reason.FAILED, str(problem)) from problem
        outputs = []
        for output in wanted:
            array = results[self._outputs[output.name]]
            outputs.append((output, _classified(array, output.classes, self._plan.labels) if output.classes else array))
        return Answer(self.name, self.version, request.id, outputs)

    def stop(self) -> None:
        self.ready = False
        self._batcher.close()

    def _wanted(self, request: Request) -> list[RequestedOutput]:
        wanted = request.outputs or [RequestedOutput(name, request.is_binary) for name in self._outputs]
        for output in wanted:
            if output.name not in self._outputs:
                raise invalid(f"model '{self.name}' has no output '{output.name[:80]}', it has {list(self._outputs)}")
            if output.classes < 0:
                raise invalid(f"output '{output.name}': expected a number of classes, found {output.classes}")
        return wanted

    async def _arrays(self, inputs: dict[str, Array]) -> dict[str, Array]:
        names = [tensor.name for tensor in self._inputs]
        if inputs.keys() != set(names):
            raise invalid(f"model '{self.name}': expected the inputs {names}, found {str(list(inputs))[:200]}")
        arrays = {}
        for tensor in self._inputs:
            array = inputs[tensor.name]
            if array.dtype == object and self._takes_images:
                array = await self._read_images(array, tensor)
            if array.dtype != tensor.dtype:
                raise invalid(
                    f"input '{tensor.name}': expected {datatypes.name_of(tensor.dtype)}"
                    f"{' or images as BYTES' if self._takes_images else ''}, found {datatypes.name_of(array.dtype)}")
            arrays[tensor.name] = array
        return arrays

    @property
    def _takes_images(self) -> bool:
        return len(self._inputs) == 1 and self._inputs[0].dtype == np.float32 and len(self._inputs[0].shape) == 4

    async def _read_images(self, files: Array, tensor: TensorInfo) -> Array:
        if files.size == 0 or files.shape not in ((files.size,), (files.size, 1)):
            raise invalid(f"input '{tensor.name}': expected images of the shape [n] or [n, 1], found {list(files.shape)}")
        variant = self._plan.variants[0].inputs[0]
        image_byte_count = math.prod(extent or 0 for extent in variant.shape[1:]) * variant.dtype.itemsize
        if files.size * image_byte_count > self._options.max_request_byte_count:
            raise Refusal(
                Reason.TOO_LARGE,
                f"input '{tensor.name}': {files.size} images take more than {self._options.max_request_byte_count} bytes")
        try:
            return (await asyncio.to_thread(self._plan.read_images, list(files.flat)))[tensor.name]
        except TesseraError as problem:
            is_theirs = problem.kind in (ErrorKind.INVALID_INPUT, ErrorKind.INVALID_USAGE)
            reason = Reason.INVALID if is_theirs else Reason.FAILED
            raise Refusal(reason, f"input '{tensor.name}': {problem}") from problem

    def _job(self, arrays: dict[str, Array]) -> Job:
        whole = tuple(array.shape for array in arrays.values())
        if whole in self._alone:
            shapes = self._alone[whole]
            return Job(shapes, arrays, shapes.largest)
        rows = {shape[0] if shape else 0 for shape in whole}
        merging = self._merging.get(tuple(shape[1:] for shape in whole))
        if merging and len(rows) == 1 and rows != {0}:
            return Job(merging, arrays, rows.pop())
        names = list(arrays)
        taken: list[Sequence[Sequence[object]]] = [
            [("n", *shape) for shape in shapes] for shapes in self._merging] or list(self._alone)
        raise invalid(
            f"model '{self.name}': expected the shapes {batch_shapes.in_words(taken, names)}, "
            f"found {batch_shapes.in_words([whole], names)}")


def _alone(shapes: Shapes) -> BatchShapes:
    return BatchShapes(shapes, {(shapes[0][0] if shapes and shapes[0] else None) or 1: math.inf}, merges=False)


def _classified(scores: Array, count: int, labels: Sequence[str]) -> Array:
    """The largest `count` scores of each row, as `score:index` or `score:index:label`."""
    rows = scores.reshape(len(scores), -1) if scores.ndim > 1 else scores.reshape(1, -1)
    order = np.argsort(-rows.astype(np.float64), axis=1, kind="stable")[:, :count]
    named = len(labels) == rows.shape[1]
    classes = np.empty(order.shape, object)
    for row, indices in enumerate(order):
        for rank, index in enumerate(indices):
            text = f"{rows[row, index]}:{index}" + (f":{labels[index]}" if named else "")
            classes[row, rank] = text.encode()
    return classes


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))
