"""Results of batches have the bits of the tool, and the same bytes however they came about."""

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from batch_run import batch, contents, errors, list_of, manifest, rows, shards
from conftest import DIGITS

import tessera
import tool


@pytest.fixture(scope="module")
def one_image_plan(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "one.plan"
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", path)
    return path


def test_classes_are_those_of_the_tool(one_image_plan, tmp_path):
    batch("classify", one_image_plan, "--images", list_of(DIGITS, tmp_path), "-o", tmp_path / "out", "--workers", 1, "--top", 3)
    found = rows(tmp_path / "out")
    expected = tool.tessera("classify", one_image_plan, *DIGITS, "--top", 3, "--json").json["images"]
    assert [row["path"] for row in found] == [str(path) for path in DIGITS]
    for row, image in zip(found, expected, strict=True):
        predictions = image["predictions"]
        assert row["labels"] == [each["label"] for each in predictions]
        assert row["indices"] == [each["class"] for each in predictions]
        np.testing.assert_array_equal(
            np.float32(row["probabilities"]), np.float32([each["probability"] for each in predictions]))


@pytest.mark.parametrize("size", [1, 4, 8])
def test_features_are_those_of_the_tool(size, digits_plan, tmp_path):
    """Of a folder, by each of the plan's batches; one that is not full has the bits of one that is."""
    words = ["features", digits_plan, "--images", DIGITS[0].parent, "--workers", 1, "--batch", size, "--shard-size", 5]
    batch(*words, "-o", tmp_path / "npz", "--format", "npz")
    batch(*words, "-o", tmp_path / "parquet", "--outputs", "probabilities")
    tool.tessera(
        "features", digits_plan, "--data", DIGITS[0].parent, "--batch", size, "-o", tmp_path / "expected.npz")
    expected = np.load(tmp_path / "expected.npz")["probabilities"]
    parts = [np.load(path) for path in shards(tmp_path / "npz")]
    assert [len(part["path"]) for part in parts] == [5, 5, 2]
    assert np.concatenate([part["path"] for part in parts]).tolist() == [path.name for path in DIGITS]
    assert np.concatenate([part["probabilities"] for part in parts]).tobytes() == expected.tobytes()
    found = rows(tmp_path / "parquet")
    assert np.array([row["probabilities"] for row in found], np.float32).tobytes() == expected.tobytes()
    assert manifest(tmp_path / "parquet")["options"]["batch"] == size


def test_features_of_several_axes(tmp_path):
    path = tmp_path / "pool.plan"
    plan = tessera.compile(tool.ROOT / "Graphs/digits.onnx", path, outputs=["pool2", "fc4"])
    batch("features", path, "--images", DIGITS[0].parent, "-o", tmp_path / "npz", "--workers", 1, "--format", "npz")
    batch("features", path, "--images", DIGITS[0].parent, "-o", tmp_path / "out", "--workers", 1)
    expected = tessera.Session(plan).features(DIGITS)
    (part,) = (np.load(each) for each in shards(tmp_path / "npz"))
    for name, values in expected.items():
        assert part[name].shape == values.shape and part[name].tobytes() == values.tobytes()
        flat = np.array([row[name] for row in rows(tmp_path / "out")], np.float32)
        np.testing.assert_array_equal(flat, values.reshape(len(values), -1))
    shapes = {column["name"]: column["shape"] for column in manifest(tmp_path / "out")["columns"]}
    assert shapes == {"path": [], **{name: list(values.shape[1:]) for name, values in expected.items()}}


def test_bytes_do_not_depend_on_workers(digits_plan, tmp_path):
    images = list_of([*DIGITS, tool.ROOT / "README.md"], tmp_path, 300)
    for workers in [1, 2, 3]:
        batch("classify", digits_plan, "--images", images, "-o", tmp_path / f"{workers}", "--workers", workers,
              "--threads", workers, "--shard-size", 20)
    first = contents(tmp_path / "1")
    assert len(first) == 15 + 2
    assert contents(tmp_path / "2") == first and contents(tmp_path / "3") == first


def test_images_that_cannot_be_read_are_listed(digits_plan, tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for path in DIGITS[:3]:
        shutil.copy(path, folder)
    (folder / "cut.png").write_bytes(DIGITS[0].read_bytes()[:60])
    (folder / "text.png").write_text("no image")
    (folder / "folder.png").mkdir()
    lines = [DIGITS[0].name, "cut.png", "none.png", DIGITS[1].name, "", "text.png", "folder.png", DIGITS[2].name]
    (folder / "list.txt").write_text("\r\n".join(lines))
    out, err = batch("classify", digits_plan, "--images", folder / "list.txt", "-o", tmp_path / "out", "--workers", 1,
                     "--shard-size", 2)
    assert out.startswith("7 images, 4 skipped, ") and err.count("\n") == 1 and "errors.jsonl" in err
    assert [row["path"] for row in rows(tmp_path / "out")] == [path.name for path in DIGITS[:3]]
    listed = errors(tmp_path / "out")
    assert [each["path"] for each in listed] == ["cut.png", "none.png", "text.png", "folder.png"]
    for each, sentence in zip(listed, ["byte ", "No such file", "expected a PNG or JPEG", "expected a file, found a folder"]):
        assert sentence in each["error"]
    described = manifest(tmp_path / "out")
    assert [(part["rows"], part["errors"]) for part in described["shards"]] == [(1, 1), (1, 1), (0, 2), (1, 0)]
    assert (described["rows"], described["errors"], described["complete"]) == (3, 4, True)
    # None can be read: there are no rows, and it is no error.
    (folder / "list.txt").write_text("none.png\n")
    batch("features", digits_plan, "--images", folder / "list.txt", "-o", tmp_path / "none", "--workers", 1)
    assert rows(tmp_path / "none") == [] and len(errors(tmp_path / "none")) == 1


def test_memory_does_not_grow_with_the_list(tmp_path):
    """Ten times the paths: as much memory but for the tasks' records, which are bounded, and what allocators keep."""
    program = [sys.executable, tool.ROOT / "Benchmarks/batch_memory.py", "5000", "50000"]
    printed = subprocess.run(program, capture_output=True, text=True, timeout=200, check=True).stdout
    peaks = [tuple(map(int, pair)) for pair in re.findall(r"scheduler (\d+) MB, driver (\d+) MB", printed)]
    assert len(peaks) == 2
    # A path of this list has 50 bytes and more; were one kept as a string and as a task, 45,000 would take more than this.
    assert all(more - less < 30 for less, more in zip(*peaks)), printed
