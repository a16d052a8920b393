"""The protocol's REST interface, on KServe's endpoints and uvicorn."""

import contextlib
import socket
from typing import Any

import fastapi
import uvicorn
from kserve.protocol.rest.server import metrics_handler
from kserve.protocol.rest.v2_datamodels import ModelMetadataResponse, ModelReadyResponse
from kserve.protocol.rest.v2_endpoints import V2Endpoints
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from . import rest_messages
from .plane import Plane
from .refusal import Reason, Refusal, invalid

_LENGTH_HEADER = "Inference-Header-Content-Length"
_SHUTDOWN_SECONDS = 30


class Endpoints(V2Endpoints):
    """KServe's, with versions, and with requests that are read as bytes."""

    def __init__(self, plane: Plane, max_request_byte_count: int) -> None:
        super().__init__(plane)
        self._plane = plane
        self._max_request_byte_count = max_request_byte_count

    async def model_metadata(self, model_name: str, model_version: str | None = None) -> Any:
        return ModelMetadataResponse.model_validate(await self._plane.model_metadata(model_name, model_version))

    async def model_ready(self, model_name: str, model_version: str | None = None) -> Any:
        if not await self._plane.model_ready(model_name, model_version):
            raise Refusal(Reason.STOPPING, "the server is stopping")
        return ModelReadyResponse(name=model_name, ready=True)

    async def infer(
        self, request: fastapi.Request, model_name: str, model_version: str | None = None,
    ) -> fastapi.Response:
        encoding = request.headers.get("content-encoding", "identity")
        if encoding != "identity":
            raise Refusal(Reason.ENCODING, f"expected a body that is not compressed, found '{encoding[:40]}'")
        body = await self._body(request)
        content, json_length = await self._plane.answer(
            model_name, model_version,
            lambda: rest_messages.decode(body, request.headers.get(_LENGTH_HEADER)), rest_messages.encode)
        headers = {} if json_length is None else {_LENGTH_HEADER: str(json_length)}
        media_type = "application/json" if json_length is None else "application/octet-stream"
        return fastapi.Response(content, headers=headers, media_type=media_type)

    async def _body(self, request: fastapi.Request) -> bytearray:
        claimed = request.headers.get("content-length", "0")
        limit = self._max_request_byte_count
        if claimed.isdigit() and int(claimed) > limit:
            raise Refusal(Reason.TOO_LARGE, f"a request takes at most {limit} bytes, found {claimed}")
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise Refusal(Reason.TOO_LARGE, f"a request takes at most {limit} bytes, found more")
        except ClientDisconnect:
            raise invalid(f"the request ends after {len(body)} bytes") from None
        return body


def application(plane: Plane, max_request_byte_count: int) -> Any:
    endpoints = Endpoints(plane, max_request_byte_count)
    app = fastapi.FastAPI(title="tessera", docs_url=None, redoc_url=None, openapi_url=None)
    model = "/v2/models/{model_name}"
    for path, endpoint, method in [
        ("/metrics", metrics_handler, "GET"),
        ("/v2", endpoints.metadata, "GET"),
        ("/v2/health/live", endpoints.live, "GET"),
        ("/v2/health/ready", endpoints.ready, "GET"),
        ("/v2/models", endpoints.models, "GET"),
        (model, endpoints.model_metadata, "GET"),
        (model + "/ready", endpoints.model_ready, "GET"),
        (model + "/infer", endpoints.infer, "POST"),
        (model + "/versions/{model_version}", endpoints.model_metadata, "GET"),
        (model + "/versions/{model_version}/ready", endpoints.model_ready, "GET"),
        (model + "/versions/{model_version}/infer", endpoints.infer, "POST"),
    ]:
        app.add_api_route(path, endpoint, methods=[method], response_model=None)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _not_found)
    return app


async def _refused(_: Any, refusal: Any) -> Any:
    return fastapi.responses.JSONResponse({"error": str(refusal)}, refusal.reason.http_status)


async def _not_found(_: Any, problem: Any) -> Any:
    return fastapi.responses.JSONResponse({"error": problem.detail}, problem.status_code)


class HTTPServer(uvicorn.Server):
    """Leaves signals to the one who runs it."""

    def __init__(self, plane: Plane, max_request_byte_count: int) -> None:
        super().__init__(uvicorn.Config(
            application(plane, max_request_byte_count), log_config=None, access_log=False, lifespan="off",
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS))

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


def listening(host: str, port: int) -> socket.socket:
    """A socket on a port of one's own, a free one for 0."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.create_server((str(address[0]), int(address[1])), family=family, backlog=1024)
    # asyncio does not see that these are of TCP; the second write of an answer would wait for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
