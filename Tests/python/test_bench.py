"""`tessera bench`: batches, sessions side by side, and what is said of their times."""

import math
import re

import pytest

from tessera_cli import conv_model, run, run_json, write_model

PERCENTILES = {"p90_ms": 90, "p95_ms": 95, "p99_ms": 99}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return conv_model(tmp_path_factory.mktemp("bench") / "m.onnx")


@pytest.fixture(scope="module")
def plan(model):
    path = model.with_suffix(".plan")
    run("compile", model, "-o", path, "--shapes", "x:1x3x8x8", "--shapes", "x:4x3x8x8")
    return path


def test_statistics_are_those_of_the_times(plan):
    result = run_json("bench", plan, "--iterations", 37, "--warmup", 0)
    times = result["times_ms"]
    assert times == sorted(times) and len(times) == result["iterations"] == 37
    assert result["min_ms"] == times[0] and result["max_ms"] == times[-1] and result["median_ms"] == times[18]
    assert result["mean_ms"] == pytest.approx(sum(times) / 37)
    for member, percent in PERCENTILES.items():
        # The nearest rank.
        assert result[member] == times[math.ceil(percent / 100 * 37) - 1]
    assert result["runs_per_second"] == pytest.approx(37 / result["seconds"])
    assert sum(times) / 1000 <= result["seconds"]


def test_text(plan):
    text = run("bench", plan, "--batch", 4, "--sessions", 2, "--threads", 1, "--iterations", 3).stdout
    figure = r"\d+\.\d+"
    assert re.fullmatch(
        rf"""small  x:4x3x8x8
2 sessions of 1 thread, 6 runs
throughput  {figure} runs per second, {figure} images per second
latency
  min              +{figure} ms
  mean             +{figure} ms
  median           +{figure} ms
  percentile\(90%\) +{figure} ms
  percentile\(95%\) +{figure} ms
  percentile\(99%\) +{figure} ms
  max              +{figure} ms
""", text), text


def test_batch_of_a_plan_is_one_of_its_variants(plan):
    for batch in [1, 4]:
        result = run_json("bench", plan, "--batch", batch, "--iterations", 2)
        assert (result["batch"], result["shapes"]) == (batch, f"x:{batch}x3x8x8")
        assert result["images_per_second"] == pytest.approx(batch * result["runs_per_second"])
    assert run("bench", plan, "--batch", 2, expect=2).stderr == (
        "tessera: the plan has no variant of batch 2; it has x:1x3x8x8 or x:4x3x8x8\n")


def test_a_model_is_compiled_with_the_batch(model, tmp_path):
    assert run_json("bench", model, "--batch", 3, "--iterations", 1)["shapes"] == "x:3x3x8x8"
    fixed = write_model(tmp_path / "fixed.onnx", "g (float[2,3] x) => (float[2,3] y) { y = Relu (x) }")
    assert run_json("bench", fixed, "--batch", 2, "--iterations", 1)["batch"] == 2
    assert "fixed.onnx: the model fixes its batch to 2" in run("bench", fixed, "--batch", 3, expect=2).stderr
    # Inputs that are no batches keep their shapes.
    two = write_model(
        tmp_path / "two.onnx", "g (float[N,3] x, float[3] b, float[N,1] c) => (float[N,3] y) { t = Add (x, b) y = Mul (t, c) }")
    assert run_json("bench", two, "--batch", 5, "--iterations", 1)["shapes"] == "x:5x3,b:3,c:5x1"
    size = write_model(tmp_path / "open.onnx", "g (float[N,C] x) => (float[N,C] y) { y = Relu (x) }")
    assert "fix it with --shapes" in run("bench", size, "--batch", 3, expect=2).stderr


def test_sessions_run_side_by_side(plan):
    alone = run_json("bench", plan, "--iterations", 5)
    assert (alone["sessions"], alone["iterations"]) == (1, 5)
    result = run_json("bench", plan, "--sessions", 3, "--threads", 2, "--iterations", 5, "--warmup", 1)
    assert (result["sessions"], result["threads"], result["iterations"]) == (3, 2, 15)
    assert len(result["times_ms"]) == 15
    assert result["runs_per_second"] == pytest.approx(15 / result["seconds"])
    # At once: the runs of all take more time than passes.
    long = run_json("bench", plan, "--sessions", 4, "--threads", 1, "--duration", "0.3")
    assert sum(long["times_ms"]) / 1000 > 2 * long["seconds"]


@pytest.mark.parametrize("threads, sessions, expected", [(6, 2, 3), (5, 2, 2), (2, 3, 1)])
def test_sessions_share_the_threads(plan, threads, sessions, expected):
    environment = {"TESSERA_NUM_THREADS": str(threads)}
    result = run_json("bench", plan, "--sessions", sessions, "--iterations", 1, environment=environment)
    assert result["threads"] == expected


def test_what_contradicts_is_refused(plan, model):
    for arguments in [["--batch", 1, "--shapes", "x:1x3x8x8"], ["--sessions", 2, "--steps"], ["--sessions", 0], ["--batch", 0]]:
        run("bench", model, *arguments, expect=2)


def test_sessions_that_are_refused_are_said(plan):
    """Those that were started are not waited for."""
    error = run(
        "bench", plan, "--sessions", 1000, "--threads", 1, "--iterations", 1, address_space=1500 << 20, expect=1).stderr
    assert re.fullmatch(r"tessera: cannot start session \d+: .+\n|tessera: the system refused .+\n", error), error
