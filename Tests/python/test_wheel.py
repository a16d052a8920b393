"""The wheel works in an environment of its own and gives the tool's bits."""

import importlib.metadata
import pathlib
import re
import subprocess
import sys
import sysconfig

import numpy as np
import pytest

import test_python_snippets
import tool

sys.path.append(str(tool.ROOT / "Scripts"))

import digits_data  # noqa: E402

README = (tool.ROOT / "README.md").read_text()
PROGRAM = """
import sys
import numpy as np
import tessera

session = tessera.Session("many.plan")
np.save("python.npy", session.run(None, {"image": np.load("images.npy")})[0])
print(tessera.__file__)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The interpreter of an environment that has the wheel, what it needs, and nothing else.

    What it needs lies where we have it, so that nothing is fetched.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (wheel,) = (tool.ROOT / ".build/wheel").glob("*.whl")
    assert re.fullmatch(r"tessera-[\d.]+-py3-none-manylinux_2_34_x86_64\.whl", wheel.name)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--quiet", "--no-index", "--no-deps",
         "--disable-pip-version-check", wheel], check=True)
    ours = pathlib.Path(sysconfig.get_path("purelib"))
    (theirs,) = folder.glob("lib/python*/site-packages")
    (metadata,) = theirs.glob("tessera-*.dist-info/METADATA")
    wanted = re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", metadata.read_text(), re.MULTILINE)
    assert set(wanted) == {"cffi", "numpy"}
    for name in [*wanted, "pycparser"]:
        for top in {file.parts[0] for file in importlib.metadata.files(name)} - {".."}:
            if not (theirs / top).exists():
                (theirs / top).symlink_to(ours / top)
    return folder / "bin/python"


def run(environment, program, folder):
    result = subprocess.run([environment, "-I", "-c", program], cwd=folder, capture_output=True, text=True, env={})
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_held_back_digits_have_the_bits_of_the_tool(environment, tmp_path):
    images, labels, is_held_back = digits_data.load()
    images, labels = images[is_held_back, None].astype(np.float32), labels[is_held_back]
    tool.tessera(
        "compile", tool.ROOT / "Graphs/digits.onnx", "-o", tmp_path / "many.plan", "--shapes", f"image:{len(images)}x1x28x28")
    (expected,) = tool.run(tmp_path / "many.plan", {"image": images}, tmp_path, outputs=["probabilities"])
    np.save(tmp_path / "images.npy", images)
    printed = run(environment, PROGRAM, tmp_path)
    assert printed.startswith(str(environment.parents[1]))
    found = np.load(tmp_path / "python.npy")
    assert found.tobytes() == expected.tobytes() and len(found) == 1000
    assert (found.argmax(axis=1) == labels).mean() > 0.98


def test_readme(environment, tmp_path):
    test_python_snippets.prepare(tmp_path)
    (block,) = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert run(environment, block, tmp_path) == "4\n"


def test_nothing_of_this_machine_is_needed(environment):
    """What the libraries inside need besides each other belongs to every system."""
    (package,) = environment.parents[1].glob("lib/python*/site-packages/tessera")
    inside = [package / "libtessera.so.1", *package.with_name("tessera.libs").iterdir()]
    listed = "".join(
        subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout for path in inside)
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", listed)) - {path.name for path in inside}
    assert needed <= {
        "libc.so.6", "libm.so.6", "libz.so.1", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}
