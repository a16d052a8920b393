"""Malformed requests get the protocol's error, with a sentence, and the server goes on."""

import http.client
import json
import re
import socket
import struct

import numpy as np
import pytest
import tritonclient.grpc
import tritonclient.http
from conftest import DIGITS
from served import fails, infer, serving
from tritonclient.utils import InferenceServerException

IMAGE = {"name": "image", "datatype": "FP32", "shape": [2, 1, 28, 28], "data": [0] * 1568}
LENGTH = "Inference-Header-Content-Length"
INFER = "/v2/models/digits/infer"


@pytest.fixture(scope="module")
def server(batch_plan):
    with serving(f"digits={batch_plan}", "--max-request", "1") as server:
        yield server
        # It goes on, and has nothing to say of what others did wrong.
        images = np.zeros((2, 1, 28, 28), np.float32)
        for client in [server.http(), server.grpc()]:
            assert infer(client, "digits", {"image": images}).as_numpy("probabilities").shape == (2, 10)
        code, errors = server.stop()
        assert (code, "Traceback" in errors) == (0, False), errors


def changed(**changes):
    return {"inputs": [{key: value for key, value in {**IMAGE, **changes}.items() if value is not None}]}


@pytest.mark.parametrize(("message", "sentence"), [
    (b"{", "the request is no JSON: "),
    (b"\xff\xfe", "the request is no JSON: "),
    (b"[" * 100_000, "the request is no JSON: "),
    ([], "the request: expected a JSON object"),
    ({}, "the request: 'inputs' is missing"),
    ({"inputs": {}}, "the request: expected a list as 'inputs', found dict"),
    ({"inputs": [1]}, "the request: expected objects in 'inputs'"),
    ({"inputs": []}, r"model 'digits': expected the inputs \['image'\], found \[\]"),
    ({"inputs": [IMAGE, IMAGE]}, "input 'image' is there twice"),
    (changed(name=None), r"inputs\[0\]: 'name' is missing"),
    (changed(name="data"), r"model 'digits': expected the inputs \['image'\], found \['data'\]"),
    (changed(data=None), "input 'image': expected either 'data' or the parameter 'binary_data_size'"),
    (changed(data=[0] * 1567), r"input 'image': expected 1568 elements for the shape \[2, 1, 28, 28\], found 1567"),
    (changed(data=["a"] * 1568), "input 'image': expected elements of FP32, found str32"),
    (changed(data=[None] * 1568), "input 'image': expected elements of FP32, found object"),
    (changed(data=[[0], [0, 1]]), "input 'image': expected numbers as 'data', in lists of equal lengths"),
    (changed(data=[1e39] * 1568), "input 'image': an element is beyond the range of FP32"),
    (changed(data="0"), "input 'image': expected a list as 'data', found str"),
    (changed(datatype="FP64"), "input 'image': expected FP32 or images as BYTES, found FP64"),
    (changed(datatype="FP99"), "input 'image': expected a datatype of BOOL, .*, found 'FP99'"),
    (changed(datatype=3), "input 'image': expected a string as 'datatype', found int"),
    (changed(datatype="BYTES", shape=[1], data=["no image"]), r"input 'image': files\[0\]: "),
    (changed(datatype="BYTES", shape=[0], data=[]), r"input 'image': expected images of the shape \[n\] or \[n, 1\], found \[0\]"),
    (changed(shape=[1, 1, 28, 56]), "model 'digits': expected the shapes image:nx1x28x28, found image:1x1x28x56"),
    (changed(shape=[0, 1, 28, 28], data=[]), "model 'digits': expected the shapes image:nx1x28x28, found image:0x1x28x28"),
    (changed(shape=[], data=[0]), "model 'digits': expected the shapes image:nx1x28x28, found image:"),
    (changed(shape=[-2, -1, 28, 28]), r"input 'image': expected extents of 0 or more, found the shape \[-2, -1, 28, 28\]"),
    (changed(shape=[2, 1, 28, 28.0]), "input 'image': expected extents of 0 or more, "),
    (changed(shape=[1 << 62, 1 << 62]), "input 'image': expected 2126.* elements for the shape .*, found 1568"),
    ({"inputs": [IMAGE], "outputs": [{"name": "scores"}]}, r"model 'digits' has no output 'scores', it has \['probabilities'\]"),
    ({"inputs": [IMAGE], "outputs": [{"name": "probabilities", "parameters": {"classification": -1}}]},
     "output 'probabilities': expected a number of classes, found -1"),
    ({"inputs": [IMAGE], "id": 7}, "the request: expected a string as 'id', found int"),
])
def test_json(server, message, sentence):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    status, answer = server.post(INFER, body)
    assert status == 400 and list(answer) == ["error"]
    assert re.match(sentence, answer["error"]), answer["error"]


@pytest.mark.parametrize(("size", "tensor", "header", "sentence"), [
    (6272, 100, None, "input 'image': expected 6272 bytes behind the JSON, found 100"),
    (100, 100, None, r"input 'image': expected 6272 bytes for FP32 \[2, 1, 28, 28\], found 100"),
    (-1, 100, None, "input 'image': expected -1 bytes behind the JSON, found 100"),
    (2 << 30, 100, None, "input 'image': expected 2147483648 bytes behind the JSON, found 100"),
    ("6272", 6272, None, "input 'image': expected an integer as 'binary_data_size', found str"),
    (6272, 6273, None, "the request: 1 bytes behind the JSON belong to no input"),
    (6272, 6272, "-1", f"the header {LENGTH}: expected at most the .* bytes of the body, found '-1'"),
    (6272, 6272, "99999", f"the header {LENGTH}: expected at most the .* bytes of the body, found '99999'"),
    (6272, 6272, "3", "the request is no JSON: "),
    (6272, 6272, "", f"the header {LENGTH}: "),
])
def test_binary(server, size, tensor, header, sentence):
    text = json.dumps(changed(data=None, parameters={"binary_data_size": size})).encode()
    status, answer = server.post(INFER, text + bytes(tensor), {LENGTH: str(len(text)) if header is None else header})
    assert (status, list(answer)) == (400, ["error"])
    assert re.match(sentence, answer["error"]), answer["error"]


@pytest.mark.parametrize(("path", "status", "sentence"), [
    ("/v2/models/letters/infer", 404, "there is no model 'letters', there is digits"),
    ("/v2/models/digits/versions/2/infer", 404, "model 'digits' has no version '2', it has 1"),
    ("/v2/models/digits/load", 404, "Not Found"),
    ("/v2/repository/models/digits/unload", 404, "Not Found"),
    ("/v2/models/digits", 405, "Method Not Allowed"),
])
def test_paths(server, path, status, sentence):
    assert server.post(path, json.dumps({"inputs": [IMAGE]}).encode()) == (status, {"error": sentence})


def test_claims_of_size_are_refused_before_the_data_comes(server):
    connection = http.client.HTTPConnection(server.http_url, timeout=30)
    connection.putrequest("POST", INFER)
    connection.putheader("Content-Length", str(2 << 30))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert json.load(response) == {"error": "a request takes at most 1048576 bytes, found 2147483648"}
    connection.close()


def test_bodies_of_unknown_length_end_at_the_limit(server):
    connection = http.client.HTTPConnection(server.http_url, timeout=30)
    connection.request("POST", INFER, iter([bytes(700_000)] * 2), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    response = connection.getresponse()
    assert response.status == 413
    assert json.load(response) == {"error": "a request takes at most 1048576 bytes, found more"}
    connection.close()


def test_callers_that_hang_up(server):
    host, port = server.http_url.split(":")
    for text in [b"POST ", f"POST {INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{".encode(), b"\x16\x03\x01\x00\xff"]:
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(text)
    assert server.http().is_server_live()


def test_compressed_bodies(server):
    status, answer = server.post(INFER, b"{}", {"Content-Encoding": "gzip"})
    assert (status, answer) == (415, {"error": "expected a body that is not compressed, found 'gzip'"})


def test_images_are_bounded_by_what_they_become(server):
    files = np.array([DIGITS[0].read_bytes()] * 400, object)
    with pytest.raises(InferenceServerException, match="400 images take more than 1048576 bytes"):
        infer(server.grpc(), "digits", {"image": files})


def test_damaged_images(server):
    for data in [b"", b"\x89PNG\r\n\x1a\n", DIGITS[0].read_bytes()[:60], b"\xff\xd8\xff"]:
        files = np.array([DIGITS[0].read_bytes(), data], object)
        for client in [server.http(), server.grpc()]:
            with pytest.raises(InferenceServerException, match=r"input 'image': files\[1\]: "):
                infer(client, "digits", {"image": files})


def raw(**changes):
    """A request of gRPC, as its message."""
    from tritonclient.grpc import service_pb2

    tensor = service_pb2.ModelInferRequest.InferInputTensor(name="image", datatype="FP32", shape=[2, 1, 28, 28])
    request = service_pb2.ModelInferRequest(model_name="digits", inputs=[tensor], raw_input_contents=[bytes(6272)])
    for key, value in changes.items():
        if key in ("datatype",):
            setattr(request.inputs[0], key, value)
        elif key == "shape":
            request.inputs[0].shape[:] = value
        elif key in ("inputs", "raw_input_contents"):
            del getattr(request, key)[:]
            getattr(request, key).extend(value)
        else:
            setattr(request, key, value)
    return request


@pytest.mark.parametrize(("changes", "code", "sentence"), [
    ({"model_name": "letters"}, "NOT_FOUND", "there is no model 'letters', there is digits"),
    ({"model_version": "x"}, "NOT_FOUND", "model 'digits' has no version 'x', it has 1"),
    ({"shape": [1, 1, 28, 56]}, "INVALID_ARGUMENT", "model 'digits': expected the shapes image:nx1x28x28, found image:1x1x28x56"),
    ({"shape": [2, 1, 28]}, "INVALID_ARGUMENT", r"input 'image': expected 224 bytes for FP32 \[2, 1, 28\], found 6272"),
    ({"shape": [-1]}, "INVALID_ARGUMENT", "input 'image': expected extents of 0 or more, "),
    ({"shape": [1 << 40, 1 << 40]}, "INVALID_ARGUMENT", "input 'image': expected 4835.* bytes for FP32 .*, found 6272"),
    ({"datatype": "FP64"}, "INVALID_ARGUMENT", "input 'image': expected 12544 bytes for FP64 .*, found 6272"),
    ({"datatype": ""}, "INVALID_ARGUMENT", "input 'image': expected a datatype of "),
    ({"datatype": "BYTES", "shape": [1], "raw_input_contents": [struct.pack("<I", 2 << 30) + b"x"]}, "INVALID_ARGUMENT",
     "input 'image': the BYTES end within element 0"),
    ({"datatype": "BYTES", "shape": [2], "raw_input_contents": [b"\1\0\0\0x"]}, "INVALID_ARGUMENT",
     r"input 'image': expected 2 elements for the shape \[2\], found 1"),
    ({"raw_input_contents": [bytes(100)]}, "INVALID_ARGUMENT", "input 'image': expected 6272 bytes for FP32 .*, found 100"),
    ({"raw_input_contents": []}, "INVALID_ARGUMENT", r"input 'image': expected 1568 elements for the shape .*, found 0"),
    ({"raw_input_contents": [b"", b""]}, "INVALID_ARGUMENT", "expected 1 raw inputs, found 2"),
    ({"inputs": [], "raw_input_contents": []}, "INVALID_ARGUMENT", r"model 'digits': expected the inputs \['image'\], found \[\]"),
    ({"raw_input_contents": [bytes(1 << 20)]}, "RESOURCE_EXHAUSTED", ".*larger than max"),
])
def test_grpc(server, changes, code, sentence):
    from tritonclient.grpc import service_pb2_grpc

    import grpc

    with grpc.insecure_channel(server.grpc_url) as channel, pytest.raises(grpc.RpcError) as refused:
        service_pb2_grpc.GRPCInferenceServiceStub(channel).ModelInfer(raw(**changes))
    assert refused.value.code().name == code
    assert re.match(sentence, refused.value.details()), refused.value.details()


def test_the_command_line(batch_plan, tmp_path):
    (tmp_path / "bad.plan").write_bytes(b"no plan")
    (tmp_path / "empty").mkdir()
    (tmp_path / "models/digits/one").mkdir(parents=True)
    (tmp_path / "none/digits/1").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for arguments, code, sentence in [
            ([], 2, "expected a plan or --model-repository; --help says more"),
            (["--max-delay", "-1", batch_plan], 2, "argument --max-delay: expected a number from 0 to 60000, found '-1'; --help says more"),
            (["--http-port", "http", batch_plan], 2,
             "argument --http-port: expected a whole number from 0 to 65535, found 'http'; --help says more"),
            (["--fast", batch_plan], 2, "unrecognized arguments: --fast; --help says more"),
            (["none.plan"], 1, ".*/none.plan: cannot open the file: No such file or directory"),
            ([tmp_path / "bad.plan"], 1, ".*/bad.plan: "),
            ([f"a b={batch_plan}"], 1, "a b=.*: expected a name of letters, digits, '.', '_' and '-', found 'a b'"),
            ([f"a={batch_plan}", f"a={batch_plan}"], 1, ".*: there are two plans for version 1 of 'a'"),
            (["--model-repository", tmp_path / "nowhere"], 1, ".*/nowhere: cannot read the folder: No such file or directory"),
            (["--model-repository", tmp_path / "empty"], 1, ".*/empty: expected folders NAME/VERSION/….plan, found none"),
            (["--model-repository", tmp_path / "models"], 1, ".*/one: expected a whole number as a version, found 'one'"),
            (["--model-repository", tmp_path / "none"], 1, ".*/1: expected one file .plan, found 0"),
            (["--http-port", port, batch_plan], 1, f"cannot listen on 127.0.0.1:{port} for HTTP: Address already in use"),
            (["--http-port", 0, "--grpc-port", port, batch_plan], 1,
             f"cannot listen on 127.0.0.1:{port} for gRPC: the port is taken, or not for this process"),
            (["--host", "host.invalid", batch_plan], 1, "cannot listen on host.invalid:8080 for HTTP: Name or service not known"),
        ]:
            found, errors = fails(*arguments)
            assert found == code, errors
            assert re.fullmatch(f"tessera.serve: {sentence}.*\n", errors), errors
