import enum


class ErrorKind(enum.IntEnum):
    """What is wrong, by the numbers of tessera.h."""

    INVALID_INPUT = 1
    """A file or a value is damaged, or does not fit the others."""
    INVALID_USAGE = 2
    """The call is wrong, whatever the files hold."""
    UNSUPPORTED = 3
    """A sound model or plan that this version or this machine cannot run."""
    SYSTEM_FAILURE = 4
    """The operating system refused memory, a thread or a file."""


class TesseraError(Exception):
    """What went wrong: a kind, and a line a problem."""

    kind: ErrorKind

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[1])
