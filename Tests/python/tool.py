"""Runs the tool `tessera` as a user does: as a process of its own."""

import json
import os
import pathlib
import resource
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATH = pathlib.Path(os.environ.get("TESSERA", ROOT / ".build/release/tessera")).resolve()
SAFE_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"


class Result:
    """What a finished process left behind. `exit` is negative where a signal ended it."""

    def __init__(self, arguments, exit, stdout, stderr):
        self.arguments = arguments
        self.exit = exit
        self.stdout = stdout.decode(errors="replace")
        self.stderr = stderr.decode(errors="replace")

    @property
    def json(self):
        return json.loads(self.stdout)

    def __str__(self):
        return f"tessera {' '.join(self.arguments)}\nexit {self.exit}\n{self.stdout}\n{self.stderr}"


def call(*arguments, timeout=120, environment=None, address_space=None, cwd=None):
    """Runs the tool to its end, whatever that is.

    `environment` is added to this process's own. `address_space`, in bytes, limits what it may map.
    """
    arguments = [str(argument) for argument in arguments]

    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if address_space is not None:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))

    process = subprocess.run(
        [str(PATH), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        env={**os.environ, **(environment or {})},
        preexec_fn=limit,
        cwd=cwd,
    )
    return Result(arguments, process.returncode, process.stdout, process.stderr)


def tessera(*arguments, exit=0, **options):
    """Runs the tool and requires its exit code, and of all it says on standard error that it is said once and
    names no operator of the compiler's own."""
    result = call(*arguments, **options)
    assert result.exit == exit, str(result)
    lines = [line for line in result.stderr.splitlines() if line.startswith("tessera: ")]
    assert len(lines) == len(set(lines)) and "(tessera." not in result.stderr, str(result)
    return result


def output_file_name(name):
    """The file that `run --output-dir` writes for an output: other bytes than [A-Za-z0-9._-] as %XX."""
    return "".join(chr(b) if b in SAFE_BYTES else f"%{b:02X}" for b in name.encode()) + ".npy"


def run(program, inputs, folder, *arguments, outputs, **options):
    """Runs a model or plan on arrays by name and returns the outputs of these names in order."""
    folder = pathlib.Path(folder)
    files = []
    for index, (name, array) in enumerate(inputs.items()):
        path = folder / f"input-{index}.npy"
        np.save(path, array)
        files += ["--input", f"{name}={path}"]
    destination = folder / "outputs"
    tessera("run", program, *files, "--output-dir", destination, *arguments, **options)
    return [np.load(destination / output_file_name(name)) for name in outputs]
