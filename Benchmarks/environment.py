"""The Python environment of the benchmarks, and the folders that they use."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
WORK = ROOT / ".build" / "benchmarks"
ENVIRONMENT = ROOT / ".venv-bench"
PYTHON = ENVIRONMENT / "bin" / "python"


def enter(tessera):
    """Goes on in ENVIRONMENT, with the folder WORK; ends if there is no `tessera`."""
    if not shutil.which(tessera):
        sys.exit(f"{tessera} is not there; `make build` builds it")
    install()
    if Path(sys.executable) != PYTHON:
        os.execv(PYTHON, [PYTHON, *sys.argv])
    WORK.mkdir(parents=True, exist_ok=True)


def install():
    """Makes ENVIRONMENT from requirements.txt, unless it is there already.

    If the packages do not install together they are installed one by one; whoever needs one that is missing
    then fails with a reason of its own.
    """
    requirements = (BENCHMARKS / "requirements.txt").read_text()
    # The stamp holds the list that is installed and the Python that installed it.
    stamp = ENVIRONMENT / "installed"
    wanted = f"{sys.version}\n{requirements}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("installing the Python packages of Benchmarks/requirements.txt in .venv-bench", file=sys.stderr)
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    packages = [line for line in requirements.splitlines() if line and not line.startswith("#")]
    if not pip_install(packages):
        installed = [pip_install([package]) for package in packages]
        if not all(installed):
            return
    stamp.write_text(wanted)


def pip_install(packages):
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
               "--no-deps", *packages]
    return subprocess.run(command).returncode == 0
