"""The six networks of Graphs, with weights and with their logits as an output."""

import contextlib
import functools
import pathlib
import shutil
from dataclasses import dataclass

import numpy as np

import onnx_runtime
import tool

PARAMETER_COUNTS = {
    "vgg-a": 132_863_336,
    "vgg-a-lrn": 132_863_336,
    "vgg-b": 133_047_848,
    "vgg-c": 133_638_952,
    "vgg-d": 138_357_544,
    "vgg-e": 143_667_240,
}
WEIGHTS = "random:1"


@dataclass
class Network:
    name: str
    # The graph in Graphs, with its logits `fc8` as an output before `prob`: with random weights nearly
    # all probabilities are 0.
    graph: pathlib.Path
    # The graph with its weights, as ONNX binary.
    model: pathlib.Path
    folder: pathlib.Path

    @property
    def inputs(self):
        return {"data": image()}

    @functools.cached_property
    def expected(self):
        """The logits and the probabilities that ONNX Runtime computes for `inputs`."""
        return onnx_runtime.outputs(self.model, self.inputs)

    @functools.cached_property
    def direct(self):
        """The same by the direct kernels, from the graph and the weights' seed."""
        arguments = ["--weights", WEIGHTS, "--algorithm", "direct"]
        return tool.run(self.graph, self.inputs, self.folder, *arguments, outputs=["fc8", "prob"])


@contextlib.contextmanager
def bound(name, folder):
    text = (tool.ROOT / "Graphs" / f"{name}.onnxtxt").read_text()
    output = "=> (float[N,1000] prob)"
    assert text.count(output) == 1
    graph = folder / f"{name}.onnxtxt"
    graph.write_text(text.replace(output, "=> (float[N,1000] fc8, float[N,1000] prob)"))
    model = folder / f"{name}.onnx"
    tool.tessera("convert", graph, "--weights", WEIGHTS, "-o", model)
    try:
        yield Network(name, graph, model, folder)
    finally:
        shutil.rmtree(folder)


def image(batch=1):
    """Seeded images as the paper's networks take them: pixels less the mean pixel."""
    random = np.random.default_rng(224)
    return random.normal(0, 60, (batch, 3, 224, 224)).astype(np.float32)


def assert_close(actual, expected, rtol=1e-3, atol_of_max=1e-5):
    """Compares arrays of one shape and element type; the absolute tolerance goes with the largest value."""
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol_of_max * np.abs(expected).max())
