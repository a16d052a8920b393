"""Arguments, help, exit codes and error lines of the command-line tool."""

import subprocess

import numpy as np
import pytest

from tessera_cli import COMMANDS, DIGITS, TOOL, double_model, run, run_json


def test_version():
    found, doctor = run_json("--version"), run_json("doctor", "--threads", 1)
    for member in ["version", "kernel_version", "plan_format_version", "instruction_set"]:
        assert found[member] == doctor[member]
    assert set(doctor["instruction_sets"]) <= set(found["built_instruction_sets"])
    assert run("--version").stdout.splitlines() == [
        f"tessera {found['version']}",
        f"instruction sets: {', '.join(found['built_instruction_sets'])}; used here: {found['instruction_set']}",
        f"kernels: version {found['kernel_version']}",
        f"plans: format version {found['plan_format_version']}",
    ]
    assert "unexpected argument 'x'" in run("--version", "x", expect=2).stderr
    assert run_json("--version", environment={"TESSERA_ISA": "vax"})["instruction_set"] is None


def test_top_level_help_lists_every_command():
    text = run("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command):
    text = run(command, "--help").stdout
    assert f"usage: tessera {command}" in text
    assert "--help" in text
    assert run("help", command).stdout == text


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_option_is_wrong_usage(command):
    process = run(command, "--no-such-option", expect=2)
    assert "unknown option '--no-such-option'" in process.stderr
    assert process.stdout == ""


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "usage: tessera"),
        (["comple"], "did you mean 'compile'?"),
        (["compile"], "MODEL is missing"),
        (["compile", "m.onnx"], "option '--output' is missing"),
        (["compile", "m.onnx", "-o"], "option '-o' needs a value"),
        (["compile", "m.onnx", "--shape", "x:1"], "did you mean '--shapes'?"),
        (["run", "m.onnx", "extra"], "unexpected argument 'extra'"),
        (["run", "m.onnx", "--json=1"], "option '--json' takes no value"),
        (["run", "m.onnx", "--threads", "2", "--threads=3"], "given twice"),
        (["run", "m.onnx", "--input", "x"], "expected NAME=FILE"),
        (["run", "m.onnx", "--input", "x=y.txt"], "y.txt"),
        (["compile", "m.onnx", "-o", "m.plan", "--timing-cache", "t.json"], "needs '--tune'"),
        (["compile", "m.onnx", "-o", "m.plan", "--max-error", "0"], "must be positive, found 0.0"),
        (["classify", "m.onnx"], "IMAGE is missing"),
        (["convert", "m.onnx", "-o", "m.pb"], "ends in .onnx or .onnxtxt"),
    ],
)
def test_wrong_usage(arguments, message):
    assert message in run(*arguments, expect=2).stderr


@pytest.mark.parametrize(
    "option, value",
    [
        (option, value)
        for option, values in {
            "--threads": ["0", "-1", "1025", "2.5", "", "9" * 30, "two"],
            "--warmup": ["-1", "9" * 30],
            "--iterations": ["0", "9" * 30],
            "--duration": ["-1", "nan", "inf", "1e300"],
            "--shapes": ["x", "x:", "x:0", "x:1x-1", "x:1x" + "9" * 30, ":1", "x:1,x:2"]
            + ["x:" + "x".join(["2147483647"] * 4)],
            "--algorithm": ["fast"],
            "--max-error": ["-1", "nan", "2", "small", ""],
        }.items()
        for value in values
    ],
)
def test_option_values_are_checked(option, value):
    process = run("bench", DIGITS, option, value, expect=2)
    assert f"option '{option}': " in process.stderr


@pytest.mark.parametrize("value", ["0", "-1", "+1", "1.5G", "1KB", "K", "", "1 K", "9" * 30, "9" * 18 + "G"])
def test_numbers_of_bytes_are_checked(value):
    process = run("compile", DIGITS, "-o", "m.plan", f"--memory-limit={value}", expect=2)
    assert "option '--memory-limit': expected" in process.stderr


@pytest.mark.parametrize("option, value", [("--algorithm", "direct"), ("--max-error", "1e-3")])
def test_options_of_the_compiler_are_not_for_plans(tmp_path, option, value):
    plan = tmp_path / "m.plan"
    run("compile", DIGITS, "-o", plan)
    for command in [["bench", plan], ["run", plan], ["classify", plan, "image.png"]]:
        assert f"option '{option}' is for models" in run(*command, option, value, expect=2).stderr


def test_all_problems_are_reported_at_once():
    lines = run("bench", DIGITS, "--threads", "0", "--warmup", "x", expect=2).stderr.splitlines()
    assert len([line for line in lines if "expected a whole number" in line]) == 2
    assert all(line.startswith("tessera: ") for line in lines)


def test_after_two_dashes_everything_is_an_operand(tmp_path):
    double_model(tmp_path / "--json")
    process = run("inspect", "--", "--json", cwd=tmp_path)
    assert process.stdout.startswith("model double")


def test_a_missing_file_is_named(tmp_path):
    process = run("inspect", tmp_path / "none.onnx", expect=1)
    assert process.stderr.startswith(f"tessera: {tmp_path}/none.onnx: ")


def test_control_characters_cannot_break_a_line(tmp_path):
    assert len(run("inspect", tmp_path / "a\nb\x1b[2J", expect=1).stderr.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_failure(tmp_path):
    process = subprocess.Popen(
        [TOOL, "inspect", DIGITS], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), error) == (0, b"")


def test_a_full_disk_is_a_failure():
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [TOOL, "inspect", DIGITS], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert process.returncode == 1
    assert "standard output" in process.stderr


def test_thread_count_of_the_environment_is_checked(tmp_path):
    model = double_model(tmp_path / "m.onnx")
    np.save(tmp_path / "x.npy", np.zeros((1, 3), np.float32))
    process = run(
        "run", model, "--input", f"x={tmp_path}/x.npy", expect=2,
        environment={"TESSERA_NUM_THREADS": "many"},
    )
    assert "TESSERA_NUM_THREADS" in process.stderr
