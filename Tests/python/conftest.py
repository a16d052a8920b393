"""What the tests share: the tool, seeded numbers and the six networks with weights."""

import numpy as np
import pytest

import networks
import tool


def pytest_sessionstart(session):
    if not tool.PATH.exists():
        pytest.exit(f"{tool.PATH} does not exist; build it: swift build -c release", returncode=4)


@pytest.fixture(scope="session")
def tessera():
    """Runs the tool: tessera("inspect", path, "--json").json. It must exit with `exit`, 0 unless given."""
    return tool.tessera


@pytest.fixture
def generator():
    return np.random.default_rng(1)


@pytest.fixture(scope="session", params=networks.PARAMETER_COUNTS)
def network(request, tmp_path_factory):
    """One of the six networks, its weights bound. One at a time lies on the disk."""
    folder = tmp_path_factory.mktemp(request.param)
    with networks.bound(request.param, folder) as bound:
        yield bound
