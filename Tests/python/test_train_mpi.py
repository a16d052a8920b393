"""`tessera-train-mpi`: any number of ranks writes the bytes of `tessera train`, and what fails on one ends all."""

import os
import re
import shutil
import signal

import numpy as np
import pytest

import mpi
import tool
import training_data
from test_train_resume import records, wait_until

OPTIONS = ["--weights", "random:1", "--batch", 32, "--shard", 2, "--learning-rate", 0.05, "--no-mirror"]
SHORT = ["--epochs", 2, "--color-shift", 0.1, "--subtract-mean"]
# Of a network so small, many seconds on several ranks.
ENDLESS = ["--epochs", 100_000]
BATCH_NORM = training_data.NETWORK.replace(
    "float[4] fc_bias\n", "float[4] fc_bias, float[4] gain, float[4] shift, float[4] mean, float[4] variance\n").replace(
    "r = Relu (c)", "n = BatchNormalization <momentum = 0.75> (c, gain, shift, mean, variance)\n  [relu] r = Relu (n)")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return training_data.write(tmp_path_factory.mktemp("mpi"))


@pytest.fixture(scope="module")
def alone(folder):
    """Options, the bytes that `tessera train` writes, and its log."""
    options = [*SHORT, "--validate", folder / "held.npz"]
    training_data.train(folder, "alone.safetensors", *options, "--log", folder / "alone.jsonl", options=OPTIONS)
    return options, (folder / "alone.safetensors").read_bytes(), records(folder / "alone.jsonl")


@pytest.mark.parametrize("count, threads", [(1, 2), (2, 1), (3, 2), (5, 3), (8, 1)])
def test_ranks_and_threads_change_no_byte(folder, alone, count, threads):
    """16 shards; ranks with other numbers of threads."""
    options, expected, log = alone
    result = mpi.train(
        count, folder, f"{count}.safetensors", *options, "--log", folder / f"{count}.jsonl", threads=threads, options=OPTIONS)
    assert (folder / f"{count}.safetensors").read_bytes() == expected
    assert records(folder / f"{count}.jsonl") == log
    # The root alone says something.
    assert len(re.findall("^epoch ", result.stdout, re.MULTILINE)) == 2 and result.stderr.count("--mean") == 1
    assert not list(folder.glob("*.checkpoint"))


def test_running_statistics_are_the_same(folder):
    """Of 7 shards on 3 ranks."""
    path = folder / "normalized"
    path.mkdir()
    training_data.write(path)
    (path / "waves.onnxtxt").write_text(BATCH_NORM)
    options = ["--weights", "random:1", "--batch", 28, "--shard", 4]
    training_data.train(path, "alone.onnx", "--epochs", 2, options=options)
    mpi.train(3, path, "three.onnx", "--epochs", 2, options=options)
    assert (path / "three.onnx").read_bytes() == (path / "alone.onnx").read_bytes()


def test_a_signal_leaves_a_checkpoint_for_any_number_of_ranks(folder):
    """The only one, as none is taken at intervals. It goes on on other ranks, and on one process."""
    options = ["--epochs", 900, "--patience", 20, "--validate", folder / "held.npz"]
    training_data.train(folder, "whole.safetensors", *options, options=OPTIONS)
    expected = (folder / "whole.safetensors").read_bytes()
    output, log = folder / "signalled.safetensors", folder / "signalled.jsonl"
    checkpoint = folder / "signalled.safetensors.checkpoint"
    options = [*options, "--checkpoint-minutes", 0, "--log", log, "--resume"]
    for count, number in [(2, signal.SIGINT), (3, signal.SIGTERM)]:
        log.unlink(missing_ok=True)
        with mpi.start(mpi.ranks(count, folder, output.name, *options, options=OPTIONS)) as job:
            wait_until(log.exists, job)
            job.send_signal(number)
            assert job.wait(timeout=20) != 0
        # What a rank prints now may not get past mpirun.
        assert checkpoint.exists() and not output.exists()
    shutil.copy(checkpoint, folder / "other.safetensors.checkpoint")
    mpi.train(5, folder, output.name, *options, options=OPTIONS)
    assert output.read_bytes() == expected and not checkpoint.exists()
    training_data.train(folder, "other.safetensors", *options, options=OPTIONS)
    assert (folder / "other.safetensors").read_bytes() == expected


@pytest.mark.parametrize("rank", [0, 2])
def test_a_killed_rank_ends_the_job(folder, rank):
    """Within seconds, with its name. The last checkpoint is good: damaged ones are refused."""
    output = f"killed-{rank}.safetensors"
    checkpoint = folder / f"{output}.checkpoint"
    ranks = mpi.ranks(3, folder, output, *ENDLESS, "--checkpoint-minutes", 1e-7, options=OPTIONS)
    loud = [word for word in mpi.MPIRUN if word != "--quiet"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mpi, "MPIRUN", loud)
        job = mpi.start(ranks)
    with job:
        wait_until(checkpoint.exists, job)
        os.kill(mpi.process(job, rank), signal.SIGKILL)
        assert job.wait(timeout=10) == 128 + signal.SIGKILL
        assert f"process rank {rank} with PID" in job.stderr.read()
    options = [*ENDLESS, "--checkpoint-minutes", 0, "--resume", "--log", folder / f"{output}.jsonl"]
    with mpi.start(mpi.ranks(2, folder, output, *options, options=OPTIONS)) as job:
        wait_until((folder / f"{output}.jsonl").exists, job)
        job.send_signal(signal.SIGTERM)
        assert job.wait(timeout=20) != 0


def refused(job, exit=1, **settings):
    """What the job says, in one sentence."""
    result = mpi.run(job, exit, **settings)
    errors = [line for line in result.stderr.splitlines() if line.startswith("tessera-train-mpi: ")]
    assert len(errors) == 1, str(result)
    return errors[0].removeprefix("tessera-train-mpi: ")


def refused_ranks(folder, count, *arguments, options=OPTIONS):
    return mpi.ranks(count, folder, "refused.safetensors", "--epochs", 2, *arguments, options=options)


def test_other_instruction_sets_are_refused(folder):
    """Also one that the rank's machine, or this build, does not have."""
    sets = tool.tessera("doctor", "--threads", 1, "--json").json["instruction_sets"]
    for name in [*sets[1:], "vax"]:
        job = refused_ranks(folder, 3)
        job[2] = (["-x", f"TESSERA_ISA={name}"], job[2][1])
        if name in sets:
            assert refused(job) == f"rank 2: the instruction set: expected '{sets[0]}' as on rank 0, found '{name}'"
        else:
            assert refused(job, exit=2).startswith(f"rank 2: TESSERA_ISA is '{name}', but this machine runs: {sets[0]}")


def test_other_options_are_refused(folder):
    job = refused_ranks(folder, 3)
    job[1] = ([], [*job[1][1], "--seed", 2])
    assert refused(job) == "rank 1: the setting 'seed': expected '1' as on rank 0, found '2'"
    job[1] = ([], [*job[2][1], "--scale", 0.5])
    assert refused(job).startswith("rank 1: the setting 'image.scale': expected")
    job[1] = ([], ["--help"])
    assert "rank 1 is at the end, rank 0 at the start" in refused(job)


def elsewhere(folder, other, options=OPTIONS):
    """Two ranks that read files of the same names in two folders, as on two hosts."""
    arguments = ["waves.onnxtxt", "--data", "data.txt", "-o", "refused.safetensors", "--epochs", 1, *options]
    return [(["-wdir", folder], arguments), (["-wdir", other], arguments)]


def test_other_files_are_refused(tmp_path):
    """On a rank of another host; also images that cannot be read there alone."""
    hosts = [tmp_path / "one", tmp_path / "two"]
    for host in hosts:
        host.mkdir()
        training_data.write(host)
        images = sorted(training_data.write_folders(host / "images").rglob("*.png"))
        (host / "data.txt").write_text("".join(f"{path.relative_to(host)} {path.parent.name[0]}\n" for path in images))
    options = ["--weights", "random:1", "--batch", 8, "--shard", 2, "--color", "gray"]
    mpi.run(elsewhere(*hosts, options))
    (hosts[0] / "refused.safetensors").unlink()

    text = (hosts[1] / "data.txt").read_text()
    (hosts[1] / "data.txt").write_text(text.replace(" 3", " 2"))
    assert refused(elsewhere(*hosts, options)) == "rank 1: the list of images data.txt differs from that of rank 0"
    (hosts[1] / "data.txt").write_text(text)
    network = (hosts[1] / "waves.onnxtxt").read_text()
    (hosts[1] / "waves.onnxtxt").write_text(network.replace("255.0", "256.0"))
    assert refused(elsewhere(*hosts, options)) == "rank 1: the file waves.onnxtxt differs from that of rank 0"
    (hosts[1] / "waves.onnxtxt").write_text(network)
    for path in (hosts[1] / "images").rglob("*.png"):
        path.write_bytes(path.read_bytes()[:60])
    error = refused(elsewhere(*hosts, options))
    assert error.startswith("rank 1: images/") and ".png" in error
    assert not any((host / "refused.safetensors").exists() for host in hosts)


def test_a_loss_that_is_not_finite_keeps_the_checkpoint(folder):
    options = ["--weights", "random:1", "--batch", 16, "--shard", 4, "--learning-rate", "1e30"]
    result = mpi.train(3, folder, "infinite.safetensors", "--checkpoint-minutes", 1e-7, options=options, exit=1)
    checkpoint = folder / "infinite.safetensors.checkpoint"
    assert result.stderr.count("the loss of step") == 1 and f"the last checkpoint is in {checkpoint}" in result.stderr
    data = checkpoint.read_bytes()
    again = mpi.train(2, folder, "infinite.safetensors", "--resume", options=options, exit=1)
    assert "the loss of step" in again.stderr and checkpoint.read_bytes() == data


def test_work_for_fewer_ranks(folder):
    options = ["--weights", "random:1", "--batch", 8, "--shard", 4]
    error = refused(refused_ranks(folder, 3, options=options), exit=2)
    assert "a batch of 8 images in shards of 4 is work for at most 2 ranks, found 3" in error


def test_errors_of_all_ranks_are_said_once(folder):
    assert "no weight of the network is called" in refused(refused_ranks(folder, 3, "--freeze", "nix"), exit=2)
    assert "cannot write" in refused(refused_ranks(folder, 3, "--log", folder / "nowhere/log"))
