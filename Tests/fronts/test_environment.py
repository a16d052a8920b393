"""The environment has the wheel, and what the wheel gives has the bits of the tool."""

import importlib.metadata
import pathlib
import subprocess
import sys

import numpy as np
from conftest import DIGITS

import tessera
import tool


def test_a_digit_has_the_bits_of_the_tool(digits_plan, tmp_path):
    assert pathlib.Path(tessera.__file__).is_relative_to(sys.prefix)
    inputs = tessera.Plan(digits_plan).read_images(DIGITS[:1])
    (found,) = tessera.Session(digits_plan).run(["probabilities"], inputs)
    (expected,) = tool.run(digits_plan, inputs, tmp_path, outputs=["probabilities"])
    assert found.tobytes() == expected.tobytes()
    assert found.argmax() == int(DIGITS[0].name[0])


def test_packages_fit_each_other():
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert importlib.metadata.version("tessera") == tessera.__version__
    assert np.__version__ == importlib.metadata.version("numpy")
