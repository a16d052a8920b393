"""The reader of Fashion-MNIST takes files in IDX format, and no others."""

import gzip
import sys

import numpy as np
import pytest

import tool

sys.path.append(str(tool.ROOT / "Scripts"))

import fashion_data  # noqa: E402


def write_idx(path, values, kind=8):
    header = bytes([0, 0, kind, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(header + values.tobytes()))


def write_part(folder, count=3):
    """Returns what the files hold."""
    images = np.random.default_rng(1).integers(0, 256, (count, 28, 28), dtype=np.uint8)
    labels = np.arange(count, dtype=np.uint8)
    write_idx(folder / "t10k-images-idx3-ubyte.gz", images)
    write_idx(folder / "t10k-labels-idx1-ubyte.gz", labels)
    return images, labels


def test_files_are_read(tmp_path, monkeypatch):
    monkeypatch.setitem(fashion_data.PARTS, "t10k", 3)
    expected = write_part(tmp_path)
    images, labels = fashion_data.load("t10k", tmp_path)
    assert (images == expected[0]).all() and (labels == expected[1]).all() and labels.dtype == np.int64


def test_other_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(fashion_data.PARTS, "t10k", 4)
    write_part(tmp_path)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    with pytest.raises(ValueError, match="t10k-images-idx3-ubyte.gz: expected bytes of"):
        fashion_data.load("t10k", tmp_path)
    write_idx(path, np.zeros((4, 28, 28), np.uint8), kind=9)
    with pytest.raises(ValueError, match="IDX"):
        fashion_data.load("t10k", tmp_path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))
    with pytest.raises(ValueError, match="IDX"):
        fashion_data.load("t10k", tmp_path)
