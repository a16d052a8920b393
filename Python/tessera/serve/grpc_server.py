"""The protocol's gRPC interface, on KServe's messages and services."""

from typing import Any

import grpc
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb
from kserve.protocol.grpc import grpc_predict_v2_pb2_grpc
from kserve.protocol.grpc.servicer import InferenceServicer

from . import grpc_messages
from .plane import Plane
from .refusal import Refusal

SHUTDOWN_SECONDS = 30


class Servicer(InferenceServicer):
    """KServe's, with versions and statuses. Models are not loaded and unloaded from outside."""

    def __init__(self, plane: Plane) -> None:
        super().__init__(plane, None)
        self._plane = plane

    async def ModelReady(self, request: Any, context: Any) -> Any:
        try:
            return pb.ModelReadyResponse(ready=await self._plane.model_ready(request.name, request.version))
        except Refusal as refusal:
            await _abort(context, refusal)

    async def ModelMetadata(self, request: Any, context: Any) -> Any:
        try:
            return pb.ModelMetadataResponse(**await self._plane.model_metadata(request.name, request.version))
        except Refusal as refusal:
            await _abort(context, refusal)

    async def ModelInfer(self, request: Any, context: Any) -> Any:
        try:
            return await self._plane.answer(
                request.model_name, request.model_version, lambda: grpc_messages.decode(request), grpc_messages.encode)
        except Refusal as refusal:
            await _abort(context, refusal)

    async def RepositoryModelLoad(self, request: Any, context: Any) -> Any:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "models are loaded when the server starts")

    RepositoryModelUnload = RepositoryModelLoad


async def _abort(context: Any, refusal: Refusal) -> None:
    await context.abort(grpc.StatusCode[refusal.reason.grpc_status], str(refusal))


def server(plane: Plane, host: str, port: int, max_request_byte_count: int) -> tuple[Any, int]:
    """The server and its port, a free one for 0.

    Throws an OSError if the port is not to be had.
    """
    made = grpc.aio.server(options=[
        ("grpc.max_receive_message_length", max_request_byte_count),
        ("grpc.max_send_message_length", -1),
        # Two servers on one port would share its connections.
        ("grpc.so_reuseport", 0),
    ])
    grpc_predict_v2_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(Servicer(plane), made)
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        return made, made.add_insecure_port(address)
    except RuntimeError as problem:
        raise OSError(f"cannot listen on {address} for gRPC: the port is taken, or not for this process") from problem
