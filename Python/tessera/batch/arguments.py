"""The command line of `python -m tessera.batch`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from .formats import FORMATS

PROGRAM = "tessera.batch"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{PROGRAM}: {message.replace(chr(10), ' ')}; see --help", file=sys.stderr)
        raise SystemExit(2)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Ends the process with exit code 2 if they are wrong."""
    parser = _Parser(
        prog=f"python -m {PROGRAM}", description="Runs a plan on many images, on many processes and machines.",
        allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    classify = _command(commands, "classify", "say what images show")
    classify.add_argument(
        "--top", type=_positive, default=5, metavar="K", help="the K most likely classes (default: %(default)s)")
    features = _command(commands, "features", "write outputs of a plan, a row for each image")
    features.add_argument("--outputs", type=_names, metavar="NAME,…", help="of these names (default: all)")
    return parser.parse_args(arguments)


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, summary: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary.capitalize() + ".", allow_abbrev=False)
    parser.add_argument("plan", metavar="PLAN", help="a plan, which lies at the same path on all machines")
    parser.add_argument(
        "--images", required=True, metavar="LIST", help="a text file with a path a line, or a folder of PNG and JPEG files")
    parser.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="the folder of the results, which all machines share")
    parser.add_argument(
        "--images-root", metavar="FOLDER", help="where paths of the list start (default: the folder of the list)")
    parser.add_argument(
        "--format", choices=list(FORMATS), default="parquet", help="of the results (default: %(default)s)")
    parser.add_argument(
        "--shard-size", type=_positive, default=500, metavar="N", help="images a file of results (default: %(default)s)")
    parser.add_argument("--batch", type=_positive, metavar="N", help="one of the plan's batch sizes (default: the largest)")
    places = parser.add_mutually_exclusive_group()
    places.add_argument("--scheduler", metavar="ADDRESS", help="that of a Dask cluster (default: processes of this machine)")
    places.add_argument(
        "--workers", type=_positive, metavar="N", help="processes of this machine (default: what its processors allow)")
    parser.add_argument(
        "--wait", type=_positive, default=30, metavar="S",
        help="seconds to wait for a scheduler and workers (default: %(default)s)")
    parser.add_argument("--threads", type=_positive, default=1, metavar="T", help="threads of a session (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")
    return parser


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= 1_000_000_000 or len(text) > 10:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 1,000,000,000, found '{text}'")
    return int(text)


def _names(text: str) -> tuple[str, ...] | None:
    return None if text == "all" else tuple(text.split(","))
