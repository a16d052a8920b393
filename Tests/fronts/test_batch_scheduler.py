"""Batches on a scheduler that is there, by its address."""

import concurrent.futures
import os
import shutil
import signal

import distributed
import psutil
import pytest
from batch_run import batch, contents, ended, list_of, manifest, rows, shards, started, wait_for_shards
from conftest import DIGITS

import tool


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler with two workers, of two threads each."""
    with distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0,
            silence_logs=50) as cluster, distributed.Client(cluster) as client:
        yield client


def test_same_bytes_as_local(scheduler, digits_plan, tmp_path):
    """Relative paths too, although the workers began in another folder."""
    for path in DIGITS:
        shutil.copy(path, tmp_path)
    shutil.copy(digits_plan, tmp_path / "digits.plan")
    list_of([path.name for path in DIGITS], tmp_path, 400)
    words = ["classify", "digits.plan", "--images", "list.txt", "--shard-size", 30]
    batch(*words, "-o", "remote", "--scheduler", scheduler.scheduler.address, cwd=tmp_path)
    batch(*words, "-o", "local", "--workers", 1, cwd=tmp_path)
    assert contents(tmp_path / "remote") == contents(tmp_path / "local")
    assert len(rows(tmp_path / "remote")) == 400


def test_two_jobs_at_once(scheduler, digits_plan, tmp_path):
    words = ["classify", digits_plan, "--images", list_of(DIGITS, tmp_path, 300), "--shard-size", 20,
             "--scheduler", scheduler.scheduler.address]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: batch(*words, "-o", tmp_path / name), ["a", "b"]))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert len(shards(tmp_path / "a")) == 15


def test_killed_worker_loses_nothing(scheduler, digits_plan, tmp_path):
    words = ["classify", digits_plan, "--images", list_of(DIGITS, tmp_path, 8000), "--shard-size", 40]
    process = started(*words, "-o", tmp_path / "out", "--scheduler", scheduler.scheduler.address)
    pid = next(iter(scheduler.run(os.getpid).values()))
    wait_for_shards(tmp_path / "out", 5, process)
    os.kill(pid, signal.SIGKILL)
    code, _, err = ended(process)
    assert code == 0, err
    lines = (tmp_path / "list.txt").read_text().splitlines()
    assert [row["path"] for row in rows(tmp_path / "out")] == lines
    assert manifest(tmp_path / "out")["rows"] == 8000 and not psutil.pid_exists(pid)


def test_another_plan_at_a_worker_is_refused_by_its_name(digits_plan, tmp_path):
    """A worker whose digest differs, as on a machine where another file lies at the path."""
    path = tmp_path / "digits.plan"
    shutil.copy(digits_plan, path)
    with distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            memory_limit=0, silence_logs=50) as cluster, distributed.Client(cluster) as client:
        words = ["classify", path, "--images", list_of(DIGITS, tmp_path), "--scheduler", client.scheduler.address]
        (name,) = (worker["name"] for worker in client.scheduler_info()["workers"].values())
        client.run(see_another_file, str(path), str(tool.ROOT / "README.md"))
        _, err = batch(*words, "-o", tmp_path / "out", exit=1)
        assert err.startswith(f"tessera.batch: worker {name}: {path}: expected the plan of ") and err.count("\n") == 1
        client.run(see_another_file, str(path), str(tmp_path / "none"))
        _, err = batch(*words, "-o", tmp_path / "out", exit=1)
        assert err == f"tessera.batch: worker {name}: {path}: No such file or directory\n"
        client.run(see_another_file, str(path), str(path))
        batch(*words, "-o", tmp_path / "out")
        assert len(rows(tmp_path / "out")) == len(DIGITS)


def see_another_file(path, other):
    """In a worker: whoever opens the one gets the other."""
    import builtins

    import tessera.batch.plan_file

    tessera.batch.plan_file.open = lambda name, mode: builtins.open(other if name == path else name, mode)


def test_no_scheduler(digits_plan, tmp_path):
    for address, sentence in [("nonsense://x", "no scheduler answers"), ("127.0.0.1:1", "no scheduler answers")]:
        _, err = batch("classify", digits_plan, "--images", DIGITS[0].parent, "-o", tmp_path / "out", "--scheduler", address,
                       "--wait", 1, exit=1)
        assert err.startswith(f"tessera.batch: --scheduler {address}: {sentence}") and err.count("\n") == 1
        assert shards(tmp_path / "out") == []


def test_scheduler_without_workers(digits_plan, tmp_path):
    with distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50) as cluster:
        _, err = batch("classify", digits_plan, "--images", DIGITS[0].parent, "-o", tmp_path / "out",
                       "--scheduler", cluster.scheduler_address, "--wait", 1, exit=1)
        assert err == f"tessera.batch: --scheduler {cluster.scheduler_address}: it has no workers after 1 s\n"
