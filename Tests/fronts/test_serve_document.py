"""What Docs/serving.md shows is what the server does."""

import re
import subprocess
import sys

from conftest import DIGITS
from served import COMMAND, serving

import tool

DOCUMENT = (tool.ROOT / "Docs/serving.md").read_text()


def test_blocks(tmp_path):
    compiling, lines = re.search(
        r"^\$ tessera (compile .*)\n\$ python -m tessera.serve digits.plan\n(.*)\nserving on 127.0.0.1: HTTP 8080, gRPC 8081$",
        DOCUMENT, re.MULTILINE).groups()
    (tmp_path / "Graphs").symlink_to(tool.ROOT / "Graphs")
    tool.tessera(*compiling.split(), cwd=tmp_path)
    for path in DIGITS:
        if not (tmp_path / f"{path.name[0]}.png").exists():
            (tmp_path / f"{path.name[0]}.png").symlink_to(path)
    (block,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    with serving(tmp_path / "digits.plan") as server:
        assert server.lines == lines.split("\n")
        program = block.replace("127.0.0.1:8080", server.http_url)
        result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
        assert (result.stderr, result.stdout.splitlines()) == ("", re.findall("^# prints (.*)$", block, re.MULTILINE))
        (printed,) = re.findall(r"^\$ curl -s 127.0.0.1:8080(/v2/models/digits)\n(.*),…}$", DOCUMENT, re.MULTILINE)
        assert server.get(printed[0]).startswith(printed[1])
        for name in re.findall(r"^\| `(tessera_\w+)` \|", DOCUMENT, re.MULTILINE):
            assert f"\n# TYPE {name.removesuffix('_total')}" in server.get("/metrics").replace("_total ", " ")


def test_options():
    """The table has the options and the defaults that --help has."""
    printed = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True).stdout
    table = re.search(r"^\| option .*?\n\n", DOCUMENT, re.DOTALL | re.MULTILINE)[0]
    options = set(re.findall(r"--[a-z][a-z-]+", printed)) - {"--help", "--model-repository"}
    assert options == set(re.findall(r"--[a-z][a-z-]+", table))
    for default in re.findall(r"\((\d[\d.]*)\)", printed):
        assert re.search(rf"\b{re.escape(default)}\b", table), default
