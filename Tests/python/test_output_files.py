"""No output of a command replaces a file that it reads, or another output; outputs that are no plain files."""

import os
import shutil
import subprocess
import threading

import numpy as np
import onnx
import pytest

from labelled_files import bound_model, digit_folders, digit_list, external_model
from tessera_cli import DIGITS, TOOL, double_model, run


def link_hard(source, link):
    os.link(source, link)


def link_symbolic(source, link):
    os.symlink(source, link)


def link_twice(source, link):
    middle = link.with_name(link.name + ".middle")
    os.symlink(source, middle)
    os.symlink(middle.name, link)


def name_otherwise(source, link):
    """Leaves `link` out: another spelling of the file's own path."""
    return source.parent / ".." / source.parent.name / source.name


WAYS = [link_hard, link_symbolic, link_twice, name_otherwise]


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refuse(folder, *arguments):
    """The command must end with wrong usage and leave every file as it was."""
    before = contents(folder)
    process = run(*arguments, expect=2)
    assert len(process.stderr.splitlines()) == 1, process.stderr
    assert process.stdout == ""
    assert contents(folder) == before
    return process.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("victim", ["model", "weights", "labels", "timings"])
def test_compile_spares_what_it_reads(tmp_path, victim, way):
    model, weights = bound_model(tmp_path)
    labels = tmp_path / "labels.txt"
    labels.write_text("one\ntwo\nthree\n")
    timings = tmp_path / "timings.json"
    run("compile", model, "--weights", weights, "-o", tmp_path / "m.plan", "--tune", "--timing-cache", timings)
    if not timings.exists():
        timings.write_text('{"format":"tessera-timings","groups":[],"version":1}')
    files = {"model": model, "weights": weights, "labels": labels, "timings": timings}
    output = tmp_path / "output"
    output = way(files[victim], output) or output
    message = refuse(tmp_path, "compile", model, "--weights", weights, "--labels", labels, "--tune",
                     "--timing-cache", timings, "-o", output)
    expected = "two outputs would be this file" if victim == "timings" else "the output would overwrite the input"
    assert expected in message and str(output) in message


@pytest.mark.parametrize("command", ["compile", "convert"])
@pytest.mark.parametrize("way", WAYS)
def test_external_data_is_spared(tmp_path, command, way):
    model, data = external_model(tmp_path)
    output = tmp_path / "output.onnx"
    output = way(data, output) or output
    if output.suffix != ".onnx" and command == "convert":
        return
    assert "overwrite the input" in refuse(tmp_path, command, model, "-o", output)


def test_the_data_file_of_convert_is_an_output(tmp_path):
    model, data = external_model(tmp_path)
    target = tmp_path / "copy.onnx"
    os.link(data, tmp_path / "copy.onnx.data")
    assert "overwrite the input" in refuse(tmp_path, "convert", model, "--external-data", "-o", target)
    os.unlink(tmp_path / "copy.onnx.data")
    os.symlink("copy.onnx", tmp_path / "copy.onnx.data")
    assert "two outputs" in refuse(tmp_path, "convert", model, "--external-data", "-o", target)


@pytest.mark.parametrize("way", WAYS)
def test_run_spares_its_inputs(tmp_path, monkeypatch, way):
    model = double_model(tmp_path / "m.onnx", output_name="prob")
    inputs = tmp_path / "prob.npy"
    np.save(inputs, np.ones((1, 3), np.float32))
    folder = tmp_path / "results"
    if way == name_otherwise:
        folder = tmp_path
    else:
        folder.mkdir()
        way(inputs, folder / "prob.npy")
    message = refuse(tmp_path, "run", model, "--input", f"x={inputs}", "--output-dir", folder)
    assert "overwrite the input" in message
    monkeypatch.chdir(tmp_path)
    refuse(tmp_path, "run", model, "--input", f"x={inputs}", "--output-dir", folder)


def test_run_spares_the_plan_it_runs(tmp_path):
    model = double_model(tmp_path / "m.onnx")
    run("compile", model, "-o", tmp_path / "y.npy")
    np.save(tmp_path / "x.npy", np.ones((1, 3), np.float32))
    refuse(tmp_path, "run", tmp_path / "y.npy", "--input", f"x={tmp_path / 'x.npy'}", "--output-dir", tmp_path)


@pytest.mark.parametrize("command, name", [("evaluate", "p.csv"), ("evaluate", "p.npz"), ("features", "p.npz")])
@pytest.mark.parametrize("victim", ["model", "list", "image", "weights"])
def test_protocols_spare_what_they_read(tmp_path, command, name, victim):
    model, weights = bound_model(tmp_path, digits=True)
    data = digit_list(tmp_path)
    files = {"model": model, "list": data, "image": tmp_path / "4_2009.png", "weights": weights}
    output = tmp_path / name
    option = "--posteriors" if (command, output.suffix) == ("evaluate", ".npz") else "-o"
    os.link(files[victim], output)
    arguments = [command, model, "--weights", weights, "--data", data, option]
    assert "overwrite the input" in refuse(tmp_path, *arguments, output)
    if command == "evaluate":
        os.unlink(output)
        os.link(files[victim], f"{output}.partial")
        assert "overwrite the input" in refuse(tmp_path, *arguments, output)


def test_images_of_folders_are_spared(tmp_path):
    data = digit_folders(tmp_path / "data")
    output = tmp_path / "p.csv"
    os.symlink(next(data.glob("4/*.png")), output)
    refuse(tmp_path, "evaluate", DIGITS, "--data", data, "-o", output)


def test_labels_of_evaluate_are_spared(tmp_path):
    data = digit_folders(tmp_path / "data")
    labels = tmp_path / "labels.txt"
    labels.write_text("".join(f"{digit}\n" for digit in range(10)))
    refuse(tmp_path, "evaluate", DIGITS, "--data", data, "--labels", labels, "-o", labels)


def test_two_outputs_are_two_files(tmp_path):
    data = digit_folders(tmp_path / "data")
    first = tmp_path / "p"
    for second in [tmp_path / "p", tmp_path / "p.partial", tmp_path / "data" / ".." / "p"]:
        assert "two outputs" in refuse(
            tmp_path, "evaluate", DIGITS, "--data", data, "-o", first, "--posteriors", second)
    # Neither exists yet, and one is a link to the other.
    os.symlink("p", tmp_path / "link")
    assert "two outputs" in refuse(
        tmp_path, "evaluate", DIGITS, "--data", data, "-o", first, "--posteriors", tmp_path / "link")
    (tmp_path / "old").write_text("old")
    os.link(tmp_path / "old", tmp_path / "same")
    assert "two outputs" in refuse(
        tmp_path, "evaluate", DIGITS, "--data", data, "-o", tmp_path / "old", "--posteriors", tmp_path / "same")


def test_standard_output_is_an_output(tmp_path):
    model = double_model(tmp_path / "m.onnx")
    plan = tmp_path / "m.plan"

    def call(*arguments, **streams):
        command = [str(part) for part in [TOOL, *arguments]]
        return subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=60, **streams)

    with open(plan, "w") as stream:
        process = call("compile", model, "-o", plan, stdout=stream)
    assert process.returncode == 2 and "standard output goes there too" in process.stderr
    process = call("compile", model, "-o", "/dev/stdout", stdout=subprocess.PIPE)
    assert process.returncode == 2 and process.stdout == "" and "standard output" in process.stderr
    before = model.read_bytes()
    with open(model, "a") as stream:
        process = call("inspect", model, stdout=stream)
    assert process.returncode == 2 and "standard output goes to this file" in process.stderr
    assert model.read_bytes() == before
    assert call("compile", model, "-o", "/dev/null", stdout=subprocess.DEVNULL).returncode == 0


def test_an_output_may_be_replaced(tmp_path):
    """What the command does not read is replaced, keeps its permissions, and a link stays a link."""
    model = double_model(tmp_path / "m.onnx")
    plan, link = tmp_path / "m.plan", tmp_path / "link.plan"
    plan.write_text("old")
    plan.chmod(0o640)
    os.symlink("m.plan", link)
    run("compile", model, "-o", link)
    assert link.is_symlink() and plan.read_bytes()[:8] == b"TSRAPLAN"
    assert plan.stat().st_mode & 0o777 == 0o640
    first = plan.read_bytes()
    run("compile", model, "-o", plan)
    assert plan.read_bytes() == first


def test_a_timing_cache_is_written_over(tmp_path):
    cache, plan = tmp_path / "timings.json", tmp_path / "m.plan"
    for _ in range(2):
        run("compile", DIGITS, "-o", plan, "--tune", "--timing-cache", cache)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.plan", "timings.json"]


def test_a_dangling_link_is_followed(tmp_path):
    model = double_model(tmp_path / "m.onnx")
    (tmp_path / "sub").mkdir()
    os.symlink("sub/new.plan", tmp_path / "link")
    run("compile", model, "-o", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "sub/new.plan").read_bytes()[:8] == b"TSRAPLAN"
    os.symlink("none/new.plan", tmp_path / "nowhere")
    assert "No such file" in run("compile", model, "-o", tmp_path / "nowhere", expect=1).stderr
    os.symlink("circle", tmp_path / "circle")
    assert "symbolic links" in run("compile", model, "-o", tmp_path / "circle", expect=1).stderr
    assert os.readlink(tmp_path / "nowhere") == "none/new.plan"


@pytest.mark.parametrize("path, reason", [("", "No such file"), ("none/x", "No such file"), ("m.onnx/x", "Not a directory")])
def test_places_that_cannot_be_are_named_at_once(tmp_path, path, reason):
    double_model(tmp_path / "m.onnx")
    process = run("compile", "m.onnx", "-o", path, expect=1, cwd=tmp_path)
    assert reason in process.stderr and len(process.stderr.splitlines()) == 1


def test_devices_and_pipes_get_the_bytes(tmp_path):
    model = double_model(tmp_path / "m.onnx")
    run("compile", model, "-o", "/dev/null")
    process = run("compile", model, "-o", "/dev/full", expect=1)
    assert process.stderr == "tessera: /dev/full: cannot write: No space left on device\n"
    run("compile", model, "-o", tmp_path / "m.plan")
    os.mkfifo(tmp_path / "pipe")
    received = []
    reader = threading.Thread(target=lambda: received.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    run("compile", model, "-o", tmp_path / "pipe")
    reader.join(60)
    assert received == [(tmp_path / "m.plan").read_bytes()]


def test_a_reader_that_leaves_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = threading.Thread(target=lambda: os.close(os.open(tmp_path / "pipe", os.O_RDONLY)))
    reader.start()
    process = run("compile", DIGITS, "-o", tmp_path / "pipe", expect=1)
    reader.join(60)
    assert process.stderr.endswith("pipe: cannot write: Broken pipe\n")


@pytest.mark.parametrize("option", ["--output", "--posteriors"])
def test_evaluate_writes_files_only(tmp_path, option):
    data = digit_folders(tmp_path / "data")
    process = run("evaluate", DIGITS, "--data", data, option, "/dev/null", expect=2)
    assert "expected a file, found a pipe or a device" in process.stderr
    assert not os.path.exists("/dev/null.partial")


def test_all_outputs_of_run_or_none(tmp_path):
    model = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[N,3] x) => (float[N,3] a, float[N,3] b) '
        "{ a = Relu (x)  b = Add (x, x) }")
    onnx.save(model, tmp_path / "m.onnx")
    np.save(tmp_path / "x.npy", np.ones((1, 3), np.float32))
    arguments = ["run", tmp_path / "m.onnx", "--input", f"x={tmp_path / 'x.npy'}", "--output-dir"]
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "a.npy").write_text("old")
    (folder / "b.npy").mkdir()
    assert "a folder has this name" in run(*arguments, folder, expect=1).stderr
    assert (folder / "a.npy").read_text() == "old"
    shutil.rmtree(folder)
    run(*arguments, folder / "deep/er")
    assert np.array_equal(np.load(folder / "deep/er/b.npy"), np.full((1, 3), 2, np.float32))
