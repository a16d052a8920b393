"""What the server does with more requests than it can run: batches, a bounded queue, its end, versions."""

import concurrent.futures
import shutil
import signal
import time

import numpy as np
import pytest
from served import infer, serving
from tritonclient.utils import InferenceServerException

import tessera

# A convolution of 2 GFLOP a row: slow enough for requests to wait for each other.
SLOW = """<ir_version: 10, opset_import: ["" : 21]>
slow (float[N,64,56,56] x, float[64,64,9,9] w) => (float[N,64,1,1] y) {
  [conv] t = Conv <kernel_shape = [9, 9], pads = [4, 4, 4, 4]> (x, w)
  [pool] y = GlobalAveragePool (t)
}
"""


@pytest.fixture(scope="module")
def slow_plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slow")
    (folder / "slow.onnxtxt").write_text(SLOW)
    tessera.compile(folder / "slow.onnxtxt", folder / "slow.plan", weights="random:1", shapes={"x": [4, 64, 56, 56]})
    return folder / "slow.plan"


def row(seed, count=1):
    return np.random.default_rng(seed).standard_normal((count, 64, 56, 56)).astype(np.float32)


def wait_until(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def asked(server, way, seed):
    client = getattr(server, way)()
    try:
        return infer(client, "slow", {"x": row(seed)}).as_numpy("y")
    except InferenceServerException as problem:
        return problem


@pytest.mark.parametrize("way", ["http", "grpc"])
def test_the_queue_is_bounded(slow_plan, way):
    with serving(slow_plan, "--queue", "2", "--max-delay", "0", "--threads", "1") as server:
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(lambda seed: asked(server, way, seed), range(24)))
        refused = [answer for answer in answers if isinstance(answer, InferenceServerException)]
        assert {(problem.message(), problem.status()) for problem in refused} == {
            ("the queue is full: 2 requests wait", "503" if way == "http" else "StatusCode.RESOURCE_EXHAUSTED")}
        assert 2 <= len(answers) - len(refused) < 24
        assert server.metric("tessera_requests_total", outcome="full") == len(refused)
        assert asked(server, way, 1).shape == (1, 64, 1, 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_end_answers_what_runs_and_waits(slow_plan, number):
    session = tessera.Session(slow_plan)
    with serving(slow_plan, "--max-delay", "0", "--threads", "1") as server:
        late = {"http": server.http(), "grpc": server.grpc()}
        assert all(client.is_server_ready() for client in late.values())
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = [pool.submit(asked, server, ["http", "grpc"][seed % 2], seed) for seed in range(16)]
            wait_until(lambda: server.metric("tessera_waiting_requests") + server.metric("tessera_queue_seconds_count") == 16)
            assert server.metric("tessera_waiting_requests") > 0
            server.process.send_signal(number)
            refusals = []
            while not all(answer.done() for answer in answers):
                for client in late.values():
                    try:
                        infer(client, "slow", {"x": row(99)})
                    except Exception as problem:
                        refusals.append(str(problem))
                    else:
                        assert not refusals, "an answer after a refusal"
                time.sleep(0.02)
        assert any("the server is stopping" in refusal for refusal in refusals), refusals
        for seed, answer in enumerate(answers):
            batch = np.concatenate([row(seed), np.zeros((3, 64, 56, 56), np.float32)])
            assert answer.result().tobytes() == session.run(["y"], {"x": batch})[0][:1].tobytes()
        _, errors = server.process.communicate(timeout=60)
        assert (server.process.returncode, errors) == (0, "")


def test_requests_run_together(slow_plan):
    with serving(slow_plan, "--max-delay", "5000", "--threads", "1") as server:
        start = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            assert len(list(pool.map(lambda seed: asked(server, "grpc", seed), range(4)))) == 4
        # The batch is full: nothing waits for the delay.
        assert time.perf_counter() - start < 4
        assert server.metric("tessera_batch_rows_count", model="slow", version="1") == 1
        assert server.metric("tessera_batch_rows_sum") == 4
        assert server.metric("tessera_queue_seconds_count") == 4
        assert server.metric("tessera_compute_seconds_count") == 1
        assert 0 < server.metric("tessera_compute_seconds_sum") < 4
        assert server.metric("tessera_waiting_requests") == 0


def test_a_lone_request_waits_no_longer_than_the_delay(batch_plan):
    with serving(batch_plan, "--max-delay", "300") as server:
        client = server.grpc()
        for _ in range(3):
            start = time.perf_counter()
            infer(client, "batches", {"image": np.zeros((1, 1, 28, 28), np.float32)})
            assert 0.3 <= time.perf_counter() - start < 0.6
        assert 0.9 <= server.metric("tessera_queue_seconds_sum") < 1.2


def test_requests_that_are_given_up_are_not_run(slow_plan):
    with serving(slow_plan, "--max-delay", "0", "--threads", "1") as server:
        client = server.grpc()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            busy = [pool.submit(asked, server, "grpc", seed) for seed in range(8)]
            wait_until(lambda: server.metric("tessera_waiting_requests") >= 2)
            with pytest.raises(InferenceServerException, match="Deadline Exceeded"):
                infer(client, "slow", {"x": row(9)}, client_timeout=0.01)
            assert all(answer.result().shape == (1, 64, 1, 1) for answer in busy)
        assert server.metric("tessera_batch_rows_sum") == 8


def test_versions_of_a_repository(batch_plan, single_plan, tmp_path):
    for version, plan in [("1", single_plan), ("10", batch_plan), ("9", single_plan)]:
        (tmp_path / "digits" / version).mkdir(parents=True)
        shutil.copy(plan, tmp_path / "digits" / version / "model.plan")
    with serving("--model-repository", tmp_path, f"other={single_plan}") as server:
        assert server.lines == [
            "other 1: one request at a time", "digits 1: one request at a time", "digits 10: batches of 2, 4, 8",
            "digits 9: one request at a time"]
        http, grpc = server.http(), server.grpc()
        images = np.zeros((3, 1, 28, 28), np.float32)
        for client in [http, grpc]:
            assert infer(client, "digits", {"image": images}).get_response()
            assert infer(client, "digits", {"image": images}, model_version="10").as_numpy("probabilities").shape == (3, 10)
            assert infer(client, "digits", {"image": images[:1]}, model_version="1").as_numpy("probabilities").shape == (1, 10)
            with pytest.raises(InferenceServerException, match="expected the shapes image:1x1x28x28, found image:3x1x28x28"):
                infer(client, "digits", {"image": images}, model_version="9")
            assert client.is_model_ready("digits", "9")
        assert http.get_model_metadata("digits")["versions"] == ["1", "9", "10"]
        assert http.get_model_metadata("digits", "9")["inputs"][0]["shape"] == [1, 1, 28, 28]


def test_batches_of_one_are_used(digits_plan):
    """A row has the same bits alone."""
    with serving(digits_plan) as server:
        assert server.lines == ["digits 1: batches of 1, 4, 8"]
        assert server.stop() == (0, "")


# Each row times the number of rows.
COUNTED = """<ir_version: 10, opset_import: ["" : 21]>
counted (float[N,3] x) => (float[N,3] y) {
  shape = Shape <start = 0, end = 1> (x)
  count = Cast <to = 1> (shape)
  y = Mul (x, count)
}
"""


def test_batch_sizes_with_other_bits(tmp_path):
    (tmp_path / "counted.onnxtxt").write_text(COUNTED)
    tessera.compile(tmp_path / "counted.onnxtxt", tmp_path / "counted.plan", shapes=[{"x": [count, 3]} for count in [2, 4, 8]])
    with serving(tmp_path / "counted.plan") as server:
        assert server.lines == ["counted 1: batches of 8"]
        assert (infer(server.grpc(), "counted", {"x": np.ones((3, 3), np.float32)}).as_numpy("y") == 8).all()
        notice = "tessera.serve: counted: batches of 2, 4 give other bits than those of 8 and are not used\n"
        assert server.stop() == (0, notice)


def test_rows_that_depend_on_each_other_run_alone(tmp_path):
    (tmp_path / "mixed.onnxtxt").write_text(
        '<ir_version: 10, opset_import: ["" : 21]>\nmixed (float[2,3] x) => (float[2,3] y) { y = Softmax <axis = 0> (x) }\n')
    tessera.compile(tmp_path / "mixed.onnxtxt", tmp_path / "mixed.plan")
    with serving(tmp_path / "mixed.plan") as server:
        assert server.lines == ["mixed 1: one request at a time"]
        assert (infer(server.grpc(), "mixed", {"x": np.zeros((2, 3), np.float32)}).as_numpy("y") == 0.5).all()
        assert server.stop() == (0, "tessera.serve: mixed: the rows of a batch depend on each other, so requests run alone\n")
