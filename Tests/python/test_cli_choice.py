"""How `tessera compile` chooses the algorithm of each convolution: errors, memory, measured times."""

import json

import numpy as np
import onnx
import pytest

from tessera_cli import run, run_json, write_model


@pytest.fixture
def model(tmp_path):
    """Three 3×3 convolutions of 16 to 32 channels, the last two alike."""
    random = np.random.default_rng(1)

    def weights(name, *shape):
        values = ",".join(f"{value:.4f}" for value in random.normal(0, 0.1, np.prod(shape)))
        return f"float[{','.join(map(str, shape))}] {name} = {{{values}}}"

    constants = [weights("w1", 32, 16, 3, 3), weights("w2", 32, 32, 3, 3), weights("w3", 32, 32, 3, 3)]
    return write_model(
        tmp_path / "m.onnx",
        f"g (float[N,16,28,28] x) => (float[N,32,28,28] c) <{', '.join(constants)}> {{\n"
        "a = Conv <pads = [1,1,1,1]> (x, w1)\n"
        "b = Conv <pads = [1,1,1,1]> (a, w2)\n"
        "c = Conv <pads = [1,1,1,1]> (b, w3) }",
    )


@pytest.fixture
def compile(tmp_path, model):
    def compile(*arguments, **options):
        threads = [] if "--threads" in arguments else ["--threads", 2]
        return run_json("compile", model, "-o", tmp_path / "m.plan", *threads, *arguments, **options)

    return compile


def algorithms(report):
    return [c["algorithm"] for variant in report["variants"] for c in variant["convolutions"]]


def test_a_largest_error_is_kept_by_the_plan_that_is_measured(tmp_path, compile, model):
    free = compile("--max-error", "1")
    assert any("F(6x6)" in a for a in algorithms(free)) and free["error"]["direct"] is None
    limited = compile("--max-error", free["error"]["plan"] / 1.5)
    error = limited["error"]
    assert error["direct"] < error["plan"] <= 0.7 * error["largest"]
    assert limited["memory"] != free["memory"] and algorithms(limited) != algorithms(free)
    assert run_json("inspect", tmp_path / "m.plan")["error"] == error
    assert "largest error measured" in run("inspect", tmp_path / "m.plan").stdout
    # The measurement does not depend on threads.
    assert compile("--max-error", error["largest"], "--threads", 1)["error"] == error


def test_gradients_that_jump_are_not_measured(tmp_path, model):
    """Behind a ReLU a sign that differs changes a gradient by any amount: it is named, the ReLU is measured."""
    graph = onnx.load(model)
    graph.graph.node.append(onnx.helper.make_node("Relu", ["c"], ["r"]))
    graph.graph.output[0].name = "r"
    onnx.save(graph, model)
    run("gradient", model, "--with-respect-to", "x,w1", "-o", tmp_path / "g.onnx")
    report = run_json("compile", tmp_path / "g.onnx", "-o", tmp_path / "g.plan", "--max-error", "1e-5")
    assert 0 < report["error"]["plan"] <= 1e-5
    assert report["error"]["unmeasured"] == ["x.gradient", "w1.gradient"]
    assert run_json("inspect", tmp_path / "g.plan")["error"] == report["error"]
    assert "not measured, since they jump where a value changes its sign: 'x.gradient', 'w1.gradient'\n" in run(
        "inspect", tmp_path / "g.plan").stdout


@pytest.mark.parametrize("algorithm", ["auto", "direct", "im2col", "winograd6"])
def test_an_error_that_nothing_keeps_is_refused(tmp_path, model, algorithm):
    arguments = ["compile", model, "-o", tmp_path / "m.plan", "--algorithm", algorithm]
    message = run(*arguments, "--max-error", "1e-9", expect=1).stderr
    smallest = float(message.split("network is ")[1].split(",")[0])
    assert 1e-8 < smallest < 1e-5 and "found 1e-09" in message
    assert not (tmp_path / "m.plan").exists()
    measured = run_json(*arguments, "--max-error", smallest * 1.001)["error"]
    assert measured["plan"] <= measured["largest"]


def test_nothing_is_measured_where_no_value_is_finite(tmp_path):
    weights = ",".join(["0.01"] * (32 * 16 * 9))
    model = write_model(
        tmp_path / "nan.onnx",
        f"g (float[1,16,28,28] x) => (float[1,32,28,28] y) <float[32,16,3,3] w = {{{weights}}}> {{\n"
        "c = Conv <pads = [1,1,1,1]> (x, w)\n"
        "r = Relu (c)\n n = Neg (r)\n one = Constant <value_float = 1.0> ()\n m = Sub (n, one)\n y = Log (m) }",
    )
    arguments = ["compile", model, "-o", tmp_path / "m.plan"]
    assert run_json(*arguments)["error"] is None
    message = run(*arguments, "--max-error", 1, expect=1).stderr
    assert "cannot be measured: its values on seeded inputs are not finite" in message


def test_nothing_is_measured_where_nothing_is_chosen(compile):
    for arguments in [["--local"], ["--algorithm", "winograd6"], ["--algorithm", "direct"]]:
        assert compile(*arguments)["error"] is None


def test_a_memory_limit_is_kept(tmp_path, compile, model):
    free = compile()
    assert free["unlimited_memory"] is None and free["memory_limit_bytes"] is None
    total = free["memory"]["total_bytes"]
    parts = ["weight_bytes", "arena_bytes", "workspace_bytes"]
    assert total == sum(free["memory"][part] for part in parts)
    assert free["memory"]["threads"] == 2

    limit = int(total * 0.7)
    limited = compile("--memory-limit", limit)
    assert limited["memory"]["total_bytes"] <= limit == limited["memory_limit_bytes"]
    assert limited["unlimited_memory"] == free["memory"]
    (variant,) = limited["variants"]
    assert variant["unlimited_convolutions"] == free["variants"][0]["convolutions"]
    assert variant["convolutions"] != variant["unlimited_convolutions"]
    for with_limit, without in zip(variant["convolutions"], variant["unlimited_convolutions"]):
        assert with_limit["ms"] >= without["ms"]
    assert compile("--memory-limit", limit) == limited
    # What inspect finds in the plan is what compile has promised.
    inspected = run_json("inspect", tmp_path / "m.plan")["variants"][0]
    steps = [step["algorithm"] for step in inspected["steps"] if step["algorithm"]]
    assert steps == algorithms(limited)
    workspace = max(step["workspace_bytes"] for step in inspected["steps"])
    assert limited["memory"]["workspace_bytes"] == 2 * (-(-workspace // 64) * 64)
    assert inspected["arena_bytes"] == limited["memory"]["arena_bytes"]

    text = run("compile", model, "-o", tmp_path / "m.plan", "--memory-limit", limit).stdout
    assert "without the limit" in text and f"{limit:,}" in text


def test_a_limit_that_is_too_small_names_the_smallest(tmp_path, compile, model):
    arguments = ["compile", model, "-o", tmp_path / "m.plan", "--threads", 2]
    message = run(*arguments, "--memory-limit", "10K", expect=1).stderr
    assert "the limit is 10000 bytes" in message and not (tmp_path / "m.plan").exists()
    smallest = int(message.split("at least ")[1].split(":")[0])
    assert compile("--memory-limit", smallest)["memory"]["total_bytes"] == smallest
    run(*arguments, "--memory-limit", smallest - 1, expect=1)


def test_units_of_bytes(compile):
    limits = {"900K": 900_000, "1M": 10**6, "2G": 2 * 10**9, "900KiB": 900 << 10, "1MiB": 1 << 20, "3GiB": 3 << 30}
    for text, count in limits.items():
        assert compile("--memory-limit", text)["memory_limit_bytes"] == count


def test_variants_share_one_algorithm_for_each_weight(compile):
    shapes = ["--shapes", "x:1x16x28x28", "--shapes", "x:3x16x28x28"]
    free = compile(*shapes)
    largest = max(variant["arena_bytes"] for variant in free["variants"])
    assert free["memory"]["arena_bytes"] == largest
    limited = compile(*shapes, "--memory-limit", int(free["memory"]["total_bytes"] * 0.8))
    first, second = limited["variants"]
    for one, other in zip(first["convolutions"], second["convolutions"]):
        assert one["algorithm"].split()[:2] == other["algorithm"].split()[:2]


def test_tuning_measures_once(tmp_path, compile, model):
    cache = tmp_path / "times.json"
    first = compile("--tune", "--timing-cache", cache)
    assert first["tuning"] == {
        # Two different convolutions: direct, or 3 tiles with 5 schedules each.
        "candidates": 32, "measured": 32, "cached": 0, "cache": str(cache),
    }
    plan = (tmp_path / "m.plan").read_bytes()
    times = cache.read_bytes()
    second = compile("--tune", "--timing-cache", cache)
    assert second["tuning"] == {**first["tuning"], "measured": 0, "cached": 32}
    assert (tmp_path / "m.plan").read_bytes() == plan and cache.read_bytes() == times
    arguments = ["compile", model, "-o", tmp_path / "m.plan", "--tune", "--timing-cache", cache]
    # Times with other numbers of threads are others.
    assert run_json(*arguments, "--threads", 1)["tuning"]["measured"] == 32
    text = run(*arguments, "--threads", 2).stdout
    assert "candidates: 32, 0 timed now, 32 from" in text


def test_tuning_goes_by_the_times(tmp_path, compile):
    """Times that say so make the compiler choose what no estimate would."""
    cache = tmp_path / "times.json"
    compile("--tune", "--timing-cache", cache)
    contents = json.loads(cache.read_text())
    (group,) = contents["groups"]
    for time in group["times"]:
        time["seconds"] = 1.0 if time["kernel"] == "conv-direct" else 2.0
    cache.write_text(json.dumps(contents))
    tuned = compile("--tune", "--timing-cache", cache)
    assert algorithms(tuned) == ["direct"] * 3
    assert [c["ms"] for c in tuned["variants"][0]["convolutions"]] == [1000.0] * 3
    # The limit trades by the same times; a plain compilation never looks at them.
    limit = tuned["memory"]["total_bytes"]
    limited = compile("--tune", "--timing-cache", cache, "--memory-limit", limit)
    assert limited["variants"][0]["convolutions"] == tuned["variants"][0]["convolutions"]
    assert algorithms(compile()) != algorithms(tuned)


def test_the_default_cache_follows_the_environment(tmp_path, compile):
    environment = {"XDG_CACHE_HOME": str(tmp_path / "caches")}
    report = compile("--tune", environment=environment)
    assert report["tuning"]["cache"] == str(tmp_path / "caches/tessera/timings.json")
    assert (tmp_path / "caches/tessera/timings.json").exists()


@pytest.mark.parametrize(
    "contents, message",
    [
        ("", "empty"),
        ("timings", "this is no timing cache"),
        ('{"format": "tessera-timings", "version": 99}', "version 99, expected 1"),
        ('{"format": "tessera-timings", "version": 1, "groups": 7}', "damaged"),
    ],
)
def test_a_damaged_cache_is_named(tmp_path, model, contents, message):
    cache = tmp_path / "times.json"
    cache.write_text(contents)
    arguments = ["compile", model, "-o", tmp_path / "m.plan", "--tune", "--timing-cache", cache]
    process = run(*arguments, expect=1)
    assert f"{cache}: " in process.stderr and message in process.stderr
    assert len(process.stderr.splitlines()) == 1
    assert cache.read_text() == contents and not (tmp_path / "m.plan").exists()


@pytest.mark.parametrize("algorithm", ["auto", "direct", "im2col", "winograd2", "winograd4", "winograd6"])
@pytest.mark.parametrize("groups", [(1, 8), (8, 1)])
def test_a_weight_that_convolutions_of_other_groups_share(tmp_path, algorithm, groups):
    """Shared, a weight gives what copies of it give."""
    values = np.random.default_rng(2).normal(size=(16, 2, 3, 3)).astype(np.float32)
    text = ",".join(map(repr, values.ravel().tolist()))
    inputs = {f"x{group}": (1, 2 * group, 9, 9) for group in groups}
    results = []
    for second in ["v", "w"]:
        model = write_model(
            tmp_path / f"{second}.onnx",
            f"g (float[1,{2 * groups[0]},9,9] x{groups[0]}, float[1,{2 * groups[1]},9,9] x{groups[1]})"
            f" => (float[1,16,9,9] a, float[1,16,9,9] b)"
            f" <float[16,2,3,3] w = {{{text}}}, float[16,2,3,3] v = {{{text}}}> {{\n"
            f"a = Conv <group = {groups[0]}, pads = [1,1,1,1]> (x{groups[0]}, w)\n"
            f"b = Conv <group = {groups[1]}, pads = [1,1,1,1]> (x{groups[1]}, {second}) }}",
        )
        arguments = ["run", model, "--output-dir", tmp_path / second, "--algorithm", algorithm]
        for name, shape in inputs.items():
            array = np.random.default_rng(3).normal(size=shape).astype(np.float32)
            np.save(tmp_path / f"{name}.npy", array)
            arguments += ["--input", f"{name}={tmp_path}/{name}.npy"]
        run(*arguments)
        results.append([np.load(tmp_path / second / f"{name}.npy") for name in "ab"])
    for copied, shared in zip(*results):
        np.testing.assert_array_equal(shared, copied)
