"""Killed writers, full disks, limits of a file's size, and files that are cut off while they are mapped."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from labelled_files import IMAGES, bound_model, digit_list
from tessera_cli import DIGITS, TOOL, run, write_model


def start(*arguments, limit=None, **options):
    """Starts the tool; `limit` is the most bytes of a file that it may write."""

    def restrict():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen([str(part) for part in [TOOL, *arguments]], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=restrict, **options)


def finish(process):
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Writer:
    """A command that writes files into the folder `out`."""

    def __init__(self, inputs, out, command):
        self.out, self.command = out, command
        self.names = {"compile": ["m.plan"], "convert": ["m.onnx", "m.onnx.data"], "run": ["r/a.npy", "r/b.npy"],
                      "features": ["f.npz"], "evaluate": ["p.csv", "p.npz"], "tune": ["t.json"]}[command]
        model, weights = inputs / "m.onnx", inputs / "w.npz"
        data = inputs / "list.txt"
        self.arguments = {
            "compile": ["compile", inputs / "wide.onnx", "--weights", "random:1", "-o", out / "m.plan"],
            "convert": ["convert", inputs / "wide.onnx", "--weights", "random:1", "--external-data", "-o", out / "m.onnx"],
            "run": ["run", inputs / "two.onnx", "--input", f"x={inputs / 'x.npy'}", "--output-dir", out / "r"],
            "features": ["features", model, "--weights", weights, "--data", data, "--outputs", "f,y", "-o", out / "f.npz"],
            "evaluate": ["evaluate", model, "--weights", weights, "--data", data, "-o", out / "p.csv",
                         "--posteriors", out / "p.npz"],
            "tune": ["compile", DIGITS, "--tune", "--timing-cache", out / "t.json", "-o", "/dev/null"],
        }[command]

    def put_old(self):
        for name in self.names:
            (self.out / name).parent.mkdir(exist_ok=True)
            (self.out / name).write_bytes(b"old")


COMMANDS = ["compile", "convert", "run", "features", "evaluate"]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    bound_model(folder, digits=True)
    digit_list(folder)
    write_model(folder / "wide.onnx",
                "g (float[N,512] x, float[512,2048] w) => (float[N,2048] y) { y = MatMul (x, w) }")
    write_model(folder / "two.onnx", "g (float[N,65536] x) => (float[N,65536] a, float[N,65536] b) "
                                     "{ a = Relu (x)  b = Add (x, x) }")
    np.save(folder / "x.npy", np.random.default_rng(1).standard_normal((8, 65536)).astype(np.float32))
    return folder


@pytest.fixture(scope="module")
def finished(inputs, tmp_path_factory):
    """The files of each command, and how many seconds it takes."""
    results = {}
    for command in COMMANDS:
        writer = Writer(inputs, tmp_path_factory.mktemp(command), command)
        before = time.monotonic()
        run(*writer.arguments)
        results[command] = (contents(writer.out), time.monotonic() - before)
        assert sorted(results[command][0]) == writer.names
    return results


def kill_repeatedly(writer, seconds, check, count=12):
    random = np.random.default_rng(1)
    for delay in random.uniform(0, 1.1 * seconds, count):
        process = start(*writer.arguments)
        time.sleep(delay)
        process.kill()
        finish(process)
        check()


@pytest.mark.parametrize("has_old", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_killed_writer_leaves_whole_files_or_none(tmp_path, inputs, finished, command, has_old):
    writer = Writer(inputs, tmp_path, command)
    expected, seconds = finished[command]
    if has_old:
        writer.put_old()
    if command == "evaluate":
        writer.arguments.append("--resume")

    def check():
        for name, data in contents(tmp_path).items():
            if name.endswith(".partial"):
                continue
            if name.startswith(".tessera-"):
                # Between the link to a whole file and the renaming of that over the old one.
                assert has_old and data in expected.values(), name
                (tmp_path / name).unlink()
                continue
            assert data == expected[name] or (has_old and data == b"old"), name
            if data == expected[name] and has_old:
                (tmp_path / name).write_bytes(b"old")
            elif not has_old:
                (tmp_path / name).unlink()

    kill_repeatedly(writer, seconds, check)
    run(*writer.arguments)
    assert contents(tmp_path) == expected


def test_a_killed_tuning_leaves_a_whole_cache(tmp_path, inputs):
    writer = Writer(inputs, tmp_path, "tune")
    cache = tmp_path / "t.json"
    before = time.monotonic()
    run(*writer.arguments)
    seconds = time.monotonic() - before

    def check():
        assert [path.name for path in tmp_path.iterdir()] in ([], ["t.json"])
        if cache.exists():
            assert json.loads(cache.read_bytes())["format"] == "tessera-timings"
            cache.unlink()

    kill_repeatedly(writer, seconds, check, count=6)


@contextlib.contextmanager
def small_disk(folder, kilobytes):
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", folder], capture_output=True)
    if mount.returncode:
        pytest.skip("mounting a file system is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def require_one_sentence(result, reason):
    code, output, errors = result
    lines = [line for line in errors.splitlines() if ": note: " not in line]
    assert code == 1 and output == "", (code, output, errors)
    assert len(lines) == 1 and f"cannot write: {reason}" in lines[0], errors


@pytest.mark.parametrize("has_old", [False, True])
@pytest.mark.parametrize("command", [*COMMANDS, "tune"])
def test_a_limit_of_the_size_is_a_sentence(tmp_path, inputs, finished, command, has_old):
    """Beyond the limit the system sends SIGXFSZ."""
    writer = Writer(inputs, tmp_path, command)
    if has_old and command != "tune":
        writer.put_old()
    before = contents(tmp_path)
    require_one_sentence(finish(start(*writer.arguments, limit=200 if command == "evaluate" else 1024)), "File too large")
    assert contents(tmp_path) == before
    if not has_old:
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_a_sentence(tmp_path, inputs, command):
    kilobytes = {"features": 24, "evaluate": 12}.get(command, 96)
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        writer = Writer(inputs, disk, command)
        writer.put_old()
        with open(disk / "filler", "wb") as filler, contextlib.suppress(OSError):
            # An evaluation gets one page for its records: what it makes of them does not fit.
            pages = {"evaluate": 1}.get(command, 2)
            while os.statvfs(disk).f_bavail > pages:
                filler.write(bytes(4096))
                filler.flush()
        before = contents(disk)
        require_one_sentence(finish(start(*writer.arguments)), "No space left on device")
        after = {name: data for name, data in contents(disk).items() if not name.endswith(".partial")}
        assert after == before


def test_an_evaluation_goes_on_after_a_full_disk(tmp_path, inputs, finished):
    writer = Writer(inputs, tmp_path, "evaluate")
    code, _, errors = finish(start(*writer.arguments, limit=1500))
    assert code == 1 and "File too large" in errors
    assert "--resume goes on" in errors
    assert sorted(contents(tmp_path)) == ["p.csv.partial", "p.npz.partial"]
    run(*writer.arguments, "--resume")
    assert contents(tmp_path) == finished["evaluate"][0]


def wait_until_mapped(process, path):
    """Until the file is mapped and the program works on it."""
    while process.poll() is None:
        with open(f"/proc/{process.pid}/maps") as maps:
            if str(path) in maps.read():
                time.sleep(0.1)
                return
        time.sleep(0.002)


def require_cut_off(process, path):
    code, output, errors = finish(process)
    assert code == 1 and output == ""
    assert errors == f"tessera: {path}: the file was cut off while it was in use, or its disk failed\n"


@pytest.mark.parametrize("threads", [1, 4])
def test_a_plan_that_is_cut_off_is_a_sentence(tmp_path, threads):
    plan = tmp_path / "m.plan"
    run("compile", DIGITS, "-o", plan)
    process = start("bench", plan, "--duration", 30, "--threads", threads)
    wait_until_mapped(process, plan)
    os.truncate(plan, 4096)
    require_cut_off(process, plan)


def test_data_that_is_cut_off_is_a_sentence(tmp_path):
    pixels = np.stack([np.asarray(Image.open(image)) for image in IMAGES])
    data = tmp_path / "data.npz"
    np.savez(data, labels=np.zeros(12 * 1000, int), images=np.tile(pixels, (1000, 1, 1)))
    process = start("evaluate", DIGITS, "--data", data, "--mode", "crop", "--scales", "32")
    wait_until_mapped(process, data)
    os.truncate(data, 1 << 20)
    require_cut_off(process, data)


def test_a_bus_error_that_was_sent_ends_the_process(tmp_path):
    process = start("bench", DIGITS, "--duration", 30)
    time.sleep(0.5)
    process.send_signal(signal.SIGBUS)
    assert finish(process)[0] == -signal.SIGBUS
