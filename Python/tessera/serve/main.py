"""The command line: `python -m tessera.serve [NAME=]PLAN …`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from ..errors import TesseraError
from ..plan import Plan
from . import sources
from .options import Options

_PROGRAM = "tessera.serve"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{_PROGRAM}: {message}; --help says more\n")


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(-1)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"expected {'a whole number' if kind is int else 'a number'} from {least:g} to {most:g}, found '{text}'")
        return value
    return parse


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m tessera.serve", allow_abbrev=False,
        description="Serves plans by the Open Inference Protocol, version 2, over HTTP and gRPC.")
    parser.add_argument(
        "plans", nargs="*", metavar="[NAME=]PLAN", help="a plan; its name is the file's without .plan unless given")
    parser.add_argument("--model-repository", metavar="DIR", help="a folder of NAME/VERSION/….plan")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    port = _number(int, 0, 65535)
    parser.add_argument("--http-port", type=port, default=8080, metavar="N", help="0 for a free one (%(default)s)")
    parser.add_argument("--grpc-port", type=port, default=8081, metavar="N", help="0 for a free one (%(default)s)")
    parser.add_argument(
        "--max-delay", type=_number(float, 0, 60_000), default=2, metavar="MS",
        help="milliseconds that a request waits at most for others to run with (%(default)s)")
    parser.add_argument(
        "--queue", type=_number(int, 1, 1_000_000), default=256, metavar="N",
        help="requests of a model that may wait; more are refused (%(default)s)")
    parser.add_argument(
        "--sessions", type=_number(int, 1, 1024), default=1, metavar="N", help="runs of a model at once (%(default)s)")
    parser.add_argument(
        "--threads", type=_number(int, 1, 1024), metavar="N", help="threads of a run (the processors, divided among the sessions)")
    parser.add_argument(
        "--max-request", type=_number(int, 1, 2047), default=64, metavar="MIB",
        help="size of the largest request in MiB (%(default)s)")
    return parser


def _options(asked: argparse.Namespace) -> Options:
    threads = asked.threads
    if threads is None and asked.sessions > 1:
        threads = max(1, len(os.sched_getaffinity(0)) // asked.sessions)
    return Options(
        threads=threads, sessions=asked.sessions, max_delay=asked.max_delay / 1000, capacity=asked.queue,
        max_request_byte_count=asked.max_request << 20)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if not asked.plans and not asked.model_repository:
        parser.error("expected a plan or --model-repository")
    options = _options(asked)
    try:
        plans = [(name, version, Plan(path)) for name, version, path in sources.all_of(asked.plans, asked.model_repository)]
        # KServe parses the program's arguments when it is imported; gRPC prints what we say in a sentence.
        sys.argv = sys.argv[:1]
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        from . import repository, server

        models = repository.PlanRepository()
        for name, version, plan in plans:
            for notice in models.add(name, version, plan, options).notices:
                print(f"{_PROGRAM}: {notice}", file=sys.stderr)

        def announce(http_port: int, grpc_port: int) -> None:
            for model in models.all():
                together = ", ".join(map(str, model.batch_sizes))
                print(f"{model.name} {model.version}: {f'batches of {together}' if together else 'one request at a time'}")
            print(f"serving on {asked.host}: HTTP {http_port}, gRPC {grpc_port}", flush=True)

        asyncio.run(server.serve(models, options, asked.host, asked.http_port, asked.grpc_port, announce))
    except ModuleNotFoundError as problem:
        return _failed(f"needs the package {problem.name}: pip install 'tessera[serve]'")
    except (TesseraError, OSError, sources.SourceError) as problem:
        return _failed(str(problem))
    return 0


def _failed(sentence: str) -> int:
    print(f"{_PROGRAM}: {sentence}", file=sys.stderr)
    return 1
