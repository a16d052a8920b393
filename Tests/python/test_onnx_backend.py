"""ONNX's own test runner on `tessera.backend`: its tests of the operators that we support.

In many of the tests, what a real model holds as a constant (the shape of a Reshape, the weights of a
BatchNormalization) is an input; the backend binds the inputs but the first where we need constants.
"""

import collections
import re
import unittest

import numpy as np
import onnx
import onnx.backend.test
import onnx.version_converter
import pytest

import python_package  # noqa: F401
import tessera
import tessera.backend

OPERATORS = set(
    """Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Celu Clip Concat Constant
    ConstantOfShape Conv ConvTranspose Cos DepthToSpace Div Dropout Elu Equal Erf Exp Expand Flatten
    Floor Gather Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GroupNormalization
    HardSigmoid HardSwish Identity InstanceNormalization IsInf IsNaN LayerNormalization LeakyRelu Less
    LessOrEqual Log LogSoftmax LpNormalization LRN MatMul Max MaxPool Mean MeanVarianceNormalization Min
    Mish Mod Mul Neg Not Or Pad Pow PRelu Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
    ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round Selu
    Shape Shrink Sigmoid Sign Sin Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze
    Sub Sum Swish Tanh ThresholdedRelu Tile Transpose Unsqueeze Upsample Where Xor""".split()
)
# Tests that cannot be passed, and why.
LEFT_OUT = {
    name: reason
    for reason, names in {
        "the version converter leaves PRelu's slopes as before opset 7, where they did not broadcast": (
            "test_PReLU_1d_multiparam", "test_PReLU_2d_multiparam", "test_PReLU_3d_multiparam",
        ),
        "takes scale · length for the length of the result, a whole number in the specification and ONNX Runtime": (
            "test_resize_downsample_scales_cubic_align_corners",
            "test_resize_downsample_scales_linear_align_corners",
        ),
    }.items()
    for name in names
}
OPSETS = range(7, onnx.defs.onnx_opset_version() + 1)
OUT_OF_SCOPE = "other operators or operator sets"


class Backend(tessera.backend.TesseraBackend):
    """The backend; what it does not support skips the test."""

    @classmethod
    def prepare(cls, model, device="CPU", **options):
        model = of_readable_opset(model)
        if not is_in_scope(model):
            raise unittest.SkipTest(OUT_OF_SCOPE)
        return Prepared(super().prepare(model, device, threads=1, **options))


class Prepared:
    def __init__(self, model):
        self.model = model

    def run(self, inputs):
        try:
            outputs = self.model.run(inputs)
        except tessera.TesseraError as problem:
            if problem.kind == tessera.ErrorKind.UNSUPPORTED:
                raise unittest.SkipTest(sentence(str(problem))) from None
            raise
        return outputs


def of_readable_opset(model):
    """Most stored models are of opset 6; we read 7 and newer."""
    version = next((o.version for o in model.opset_import if o.domain == ""), OPSETS.start)
    if version >= OPSETS.start:
        return model
    try:
        return onnx.version_converter.convert_version(model, OPSETS.start)
    except RuntimeError:
        return model


def is_in_scope(model):
    versions = {o.domain: o.version for o in model.opset_import}
    return versions.get("", 0) in OPSETS and all(
        node.op_type in OPERATORS and node.domain in ("", "ai.onnx") for node in model.graph.node
    )


def sentence(message):
    """The first sentence without node, names and shapes, so that like meets like."""
    line = message.splitlines()[0]
    line = re.sub(r"^.*?: (?:(?:node|value|step) .*?: )?(?=[^:]*$)", "", line)
    return re.sub(r"'\S+'|\[[^\]]*\]|\d+(x\d+)+", "…", line)


class Runner(onnx.backend.test.BackendTest):
    """ONNX's runner, which lets float32's rounding near zero pass."""

    @classmethod
    def assert_similar_outputs(cls, ref_outputs, outputs, rtol, atol, model_dir=None):
        for expected in ref_outputs:
            if getattr(expected, "dtype", None) == np.float64 and np.abs(expected).max(initial=0) > np.finfo(np.float32).max:
                raise unittest.SkipTest("numbers beyond float32's range, in which we compute double")
        super().assert_similar_outputs(ref_outputs, outputs, rtol, max(atol, 1e-6), model_dir)


@pytest.fixture(scope="module")
def runner():
    return Runner(Backend, __name__)


# The least number of tests of each kind that pass; fewer means that something was lost.
@pytest.mark.parametrize(
    "kind, least_passed",
    [("Node", 690), ("Simple", 7), ("PyTorchOperator", 29), ("PyTorchConverted", 53)],
)
def test_backend(runner, kind, least_passed):
    case = runner.test_cases[f"OnnxBackend{kind}ModelTest"]
    names = [name for name in unittest.defaultTestLoader.getTestCaseNames(case) if name.endswith("_cpu")]
    left_out = {name: LEFT_OUT[name.removesuffix("_cpu")] for name in names if name.removesuffix("_cpu") in LEFT_OUT}
    result = unittest.TestResult()
    for name in names:
        if name not in left_out:
            case(name).run(result)
    skipped = collections.defaultdict(list)
    for name, reason in [*left_out.items(), *((test._testMethodName, reason) for test, reason in result.skipped)]:
        skipped[reason].append(name.removesuffix("_cpu"))
    in_scope = len(names) - len(skipped.pop(OUT_OF_SCOPE, []))
    failed = {test._testMethodName: text for test, text in [*result.failures, *result.errors]}
    skipped_count = sum(map(len, skipped.values()))
    passed = in_scope - skipped_count - len(failed)
    print(f"\n{kind}: {in_scope} tests in scope, {passed} passed, {skipped_count} not supported or left out")
    for reason, names in sorted(skipped.items(), key=lambda item: -len(item[1])):
        print(f"  {len(names):3} {reason}: {', '.join(sorted(names)[:3])}{' …' if len(names) > 3 else ''}")
    assert not failed, "\n\n".join(f"{name}: {text}" for name, text in failed.items())
    assert passed >= least_passed
