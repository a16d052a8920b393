"""Every operator, in the forms of all opset versions, against ONNX Runtime."""

import numpy as np
import onnx
import onnx.reference
import pytest

import onnx_runtime
import operator_cases
import tool

# Relative to the largest expected value. float32: sums of at most 600 products, each rounding 2⁻²⁴ of a
# partial sum, partial sums at most some times the result's scale. float16: ONNX Runtime rounds each
# step to 11 bits (2⁻¹¹ ≈ 5·10⁻⁴), we round once.
TOLERANCES = {"float32": 5e-6, "float64": 5e-6, "float16": 2e-3}


@pytest.mark.parametrize(
    "case, opset",
    [
        pytest.param(case, opset, id=f"{case.name.replace(' ', '-')}-{opset}")
        for case in operator_cases.CASES
        for opset in case.opsets
    ],
)
def test_agrees(case, opset, tmp_path):
    model, inputs = operator_cases.model_and_inputs(case, opset)
    path = tmp_path / "model.onnx"
    path.write_bytes(model)
    if case.lacks_onnx_runtime_kernel:
        expected = onnx.reference.ReferenceEvaluator(onnx.load(path)).run(None, inputs)
    else:
        expected = onnx_runtime.outputs(model, inputs)
    names = [value.name for value in onnx.load(path).graph.output]
    actual = tool.run(path, inputs, tmp_path, outputs=names)
    for a, e in zip(actual, expected, strict=True):
        assert a.shape == e.shape and a.dtype == e.dtype
        tolerance = TOLERANCES.get(str(e.dtype))
        if tolerance is None:
            np.testing.assert_array_equal(a, e)
        else:
            np.testing.assert_allclose(a, e, rtol=tolerance, atol=tolerance * np.abs(e).max(initial=0))
