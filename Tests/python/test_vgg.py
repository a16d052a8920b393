"""The six networks of Graphs against ONNX Runtime."""

import numpy as np

import networks
import onnx_runtime
import tool


def test_agrees_with_onnx_runtime(network, tessera):
    inputs = network.inputs
    actual = tool.run(
        network.graph_with_logits, inputs, network.folder, "--weights", networks.WEIGHTS,
        outputs=["fc8", "prob"],
    )
    for a, e in zip(actual, network.expected, strict=True):
        networks.assert_close(a, e)

    plan = network.folder / "network.plan"
    report = tessera(
        "compile", network.graph, "--weights", networks.WEIGHTS, "-o", plan, "--json"
    ).json
    assert report["parameters"] == networks.PARAMETER_COUNTS[network.name]
    for variant in report["variants"]:
        assert variant["arena_bytes"] == variant["arena_lower_bound_bytes"]
        print(f"\n{network.name}: arena {variant['arena_bytes']:,} bytes = lower bound", end="")
        print(f", sum of buffers {variant['buffer_bytes_sum']:,} bytes")

    # The plan was compiled without the tap on the logits; its probabilities must not differ in a bit.
    (probabilities,) = tool.run(plan, inputs, network.folder, outputs=["prob"])
    np.testing.assert_array_equal(probabilities, actual[1])
    inspected = tessera("inspect", plan, "--json").json["variants"]
    for a, e in zip(inspected, report["variants"], strict=True):
        assert a["arena_bytes"] == e["arena_bytes"]
        assert a["arena_lower_bound_bytes"] == e["arena_lower_bound_bytes"]
    plan.unlink()


def test_variants_share_weights_and_agree_with_onnx_runtime(tmp_path, tessera):
    model_folder = tmp_path / "model"
    model_folder.mkdir()
    with networks.bound("vgg-d", model_folder) as network:
        plan = tmp_path / "two-batches.plan"
        report = tessera(
            "compile", network.model, "-o", plan, "--json",
            "--shapes", "data:1x3x224x224", "--shapes", "data:2x3x224x224",
        ).json
        assert len(report["variants"]) == 2
        assert report["bytes"] < 1.1 * 4 * networks.PARAMETER_COUNTS["vgg-d"]
        images = networks.image(batch=2)
        expected = onnx_runtime.outputs(network.model, {"data": images})
    both = tool.run(plan, {"data": images}, tmp_path, outputs=["fc8", "prob"])
    one = tool.run(plan, {"data": images[1:]}, tmp_path, outputs=["fc8", "prob"])
    for a, b, e in zip(both, one, expected, strict=True):
        networks.assert_close(a, e)
        networks.assert_close(b, e[1:])
