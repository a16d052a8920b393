"""`tessera train` that is interrupted, and what `--resume` makes of it: the bytes of an uninterrupted run."""

import json
import signal
import subprocess
import time

import numpy as np
import pytest

import tool
import training_data
from training_data import command, train

# A second, roughly.
LONG = ["--epochs", 150, "--patience", 10, "--color-shift", 0.1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return training_data.write(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def long(folder):
    """The options of a run with tests of the held back images, its bytes and its log."""
    options = [*LONG, "--validate", folder / "held.npz"]
    train(folder, "whole.safetensors", *options, "--log", folder / "whole.jsonl")
    return options, (folder / "whole.safetensors").read_bytes(), records(folder / "whole.jsonl")


def records(path):
    """The lines of a log without speeds."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "images_per_second"} for line in lines]


def start(folder, output, *arguments):
    return subprocess.Popen(
        [str(tool.PATH), *map(str, command(folder, output, *arguments))],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        # A shell's background jobs ignore the signal, and so would the tool.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def wait_until(condition, process):
    deadline = time.monotonic() + 30
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)


def test_kill_at_random_moments(folder, long):
    """Twenty times, with a checkpoint after every batch and another number of threads each time."""
    options, expected, log = long
    generator = np.random.default_rng(1)
    output, checkpoint = folder / "killed.safetensors", folder / "killed.safetensors.checkpoint"
    kills = 0
    options = [*options, "--checkpoint-minutes", 1e-7, "--resume", "--log", folder / "killed.jsonl"]
    for attempt in range(60):
        process = start(folder, output.name, *options, "--threads", 1 + attempt % 3)
        if checkpoint.exists():
            time.sleep(generator.uniform(0.01, 0.12))
        else:
            wait_until(checkpoint.exists, process)
        if process.poll() is None:
            process.kill()
            kills += 1
        assert process.wait() in (0, -signal.SIGKILL), process.stderr.read()
        process.stderr.close()
        if output.exists() or kills == 20:
            break
    assert kills >= 5
    if not output.exists():
        train(folder, output.name, *options)
    assert output.read_bytes() == expected
    assert records(folder / "killed.jsonl") == log
    assert not checkpoint.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_leave_a_checkpoint(folder, long, number):
    """The only one, as none is taken at intervals."""
    options, expected, log = long
    output = folder / f"{number.name}.safetensors"
    checkpoint = output.with_name(output.name + ".checkpoint")
    own_log = folder / f"{number.name}.jsonl"
    options = [*options, "--checkpoint-minutes", 0, "--log", own_log]
    with start(folder, output.name, *options) as process:
        wait_until(own_log.exists, process)
        process.send_signal(number)
        assert process.wait(timeout=20) == 130
        errors = process.stderr.read()
    assert f"the training so far is in {checkpoint}; --resume goes on" in errors and "interrupted" in errors
    assert checkpoint.exists() and not output.exists()
    assert 0 < len(records(own_log)) < len(log)
    train(folder, output.name, *options, "--resume", "--threads", 3)
    assert output.read_bytes() == expected and records(own_log) == log
    assert not checkpoint.exists()


def test_without_a_checkpoint_resume_begins(folder, long):
    train(folder, "fresh.safetensors", *long[0], "--resume")
    assert (folder / "fresh.safetensors").read_bytes() == long[1]


@pytest.fixture(scope="module")
def checkpoint(folder, long):
    """Bytes of a checkpoint."""
    output = "kept.safetensors"
    path = folder / (output + ".checkpoint")
    with start(folder, output, *long[0], "--checkpoint-minutes", 1e-7) as process:
        wait_until(path.exists, process)
        process.kill()
    return path.read_bytes()


def resumed(folder, data, *arguments, exit):
    path = folder / "other.safetensors.checkpoint"
    path.write_bytes(data)
    result = train(folder, "other.safetensors", *arguments, "--resume", exit=exit)
    assert exit == 0 or path.read_bytes() == data
    return result.stderr


def test_a_checkpoint_of_other_settings(folder, long, checkpoint):
    errors = resumed(folder, checkpoint, *long[0], "--seed", 2, exit=1)
    assert "checkpoint is of another training: seed differs" in errors
    errors = resumed(folder, checkpoint, *long[0], "--momentum", 0.5, "--no-bias-decay", exit=1)
    assert "decaysBiases, momentum differ" in errors


def test_a_checkpoint_of_other_content(folder, long, checkpoint):
    """Files of the same names and sizes: the network, the images and the list are known by what is in them."""
    network, images, held = (folder / name for name in ["waves.onnxtxt", "train.npz", "held.npz"])
    before = [path.read_bytes() for path in [network, images, held]]
    try:
        network.write_bytes(before[0].replace(b"[conv] c", b"[cnov] c"))
        errors = resumed(folder, checkpoint, *long[0], exit=1)
        assert "checkpoint is of another training: the network's file differs" in errors
        network.write_bytes(before[0])
        pixels, labels = training_data.waves(96, 7)
        np.savez(images, images=pixels, labels=labels)
        np.savez(held, images=pixels[:40], labels=labels[:40])
        assert images.stat().st_size == len(before[1]) and held.stat().st_size == len(before[2])
        errors = resumed(folder, checkpoint, *long[0], exit=1)
        assert "checkpoint is of another training: the training images, the validation images differ" in errors
    finally:
        for path, data in zip([network, images, held], before):
            path.write_bytes(data)


def test_a_training_goes_on_where_its_files_have_moved(folder, long, checkpoint):
    options, expected, _ = long
    moved = folder / "moved"
    moved.mkdir()
    for name in ["waves.onnxtxt", "train.npz", "held.npz"]:
        (moved / name).write_bytes((folder / name).read_bytes())
    (moved / "whole.safetensors.checkpoint").write_bytes(checkpoint)
    options = [moved / "held.npz" if option == folder / "held.npz" else option for option in options]
    train(moved, "whole.safetensors", *options, "--resume")
    assert (moved / "whole.safetensors").read_bytes() == expected


def test_a_folder_of_images_is_known_by_names_labels_and_sizes(tmp_path):
    training_data.write(tmp_path)
    photos = training_data.write_folders(tmp_path / "photos")
    options = ["--epochs", 400, "--weights", "random:1", "--batch", 8, "--shard", 4, "--no-mirror", "--color", "gray"]
    arguments = ["train", tmp_path / "waves.onnxtxt", "--data", photos, "-o", tmp_path / "o.safetensors", *options]
    process = subprocess.Popen(
        [str(tool.PATH), *map(str, [*arguments, "--checkpoint-minutes", 1e-7])],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until((tmp_path / "o.safetensors.checkpoint").exists, process)
    process.kill()
    process.wait()
    longer = next(iter(sorted(photos.rglob("*.png"))))
    before = longer.read_bytes()
    longer.write_bytes(before + b"\0")
    result = tool.tessera(*arguments, "--resume", exit=1)
    assert "checkpoint is of another training: the training images differ;" in result.stderr
    longer.write_bytes(before)
    longer.rename(longer.with_name("zz.png"))
    assert "the training images differ;" in tool.tessera(*arguments, "--resume", exit=1).stderr


def test_damaged_checkpoints(folder, long, checkpoint):
    generator = np.random.default_rng(1)
    options = long[0]
    for data in [b"", b"no checkpoint", checkpoint[: len(checkpoint) // 2], checkpoint[:-1], checkpoint + b"x"]:
        assert "other.safetensors.checkpoint" in resumed(folder, data, *options, exit=1)
    for field, value in [
        ("batchCount", -1), ("batchCount", 7), ("batchCount", 2**62), ("stepCount", -5), ("stepCount", 2**63 - 1),
        ("hitCount", -1), ("hitCount", 2**62), ("history", 3), ("lossSum", "x"),
    ]:  # fmt: skip
        errors = resumed(folder, with_state(checkpoint, field, value), *options, exit=1)
        assert "the state of the training is damaged" in errors, (field, value)
    # Whatever a byte becomes, the tool ends in its own way.
    (length,) = np.frombuffer(checkpoint[:8], "<u8")
    for place in generator.integers(0, 8 + length, 40):
        data = bytearray(checkpoint)
        data[place] ^= 1 << generator.integers(8)
        path = folder / "flipped.safetensors.checkpoint"
        path.write_bytes(data)
        result = tool.call(*command(folder, "flipped.safetensors", *options, "--resume"))
        assert result.exit in (0, 1), result


def with_state(checkpoint, field, value):
    """A checkpoint with another value in a field of its state."""
    length = int(np.frombuffer(checkpoint[:8], "<u8")[0])
    header = json.loads(checkpoint[8 : 8 + length])
    state = json.loads(header["__metadata__"]["tessera.training"])
    assert field in state
    state[field] = value
    header["__metadata__"]["tessera.training"] = json.dumps(state)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return np.uint64(len(text)).tobytes() + text + checkpoint[8 + length :]
