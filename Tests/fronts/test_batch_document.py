"""The commands of Docs/batch.md print what it says."""

import sys

import tool
from console import BLOCK, check, commands, prepare


def test_document(tmp_path):
    prepare(tmp_path)
    (tmp_path / "bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "bin/python").chmod(0o755)
    blocks = [text for reason, text in BLOCK.findall((tool.ROOT / "Docs/batch.md").read_text()) if "until" not in reason]
    assert blocks
    for text in blocks:
        check(commands(f"```console\n{text}```\n"), tmp_path)
