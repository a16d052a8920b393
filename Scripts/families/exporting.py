"""PyTorch's two exporters, and what of their graphs is kept."""

from dataclasses import dataclass

import onnx
import torch

# Initializers of as many float32 elements and more are kept without their bytes.
SMALLEST_STRIPPED = 8


@dataclass(frozen=True)
class Form:
    # torch.onnx.export(dynamo=…)
    dynamo: bool
    opset: int
    # A symbolic batch.
    dynamic: bool

    @property
    def name(self):
        return f"{'dynamo' if self.dynamo else 'torchscript'}-{self.opset}-{'dynamic' if self.dynamic else 'fixed'}"


FORMS = {form.name: form for form in [
    *(Form(False, opset, dynamic) for opset in (11, 17) for dynamic in (False, True)),
    *(Form(True, opset, dynamic) for opset in (18, 23) for dynamic in (False, True)),
]}


def export(module, image, path, form):
    """Writes `module` as ONNX; its input is named input, its outputs output, output1, …"""
    with torch.no_grad():
        results = module(image)
    count = 1 if isinstance(results, torch.Tensor) else len(results)
    outputs = ["output", *(f"output{index}" for index in range(1, count))]
    options = {"external_data": False, "verbose": False} if form.dynamo else {}
    if form.dynamic and form.dynamo:
        options["dynamic_shapes"] = ({0: torch.export.Dim("batch")},)
    elif form.dynamic:
        options["dynamic_axes"] = {name: {0: "batch"} for name in ["input", *outputs]}
    with torch.no_grad():
        torch.onnx.export(
            module, (image,), path, dynamo=form.dynamo, opset_version=form.opset, input_names=["input"],
            output_names=outputs, **options)


def stripped(path):
    """The bytes of a model without those of its weights, and without what describes the exported program."""
    model = onnx.load(path)
    graph = model.graph
    for initializer in graph.initializer:
        count = 1
        for extent in initializer.dims:
            count *= extent
        if initializer.data_type == onnx.TensorProto.FLOAT and count >= SMALLEST_STRIPPED:
            initializer.ClearField("raw_data")
            initializer.ClearField("float_data")
    described = [model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]
    for part in described:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    return model.SerializeToString(deterministic=True)
