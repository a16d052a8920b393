"""SIGINT and SIGTERM end every command within a second, with exit code 130 and nothing that is incomplete."""

import os
import re
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest

import tool
import training_data
from tessera_cli import COMMANDS, DIGITS, run

VGG = tool.ROOT / "Graphs/vgg-d.onnxtxt"
WEIGHTS = ["--weights", "random:1"]
# Commands that end by themselves before anybody could press a key.
SHORT = {"operators", "completions", "complete", "manual"}


def long_commands(folder):
    """Each takes seconds; {} is where it writes."""
    pictures, plan = folder / "pictures", folder / "digits.plan"
    labelled = folder / "labelled.npz"
    return {
        "compile": ["compile", VGG, *WEIGHTS, "-o", "{}/vgg.plan"],
        "compile-tune": ["compile", VGG, *WEIGHTS, "--tune", "--timing-cache", "{}/new/times.json", "-o", "{}/vgg.plan"],
        "run": ["run", VGG, *WEIGHTS, "--input", f"data={pictures}", "--output-dir", "{}/new/outputs"],
        "classify": ["classify", VGG, *WEIGHTS, pictures],
        "evaluate": ["evaluate", VGG, *WEIGHTS, "--data", labelled, "--mode", "dense+crop", "--scales", "256,384",
                     "-o", "{}/p.csv", "--posteriors", "{}/p.npz"],
        "features": ["features", VGG, *WEIGHTS, "--data", pictures, "--outputs", "relu7,pool5", "-o", "{}/f.npz"],
        "inspect": ["inspect", "-"],
        "dump": ["dump", VGG, *WEIGHTS, "--print-after", "all"],
        "convert": ["convert", VGG, *WEIGHTS, "--external-data", "-o", "{}/vgg.onnx"],
        "gradient": ["gradient", VGG, *WEIGHTS, "--with-respect-to", "weights", "-o", "{}/gradients.onnx"],
        "train": ["train", folder / "waves.onnxtxt", "--weights", "random:1", "--data", folder / "train.npz", "--batch", 16,
                  "--epochs", 100_000, "-o", "{}/waves.onnx"],
        "bench": ["bench", plan, "--duration", 30, "--sessions", 2],
        "doctor": ["doctor"],
        # Whose output waits for a reader.
        "compile-to-pipe": ["compile", DIGITS, "-o", "{}/pipe"],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from PIL import Image
    folder = tmp_path_factory.mktemp("interrupted")
    (folder / "pictures").mkdir()
    noise = np.random.default_rng(1).integers(0, 256, (64, 256, 256, 3), dtype=np.uint8)
    for index, samples in enumerate(noise[:24]):
        Image.fromarray(samples).save(folder / f"pictures/{index:02}.png", compress_level=0)
    np.savez(folder / "labelled.npz", images=noise, labels=np.arange(64))
    run("compile", DIGITS, "-o", folder / "digits.plan")
    training_data.write(folder)
    return folder


def names(*commands):
    return {name.partition("-")[0] for name in commands}


def test_every_command_is_interrupted(folder):
    assert names(*long_commands(folder)) | SHORT == set(COMMANDS)


def wait_for_main(process):
    """Until the program has begun: before, while its libraries are loaded, a signal ends it as any process."""
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            (blocked,) = re.findall(r"^SigBlk:\s+(\w+)$", status.read(), re.MULTILINE)
        if int(blocked, 16) >> (signal.SIGINT - 1) & 1:
            return
        time.sleep(0.001)


def interrupt(arguments, target, seconds, number=signal.SIGINT):
    """Exit code, seconds from the signal to the end, standard error and the files in the target; nil if the
    command ended before."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    os.mkfifo(target / "pipe")
    command = [str(argument).format(target) for argument in [tool.PATH, *arguments]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        wait_for_main(process)
        time.sleep(seconds)
        if process.poll() is not None:
            return None
        process.send_signal(number)
        start = time.monotonic()
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
        took = time.monotonic() - start
        left = sorted(str(path.relative_to(target)) for path in target.rglob("*"))
        return process.returncode, took, process.stderr.read(), [path for path in left if path != "pipe"]


@pytest.mark.parametrize("name", long_commands(tool.ROOT))
def test_a_command_ends_and_leaves_nothing(folder, name):
    arguments = long_commands(folder)[name]
    interrupted = 0
    for seconds in [0, 0.3, 1.1]:
        number = signal.SIGTERM if seconds == 0.3 else signal.SIGINT
        result = interrupt(arguments, folder / "target", seconds, number)
        if result is None:
            continue
        interrupted += 1
        code, took, errors, left = result
        assert code == 130 and took < 1, (seconds, code, took, errors)
        assert "tessera: interrupted\n" in errors
        # The folder is made for the cache, before anything is measured.
        kept = {"compile-tune": ["new"], "train": ["waves.onnx.checkpoint"]}.get(name, [])
        assert [path for path in left if path not in kept] == [], seconds
    assert interrupted >= (1 if name in ["convert", "dump"] else 2), interrupted
    shutil.rmtree(folder / "target")


def test_an_image_of_many_views_is_given_up(folder):
    """The end comes although the first image takes far longer than a second."""
    target = folder / "views"
    arguments = long_commands(folder)["evaluate"]
    result = interrupt([*arguments, "--threads", 1, "--json"], target, 4)
    code, took, errors, left = result
    assert code == 130 and took < 1 and left == [], result
    shutil.rmtree(target)


def test_a_second_signal_ends_at_once(folder):
    """Also where the first waits for a pipe that nobody reads."""
    os.mkfifo(folder / "nobody")
    process = subprocess.Popen(
        [str(tool.PATH), "compile", DIGITS, "-o", str(folder / "nobody")], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_for_main(process)
    time.sleep(0.5)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    assert time.monotonic() - start < 0.6
