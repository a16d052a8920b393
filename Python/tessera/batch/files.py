"""Files that appear whole or not at all."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from typing import BinaryIO

UNFINISHED = ".partial"
"""The folder, in that of the results, of what is not yet whole."""


@contextlib.contextmanager
def whole(folder: str, name: str) -> Iterator[BinaryIO]:
    """A file to write, which gets its name in the folder when the block ends well."""
    temporary = os.path.join(folder, UNFINISHED, f"{name}.{uuid.uuid4().hex}")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, os.path.join(folder, name))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
