"""What is wrong with a command is said in one sentence, and nothing is written."""

import os
import subprocess
import sys

import pytest
from batch_run import batch, contents, list_of
from conftest import DIGITS

import tessera
import tool

MODEL = tool.ROOT / "Graphs/digits.onnx"


@pytest.mark.parametrize("words, sentence", [
    (["--top", "0"], "argument --top: expected a whole number from 1 to 1,000,000,000, found '0'"),
    (["--shard-size", "x"], "argument --shard-size: expected a whole number from 1 to 1,000,000,000, found 'x'"),
    (["--format", "csv"], "argument --format: invalid choice: 'csv'"),
    (["--outputs", "x"], "unrecognized arguments: --outputs x"),
    (["--workers", "2", "--scheduler", "x:1"], "argument --scheduler: not allowed with argument --workers"),
    (["--batch", "3"], "expected one of the plan's batches, [1, 4, 8], found 3"),
])
def test_wrong_usage(words, sentence, digits_plan, tmp_path):
    out, err = batch("classify", digits_plan, "--images", DIGITS[0].parent, "-o", tmp_path / "out", *words, exit=2)
    assert out == "" and err.count("\n") == 1 and err.startswith("tessera.batch: ") and sentence in err
    assert not (tmp_path / "out").exists()


def test_outputs_that_a_plan_has_not(digits_plan, tmp_path):
    words = ["features", digits_plan, "--images", DIGITS[0].parent, "-o", tmp_path / "out", "--outputs"]
    _, err = batch(*words, "relu7", exit=2)
    assert err == f"tessera.batch: {digits_plan}: the plan has no output 'relu7', it has ['probabilities']\n"
    batch(*words, "probabilities,probabilities", exit=2)


def test_plans_that_do_not_classify_images(tmp_path):
    plan = tmp_path / "pool.plan"
    tessera.compile(MODEL, plan, outputs=["pool2"])
    _, err = batch("classify", plan, "--images", DIGITS[0].parent, "-o", tmp_path / "out", exit=1)
    assert err == f"tessera.batch: {plan}: value 'pool2': expected float32 of 1 images with a class each, found float32 1x32x7x7\n"
    for path in [MODEL, tmp_path / "none.plan", tmp_path]:
        _, err = batch("classify", path, "--images", DIGITS[0].parent, "-o", tmp_path / "out", exit=1)
        assert err.count("\n") == 1 and str(path) in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("data, sentence", [
    (b"", "there are no images"),
    (b"\n\r\n", "there are no images"),
    (b"a.png\n\xff.png\n", "line 2: expected a path in UTF-8, found the byte ff"),
    (b"a\0.png\n", "line 1: expected a path, found a zero byte"),
    (b"a" * 5000, "line 1: expected a path of at most 4,096 bytes"),
])
def test_lists(data, sentence, digits_plan, tmp_path):
    images = tmp_path / "list.txt"
    images.write_bytes(data)
    _, err = batch("classify", digits_plan, "--images", images, "-o", tmp_path / "out", exit=1)
    assert err == f"tessera.batch: {images}: {sentence}\n"
    assert not (tmp_path / "out").exists()


def test_lists_that_are_no_files(digits_plan, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    for name, sentence in [("none", "No such file or directory"), ("pipe", "found a device or a pipe"), ("empty", "no images")]:
        _, err = batch("classify", digits_plan, "--images", tmp_path / name, "-o", tmp_path / "out", exit=1)
        assert str(tmp_path / name) in err and sentence in err and err.count("\n") == 1


def test_folders_of_something_else(digits_plan, tmp_path):
    words = ["classify", digits_plan, "--images", DIGITS[0].parent, "-o"]
    (tmp_path / "file").write_text("x")
    for folder, sentence in [
            (tmp_path, "expected a new or an empty folder, or one with results"), (tmp_path / "a/b", "No such file"),
            (tmp_path / "file", "File exists")]:
        _, err = batch(*words, folder, exit=1)
        assert str(folder) in err and sentence in err and err.count("\n") == 1
    assert contents(tmp_path) == {"file": b"x"}
    (tmp_path / "file").rename(tmp_path / "manifest.json")
    _, err = batch(*words, tmp_path, exit=1)
    assert err == f"tessera.batch: {tmp_path / 'manifest.json'}: expected the manifest of a run, found another file\n"


def test_results_of_other_settings_are_refused(digits_plan, tmp_path):
    images = list_of(DIGITS, tmp_path)
    out = tmp_path / "out"
    batch("classify", digits_plan, "--images", images, "-o", out, "--workers", 1)
    before = contents(out)
    other_plan = tmp_path / "other.plan"
    tessera.compile(MODEL, other_plan, shapes=[{"image": [batch, 1, 28, 28]} for batch in [8, 2]])
    other_list = tmp_path / "other.txt"
    other_list.write_text(f"{DIGITS[0]}\n")
    for words, sentence in [
            (["classify", other_plan, "--images", images], "another plan (SHA-256 "),
            (["classify", digits_plan, "--images", other_list], "another list (SHA-256 "),
            (["classify", digits_plan, "--images", images, "--top", 2], "--top 5, not 2; choose another folder"),
            (["classify", digits_plan, "--images", images, "--format", "npz"], "--format parquet, not npz; choose another folder"),
            (["features", digits_plan, "--images", images], "command classify, not features, ")]:
        _, err = batch(*words, "-o", out, exit=1)
        assert err.startswith(f"tessera.batch: {out}: holds results with ") and sentence in err and err.count("\n") == 1
    assert contents(out) == before


def test_packages_that_are_not_there():
    program = "import sys, runpy; sys.modules['pyarrow'] = None; runpy.run_module('tessera.batch', run_name='__main__')"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (
        1, "tessera.batch: needs the package pyarrow: pip install 'tessera[batch]'\n")


def test_progress_on_a_terminal_alone(digits_plan, tmp_path):
    controller, terminal = os.openpty()
    process = subprocess.run(
        [sys.executable, "-m", "tessera.batch", "classify", digits_plan, "--images", list_of(DIGITS, tmp_path), "-o",
         tmp_path / "out", "--workers", "1"], stderr=terminal, stdout=subprocess.PIPE)
    os.close(terminal)
    shown = os.read(controller, 10_000)
    assert process.returncode == 0 and b"\r12 of 12 images, 100%" in shown and shown.endswith(b"\r\x1b[K")
