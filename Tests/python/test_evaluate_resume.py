"""`tessera evaluate` stopped halfway, and what `--resume` makes of it."""

import contextlib
import signal
import subprocess
import time

import numpy as np
import pytest

import image_zoo
import protocol_networks
import tool
from evaluation import HEADER, parsed
from protocol_networks import DIGITS


@pytest.fixture(scope="module")
def colors(tmp_path_factory):
    return protocol_networks.color_network(tmp_path_factory.mktemp("networks") / "colors.onnx")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """Names with commas and quotation marks, and images that cannot be read."""
    folder = tmp_path_factory.mktemp("zoo")
    image_zoo.write(folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory, zoo, colors):
    """(predictions file, JSON) of the run from beginning to end."""
    output = tmp_path_factory.mktemp("whole") / "predictions.csv"
    report = run(colors, zoo, output)
    return output.read_bytes(), report


def run(model, data, output, *arguments):
    options = ["--scale", "0.01", "--mean", "110", "--json"]
    result = tool.tessera("evaluate", model, "--data", data, "--output", output, *options, *arguments)
    return parsed(result.stdout)


def assert_same_result(report, expected):
    for member in ("images", "skipped", "errors", "fused", "complete"):
        assert report[member] == expected[member], member


def test_there_is_nothing_to_resume_yet(tmp_path, zoo, colors, whole):
    data, report = whole
    assert_same_result(run(colors, zoo, tmp_path / "predictions.csv", "--resume"), report)
    assert (tmp_path / "predictions.csv").read_bytes() == data


def test_without_resume_the_file_is_replaced(tmp_path, zoo, colors, whole):
    data, report = whole
    output = tmp_path / "predictions.csv"
    output.write_bytes(data[: len(data) // 2])
    assert_same_result(run(colors, zoo, output), report)
    assert output.read_bytes() == data


def test_an_interrupt_leaves_what_is_done_and_resume_completes_it(tmp_path):
    pictures, labels = protocol_networks.held_back_digits(150)
    same_size = [np.pad(p, ((0, 47 - p.shape[0]), (0, 47 - p.shape[1]))) for p in pictures]
    np.savez(tmp_path / "data.npz", images=np.array(same_size), labels=labels)
    arguments = [
        "evaluate", DIGITS, "--data", tmp_path / "data.npz", "--mode", "dense", "--scales", "224",
        "--threads", "1", "--json",
    ]  # fmt: skip
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    expected = parsed(tool.tessera(*arguments, "--output", whole).stdout)
    assert expected["complete"] is True and expected["images"] == 150

    exit, stdout, stderr = interrupted([*arguments, "--output", resumed], resumed)
    assert exit == 130, stderr
    report = parsed(stdout)
    assert report["complete"] is False
    assert 0 < report["images"] < 150
    assert not resumed.exists()

    assert_same_result(parsed(tool.tessera(*arguments, "--output", resumed, "--resume").stdout), expected)
    assert resumed.read_bytes() == whole.read_bytes()


def interrupted(arguments, output):
    """Runs the tool and presses Ctrl-C once it has worked: when records appear, or after 30 seconds."""
    process = subprocess.Popen(
        [str(tool.PATH), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background jobs ignore the signal, and so would the tool.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline and not has_records(output):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout.decode(), stderr.decode()


def has_records(output):
    """Whether the partial result has a line below the settings, which an empty line ends."""
    for path in output.parent.iterdir():
        # A temporary file may be renamed while it is looked at.
        with contextlib.suppress(FileNotFoundError):
            if output.name in path.name and b"\n" in path.read_bytes().partition(b"\n\n")[2]:
                return True
    return False


def test_the_header_is_as_documented(whole):
    assert whole[0].decode().startswith(HEADER + "\n")
