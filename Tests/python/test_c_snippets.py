"""The C blocks of documents are programs that compile without a warning and run."""

import re
import subprocess

import pytest

import c_library
import tool

BLOCKS = {
    f"{path.relative_to(tool.ROOT)} {number}": block
    for path in sorted([*tool.ROOT.glob("*.md"), *(tool.ROOT / "Docs").rglob("*.md")])
    for number, block in enumerate(re.findall(r"^```c\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE), 1)
}


@pytest.mark.parametrize("name", BLOCKS)
def test_block_runs(name, tmp_path):
    (tmp_path / "block.c").write_text(BLOCKS[name])
    library = "tessera" if "tessera_compiler.h" in BLOCKS[name] else "tessera-runtime"
    program = c_library.compile_program([tmp_path / "block.c"], tmp_path / "block", "-std=c99", library=library)
    (tmp_path / "digits.onnx").symlink_to(tool.ROOT / "Graphs/digits.onnx")
    tool.tessera("compile", tmp_path / "digits.onnx", "-o", tmp_path / "digits.plan")
    result = subprocess.run([program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


def test_there_are_blocks():
    assert len(BLOCKS) >= 2
