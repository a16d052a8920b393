"""How images become inputs: presets, deviations, fractions, orientation, and what contradicts itself."""

import numpy as np
import pytest
from PIL import Image

import tool
from tessera_cli import DIGITS, ROOT, run, run_json, write_model

PIXELS = np.random.default_rng(1).integers(0, 256, (3, 3, 3), np.uint8)
COMMANDS = ["compile", "run", "classify", "evaluate", "features"]
# (color, mean, deviation) of samples from 0 to 255, as the libraries that each comes from have them.
PRESETS = {
    "imagenet": ("rgb", 255 * np.array([0.485, 0.456, 0.406]), 255 * np.array([0.229, 0.224, 0.225])),
    "torchvision": ("rgb", 255 * np.array([0.485, 0.456, 0.406]), 255 * np.array([0.229, 0.224, 0.225])),
    "caffe": ("bgr", [103.939, 116.779, 123.68], 1),
    "keras-tf": ("rgb", 127.5, 127.5),
    "none": ("rgb", 0, 1),
}


@pytest.fixture
def model(tmp_path):
    """Its scores are its input."""
    return write_model(tmp_path / "m.onnx", "g (float[N,3,3,3] x) => (float[N,27] y) { y = Flatten (x) }")


@pytest.fixture
def image(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "x.png")
    return tmp_path / "x.png"


def scores(program, image, *options):
    (result,) = run_json("classify", program, image, *options, "--top", 1000)["images"]
    ordered = sorted(result["predictions"], key=lambda prediction: prediction["class"])
    return np.array([prediction["score"] for prediction in ordered], np.float32)


def expected(color, mean, deviation, pixels=PIXELS):
    samples = pixels[:, :, ::-1] if color == "bgr" else pixels
    return ((samples - np.array(mean)) / deviation).transpose(2, 0, 1).ravel()


def command_line(command, program, image, output):
    """What each command needs to read an image."""
    return {
        "compile": ["compile", program, "-o", output],
        "run": ["run", program, "--input", f"x={image}"],
        "classify": ["classify", program, image],
        "evaluate": ["evaluate", program, "--data", image.parent / "list.txt"],
        "features": ["features", program, "--data", image.parent / "list.txt", "-o", output],
    }[command]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_on_the_command_line_and_in_plans(tmp_path, model, image, preset):
    options = ["--preset", preset]
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, *options)
    if preset == "torchvision":
        # 256 pixels is not the size of this image.
        assert run_json("inspect", plan)["images"]["shortest-side"] == 256
        options += ["--shortest-side", "3", "--interpolation", "bicubic"]
    wanted = expected(*PRESETS[preset])
    found = scores(model, image, *options)
    # Two roundings, of the difference and of the product with the rounded factor.
    np.testing.assert_allclose(found, wanted, rtol=3e-7, atol=1e-4 if preset != "none" else 0)
    stored = ["--shortest-side", "3"] if preset == "torchvision" else []
    assert np.array_equal(scores(plan, image, *stored), found)


def test_torchvision_scales_and_crops(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[1,3,224,224] x) => (float[1,150528] y) { y = Flatten (x) }")
    pixels = np.random.default_rng(2).integers(0, 256, (300, 256, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    run("run", model, "--input", f"x={tmp_path}/x.png", "--preset", "torchvision", "--output-dir", tmp_path)
    middle = pixels[38 : 38 + 224, 16 : 16 + 224]
    np.testing.assert_allclose(
        np.load(tmp_path / "y.npy")[0], expected(*PRESETS["torchvision"], middle), rtol=3e-7, atol=1e-6)


def test_deviations_and_fractions(model, image):
    mean, deviation = [10, 20, 30], [50, 60.5, 70]
    found = scores(model, image, "--mean", "10,20,30", "--std", "50,60.5,70")
    np.testing.assert_allclose(found, expected("rgb", mean, deviation), rtol=2e-7)
    assert np.array_equal(
        found, scores(model, image, "--mean", "10,20,30", "--scale", "1/50,1/60.5,1/70"))
    found = scores(model, image, "--scale", "1/255")
    assert np.array_equal(found, expected("rgb", 0, 1).astype(np.float32) * np.float32(1 / 255))


@pytest.mark.parametrize(
    "option, value",
    [("--scale", value) for value in ["1/0", "1/", "/255", "1/2/3", "1/x", "0/0", "1/255,1", "", "1/1e-320"]]
    + [("--std", value) for value in ["0", "-1", "0.5,0.5,0", "nan", "1,2", "1/0"]]
    + [("--preset", "resnet"), ("--preset", ""), ("--orient", "left")],
)
def test_values_are_checked(model, image, option, value):
    error = run("classify", model, image, f"{option}={value}", expect=2).stderr
    assert f"option '{option}': expected " in error


CONTRADICTIONS = [
    ("--std", "1", "--scale", "1"),
    ("--preset", "imagenet", "--mean", "1"),
    ("--preset", "caffe", "--scale", "1"),
    ("--preset", "keras-tf", "--std", "127.5"),
    ("--preset", "torchvision", "--color", "rgb"),
    ("--preset", "none", "--mean", "0"),
    ("--color", "gray", "--mean", "1,2,3"),
    ("--color", "gray", "--std", "1,2,3"),
]
FITTING = [
    ("--preset", "torchvision", "--resize", "stretch"),
    ("--resize", "stretch", "--shortest-side", "256"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_contradictions_name_both_options(tmp_path, model, image, command):
    output = tmp_path / "new.npz"
    (tmp_path / "list.txt").write_text("x.png 0\n")
    pairs = CONTRADICTIONS + (FITTING if command in ["compile", "run", "classify"] else [])
    for first, value, second, other in pairs:
        arguments = command_line(command, model, image, output)
        error = run(*arguments, second, other, first, value, expect=2).stderr
        assert f"options '{first}' and '{second}' contradict each other" in error
    assert not output.exists()


def test_a_plan_that_stretches_has_no_shortest_side(tmp_path, model, image):
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--resize", "stretch")
    error = run("classify", plan, image, "--shortest-side", "9", expect=2).stderr
    assert "'--shortest-side'" in error and "'--resize stretch'" in error
    run("classify", plan, image, "--shortest-side", "9", "--resize", "crop")


def test_all_contradictions_are_listed(model, image):
    options = ["--preset", "caffe", "--mean", "1", "--std", "1", "--scale", "2", "--color", "rgb"]
    lines = run("classify", model, image, *options, expect=2).stderr.splitlines()
    assert len([line for line in lines if "contradict each other" in line]) == 5


NOTE = "--preset none if this is right"


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_colour_images_without_preprocessing_are_noted(tmp_path, model, image, command):
    (tmp_path / "list.txt").write_text("x.png 0\n")
    plan, bgr, told = [tmp_path / name for name in ["m.plan", "bgr.plan", "told.plan"]]
    assert run("compile", model, "-o", plan).stderr == ""
    run("compile", model, "-o", bgr, "--color", "bgr", "--orient", "none")
    run("compile", model, "-o", told, "--preset", "none")
    output = tmp_path / "features.npz"

    def notes(program, *options):
        return run(*command_line(command, program, image, output), *options).stderr.splitlines()

    for program in [model, plan, bgr]:
        (line,) = notes(program)
        assert line.startswith(f"tessera: note: {program}: ") and line.endswith(NOTE)
        assert ("bgr" in line.split(":", 3)[3]) == (program == bgr)
        assert notes(program, "--preset", "none") == []
        assert notes(program, "--mean", "0") == notes(program, "--std", "58") == []
    assert notes(told) == notes(told, "--color", "bgr") == []


def test_grey_images_are_not_noted():
    digit = next((ROOT / "Graphs/digits").glob("*.png"))
    assert run("classify", DIGITS, digit).stderr == ""


def test_deviations_of_samples_from_0_to_1_are_noted(model, image):
    options = ["--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"]
    (line,) = run("classify", model, image, *options).stderr.splitlines()
    assert "--std" in line and "255" in line


def test_options_without_an_image_are_refused(tmp_path, model):
    np.save(tmp_path / "x.npy", np.zeros((1, 3, 3, 3), np.float32))
    error = run("run", model, "--input", f"x={tmp_path}/x.npy", "--preset", "caffe", expect=2).stderr
    assert "option '--preset' is for images" in error


@pytest.mark.parametrize(
    "extents, options, message",
    [
        ("1,3", ["--mean", "1"], "not an image"),
        ("1,1,4,4", ["--preset", "caffe"], "1 channels"),
        ("1,1,4,4", ["--mean", "1,2,3"], "found 3"),
        ("1,3,4,4", ["--shortest-side", "3"], "from 4"),
        ("1,3,299,299", ["--preset", "torchvision"], "from 299"),
    ],
)
def test_compile_refuses_what_its_inputs_cannot_take(tmp_path, extents, options, message):
    model = write_model(
        tmp_path / "m.onnx", f"g (float[{extents}] x) => (float[{extents}] y) {{ y = Relu (x) }}")
    result = tool.call("compile", model, "-o", tmp_path / "m.plan", *options)
    assert result.exit in (1, 2) and len(result.stderr.splitlines()) == 1
    assert f"{model}: " in result.stderr and message in result.stderr
    assert not (tmp_path / "m.plan").exists()


@pytest.mark.parametrize("command", ["run", "classify", "evaluate", "features"])
def test_orientation(tmp_path, model, command):
    """A picture of two halves, red and blue, that EXIF turns upside down."""
    pixels = np.zeros((16, 24, 3), np.uint8)
    pixels[:8, :, 0] = pixels[8:, :, 2] = 255
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(pixels).save(tmp_path / "x.jpg", quality=100, subsampling=0, exif=exif)
    (tmp_path / "list.txt").write_text("x.jpg 0\n")
    stored = tmp_path / "stored.plan"
    run("compile", model, "-o", stored, "--preset", "none", "--orient", "none")
    assert run_json("inspect", stored)["images"]["orient"] == "none"

    def value(program, *options):
        """The first sample of the red plane; a class is a pixel."""
        image, preset = tmp_path / "x.jpg", ["--preset", "none"]
        if command == "run":
            run("run", program, "--input", f"x={image}", *preset, *options, "--output-dir", tmp_path / "out")
            return np.load(tmp_path / "out/y.npy")[0, 0]
        if command == "classify":
            return scores(program, image, *preset, *options)[0]
        output = tmp_path / f"out-{len(list(tmp_path.iterdir()))}.npz"
        written = "--posteriors" if command == "evaluate" else "-o"
        run(command, program, "--data", tmp_path / "list.txt", *preset, *options, written, output)
        with np.load(output) as arrays:
            return arrays["posteriors" if command == "evaluate" else "y"][0, 0]

    upright, as_stored = value(model), value(model, "--orient", "none")
    assert value(model, "--orient=exif") == upright != as_stored
    assert value(stored) == as_stored and value(stored, "--orient", "exif") == upright
    assert as_stored > upright


def test_presets_are_documented():
    text = (ROOT / "Docs/command-line.md").read_text()
    for preset in PRESETS:
        assert f"| `{preset}` |" in text
