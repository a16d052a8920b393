"""How a shard lies in a file: columns with a row for each image, and a note about the shard."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Mapping
from typing import BinaryIO

import numpy as np
import pyarrow
import pyarrow.parquet

from ..tensors import Array

_NOTE = "tessera"
_NPZ_NOTE = "tessera.json"


@dataclasses.dataclass(frozen=True)
class Format:
    """`write` and `read_note` are of a file that is open."""

    suffix: str
    write: Callable[[BinaryIO, Mapping[str, Array], str], None]
    read_note: Callable[[BinaryIO], str]


def _write_parquet(file: BinaryIO, columns: Mapping[str, Array], note: str) -> None:
    table = pyarrow.table({name: _arrow(column) for name, column in columns.items()})
    pyarrow.parquet.write_table(table.replace_schema_metadata({_NOTE: note}), file)


def _arrow(column: Array) -> pyarrow.Array:
    """A column of several elements a row is of lists of one length."""
    if column.ndim == 1:
        return pyarrow.array(column)
    return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(column.reshape(-1)), int(np.prod(column.shape[1:])))


def _read_parquet_note(file: BinaryIO) -> str:
    metadata = pyarrow.parquet.read_metadata(file).metadata or {}
    return str(metadata[_NOTE.encode()].decode())


def _write_npz(file: BinaryIO, columns: Mapping[str, Array], note: str) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, column in columns.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, column, allow_pickle=False)
        archive.writestr(zipfile.ZipInfo(_NPZ_NOTE), note)


def _read_npz_note(file: BinaryIO) -> str:
    with zipfile.ZipFile(file) as archive:
        return archive.read(_NPZ_NOTE).decode()


FORMATS = {
    "parquet": Format(".parquet", _write_parquet, _read_parquet_note),
    "npz": Format(".npz", _write_npz, _read_npz_note),
}
