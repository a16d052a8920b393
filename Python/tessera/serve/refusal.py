"""Why a request gets no answer, in the words of both protocols."""

import enum


class Reason(enum.Enum):
    """The status of HTTP, and the name of gRPC's."""

    INVALID = (400, "INVALID_ARGUMENT")
    UNKNOWN = (404, "NOT_FOUND")
    TOO_LARGE = (413, "RESOURCE_EXHAUSTED")
    ENCODING = (415, "INVALID_ARGUMENT")
    FAILED = (500, "INTERNAL")
    FULL = (503, "RESOURCE_EXHAUSTED")
    STOPPING = (503, "UNAVAILABLE")

    @property
    def http_status(self) -> int:
        return self.value[0]

    @property
    def grpc_status(self) -> str:
        return self.value[1]


class Refusal(Exception):
    """A sentence for the one who asked."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def invalid(message: str) -> Refusal:
    return Refusal(Reason.INVALID, message)
