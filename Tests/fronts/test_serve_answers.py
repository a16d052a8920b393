"""What the server answers is what a run gives, bit for bit, by every way that the protocol has."""

import concurrent.futures
import itertools
import time

import numpy as np
import pytest
import tritonclient.grpc
import tritonclient.http
from conftest import DIGITS
from served import infer, serving

import tessera
import tool

OUTPUT = "probabilities"


@pytest.fixture(scope="module")
def server(batch_plan):
    with serving(f"digits={batch_plan}", "--max-delay", "2") as server:
        yield server


@pytest.fixture(scope="module")
def reference(batch_plan):
    """The scores of rows, each run with zeros beside it."""
    session = tessera.Session(batch_plan, threads=1)

    def scores(rows):
        found = []
        for row in rows:
            batch = np.zeros((2, *row.shape), np.float32)
            batch[0] = row
            found.append(session.run([OUTPUT], {"image": batch})[0][0])
        return np.stack(found)

    return scores


def rows(count, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (count, 1, 28, 28)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 21])
@pytest.mark.parametrize("way", ["gRPC", "binary", "JSON"])
def test_ways(server, reference, way, count):
    images = rows(count)
    client = server.grpc() if way == "gRPC" else server.http()
    answer = infer(client, "digits", {"image": images}, [OUTPUT], binary=way != "JSON", request_id="7")
    assert answer.as_numpy(OUTPUT).tobytes() == reference(images).tobytes()
    response = answer.get_response()
    read = response.get if isinstance(response, dict) else lambda key: getattr(response, key)
    assert (read("id"), read("model_name"), read("model_version")) == ("7", "digits", "1")


def test_all_outputs_come_unless_asked_for(server, reference):
    images = rows(2)
    for client in [server.grpc(), server.http()]:
        assert infer(client, "digits", {"image": images}).as_numpy(OUTPUT).tobytes() == reference(images).tobytes()


def test_typed_contents_of_grpc(server, reference):
    """What other clients than tritonclient send: values in fields of their type."""
    from tritonclient.grpc import service_pb2, service_pb2_grpc

    import grpc

    images = rows(2)
    request = service_pb2.ModelInferRequest(model_name="digits", inputs=[service_pb2.ModelInferRequest.InferInputTensor(
        name="image", datatype="FP32", shape=images.shape,
        contents=service_pb2.InferTensorContents(fp32_contents=images.ravel()))])
    with grpc.insecure_channel(server.grpc_url) as channel:
        answer = service_pb2_grpc.GRPCInferenceServiceStub(channel).ModelInfer(request)
    assert answer.raw_output_contents[0] == reference(images).tobytes()


def test_many_clients_at_once(server, reference):
    """32 clients, 10,000 requests of 1 to 8 rows: every answer is its own caller's, bit for bit."""
    images = rows(64, seed=2)
    expected = reference(images)
    clients, requests = 32, 10_000
    before = server.metric("tessera_requests_total", outcome="answered")

    def call(number):
        client = server.grpc() if number % 2 else server.http()
        generator = np.random.default_rng(number)
        for _ in range(requests // clients + (number < requests % clients)):
            chosen = generator.integers(0, len(images), generator.integers(1, 9))
            answer = infer(client, "digits", {"image": images[chosen]}, [OUTPUT]).as_numpy(OUTPUT)
            assert answer.tobytes() == expected[chosen].tobytes()
        client.close()

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(call, range(clients)))
    assert server.metric("tessera_requests_total", outcome="answered") - before == requests
    assert server.metric("tessera_compute_seconds_count") < server.metric("tessera_queue_seconds_count")


def test_binary_http_is_no_slower_than_twice_grpc(large_server):
    """Requests of 1.2 MB, where what a protocol does to bytes is what counts."""
    images = np.random.default_rng(1).standard_normal((2, 3, 224, 224)).astype(np.float32)

    def seconds(client):
        times = []
        for _ in range(30):
            start = time.perf_counter()
            infer(client, "large", {"x": images}, ["y"])
            times.append(time.perf_counter() - start)
        return sorted(times)[len(times) // 4]

    http, grpc = large_server.http(), large_server.grpc()
    assert min(seconds(http) / seconds(grpc) for _ in range(3)) < 2


@pytest.fixture(scope="module")
def large_server(tmp_path_factory):
    """A network that does little with large inputs."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "large.onnxtxt").write_text(
        '<ir_version: 10, opset_import: ["" : 21]>\n'
        "large (float[2,3,224,224] x) => (float[2,3,1,1] y) { y = GlobalAveragePool (x) }\n")
    tessera.compile(folder / "large.onnxtxt", folder / "large.plan")
    with serving(folder / "large.plan", "--max-delay", "0") as server:
        yield server


def test_digits_have_the_bits_of_the_tool(digits_plan, single_plan, tmp_path):
    """Eight images as one batch, and each alone where the plan takes one image at a time."""
    eight = DIGITS[:8]
    assert len(eight) == 8
    with serving(f"eight={digits_plan}", f"one={single_plan}") as server:
        for model, plan, groups in [("eight", digits_plan, [eight]), ("one", single_plan, [[path] for path in eight])]:
            for paths in groups:
                inputs = tessera.Plan(plan).read_images(paths)
                (expected,) = tool.run(plan, inputs, tmp_path, outputs=[OUTPUT])
                files = np.array([path.read_bytes() for path in paths], object)
                for client, images in itertools.product([server.http(), server.grpc()], [inputs["image"], files]):
                    found = infer(client, model, {"image": images}, [OUTPUT]).as_numpy(OUTPUT)
                    assert found.tobytes() == expected.tobytes()


def test_images_are_classified(server):
    files = np.array([path.read_bytes() for path in DIGITS], object)
    wanted = [path.name[0] for path in DIGITS]
    for module, client in [(tritonclient.http, server.http()), (tritonclient.grpc, server.grpc())]:
        image = module.InferInput("image", files.shape, "BYTES")
        image.set_data_from_numpy(files)
        answer = client.infer("digits", [image], outputs=[module.InferRequestedOutput(OUTPUT, class_count=3)])
        classes = answer.as_numpy(OUTPUT)
        assert classes.shape == (len(DIGITS), 3)
        scores, indices, labels = zip(*(text.decode().split(":") for text in classes[:, 0]))
        assert list(labels) == wanted == list(indices)
        assert all(0.5 < float(score) <= 1 for score in scores)


def test_metadata(server):
    expected = {
        "name": "digits", "versions": ["1"], "platform": "tessera_plan",
        "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 1, 28, 28]}],
        "outputs": [{"name": OUTPUT, "datatype": "FP32", "shape": [-1, 10]}]}
    http, grpc = server.http(), server.grpc()
    assert http.get_model_metadata("digits") == expected == http.get_model_metadata("digits", "1")
    found = grpc.get_model_metadata("digits", as_json=True)
    assert (found["name"], found["versions"]) == ("digits", ["1"])
    assert found["inputs"] == [{"name": "image", "datatype": "FP32", "shape": ["-1", "1", "28", "28"]}]
    assert http.get_server_metadata()["name"] == "tessera" == grpc.get_server_metadata().name
    for client in [http, grpc]:
        assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("digits")
