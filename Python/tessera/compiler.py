import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from ._library import check, ffi, library, make, text
from .plan import Plan

Shapes = Mapping[str, Sequence[int]]


def compile(
    model: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    weights_map: str | os.PathLike[str] | None = None,
    shapes: Shapes | Sequence[Shapes] = (),
    outputs: Sequence[str] = (),
    labels: Sequence[str] = (),
    preset: str | None = None,
    weights_precision: str | None = None,
    max_error: float | None = None,
    memory_limit: int | None = None,
    dense: bool = False,
    local: bool = False,
    threads: int | None = None,
) -> Plan:
    """Compiles a model: a path, the bytes of an ONNX model, or an `onnx.ModelProto`.

    With `path` the plan is written there, whole or not at all, and mapped, else it lies in memory. The options are those
    of `tessera compile --help`: `shapes` are an input's by name, several such mappings make a variant each; the memory
    limit is in bytes. What is odd about a model without being wrong is a Python warning.
    """
    variants = [shapes] if isinstance(shapes, Mapping) else shapes
    kept: list[Any] = []

    def keep(value: Any) -> Any:
        kept.append(value)
        return value

    def string(value: str | os.PathLike[str] | None) -> Any:
        return ffi.NULL if value is None else keep(text(value))

    def strings(values: Sequence[str]) -> Any:
        return keep(ffi.new("char *[]", [string(value) for value in values]))

    sentences: list[str] = []
    on_warning = keep(ffi.callback(
        "void(void *, const char *)", lambda _, sentence: sentences.append(ffi.string(sentence).decode())))
    entries = [
        (index, string(name), keep(ffi.new("int64_t[]", list(shape))), len(shape))
        for index, variant in enumerate(variants) for name, shape in variant.items()]
    options = ffi.new("tsr_compile_options *", {
        "struct_size": ffi.sizeof("tsr_compile_options"),
        "flags": dense * library.TSR_COMPILE_DENSE | local * library.TSR_COMPILE_LOCAL,
        "weights": string(weights), "weights_map": string(weights_map),
        "shapes": keep(ffi.new("tsr_input_shape[]", entries)), "shape_count": len(entries),
        "outputs": strings(outputs), "output_count": len(outputs),
        "labels": strings(labels), "label_count": len(labels),
        "preset": string(preset), "weights_precision": string(weights_precision),
        "max_error": max_error or 0, "memory_limit_byte_count": memory_limit or 0, "thread_count": threads or 0,
        "on_warning": on_warning})
    plan = _compile(model, path, options)
    for sentence in sentences:
        warnings.warn(sentence, stacklevel=2)
    return plan


def _compile(model: Any, path: str | os.PathLike[str] | None, options: Any) -> Plan:
    if isinstance(model, str | os.PathLike):
        if path is None:
            return Plan._of(make(library.tsr_compile_plan, "plan", text(model), options))
        check(library.tsr_compile_file, text(model), text(path), options)
        return Plan(path)
    bytes = ffi.from_buffer(model.SerializeToString() if hasattr(model, "SerializeToString") else model)
    plan = Plan._of(make(library.tsr_compile_memory, "plan", bytes, len(bytes), options))
    if path is None:
        return plan
    plan.write(path)
    return Plan(path)
