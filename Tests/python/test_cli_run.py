"""`tessera run`: input files, output files and their names, types and shapes."""

import numpy as np
import onnx
import onnx.numpy_helper
import onnx.parser
import onnxruntime
import pytest
from PIL import Image

from tessera_cli import conv_model, double_model, run, run_json, write_model


@pytest.fixture
def double(tmp_path):
    return double_model(tmp_path / "double.onnx")


@pytest.fixture
def values():
    return np.array([[1.5, -2, 1e-30], [3, 4, 5]], np.float32)


def save_npy(path, values):
    np.save(path, values)
    return f"x={path}"


def save_npz(path, values):
    np.savez(path, x=values, other=values[:1])
    return f"x={path}"


def save_npz_member(path, values):
    np.savez_compressed(path, **{"a:b": values})
    return f"x={path}:a:b"


def save_tensor_proto(path, values):
    path.write_bytes(onnx.numpy_helper.from_array(values, "x").SerializeToString())
    return f"x={path}"


@pytest.mark.parametrize(
    "save, suffix",
    [(save_npy, "npy"), (save_npz, "npz"), (save_npz_member, "npz"), (save_tensor_proto, "pb")],
)
def test_every_tensor_file_gives_the_same(tmp_path, double, values, save, suffix):
    argument = save(tmp_path / f"in.{suffix}", values)
    run("run", double, "--input", argument, "--output-dir", tmp_path / "out/deep")
    result = np.load(tmp_path / "out/deep/y.npy")
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, values * 2)


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_input_shape_binds_symbols_of_a_model(tmp_path, double, batch):
    np.save(tmp_path / "x.npy", np.ones((batch, 3), np.float32))
    run("run", double, "--input", f"x={tmp_path}/x.npy", "--output-dir", tmp_path)
    assert np.load(tmp_path / "y.npy").shape == (batch, 3)


@pytest.mark.parametrize(
    "name, file",
    [
        ("y/0:a=b", "y%2F0%3Aa%3Db.npy"),
        ("Aa0._-", "Aa0._-.npy"),
        ("é%", "%C3%A9%25.npy"),
        (" \n", "%20%0A.npy"),
        ("..", "...npy"),
    ],
)
def test_output_names_are_escaped(tmp_path, values, name, file):
    model = double_model(tmp_path / "m.onnx", output_name=name)
    out = tmp_path / "out"
    run("run", model, "--input", save_npy(tmp_path / "x.npy", values), "--output-dir", out)
    assert [path.name for path in out.iterdir()] == [file]


def test_input_is_split_at_its_last_equals_sign(tmp_path, values):
    model = double_model(tmp_path / "m.onnx", input_name="a=b")
    np.save(tmp_path / "x.npy", values)
    run("run", model, f"--input=a=b={tmp_path}/x.npy", "--output-dir", tmp_path)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), values * 2)


@pytest.mark.parametrize(
    "element_type, dtype", [("int64", np.int64), ("float", np.float32), ("double", np.float64)]
)
def test_element_type_and_shape_are_kept(tmp_path, element_type, dtype):
    model = write_model(
        tmp_path / "m.onnx",
        f"g ({element_type}[2,1,3] x) => ({element_type}[2,3] y) "
        "<int64[1] axes = {1}> { y = Squeeze (x, axes) }",
    )
    values = np.arange(6).reshape(2, 1, 3).astype(dtype)
    np.save(tmp_path / "x.npy", values)
    run("run", model, "--input", f"x={tmp_path}/x.npy", "--output-dir", tmp_path)
    result = np.load(tmp_path / "y.npy")
    assert (result.dtype, result.shape) == (dtype, (2, 3))
    np.testing.assert_array_equal(result, values[:, 0])


def test_wrong_element_type_is_a_sentence(tmp_path, double, values):
    np.save(tmp_path / "x.npy", values.astype(np.float64))
    out = tmp_path / "out"
    process = run("run", double, "--input", f"x={tmp_path}/x.npy", "--output-dir", out, expect=1)
    assert process.stderr == (
        f"tessera: {tmp_path}/x.npy: value 'x': "
        "expected elements of type float, found double\n"
    )
    assert not out.exists()


def test_wrong_shape_fails(tmp_path, double):
    np.save(tmp_path / "x.npy", np.zeros((2, 4), np.float32))
    out = tmp_path / "out"
    process = run("run", double, "--input", f"x={tmp_path}/x.npy", "--output-dir", out, expect=1)
    assert "'x'" in process.stderr
    assert not out.exists()


def test_all_missing_inputs_are_listed(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[3] first, float[3] second) => (float[3] y) "
        "{ y = Add (first, second) }")
    error = run("run", model, "--input", "third=x.npy", expect=2).stderr
    assert "--input first=FILE" in error
    assert "--input second=FILE" in error
    assert "'third': there is no such input" in error


def test_a_failure_writes_nothing_and_keeps_what_was_there(tmp_path, double, values):
    damaged = tmp_path / "x.npy"
    np.save(damaged, values)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (tmp_path / "y.npy").write_text("older")
    before = sorted(path.name for path in tmp_path.iterdir())
    process = run("run", double, "--input", f"x={damaged}", "--output-dir", tmp_path, expect=1)
    assert process.stderr.startswith(f"tessera: {damaged}: byte ")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "y.npy").read_text() == "older"


def test_output_folder_that_is_a_file_fails(tmp_path, double, values):
    (tmp_path / "out").write_text("")
    argument = save_npy(tmp_path / "x.npy", values)
    run("run", double, "--input", argument, "--output-dir", tmp_path / "out", expect=1)


def test_summary_and_json(tmp_path, double):
    values = np.array([[1, np.inf, 2]], np.float32)
    argument = save_npy(tmp_path / "x.npy", values)
    assert "y: float 1x3" in run("run", double, "--input", argument).stdout
    (output,) = run_json("run", double, "--input", argument)["outputs"]
    assert output["name"] == "y"
    assert (output["type"], output["shape"]) == ("float", [1, 3])
    assert (output["min"], output["max"], output["mean"]) == (2, 4, 3)
    assert (output["non_finite"], output["first"]) == (1, [2, None, 4])


def test_plan_runs_every_variant_and_names_them_for_other_shapes(tmp_path):
    model = conv_model(tmp_path / "m.onnx")
    plan = tmp_path / "m.plan"
    run("compile", model, "-o", plan, "--shapes", "x:1x3x8x8", "--shapes", "x:4x3x8x8")
    session = onnxruntime.InferenceSession(model)
    for batch in (1, 4):
        x = np.random.default_rng(batch).standard_normal((batch, 3, 8, 8)).astype(np.float32)
        argument = save_npy(tmp_path / "x.npy", x)
        run("run", plan, "--input", argument, "--output-dir", tmp_path)
        (expected,) = session.run(None, {"x": x})
        # The longest sum has 128 products below 100 each: rounding every partial sum, at most
        # 128 * 100, to float32's 24 bits loses less than 128 * 128 * 100 * 2^-24 < 0.1; sums of
        # random signs, as these are, lose the square root of that count.
        np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, rtol=0, atol=1e-3)
    # Only images are taken in parts.
    run("compile", double_model(tmp_path / "d.onnx"), "-o", plan, "--shapes", "x:1x3", "--shapes", "x:4x3")
    argument = save_npy(tmp_path / "x.npy", np.zeros((2, 3), np.float32))
    error = run("run", plan, "--input", argument, expect=1).stderr
    assert "1x3" in error and "4x3" in error and "2x3" in error


def test_damaged_weights_of_a_plan_are_found_unless_trusted(tmp_path):
    plan = tmp_path / "m.plan"
    run("compile", conv_model(tmp_path / "m.onnx"), "-o", plan)
    data = bytearray(plan.read_bytes())
    data[4096 + 5] ^= 0x10  # The weights start at byte 4096.
    plan.write_bytes(data)
    argument = save_npy(tmp_path / "x.npy", np.zeros((1, 3, 8, 8), np.float32))
    assert "checksum" in run("run", plan, "--input", argument, expect=1).stderr
    assert "checksum" in run("inspect", plan, "--verify", expect=1).stderr
    run("run", plan, "--input", argument, "--trust")


def test_image_input_is_preprocessed(tmp_path):
    model = write_model(
        tmp_path / "m.onnx", "g (float[N,3,4,4] x) => (float[N,3,4,4] y) { y = Relu (x) }")
    pixels = np.random.default_rng(1).integers(0, 256, (4, 4, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    run(
        "run", model, "--input", f"x={tmp_path}/x.png", "--output-dir", tmp_path,
        "--color", "bgr", "--mean", "10,20,30", "--scale", "0.5",
    )
    bgr = pixels[:, :, ::-1].transpose(2, 0, 1).astype(np.float32)
    expected = (bgr - np.array([10, 20, 30], np.float32)[:, None, None]) * np.float32(0.5)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), np.maximum(expected, 0)[None])


def test_files_whose_shapes_do_not_fit_one_another(tmp_path):
    model = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[N, 3] x, float[N, 3] z) => (float[N, 3] y)'
        " { y = Add (x, z) }"
    )
    path = tmp_path / "add.onnx"
    path.write_bytes(model.SerializeToString())
    files = []
    for name, batch in (("x", 2), ("z", 3)):
        np.save(tmp_path / name, np.ones((batch, 3), np.float32))
        files += ["--input", f"{name}={tmp_path / name}.npy"]
    result = run("run", path, *files, expect=1)
    assert "the symbol N would be 3 here, but 2 in 'x'" in result.stderr
