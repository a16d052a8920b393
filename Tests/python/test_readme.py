"""What the README says of the tool and of make."""

import re
import subprocess

import tool

README = (tool.ROOT / "README.md").read_text()


def test_operator_sets():
    oldest, newest = tool.tessera("operators", "--json").json["opset_versions"]
    assert re.search(r"operator sets (\d+) to (\d+)", README).groups() == (str(oldest), str(newest))


def test_make_help_lists_every_target():
    text = (tool.ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=tool.ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split()[:2] for line in listed.splitlines()] == [["make", target] for target in targets]
    assert all(len(line.split()) > 3 for line in listed.splitlines())
    assert set(re.findall(r"^([a-z-]+):", text, re.MULTILINE)) == set(targets)
    # What documents tell the reader to type.
    for path in [tool.ROOT / "README.md", *(tool.ROOT / "Docs").glob("*.md")]:
        assert set(re.findall(r"`make ([a-z-]+)|^\$ make ([a-z-]+)", path.read_text(), re.MULTILINE)) <= {
            pair for target in targets for pair in [(target, ""), ("", target)]}, path
