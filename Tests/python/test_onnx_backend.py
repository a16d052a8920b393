"""The backend tests of the `onnx` package, those whose operators we support.

In many of the tests, what a real model holds as a constant (the shape of a Reshape, the weights of a
BatchNormalization) is an input. Where we need a constant, the test runs again with all inputs but the
first bound by --weights.
"""

import collections
import concurrent.futures
import importlib
import pathlib
import pkgutil
import re

import numpy as np
import onnx
import onnx.backend.test.case.node as node_cases
import onnx.backend.test.loader
import onnx.version_converter
import pytest

import tool

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


class Unsupported(Exception):
    """The tool says that it does not support what a test needs."""


def node_tests():
    """(name, model, inputs, outputs, rtol, atol) of the tests that the package generates."""
    for module in pkgutil.iter_modules(node_cases.__path__):
        importlib.import_module(f"{node_cases.__name__}.{module.name}")
    for case in onnx.backend.test.loader.load_node_model_tests():
        for inputs, outputs in case.data_sets:
            yield case.name, case.model, inputs, outputs, case.rtol, case.atol


def stored_tests(kind):
    """The same for tests that the package holds as files."""
    for case in onnx.backend.test.loader.load_model_tests(kind=kind):
        folder = pathlib.Path(case.model_dir)
        model = of_readable_opset(onnx.load(folder / "model.onnx"))
        for data in sorted(folder.glob("test_data_set_*")):
            inputs, outputs = (
                [proto(data / f"{role}_{i}.pb", value) for i, value in enumerate(values)]
                for role, values in (("input", model.graph.input), ("output", model.graph.output))
            )
            yield case.name, model, inputs, outputs, case.rtol, case.atol


def of_readable_opset(model):
    """Most stored models are of opset 6; we read 7 and newer."""
    version = next(o.version for o in model.opset_import if o.domain == "")
    if version >= OPSETS.start:
        return model
    try:
        return onnx.version_converter.convert_version(model, OPSETS.start)
    except RuntimeError:
        return model


def proto(path, value):
    """The tensor in a file; None for what is no tensor or, an input with an initializer, has no file."""
    if not path.exists() or not value.type.HasField("tensor_type"):
        return None
    return onnx.load_tensor(path)


def is_in_scope(model):
    versions = {o.domain: o.version for o in model.opset_import}
    return versions.get("", 0) in OPSETS and all(
        node.op_type in OPERATORS and node.domain in ("", "ai.onnx") for node in model.graph.node
    )


def as_proto(value, name):
    if isinstance(value, onnx.TensorProto):
        result = onnx.TensorProto()
        result.CopyFrom(value)
        result.name = name
        return result
    if not isinstance(value, np.ndarray | np.generic):
        raise Unsupported("an input or output that is no tensor")
    return onnx.numpy_helper.from_array(np.asarray(value), name)


def run(model, inputs, outputs, rtol, atol, folder):
    path = folder / "model.onnx"
    onnx.save(model, path)
    names = [value.name for value in model.graph.input]
    protos = {n: as_proto(v, n) for n, v in zip(names, inputs) if v is not None}
    result = attempt(path, list(protos.values()), [], folder)
    if result.exit == 3 and len(protos) > 1:
        first, *rest = protos.values()
        bound = onnx.helper.make_model(onnx.helper.make_graph([], "weights", [], [], rest))
        onnx.save(bound, folder / "weights.onnx")
        result = attempt(path, [first], ["--weights", folder / "weights.onnx"], folder)
    if result.exit == 3:
        raise Unsupported(sentence(result.stderr))
    assert result.exit == 0, str(result)
    for value, expected in zip(model.graph.output, outputs, strict=True):
        expected = onnx.numpy_helper.to_array(as_proto(expected, value.name))
        if expected.dtype == np.float64 and np.abs(expected).max(initial=0) > np.finfo(np.float32).max:
            raise Unsupported("numbers beyond float32's range, in which we compute double")
        actual = np.load(folder / "out" / tool.output_file_name(value.name))
        if expected.dtype.kind == "V" or expected.dtype.name == "bfloat16":
            actual, expected = actual.view(np.uint16), expected.view(np.uint16)
        assert actual.dtype == expected.dtype and actual.shape == expected.shape
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=max(atol, 1e-6))


def sentence(stderr):
    """The first sentence without file, node, names and shapes, so that like meets like."""
    line = stderr.splitlines()[0]
    line = re.sub(r"^.*?: (?:(?:node|value|step) .*?: )?(?=[^:]*$)", "", line)
    return re.sub(r"'\S+'|\[[^\]]*\]|\d+(x\d+)+", "…", line)


def attempt(path, protos, arguments, folder):
    files = []
    for index, tensor in enumerate(protos):
        file = folder / f"input_{index}.pb"
        onnx.save_tensor(tensor, file)
        files += ["--input", f"{tensor.name}={file}"]
    return tool.call("run", path, *files, *arguments, "--output-dir", folder / "out", timeout=30)


# The least number of tests of each kind that pass; fewer means that something was lost.
@pytest.mark.parametrize(
    "kind, least_passed",
    [("node", 650), ("simple", 7), ("pytorch-operator", 29), ("pytorch-converted", 53)],
)
def test_backend(kind, least_passed, tmp_path):
    tests = [test for test in (node_tests() if kind == "node" else stored_tests(kind)) if is_in_scope(test[1])]
    skipped = collections.defaultdict(list)
    failed = {}

    def one(index):
        name, *test = tests[index]
        if name in LEFT_OUT:
            skipped[LEFT_OUT[name]].append(name)
            return
        folder = tmp_path / str(index)
        folder.mkdir()
        try:
            run(*test, folder)
        except Unsupported as reason:
            skipped[str(reason)].append(name)
        except Exception as problem:
            failed[name] = str(problem)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(len(tests))))

    skipped_count = sum(map(len, skipped.values()))
    passed = len(tests) - skipped_count - len(failed)
    print(f"\n{kind}: {len(tests)} tests in scope, {passed} passed, {skipped_count} not supported or left out")
    for reason, names in sorted(skipped.items(), key=lambda item: -len(item[1])):
        print(f"  {len(names):3} {reason}: {', '.join(sorted(names)[:3])}{' …' if len(names) > 3 else ''}")
    assert not failed, "\n\n".join(f"{name}: {text}" for name, text in failed.items())
    assert passed >= least_passed
