import signal
from types import FrameType, TracebackType


class Interruption:
    """While the block lasts SIGINT and SIGTERM wait for `check`, and where one has come it is the last that counts.

    So neither comes in the middle of what must be whole.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self._has_come = False

    def __enter__(self) -> "Interruption":
        self._before = {number: signal.signal(number, self._note) for number in self.SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, place: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._has_come else handler)

    def check(self) -> None:
        """Raises `KeyboardInterrupt` if one has come."""
        if self._has_come:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._has_come = True
