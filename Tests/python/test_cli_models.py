"""`tessera compile`, `inspect`, `dump`, `convert` and `bench`."""

import json
import os
import subprocess
import time

import numpy as np
import onnx
import onnx.checker
import onnx.parser
import onnxruntime
import pytest

from tessera_cli import DIGITS, ROOT, TOOL, conv_model, run, run_json, write_model


@pytest.fixture
def model(tmp_path):
    return conv_model(tmp_path / "m.onnx")


@pytest.fixture
def unsupported(tmp_path):
    return write_model(
        tmp_path / "unsupported.onnx",
        "g (float[3] x) => (float[3] y) "
        "{ [first] a = Asinh (x) \n [second] b = Relu (a) \n [third] y = Sinh (b) }",
    )


def test_compile_reports_its_figures(tmp_path, model):
    report = run_json("compile", model, "-o", tmp_path / "m.plan")
    assert report["parameters"] == 8 * 27 + 8 + 5 * 128 + 5
    assert report["bytes"] == (tmp_path / "m.plan").stat().st_size
    (variant,) = report["variants"]
    assert variant["inputs"] == [{"name": "x", "type": "float", "shape": [1, 3, 8, 8]}]
    assert variant["outputs"] == [{"name": "y", "type": "float", "shape": [1, 5]}]
    assert 0 < variant["arena_lower_bound_bytes"] <= variant["arena_bytes"]
    assert variant["arena_bytes"] <= variant["buffer_bytes_sum"]
    text = run("compile", model, "-o", tmp_path / "m.plan").stdout
    assert "parameters: 869" in text and "x:1x3x8x8" in text


def test_compile_refuses_to_overwrite_its_model(model):
    before = model.read_bytes()
    assert "overwrite" in run("compile", model, "-o", model, expect=2).stderr
    assert model.read_bytes() == before


@pytest.mark.parametrize("command", ["compile", "run", "bench"])
def test_all_unsupported_operators_are_listed(tmp_path, unsupported, command):
    np.save(tmp_path / "x.npy", np.zeros(3, np.float32))
    plan = tmp_path / "m.plan"
    plan.write_text("older")
    arguments = {
        "compile": ["-o", plan], "run": ["--input", f"x={tmp_path}/x.npy"], "bench": [],
    }[command]
    process = run(command, unsupported, *arguments, expect=3)
    assert "the operator 'Asinh' is not supported: node 'first'" in process.stderr
    assert "the operator 'Sinh' is not supported: node 'third'" in process.stderr
    assert "Relu" not in process.stderr
    assert all(line.startswith(f"tessera: {unsupported}: ") for line in process.stderr.splitlines())
    assert process.stdout == ""
    assert plan.read_text() == "older"
    assert not list(tmp_path.glob(".tessera*"))


def test_inspect_names_unsupported_operators(unsupported):
    report = run_json("inspect", unsupported)
    assert report["unsupported"] == [
        {"node": "first", "operator": "Asinh"}, {"node": "third", "operator": "Sinh"},
    ]
    assert report["operators"] == {"Asinh": 1, "Relu": 1, "Sinh": 1}
    assert run("inspect", unsupported).stdout.count("not supported") == 2


def test_inspect_model(model):
    report = run_json("inspect", model)
    assert report["kind"] == "model" and report["opset"] == 21
    assert report["inputs"] == [{"name": "x", "type": "float", "shape": ["N", 3, 8, 8]}]
    assert report["parameters"] == 869
    assert report["operators"] == {"Conv": 1, "Flatten": 1, "Gemm": 1, "MaxPool": 1, "Relu": 1}


def test_json_keeps_every_character(tmp_path, model):
    odd = onnx.load(model)
    text = "".join(map(chr, range(1, 0x300))) + '\u2028\ufeff😀"\\'
    onnx.helper.set_model_props(odd, {"odd": text})
    onnx.save(odd, model)
    assert run_json("inspect", model)["metadata"] == {"odd": text}
    assert "\x1b" not in run("inspect", model).stdout


def test_inspect_plan(tmp_path, model):
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--shapes", "x:1x3x8x8", "--shapes", "x:2x3x8x8")
    report = run_json("inspect", plan, "--verify")
    assert report["kind"] == "plan" and report["weights_verified"] is True
    assert [v["inputs"][0]["shape"][0] for v in report["variants"]] == [1, 2]
    for batch, variant in enumerate(report["variants"], start=1):
        operations = {step["kernel"]: step["flop"] for step in variant["steps"]}
        assert operations["fully-connected"] == 2 * batch * 128 * 5
        assert 2 * batch * 8 * 8 * 8 * 27 in operations.values()
        assert all(step["estimated_ms"] > 0 for step in variant["steps"])
        total = sum(step["estimated_ms"] for step in variant["steps"])
        assert variant["estimated_ms"] == pytest.approx(total)
        algorithms = {step["kernel"]: step["algorithm"] for step in variant["steps"]}
        assert algorithms["conv-direct"] == "direct" and algorithms["fully-connected"] is None
    text = run("inspect", plan).stdout
    assert "fully-connected" in text and "lower bound" in text and "estimated ms" in text


def test_inspect_names_the_winograd_schedule(tmp_path):
    model = write_model(
        tmp_path / "m.onnx",
        "g (float[1,8,12,12] x) => (float[1,8,12,12] y) "
        "<float[8,8,3,3] w = {" + ",".join(["0"] * 576) + "}> "
        "{ y = Conv <pads = [1,1,1,1]> (x, w) }",
    )
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--algorithm", "winograd4")
    (step,) = [s for s in run_json("inspect", plan)["variants"][0]["steps"] if s["algorithm"]]
    assert step["algorithm"].startswith("winograd F(4x4) ")
    assert step["weight_bytes"] == 36 * 8 * 8 * 4 + 8 * 4
    phased = " phased/" in step["algorithm"]
    assert (step["scratch_bytes"] > 0) == phased
    assert step["workspace_bytes"] > 0
    assert step["algorithm"] in run("inspect", plan).stdout


def test_dump_is_read_by_onnx(model):
    text = run("dump", model, "--full", "--shapes", "x:2x3x8x8").stdout
    parsed = onnx.parser.parse_model(text)
    assert [node.op_type for node in parsed.graph.node] == [
        "Conv", "Relu", "MaxPool", "Flatten", "Gemm",
    ]
    assert "float[2,8,4,4] p" in text


def test_dump_prints_the_graph_after_passes(model):
    every = run("dump", model, "--print-after", "all").stdout
    assert every.index("# after fold-constants") < every.index("# after fuse-activation")
    one = run("dump", model, "--print-after", "fuse-max-pool").stdout
    assert "# after fold-constants" not in one
    assert "max_pool_2x2" in one and "Relu" not in one
    assert "fuse-max-pool" in run("dump", model, "--print-after", "none", expect=2).stderr


def nodes(model):
    """The nodes without what ONNX leaves open: the empty domain may be left out."""
    for node in model.graph.node:
        node.ClearField("domain")
    return model.graph.node


@pytest.mark.parametrize("source", [DIGITS, None])
def test_convert_round_trip(tmp_path, model, source):
    source = source or model
    text, binary = tmp_path / "t.onnxtxt", tmp_path / "b.onnx"
    run("convert", source, "-o", text)
    run("convert", text, "-o", binary)
    original, parsed = onnx.load(source), onnx.load(binary)
    onnx.checker.check_model(parsed, full_check=True)
    assert nodes(onnx.parser.parse_model(text.read_text())) == nodes(original)
    assert nodes(parsed) == nodes(original)
    arrays = [
        {t.name: onnx.numpy_helper.to_array(t) for t in each.graph.initializer}
        for each in (original, parsed)
    ]
    assert arrays[0].keys() == arrays[1].keys()
    for name, values in arrays[0].items():
        np.testing.assert_array_equal(arrays[1][name], values)
        assert arrays[1][name].dtype == values.dtype


def test_convert_binds_weights(tmp_path):
    graph = tmp_path / "g.onnxtxt"
    graph.write_text(
        '<ir_version: 10, opset_import: ["" : 21]>\n'
        "g (float[N,4] x, float[2,4] fc_weight, float[2] fc_bias) => (float[N,2] y) "
        "{ y = Gemm <transB = 1> (x, fc_weight, fc_bias) }"
    )
    weights = np.arange(8, dtype=np.float32).reshape(2, 4)
    np.savez(tmp_path / "w.npz", fc_weight=weights, fc_bias=np.ones(2, np.float32))
    run("convert", graph, "-o", tmp_path / "m.onnx", "--weights", tmp_path / "w.npz")
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    assert [value.name for value in session.get_inputs()] == ["x"]
    x = np.array([[1, 2, 3, 4]], np.float32)
    np.testing.assert_array_equal(session.run(None, {"x": x})[0], x @ weights.T + 1)


def test_convert_failure_leaves_nothing(tmp_path):
    damaged = tmp_path / "m.onnx"
    damaged.write_bytes(DIGITS.read_bytes()[:1000])
    run("convert", damaged, "-o", tmp_path / "m.onnxtxt", expect=1)
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]


def read_terminal(descriptor):
    """What a process writes to a terminal until it ends."""
    shown = b""
    while True:
        try:
            part = os.read(descriptor, 4096)
        except OSError:  # Linux fails the read once the last writer has gone.
            part = b""
        if not part:
            os.close(descriptor)
            return shown.decode()
        shown += part


BENCH_KEYS = {
    "min_ms", "median_ms", "mean_ms", "p95_ms", "max_ms", "threads", "batch", "iterations",
    "images_per_second",
}


def test_bench(tmp_path, model):
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--shapes", "x:1x3x8x8", "--shapes", "x:3x3x8x8")
    result = run_json(
        "bench", plan, "--threads", 2, "--warmup", 0, "--iterations", 7, "--shapes", "x:3x3x8x8")
    assert BENCH_KEYS <= result.keys()
    assert (result["batch"], result["threads"], result["iterations"]) == (3, 2, 7)
    assert 0 < result["min_ms"] <= result["median_ms"] <= result["p95_ms"] <= result["max_ms"]
    assert result["min_ms"] <= result["mean_ms"] <= result["max_ms"]
    assert "median" in run("bench", model, "--iterations", 1).stdout
    run("bench", plan, "--shapes", "x:2x3x8x8", expect=2)


def test_bench_of_steps(tmp_path, model):
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--shapes", "x:1x3x8x8", "--shapes", "x:3x3x8x8")
    bench = ["bench", plan, "--threads", 2, "--iterations", 5, "--shapes", "x:3x3x8x8"]
    result = run_json(*bench, "--steps")
    inspected = run_json("inspect", plan)["variants"][1]["steps"]
    assert [step["name"] for step in result["steps"]] == [step["name"] for step in inspected]
    for timed, step in zip(result["steps"], inspected, strict=True):
        for member in ["kernel", "algorithm", "weight_bytes"]:
            assert timed[member] == step[member]
        assert timed["gflop"] == pytest.approx(step["flop"] / 1e9)
        assert 0 < timed["min_ms"] <= timed["median_ms"]
    assert result["iterations"] == 5
    assert BENCH_KEYS <= result.keys()

    lines = run(*bench, "--steps").stdout.splitlines()
    (header,) = [index for index, line in enumerate(lines) if "median ms" in line]
    rows = lines[header + 1:]
    assert len(rows) == len(inspected) + 1
    for row, step in zip(rows, inspected):
        assert step["name"] in row and (step["algorithm"] or step["kernel"]) in row
    shares = [float(row.split(" %")[0].split()[-1]) for row in rows[:-1]]
    # Each is rounded to a tenth.
    assert sum(shares) == pytest.approx(100, abs=0.05 * len(shares) + 1e-9)


def test_bench_times_steps_only_when_asked(model):
    assert "steps" not in run_json("bench", model, "--iterations", 1)
    assert "median ms" not in run("bench", model, "--iterations", 1).stdout


def test_bench_duration(model):
    assert run_json("bench", model, "--duration", "0.05", "--warmup", 0)["iterations"] > 1


def test_forgotten_weights_are_named(tmp_path):
    arguments = ["compile", ROOT / "Graphs/vgg-a.onnxtxt", "-o", tmp_path / "a.plan", "--algorithm", "direct"]
    lines = run(*arguments).stderr.splitlines()
    assert lines == [
        "tessera: note: the weights 'conv1_1_weight', 'conv2_1_weight', 'conv3_1_weight', 'conv3_2_weight' and 7 more "
        "are inputs of every run; --weights binds graph inputs"
    ]


def test_vgg_compiles_with_random_weights(tmp_path):
    plan = tmp_path / "a.plan"
    master, terminal = os.openpty()
    start = time.monotonic()
    process = subprocess.Popen(
        [TOOL, "compile", ROOT / "Graphs/vgg-a.onnxtxt", "-o", plan, "--weights", "random:1", "--json"],
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    os.close(terminal)
    shown = read_terminal(master)
    report = json.load(process.stdout)
    assert process.wait() == 0
    if time.monotonic() - start > 2:
        # Work of more than a second shows a bar, which is gone at the end.
        assert "[" in shown and " s  " in shown and shown.endswith("\r\x1b[K")
    assert report["parameters"] == 132_863_336
    assert report["variants"][0]["arena_bytes"] == report["variants"][0]["arena_lower_bound_bytes"]
    plan.unlink()
