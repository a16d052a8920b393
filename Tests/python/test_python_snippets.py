"""The Python blocks of documents that import the package are programs that run."""

import re
import subprocess
import sys

import pytest

import console
import python_package
import tool

BLOCKS = {
    f"{path.relative_to(tool.ROOT)} {number}": block
    for path in sorted([*tool.ROOT.glob("*.md"), *(tool.ROOT / "Docs").rglob("*.md")])
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE), 1)
    if "import tessera" in block
}


def prepare(folder):
    """What the blocks take for granted: the digits' network and plan, and images."""
    console.prepare(folder)
    (folder / "digits.onnx").symlink_to(tool.ROOT / "Graphs/digits.onnx")
    tool.tessera("compile", folder / "digits.onnx", "-o", folder / "digits.plan")
    for path in (tool.ROOT / "Graphs/digits").glob("*.png"):
        (folder / f"{path.name[0]}.png").unlink(missing_ok=True)
        (folder / f"{path.name[0]}.png").symlink_to(path)


@pytest.mark.parametrize("name", BLOCKS)
def test_block_runs(name, tmp_path):
    prepare(tmp_path)
    result = subprocess.run(
        [sys.executable, "-c", BLOCKS[name]], cwd=tmp_path, env={"PYTHONPATH": str(python_package.FOLDER), "PATH": str(tmp_path / "bin")},
        capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert not (promised := re.findall(r"# prints (.*)$", BLOCKS[name], re.MULTILINE)) or result.stdout.split("\n")[:-1] == promised


def test_there_are_blocks():
    assert len(BLOCKS) >= 4
