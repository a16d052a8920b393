"""Tells on standard error what goes on, in one line, if that is a terminal."""

import shutil
import sys
import time


class Progress:
    def __init__(self):
        self.start = time.monotonic()
        self.terminal = sys.stderr.isatty()

    def minutes(self):
        return (time.monotonic() - self.start) / 60

    def show(self, text):
        """Takes the place of what was shown before."""
        if self.terminal:
            line = f"[{self.minutes():5.1f} min] {text}"[:shutil.get_terminal_size().columns - 1]
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def clear(self):
        if self.terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def warn(self, text):
        """Stays, and is written wherever standard error goes."""
        self.clear()
        print(text, file=sys.stderr, flush=True)


def left(done, total, minutes):
    """How far it is, and how long the rest takes at this pace."""
    if not done:
        return "0 %"
    return f"{done / total:.0%}, {minutes * (total - done) / done:.0f} min left"
