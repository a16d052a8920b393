"""The example program, a package of its own, classifies an image."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/debug/ClassifyImage"


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


def test_digit_is_recognised():
    result = run(ROOT / "Graphs/digits.onnx", ROOT / "Graphs/digits/7_3504.png")
    assert result.returncode == 0, result.stderr
    likeliest, score = result.stdout.splitlines()[0].split("\t")
    assert likeliest == "7"
    assert float(score) > 0.9


def test_errors_are_sentences():
    result = run(ROOT / "Graphs/digits.onnx", ROOT / "README.md")
    assert result.returncode == 1
    assert "README.md" in result.stderr
    assert run().returncode == 2
