"""Which images there are: the lines of a text file, or the names in a folder."""

from __future__ import annotations

import hashlib
import itertools
import os
import stat
from collections.abc import Iterable, Iterator

from ..errors import ErrorKind, TesseraError

SUFFIXES = (".png", ".jpg", ".jpeg")
LONGEST_PATH = 4096


class ImageList:
    """Paths in order, of which a list of them is never in memory as a whole; the names in a folder are.

    Paths that are not absolute start from `root`.
    """

    def __init__(self, source: str, root: str | None = None) -> None:
        """Reads it once.

        Raises `TesseraError` for a file that is no list, and if there are no images.
        """
        self.source = source
        try:
            mode = os.stat(source).st_mode
            self._names = _names(source) if stat.S_ISDIR(mode) else None
        except OSError as problem:
            raise TesseraError(ErrorKind.INVALID_INPUT, f"{source}: {problem.strerror}") from problem
        if self._names is None and not stat.S_ISREG(mode):
            raise _invalid(source, "expected a file of paths or a folder, found a device or a pipe")
        self.root = os.path.abspath(root or (source if self._names is not None else os.path.dirname(source)))
        digest = hashlib.sha256()
        self.count = 0
        for path in self._paths():
            digest.update(path.encode() + b"\n")
            self.count += 1
        self.sha256 = digest.hexdigest()
        if not self.count:
            raise _invalid(source, "there are no images")

    def shards(self, size: int) -> Iterator[list[str]]:
        """Reads it again, `size` paths at a time.

        Raises `TesseraError` at the end if it has changed.
        """
        digest = hashlib.sha256()
        paths = iter(self._paths())
        while shard := list(itertools.islice(paths, size)):
            digest.update("".join(f"{path}\n" for path in shard).encode())
            yield shard
        if digest.hexdigest() != self.sha256:
            raise _invalid(self.source, "the list has changed while it was in use")

    def _paths(self) -> Iterable[str]:
        return _lines(self.source) if self._names is None else self._names


def _names(folder: str) -> list[str]:
    """In ascending order of their bytes."""
    with os.scandir(os.fsencode(folder)) as entries:
        names = sorted(entry.name for entry in entries if entry.name.lower().endswith(tuple(map(str.encode, SUFFIXES))))
    return [_decoded(name, folder, repr(name)) for name in names]


def _lines(path: str) -> Iterator[str]:
    """The lines that are not empty."""
    with open(path, "rb") as file:
        for number in itertools.count(1):
            line = file.readline(LONGEST_PATH + 2)
            if not line:
                return
            line = line.removesuffix(b"\n").removesuffix(b"\r")
            if len(line) > LONGEST_PATH:
                raise _invalid(path, f"line {number}: expected a path of at most {LONGEST_PATH:,} bytes")
            if line:
                yield _decoded(line, path, f"line {number}")


def _decoded(name: bytes, source: str, place: str) -> str:
    if b"\0" in name:
        raise _invalid(source, f"{place}: expected a path, found a zero byte")
    try:
        return name.decode()
    except UnicodeDecodeError as problem:
        raise _invalid(source, f"{place}: expected a path in UTF-8, found the byte {name[problem.start]:02x}") from problem


def _invalid(source: str, sentence: str) -> TesseraError:
    return TesseraError(ErrorKind.INVALID_INPUT, f"{source}: {sentence}")
