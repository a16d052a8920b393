import sys
import time
from types import TracebackType


class Progress:
    """A line on standard error, if that is a terminal, which goes away at the end."""

    INTERVAL = 0.1

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done = total, done
        self._is_shown = sys.stderr.isatty()
        self._next = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, place: TracebackType | None) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def advance(self, count: int) -> None:
        self.done += count
        if self._is_shown and time.monotonic() >= self._next:
            sys.stderr.write(f"\r{self.done:,} of {self.total:,} images, {self.done / self.total:.0%}\x1b[K")
            sys.stderr.flush()
            self._next = time.monotonic() + self.INTERVAL
