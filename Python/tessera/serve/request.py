"""Requests and answers as both protocols carry them. An array of objects is a tensor of BYTES."""

import dataclasses

from ..tensors import Array


@dataclasses.dataclass(frozen=True)
class RequestedOutput:
    name: str
    is_binary: bool = False
    classes: int = 0
    """Of the largest scores of a row as BYTES, `score:index:label`; 0 for the output itself."""


@dataclasses.dataclass(frozen=True)
class Request:
    inputs: dict[str, Array]
    outputs: list[RequestedOutput]
    """Empty for all."""
    id: str = ""
    is_binary: bool = False
    """Whether outputs that are not asked for by name are binary."""


@dataclasses.dataclass(frozen=True)
class Answer:
    model: str
    version: str
    id: str
    outputs: list[tuple[RequestedOutput, Array]]
