"""What the command line decides."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Options:
    """How every plan is served."""

    threads: int | None
    """Of each session; None for the environment's, else all processors'."""
    sessions: int
    max_delay: float
    """Seconds that a request waits at most for others while a session is free."""
    capacity: int
    """Requests that may wait, for each plan."""
    max_request_byte_count: int
