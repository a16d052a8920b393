"""ONNX's backend interface beyond what ONNX's own tests call."""

import numpy as np
import onnx
import pytest

import python_package  # noqa: F401
import tessera.backend
from tessera import ErrorKind, TesseraError

MODEL = onnx.parser.parse_model("""
<ir_version: 10, opset_import: ["": 21]>
g (float[N,2,3] x, int64[2] shape) => (float[N,6] y) { y = Reshape (x, shape) }
""")
X = np.arange(12, dtype=np.float32).reshape(2, 2, 3)


def test_models_for_other_shapes_and_constants():
    prepared = tessera.backend.prepare(MODEL, threads=1)
    for x in [X, X[:1], X]:
        (y,) = prepared.run([x, np.array([len(x), 6])])
        assert (y == x.reshape(len(x), 6)).all()
    (y,) = tessera.backend.run_model(MODEL, [X, np.array([2, 6])])
    assert (y == X.reshape(2, 6)).all()


def test_nodes():
    node = onnx.helper.make_node("Clip", ["x", "", "high"], ["y"])
    (y,) = tessera.backend.run_node(node, [X, np.float32(5)])
    assert (y == np.minimum(X, 5)).all()
    (y,) = tessera.backend.run_node(onnx.helper.make_node("Clip", ["x"], ["y"], max=4.0), [X], opset_version=7)
    assert (y == np.minimum(X, 4)).all()


def test_devices():
    assert tessera.backend.supports_device("CPU") and tessera.backend.supports_device("CPU:0")
    assert tessera.backend.is_compatible(MODEL) and not tessera.backend.is_compatible(MODEL, "CUDA")
    with pytest.raises(TesseraError, match="expected the device CPU, found CUDA:1") as problem:
        tessera.backend.prepare(MODEL, "CUDA:1")
    assert problem.value.kind == ErrorKind.UNSUPPORTED


def test_wrong_inputs():
    prepared = tessera.backend.prepare(MODEL)
    with pytest.raises(TesseraError, match="expected 2 inputs, .*, found 1"):
        prepared.run([X])
    with pytest.raises(TesseraError, match="other types than tensors"):
        prepared.run([X, [2, 6]])
