"""The README's commands print what it says."""

import os
import re
import subprocess

import numpy as np

import console
import tool

README = (tool.ROOT / "README.md").read_text()


def test_commands_print_what_the_readme_says(tmp_path):
    commands = [entry for entry in console.commands(README) if entry[0].startswith("tessera ")]
    assert {command.split()[1] for command, _ in commands} == {"compile", "classify", "run"}
    # What the README takes for granted: the tool, the repository's folder, a plan of the demo, an image.
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tessera").symlink_to(tool.PATH)
    (tmp_path / "Graphs").symlink_to(tool.ROOT / "Graphs")
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", tmp_path / "digits.plan")
    np.save(tmp_path / "image.npy", np.zeros((1, 3, 224, 224), np.float32))
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    try:
        for command, expected in commands:
            printed, code = console.run(command, tmp_path, environment)
            assert code == 0 and console.matches(expected, printed), "\n".join([command, *printed])
    finally:
        (tmp_path / "vgg-d.plan").unlink(missing_ok=True)


def test_blocks_are_compared():
    document = "```console\n$ a \\\n  b\nx … y\n$ c\n```\n\n```swift\n$ d\n```\n"
    assert console.commands(document) == [("a \\\n  b", ["x … y"]), ("c", [])]
    assert console.matches(["x … y", ""], ["x 1,2 z y", ""])
    for printed in [["x 1 y"], ["x 1 y", "", ""], ["x 1 z", ""], ["x 1 y", "z"], ["a x 1 y", ""]]:
        assert not console.matches(["x … y", ""], printed)


def test_operator_sets():
    oldest, newest = tool.tessera("operators", "--json").json["opset_versions"]
    assert re.search(r"operator sets (\d+) to (\d+)", README).groups() == (str(oldest), str(newest))


def test_make_help_lists_every_target():
    text = (tool.ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=tool.ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split()[:2] for line in listed.splitlines()] == [["make", target] for target in targets]
    assert all(len(line.split()) > 3 for line in listed.splitlines())
    assert set(re.findall(r"^([a-z]+):", text, re.MULTILINE)) == set(targets)
    # What documents tell the reader to type.
    for path in [tool.ROOT / "README.md", *(tool.ROOT / "Docs").glob("*.md")]:
        assert set(re.findall(r"`make ([a-z]+)|^\$ make ([a-z]+)", path.read_text(), re.MULTILINE)) <= {
            pair for target in targets for pair in [(target, ""), ("", target)]}, path
