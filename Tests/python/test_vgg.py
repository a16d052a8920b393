"""The six networks of Graphs against ONNX Runtime."""

import networks
import onnx_runtime
import tool

# fc6, fc7 and fc8 with their biases, in all six networks.
FULLY_CONNECTED_PARAMETER_COUNT = 25088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000


def test_runs_from_the_graph(network):
    for actual, expected in zip(network.direct, network.expected, strict=True):
        networks.assert_close(actual, expected)


def test_runs_from_a_plan(network, tessera):
    """VGG-16's plan has a variant for two images more, over the same weights."""
    batches = [1, 2] if network.name == "vgg-d" else [1]
    plan = network.folder / "network.plan"
    shapes = [word for n in batches for word in ("--shapes", f"data:{n}x3x224x224")]
    report = tessera(
        "compile", network.graph, "--weights", networks.WEIGHTS, "-o", plan, *shapes, "--json"
    ).json
    parameter_count = networks.PARAMETER_COUNTS[network.name]
    assert report["parameters"] == parameter_count
    # A 3×3 kernel takes at most the 8×8 values that F(6×6, 3×3) makes of it; the rest is stored as it is.
    convolutions = parameter_count - FULLY_CONNECTED_PARAMETER_COUNT
    largest = FULLY_CONNECTED_PARAMETER_COUNT + convolutions * 64 / 9
    assert 4 * parameter_count < report["bytes"] < 4.01 * largest
    assert len(report["variants"]) == len(batches)
    for variant, batch in zip(report["variants"], batches, strict=True):
        arena, sum_of_buffers = variant["arena_bytes"], variant["buffer_bytes_sum"]
        print(f"\n{network.name}, batch {batch}: arena {arena:,} bytes, all buffers {sum_of_buffers:,}")
        assert arena == variant["arena_lower_bound_bytes"]

        inputs = {"data": networks.image(batch)}
        expected = network.expected if batch == 1 else onnx_runtime.outputs(network.model, inputs)
        actual = tool.run(plan, inputs, network.folder, outputs=["fc8", "prob"])
        for a, e in zip(actual, expected, strict=True):
            networks.assert_close(a, e)

    inspected = tessera("inspect", plan, "--json").json["variants"]
    for a, e in zip(inspected, report["variants"], strict=True):
        assert a["arena_bytes"] == e["arena_bytes"]
    plan.unlink()
