"""The life of the server: both interfaces, until a signal drains it."""

import asyncio
import signal
from collections.abc import Callable

from . import grpc_server, http_server
from .options import Options
from .plane import Plane
from .repository import PlanRepository


async def serve(
    repository: PlanRepository, options: Options, host: str, http_port: int, grpc_port: int,
    announce: Callable[[int, int], None],
) -> None:
    """Serves until SIGTERM or SIGINT, then refuses what is new, answers what runs or waits, and returns.

    `announce` is told the ports for HTTP and gRPC. A second signal ends the process at once.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    plane = Plane(repository)
    try:
        listener = http_server.listening(host, http_port)
    except OSError as problem:
        raise OSError(f"cannot listen on {host}:{http_port} for HTTP: {problem.strerror}") from problem
    with listener:
        grpc, grpc_port = grpc_server.server(plane, host, grpc_port, options.max_request_byte_count)
        await grpc.start()
        http = http_server.HTTPServer(plane, options.max_request_byte_count)
        serving = asyncio.create_task(http.serve(sockets=[listener]))
        stopping = asyncio.create_task(stop.wait())
        announce(listener.getsockname()[1], grpc_port)
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        await plane.drain()
        http.should_exit = True
        await asyncio.gather(serving, grpc.stop(grpc_server.SHUTDOWN_SECONDS))
    for model in repository.all():
        model.stop()
