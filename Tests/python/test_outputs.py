"""The choice of outputs: `--outputs` of `run` and `compile`, and what `inspect` lists to choose from."""

import numpy as np
import onnx
import pytest

import onnx_runtime
import tool
from tessera_cli import conv_model, run, run_json


@pytest.fixture
def model(tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(2).standard_normal((2, 3, 8, 8)).astype(np.float32))
    return conv_model(tmp_path / "m.onnx")


@pytest.fixture
def plan(tmp_path, model):
    run("compile", model, "-o", tmp_path / "m.plan", "--outputs", "p,y", "--outputs", "t", "--shapes", "x:2x3x8x8")
    return tmp_path / "m.plan"


def outputs(program, *arguments):
    report = run_json("run", program, "--input", f"x={program.parent}/x.npy", *arguments)
    return [output["name"] for output in report["outputs"]]


def test_values_are_listed(model):
    report = run_json("inspect", model)
    assert [(v["name"], v["operator"], v["type"], v["shape"]) for v in report["values"]] == [
        ("t", "Conv", "float", ["N", 8, 8, 8]), ("r", "Relu", "float", ["N", 8, 8, 8]),
        ("p", "MaxPool", "float", ["N", 8, 4, 4]), ("f", "Flatten", "float", ["N", 128]),
        ("y", "Gemm", "float", ["N", 5]),
    ]
    lines = [line.split() for line in run("inspect", model).stdout.splitlines()]
    assert ["p", "MaxPool", "float[N,", "8,", "4,", "4]"] in lines


def test_values_of_a_model_are_run(tmp_path, model):
    graph = onnx.load(model)
    names = ["t", "r", "p", "f", "y"]
    assert outputs(model) == ["y"]
    assert outputs(model, "--outputs", "p,t") == ["p", "t"]
    assert outputs(model, "--outputs", "y", "--outputs", "r") == ["y", "r"]
    assert outputs(model, "--outputs", "all") == names
    del graph.graph.output[:]
    graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    x = {"x": np.load(tmp_path / "x.npy")}
    actual = tool.run(model, x, tmp_path, "--outputs", "all", outputs=names)
    for mine, theirs in zip(actual, onnx_runtime.outputs(graph.SerializeToString(), x), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4)


def test_what_is_not_needed_is_not_compiled(tmp_path, model):
    run("compile", model, "-o", tmp_path / "m.plan", "--outputs", "p")
    report = run_json("inspect", tmp_path / "m.plan")
    assert "fully-connected" not in [step["kernel"] for step in report["variants"][0]["steps"]]


def test_outputs_of_a_plan_are_chosen(plan):
    assert outputs(plan) == outputs(plan, "--outputs", "all") == ["p", "y", "t"]
    assert outputs(plan, "--outputs", "t,p") == ["t", "p"]
    folder = plan.parent / "out"
    run("run", plan, "--input", f"x={plan.parent}/x.npy", "--outputs", "y", "--output-dir", folder)
    assert [path.name for path in folder.iterdir()] == ["y.npy"]


def test_names_that_there_are_not(model, plan):
    x = f"x={model.parent}/x.npy"
    error = run("run", model, "--input", x, "--outputs", "yy", expect=2).stderr
    assert "value 'yy': no node makes such a value; did you mean" in error
    error = run("run", model, "--input", x, "--outputs", "y,y", expect=2).stderr
    assert "value 'y': the value is selected twice" in error
    error = run("run", plan, "--input", x, "--outputs", "r", expect=2).stderr
    assert "value 'r': there is no such output; the outputs of the plan are 'p', 'y', 't'" in error
    assert "value 'y': the value is selected twice" in run("run", plan, "--input", x, "--outputs", "y,y", expect=2).stderr
