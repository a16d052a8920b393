"""What the tests share: the tool, from the tests beside, and a plan of the digits."""

import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).parents[1] / "python"))

import tool  # noqa: E402

DIGITS = sorted((tool.ROOT / "Graphs/digits").glob("*.png"))


def pytest_sessionstart(session):
    if not tool.PATH.exists():
        pytest.exit(f"{tool.PATH} does not exist; build it: swift build -c release", returncode=4)


@pytest.fixture(scope="session")
def digits_plan(tmp_path_factory):
    """The digits' network for batches of 1, 4 and 8 images."""
    return _compiled(tmp_path_factory, "digits.plan", [1, 4, 8])


@pytest.fixture(scope="session")
def batch_plan(tmp_path_factory):
    """The digits' network for batches of 2, 4 and 8 images."""
    return _compiled(tmp_path_factory, "batches.plan", [2, 4, 8])


@pytest.fixture(scope="session")
def single_plan(tmp_path_factory):
    return _compiled(tmp_path_factory, "single.plan", [1])


def _compiled(tmp_path_factory, name, batches):
    path = tmp_path_factory.mktemp("plans") / name
    shapes = [part for batch in batches for part in ["--shapes", f"image:{batch}x1x28x28"]]
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", *shapes, "-o", path)
    return path
