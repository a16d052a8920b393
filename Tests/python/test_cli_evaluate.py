"""`tessera evaluate` on the held-back digits: data, usage errors, broken images, interruption, resuming."""

import csv
import json
import shutil
import signal
import subprocess
import time

import numpy as np
import onnx
import pytest
from PIL import Image

from tessera_cli import DIGITS, ROOT, TOOL, run, run_json, write_model

IMAGES = sorted((ROOT / "Graphs/digits").glob("*.png"))
LABELS = [int(image.name[0]) for image in IMAGES]
MODES = [("single", "36"), ("crop", "28,32,36")]
HEADER = "image,label,top1,top2,top3,top4,top5,p1,p2,p3,p4,p5".split(",")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The digits, a folder a class."""
    root = tmp_path_factory.mktemp("folders")
    for image, label in zip(IMAGES, LABELS):
        (root / str(label)).mkdir(exist_ok=True)
        shutil.copy(image, root / str(label))
    return root


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Enough images that an evaluation of crops can be caught in the middle."""
    path = tmp_path_factory.mktemp("many") / "many.npz"
    pixels = np.stack([np.asarray(Image.open(image)) for image in IMAGES])
    random = np.random.default_rng(1)
    images = np.concatenate([np.roll(pixels, random.integers(-3, 4, 2), (1, 2)) for _ in range(25)])
    np.savez(path, images=images, labels=np.tile(LABELS, 25))
    return path


def write_list(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def rows(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))


def without_times(result):
    return {name: value for name, value in result.items() if name not in ["seconds", "images_per_second"]}


@pytest.mark.parametrize("mode, scales", MODES)
def test_three_forms_of_data_give_the_same(tmp_path, folders, mode, scales):
    names = write_list(tmp_path / "list.txt", [f"{image.name} {label}" for image, label in zip(IMAGES, LABELS)])
    archive = tmp_path / "data.npz"
    np.savez(archive, images=np.stack([np.asarray(Image.open(image)) for image in IMAGES]), labels=LABELS)
    results, tables = [], []
    for index, data in enumerate([[folders], [names, "--images-root", IMAGES[0].parent], [archive]]):
        table = tmp_path / f"{index}.csv"
        results.append(
            run_json("evaluate", DIGITS, "--data", *data, "--mode", mode, "--scales", scales, "-o", table))
        tables.append(rows(table))
        assert tables[-1][0] == HEADER and len(tables[-1]) == 13
        assert [int(row[1]) for row in tables[-1][1:]] == LABELS
    assert without_times(results[0]) == without_times(results[1]) == without_times(results[2])
    assert [row[1:] for row in tables[0]] == [row[1:] for row in tables[1]] == [row[1:] for row in tables[2]]
    assert [row[0] for row in tables[0][1:]] == [f"{i.name[0]}/{i.name}" for i in IMAGES]
    assert [row[0] for row in tables[1][1:]] == [i.name for i in IMAGES]
    assert [row[0] for row in tables[2][1:]] == [str(index) for index in range(12)]
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("mode, scales", MODES)
def test_the_report_follows_from_the_posteriors(tmp_path, folders, mode, scales):
    table, archive = tmp_path / "p.csv", tmp_path / "p.npz"
    result = run_json(
        "evaluate", DIGITS, "--data", folders, "--mode", mode, "--scales", scales, "-o", table,
        "--posteriors", archive)
    posteriors = np.load(archive)["posteriors"]
    assert posteriors.dtype == np.float32 and posteriors.shape == (12, 10)
    assert np.load(archive)["labels"].tolist() == LABELS
    assert np.load(archive)["indices"].tolist() == list(range(12))
    lines = rows(table)[1:]
    top = np.array([[int(cell) for cell in line[2:7]] for line in lines])
    values = np.array([[float(cell) for cell in line[7:]] for line in lines])
    # The table has doubles, the archive what they are rounded to.
    assert np.array_equal(np.take_along_axis(posteriors, top, 1), values.astype(np.float32))
    assert np.all(np.diff(values) <= 0)
    labels = np.array(LABELS)
    assert result["fused"]["top1_error"] == np.mean(top[:, 0] != labels)
    assert result["fused"]["top5_error"] == np.mean(~(top == labels[:, None]).any(1))
    (model,) = result["models"]
    assert [scale["scale"] for scale in model["scales"]] == result["scales"]
    assert (result["images"], result["skipped"], result["errors"]) == (12, 0, [])
    assert result["complete"] is True and result["mode"] == mode and result["order"] == "scores"


def test_crops_of_the_input_size_are_the_image_itself(tmp_path, folders):
    for name, options in {
        "single": ["--mode", "single", "--flips", "true"],
        "crop": ["--mode", "crop"],
    }.items():
        run("evaluate", DIGITS, "--data", folders, *options, "--posteriors", tmp_path / f"{name}.npz")
    single = np.load(tmp_path / "single.npz")["posteriors"]
    crop = np.load(tmp_path / "crop.npz")["posteriors"]
    # Batches may be computed by other algorithms, each with an error of at most 5e-6 (--max-error) of the
    # largest logit, which is below 25.
    assert np.abs(single - crop).max() <= 2 * 25 * 5e-6


def test_results_do_not_depend_on_how_a_batch_is_filled_up(tmp_path, folders):
    plan = tmp_path / "digits.plan"
    run("compile", DIGITS, "-o", plan, "--shapes", "image:7x1x28x28")
    options = ["--data", folders, "--mode", "crop", "--scales", "32"]
    of_plan = run_json("evaluate", plan, *options, "--posteriors", tmp_path / "plan.npz")
    run("evaluate", DIGITS, *options, "--batch", 7, "--posteriors", tmp_path / "model.npz")
    one = run_json("evaluate", DIGITS, *options, "--batch", 1, "--posteriors", tmp_path / "one.npz")
    posteriors = {name: np.load(tmp_path / f"{name}.npz")["posteriors"] for name in ["plan", "model", "one"]}
    # Plans take the soft-max of the network, in float32, models that of the protocol.
    for name in ["model", "one"]:
        assert np.abs(posteriors["plan"] - posteriors[name]).max() <= 2 * 25 * 5e-6
    assert of_plan["fused"] == one["fused"]
    error = run("evaluate", plan, *options, "--batch", 8, expect=2).stderr
    assert "batches of 7, not of 8" in error


def test_two_networks_are_fused(tmp_path, folders):
    constant = write_model(
        tmp_path / "constant.onnx",
        """g (float[N,1,28,28] x) => (float[N,10] y)
        <float[1,10] low = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0},
         float[10] bias = {9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0}>
        { m = GlobalAveragePool (x)  f = Flatten (m)  z = MatMul (f, low)  y = Add (z, bias) }""")
    options = ["--data", folders, "--scales", "28,30", "--posteriors"]
    run("evaluate", DIGITS, *options, tmp_path / "a.npz")
    alone = run_json("evaluate", constant, *options, tmp_path / "b.npz")
    # Every image gets class 0, then 1, 2, 3, 4; 0 to 9 is the ranking. Two of the twelve digits are 0
    # or 4 twice: 0, 1, 2, 3, 4, 4 are among the first five.
    assert alone["fused"] == {"top1_error": 11 / 12, "top5_error": 6 / 12}
    both = run_json("evaluate", DIGITS, constant, *options, tmp_path / "both.npz")
    a, b, fused = (np.load(tmp_path / f"{name}.npz")["posteriors"].astype(float) for name in ["a", "b", "both"])
    logits = np.arange(9, -1, -1.0)
    assert np.allclose(b, np.exp(logits) / np.exp(logits).sum(), rtol=1e-6, atol=0)
    # Three roundings to float32.
    assert np.abs(fused - (a + b) / 2).max() <= 2 * np.finfo(np.float32).eps
    assert [model["model"] for model in both["models"]] == [str(DIGITS), str(constant)]
    assert both["models"][1]["scales"][1] == {"scale": 30, "top1_error": 11 / 12, "top5_error": 6 / 12}
    text = run("evaluate", DIGITS, constant, *options[:4]).stdout
    assert "fused" in text and "91.67 %" in text and "12 images, 0 skipped" in text


def test_labels_name_the_classes_of_folders(tmp_path):
    for name, image in {"four": IMAGES[4], "nine": IMAGES[11]}.items():
        (tmp_path / "data" / name).mkdir(parents=True)
        shutil.copy(image, tmp_path / "data" / name)
    words = "zero one two three four five six seven eight nine".split()
    names = write_list(tmp_path / "names.txt", words)
    result = run_json("evaluate", DIGITS, "--data", tmp_path / "data", "--labels", names)
    assert result["fused"]["top1_error"] == 0
    process = run("evaluate", DIGITS, "--data", tmp_path / "data")
    assert "the 2 folders are taken as the first 2 of 10 classes" in process.stderr
    write_list(names, words[:9])
    process = run("evaluate", DIGITS, "--data", tmp_path / "data", "--labels", names, expect=1)
    assert "no class 'nine'" in process.stderr
    write_list(names, words + ["ten"])
    process = run("evaluate", DIGITS, "--data", tmp_path / "data", "--labels", names, expect=1)
    assert "expected 10 labels" in process.stderr


def test_broken_images_are_left_out(tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(IMAGES[0].read_bytes()[:60])
    lines = [f"{IMAGES[0]} 0", f"{broken} 1", "none.png 2", f"{IMAGES[4]} 4"]
    names = write_list(tmp_path / "list.txt", lines)
    table, archive = tmp_path / "p.csv", tmp_path / "p.npz"
    process = run("evaluate", DIGITS, "--data", names, "--json", "-o", table, "--posteriors", archive)
    assert f"tessera: {broken}: " in process.stderr
    assert f"tessera: {tmp_path}/none.png: " in process.stderr
    result = json.loads(process.stdout)
    assert (result["images"], result["skipped"]) == (2, 2)
    assert [error["image"] for error in result["errors"]] == [str(broken), "none.png"]
    assert all(error["error"] for error in result["errors"])
    assert result["fused"]["top1_error"] == 0
    assert [row[1] for row in rows(table)[1:]] == ["0", "4"]
    assert np.load(archive)["indices"].tolist() == [0, 3]
    assert np.load(archive)["labels"].tolist() == [0, 4]


def test_strict_stops_at_a_broken_image(tmp_path):
    names = write_list(tmp_path / "list.txt", [f"{IMAGES[0]} 0", "none.png 2", f"{IMAGES[4]} 4"])
    table = tmp_path / "p.csv"
    arguments = ["evaluate", DIGITS, "--data", names, "-o", table, "--strict"]
    process = run(*arguments, expect=1)
    assert process.stderr.startswith(f"tessera: {tmp_path}/none.png: ") and process.stdout == ""
    assert not table.exists()
    shutil.copy(IMAGES[2], tmp_path / "none.png")
    assert run_json(*arguments, "--resume")["images"] == 3
    assert [row[2] for row in rows(table)[1:]] == ["0", "2", "4"]


def test_only_broken_images_are_a_failure(tmp_path):
    names = write_list(tmp_path / "list.txt", ["none.png 2"])
    result = run_json("evaluate", DIGITS, "--data", names, expect=1)
    assert (result["images"], result["skipped"]) == (0, 1)
    assert result["fused"] == {"top1_error": None, "top5_error": None}


@pytest.mark.parametrize(
    "options, message",
    [
        (["--scales", "27"], "scale 27 is smaller than the network's input of 28x28"),
        (["--scales", "36,20", "--mode", "crop"], "scale 20 is smaller"),
        (["--scales", "28,28"], "different whole numbers"),
        (["--scales", "28,"], "different whole numbers"),
        (["--scales", "0"], "different whole numbers"),
        (["--mode", "many"], "single, dense, crop, dense+crop"),
        (["--order", "first"], "scores, posteriors"),
        (["--flips", "yes"], "expected true, false"),
        (["--batch", "0"], "a whole number from 1"),
        (["--resume"], "'--resume' needs '--output'"),
        (["--weights", "random:1", "--weights", "random:2"], "found it 2 times"),
        (["--color", "bgr"], "1 channels"),
        (["--mean", "1,2,3"], "mean"),
        (["--resize", "stretch"], "unknown option '--resize'"),
    ],
)
def test_wrong_usage(folders, options, message):
    process = run("evaluate", DIGITS, "--data", folders, *options, expect=2)
    assert message in process.stderr and process.stdout == ""


def test_data_is_required():
    assert "option '--data' is missing" in run("evaluate", DIGITS, expect=2).stderr


def test_a_plan_of_one_size_is_not_dense(tmp_path, folders):
    plan = tmp_path / "digits.plan"
    run("compile", DIGITS, "-o", plan)
    process = run("evaluate", plan, "--data", folders, "--mode", "dense", expect=1)
    assert "images of any size" in process.stderr


def test_a_plan_takes_whole_images_of_the_sizes_that_it_was_compiled_for(tmp_path, folders):
    scores = tmp_path / "scores.onnx"
    model = onnx.load(DIGITS)
    softmax = model.graph.node.pop()
    assert softmax.op_type == "Softmax"
    model.graph.output[0].name = softmax.input[0]
    onnx.save(model, scores)
    plan = tmp_path / "digits.plan"
    shapes = ["--shapes", "image:1x1x28x28", "--shapes", "image:1x1x36x36"]
    run("compile", scores, "-o", plan, "--dense", *shapes)
    options = ["--data", folders, "--mode", "dense+crop"]
    run("evaluate", plan, *options, "--scales", "36", "--posteriors", tmp_path / "plan.npz")
    run("evaluate", DIGITS, *options, "--scales", "36", "--posteriors", tmp_path / "model.npz")
    of_plan, of_model = (np.load(tmp_path / f"{name}.npz")["posteriors"] for name in ["plan", "model"])
    assert np.abs(of_plan - of_model).max() <= 5e-6
    error = run("evaluate", plan, *options, "--scales", "32", expect=1).stderr
    assert "the plan was compiled for images of 28x28, 36x36 pixels, not of 32x32" in error


def test_wrong_data_is_named(tmp_path):
    names = write_list(tmp_path / "list.txt", ["a.png 0", "b.png", "c.png -1", "d.png 10"])
    lines = run("evaluate", DIGITS, "--data", names, expect=1).stderr.splitlines()
    assert [line.split(": ")[2] for line in lines] == ["line 2, column 1", "line 3, column 1"]
    write_list(names, ["a.png 0", "d.png 10"])
    process = run("evaluate", DIGITS, "--data", names, expect=1)
    assert "line 2, column 1: the label of d.png is 10, the network has classes 0 to 9" in process.stderr
    write_list(names, [""])
    assert "there are no images" in run("evaluate", DIGITS, "--data", names, expect=1).stderr
    (tmp_path / "empty").mkdir()
    assert "a folder for each class" in run("evaluate", DIGITS, "--data", tmp_path / "empty", expect=1).stderr
    np.savez(tmp_path / "x.npz", images=np.zeros((2, 3, 3), np.float32), labels=[0, 1])
    assert "expected uint8" in run("evaluate", DIGITS, "--data", tmp_path / "x.npz", expect=1).stderr


def test_networks_must_agree_on_the_classes(tmp_path, folders):
    other = write_model(
        tmp_path / "m.onnx", "g (float[N,1,28,28] x) => (float[N,1] y) { m = GlobalAveragePool (x)  y = Flatten (m) }")
    process = run("evaluate", DIGITS, other, "--data", folders, expect=1)
    assert f"tessera: {other}: the network has 1 classes" in process.stderr


def test_outputs_that_cannot_be_written_leave_nothing(tmp_path, folders):
    for option in ["--output", "--posteriors"]:
        run("evaluate", DIGITS, "--data", folders, option, tmp_path / "none/p", expect=1)
    run("evaluate", DIGITS, "--data", folders, "-o", tmp_path / "p.csv", "--posteriors", tmp_path / "none/p", expect=1)
    assert list(tmp_path.iterdir()) == []


class Interruptible:
    """An evaluation of many crops that is caught in the middle."""

    def __init__(self, data, folder, *options):
        self.table, self.archive = folder / "p.csv", folder / "p.npz"
        self.partial = folder / "p.csv.partial"
        self.arguments = ["evaluate", DIGITS, "--data", data, "--mode", "crop", "--scales", "28,32",
                          "-o", self.table, "--posteriors", self.archive, *options]

    def done_count(self):
        """Images in the partial file."""
        text = self.partial.read_text() if self.partial.exists() else ""
        return text.partition("\n\n")[2].count("\n")

    def interrupt(self, number, after, *options):
        """Sends a signal once `after` images are done; returns exit code, output and errors."""
        command = [str(part) for part in [TOOL, *self.arguments, "--json", *options]]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while self.done_count() < after and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def files(self):
        return self.table.read_bytes(), self.archive.read_bytes()


@pytest.fixture(scope="module")
def uninterrupted(many, tmp_path_factory):
    whole = Interruptible(many, tmp_path_factory.mktemp("whole"))
    return run_json(*whole.arguments), whole.files()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_evaluation_goes_on(tmp_path, many, uninterrupted, number):
    evaluation = Interruptible(many, tmp_path)
    done = 0
    for options in [[], ["--resume"]]:
        code, output, errors = evaluation.interrupt(number, done + 5, *options)
        result = json.loads(output)
        assert code == 130 and result["complete"] is False
        assert "--resume goes on" in errors
        assert done + 5 <= result["images"] == evaluation.done_count() < 300
        done = result["images"]
        assert not evaluation.table.exists() and not evaluation.archive.exists()
    result = run_json(*evaluation.arguments, "--resume")
    assert without_times(result) == without_times(uninterrupted[0])
    assert evaluation.files() == uninterrupted[1]
    assert {path.name for path in tmp_path.iterdir()} == {"p.csv", "p.npz"}


def test_a_killed_evaluation_goes_on(tmp_path, many, uninterrupted):
    evaluation = Interruptible(many, tmp_path)
    code, output, _ = evaluation.interrupt(signal.SIGKILL, 9)
    assert code == -signal.SIGKILL and output == ""
    # The last line is torn.
    evaluation.partial.write_bytes(evaluation.partial.read_bytes()[:-7])
    result = run_json(*evaluation.arguments, "--resume")
    assert without_times(result) == without_times(uninterrupted[0])
    assert evaluation.files() == uninterrupted[1]


def test_a_partial_result_is_not_mixed_with_another(tmp_path, many):
    evaluation = Interruptible(many, tmp_path)
    evaluation.interrupt(signal.SIGINT, 3)
    before = evaluation.partial.read_bytes()
    process = run(*evaluation.arguments, expect=2)
    assert "continue it with --resume, or remove the file" in process.stderr
    for options, name in [
        (["--flips", "false"], "flips"), (["--order", "posteriors"], "order"), (["--batch", "5"], "batch"),
        (["--scale", "2"], "pixels-1"), (["--algorithm", "direct"], "compiler"),
    ]:
        process = run(*evaluation.arguments, "--resume", *options, expect=2)
        assert f"was made with {name} '" in process.stderr
    without = [part for part in evaluation.arguments if part not in ["--posteriors", evaluation.archive]]
    assert "posteriors 'true'" in run(*without, "--resume", expect=2).stderr
    assert evaluation.partial.read_bytes() == before


def test_with_nothing_to_resume_it_starts_anew(tmp_path, folders):
    result = run_json("evaluate", DIGITS, "--data", folders, "-o", tmp_path / "p.csv", "--resume")
    assert result["images"] == 12 and result["complete"] is True
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]


def test_an_interruption_without_output_leaves_nothing(tmp_path, many):
    command = [TOOL, "evaluate", DIGITS, "--data", many, "--mode", "crop", "--scales", "28,32", "--json",
               "--posteriors", tmp_path / "p.npz"]
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    partial = tmp_path / "p.npz.partial"
    while not (partial.exists() and partial.stat().st_size) and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    result = json.loads(output)
    assert process.returncode == 130 and result["complete"] is False and 0 < result["images"] < 300
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("outputs", [["scores", "probabilities"], ["probabilities"]])
@pytest.mark.parametrize("opset", [11, 21])
@pytest.mark.parametrize("mode", ["single", "dense"])
def test_a_plan_knows_which_outputs_are_posteriors(tmp_path, folders, outputs, opset, mode):
    """Soft-max over scores that are an output too, before operator set 13, or behind another node."""
    model = onnx.load(DIGITS)
    softmax = model.graph.node[-1]
    model.opset_import[0].version = opset
    if opset < 13:
        del softmax.attribute[:]
        softmax.attribute.append(onnx.helper.make_attribute("axis", 1))
        softmax.output[0] = "p"
        model.graph.node.append(onnx.helper.make_node("Identity", ["p"], ["probabilities"]))
    renamed = softmax.input[0]
    for node in model.graph.node:
        node.input[:] = ["scores" if name == renamed else name for name in node.input]
        node.output[:] = ["scores" if name == renamed else name for name in node.output]
    del model.graph.output[:]
    for name in outputs:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", 10]))
    path, plan = tmp_path / "m.onnx", tmp_path / "m.plan"
    onnx.save(model, path)
    dense = ["--dense"] if mode == "dense" else []
    run("compile", path, "-o", plan, *dense)
    order = ["--order", "posteriors"] if mode == "dense" else []
    options = ["--data", folders, "--mode", mode, *order, "--posteriors"]
    for name, program in {"plan": plan, "model": path, "digits": DIGITS}.items():
        run("evaluate", program, *options, tmp_path / f"{name}.npz")
    posteriors = {name: np.load(tmp_path / f"{name}.npz")["posteriors"] for name in ["plan", "model", "digits"]}
    assert np.allclose(posteriors["plan"].sum(1), 1, atol=1e-5)
    for name in ["plan", "model"]:
        assert np.abs(posteriors[name] - posteriors["digits"]).max() <= 2e-5


def test_options_that_would_do_nothing_are_refused(tmp_path, folders):
    plan = tmp_path / "digits.plan"
    run("compile", DIGITS, "-o", plan)
    process = run("evaluate", plan, "--data", folders, "--shapes", "image:2x1x28x28", expect=2)
    assert "option '--shapes' is for models" in process.stderr
    process = run("evaluate", plan, "--data", folders, "--images-root", tmp_path, expect=2)
    assert "'--images-root' is for a list" in process.stderr


def test_options_of_models_do_not_hinder_plans_beside_them(tmp_path, folders):
    plan = tmp_path / "digits.plan"
    run("compile", DIGITS, "-o", plan)
    run("evaluate", plan, DIGITS, "--data", folders, "--algorithm", "direct")
    assert "is for models" in run("evaluate", plan, "--data", folders, "--algorithm", "direct", expect=2).stderr


def test_a_class_name_that_occurs_twice_is_refused(tmp_path, folders):
    labels = write_list(tmp_path / "labels.txt", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "8"])
    process = run("evaluate", DIGITS, "--data", folders, "--labels", labels, expect=1)
    assert "the labels have 2 classes '8'" in process.stderr and "no class '9'" in process.stderr
