"""What is killed or interrupted loses nothing, and is made once."""

import json
import os
import signal
import time

import psutil
import pytest
from batch_run import batch, contents, ended, errors, list_of, manifest, rows, shards, started, wait_for_shards
from conftest import DIGITS

import tool

COUNT = 4000
SIZE = 40


@pytest.fixture(scope="module")
def job(digits_plan, tmp_path_factory):
    """The words of a job that takes a while, and the bytes of its results when nothing disturbs it."""
    folder = tmp_path_factory.mktemp("job")
    images = list_of([*DIGITS, tool.ROOT / "README.md"], folder, COUNT)
    words = ["classify", digits_plan, "--images", images, "--top", 1, "--shard-size", SIZE, "--workers", 2]
    batch(*words, "-o", folder / "out")
    lines = images.read_text().splitlines()
    assert [row["path"] for row in rows(folder / "out")] == [line for line in lines if line.endswith(".png")]
    assert [each["path"] for each in errors(folder / "out")] == [line for line in lines if line.endswith(".md")]
    return words, contents(folder / "out")


def worker_processes(process):
    """Those of a local cluster: the ones whose parent is the driver and that have its modules."""
    return [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]


def test_killed_worker(job, tmp_path):
    words, expected = job
    process = started(*words, "-o", tmp_path / "out")
    wait_for_shards(tmp_path / "out", 5, process)
    worker = worker_processes(process)[0]
    worker.kill()
    code, out, err = ended(process)
    assert code == 0 and "Traceback" not in err, err
    assert out.startswith(f"{COUNT:,} images, ")
    assert contents(tmp_path / "out") == expected


def test_killed_driver(job, tmp_path):
    words, expected = job
    process = started(*words, "-o", tmp_path / "out")
    wait_for_shards(tmp_path / "out", 5, process)
    workers = worker_processes(process)
    ended(process, signal.SIGKILL)
    psutil.wait_procs(workers, timeout=30)
    assert not any(worker.is_running() for worker in workers)
    left = {path.name: path.stat().st_mtime_ns for path in shards(tmp_path / "out")}
    assert 5 <= len(left) < COUNT // SIZE and not manifest(tmp_path / "out")["complete"]
    out, _ = batch(*words, "-o", tmp_path / "out", "--json")
    assert json.loads(out)["shards_written"] == COUNT // SIZE - len(left)
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in left} == left
    assert contents(tmp_path / "out") == expected
    out, _ = batch(*words, "-o", tmp_path / "out", "--json")
    assert json.loads(out)["shards_written"] == 0
    assert contents(tmp_path / "out") == expected


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(number, job, tmp_path):
    """As a terminal does it: the whole group gets the signal."""
    words, expected = job
    process = started(*words, "-o", tmp_path / "out")
    wait_for_shards(tmp_path / "out", 5, process)
    workers = worker_processes(process)
    start = time.monotonic()
    code, out, err = ended(process, number, whole_group=number == signal.SIGINT)
    assert (code, out) == (130, "") and time.monotonic() - start < 10
    assert err == "tessera.batch: interrupted; the same command goes on\n"
    assert not any(worker.is_running() for worker in workers)
    described = manifest(tmp_path / "out")
    assert not described["complete"] and [part["file"] for part in described["shards"]] == [
        path.name for path in shards(tmp_path / "out")]
    batch(*words, "-o", tmp_path / "out")
    assert contents(tmp_path / "out") == expected


def test_two_at_once_are_refused(job, tmp_path):
    words, _ = job
    process = started(*words, "-o", tmp_path / "out")
    wait_for_shards(tmp_path / "out", 1, process)
    _, err = batch(*words, "-o", tmp_path / "out", exit=1)
    assert err == f"tessera.batch: {tmp_path / 'out'}: another process writes there\n"
    ended(process, signal.SIGTERM)


def test_lost_shard_is_made_again_and_a_damaged_one_refused(job, tmp_path):
    words, expected = job
    for name, data in expected.items():
        (tmp_path / name).write_bytes(data)
    os.unlink(tmp_path / "part-000003.parquet")
    out, _ = batch(*words, "-o", tmp_path, "--json")
    assert json.loads(out)["shards_written"] == 1 and contents(tmp_path) == expected
    (tmp_path / "part-000002.parquet").write_bytes(expected["part-000002.parquet"][:-9])
    _, err = batch(*words, "-o", tmp_path, exit=1)
    assert "part-000002.parquet: expected a shard of this run, found a damaged one" in err
    (tmp_path / "part-000002.parquet").write_bytes(expected["part-000003.parquet"])
    _, err = batch(*words, "-o", tmp_path, exit=1)
    assert "part-000002.parquet: expected a shard of this run, found one of another run" in err
