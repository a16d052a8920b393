"""What `--local` promises: an output depends on its own window alone."""

import numpy as np
import onnx
import pytest

import tool
from tessera_cli import conv_model, run, run_json

CHANNELS, EXTENT = 32, 26
# The largest sum of the magnitudes of a term, over all outputs and inputs of a tile; see Docs/kernels.md.
SPREAD = {2: 16, 4: 98.4, 6: 555}


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(2).normal(0, 1, (CHANNELS, CHANNELS, 3, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory, weights):
    helper = onnx.helper
    shape = [1, CHANNELS, EXTENT, EXTENT]
    value = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"], pads=[1] * 4)], "g", [value("x")], [value("y")],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    path = tmp_path_factory.mktemp("locality") / "m.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(3).normal(0, 1, (1, CHANNELS, EXTENT, EXTENT)).astype(np.float32)


def beyond(model, image, value, folder, *arguments):
    """What a pixel changes in outputs that do not see it, by how much."""
    spoilt = image.copy()
    spoilt[0, 3, 14, 14] = value
    results = [
        tool.run(model, {"x": x}, folder, *arguments, outputs=["y"])[0][0] for x in (image, spoilt)
    ]
    outside = np.ones((EXTENT, EXTENT), bool)
    outside[13:16, 13:16] = False
    assert not np.array_equal(results[0][:, ~outside], results[1][:, ~outside])
    return np.abs(results[1] - results[0])[:, outside]


@pytest.mark.parametrize("value", [1e6, 1e38, np.inf, np.nan])
@pytest.mark.parametrize("algorithm", ["auto", "direct", "im2col"])
def test_nothing_else_changes(model, image, tmp_path, value, algorithm):
    assert (beyond(model, image, value, tmp_path, "--local", "--algorithm", algorithm) == 0).all()


@pytest.mark.parametrize("tile", SPREAD)
def test_winograd_spreads_no_more_than_is_documented(model, image, weights, tmp_path, tile):
    change = beyond(model, image, 1e6, tmp_path, "--algorithm", f"winograd{tile}")
    bound = (CHANNELS + 32) * 2.0**-24 * SPREAD[tile] * np.abs(weights).max() * 1e6
    # The other pixels have roundings of their own, of less than a thousandth of it.
    assert change.max() <= bound * 1.001
    if tile > 2:
        assert change.max() > 1e-3
        assert np.isnan(beyond(model, image, np.inf, tmp_path, "--algorithm", f"winograd{tile}")).any()


@pytest.mark.parametrize("options", [[], ["--tune"], ["--memory-limit", "10M"], ["--algorithm", "im2col"]])
def test_every_way_to_choose_keeps_it(model, tmp_path, options):
    plan = tmp_path / "m.plan"
    if "--tune" in options:
        options = [*options, "--timing-cache", tmp_path / "times.json"]
    run("compile", model, "-o", plan, "--local", *options)
    inspected = run_json("inspect", plan)
    assert inspected["local"] is True
    algorithms = [s["algorithm"] for v in inspected["variants"] for s in v["steps"] if s["algorithm"]]
    assert algorithms and not any("winograd" in a for a in algorithms)
    assert "local: yes" in run("inspect", plan).stdout


def test_without_it_plans_say_so(model, tmp_path):
    run("compile", model, "-o", tmp_path / "m.plan", "--algorithm", "winograd4")
    assert run_json("inspect", tmp_path / "m.plan")["local"] is False


def test_every_command_that_compiles_takes_it(tmp_path):
    model = conv_model(tmp_path / "m.onnx")
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--dense", "--local", "--shapes", "x:1x3x16x12")
    assert run_json("inspect", plan)["local"] is True
    run("bench", model, "--local", "--iterations", "1", "--warmup", "0")
    for command in ["evaluate", "features", "classify"]:
        assert "--local" in run(command, "--help").stdout
    assert "is for models" in run("bench", plan, "--local", expect=2).stderr
    for algorithm in ["winograd2", "winograd4", "winograd6"]:
        assert algorithm in run(
            "compile", model, "-o", plan, "--local", "--algorithm", algorithm, expect=2
        ).stderr
