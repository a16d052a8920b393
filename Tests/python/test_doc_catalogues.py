"""The documentation catalogues of the products build, and their links lead to symbols."""

import json
import re
import shutil
import subprocess
import sys

import pytest

import tool

sys.path.append(str(tool.ROOT / "Scripts"))
import snippets  # noqa: E402

BUILD = tool.ROOT / ".build/debug"
CATALOGUES = {path.stem: path for path in (tool.ROOT / "Sources").rglob("*.docc")}


def test_every_product_has_a_catalogue():
    assert set(CATALOGUES) == set(snippets.PRODUCTS)
    # What makes `make lint` ask for the comment of every public symbol.
    assert json.loads((tool.ROOT / ".swift-format").read_text())["rules"]["AllPublicDeclarationsHaveDocumentation"]


@pytest.mark.skipif(shutil.which("docc") is None, reason="this toolchain has no docc")
@pytest.mark.parametrize("product", sorted(CATALOGUES))
def test_catalogue_builds(product, tmp_path):
    maps = [*(tool.ROOT / "Sources/CLibraries").rglob("module.modulemap"), *BUILD.glob("*.build/module.modulemap")]
    subprocess.run(
        ["swift", "symbolgraph-extract", "-module-name", product, "-I", BUILD / "Modules",
         "-target", "x86_64-unknown-linux-gnu", "-minimum-access-level", "public", "-output-dir", tmp_path,
         *(flag for path in maps for flag in ["-Xcc", f"-fmodule-map-file={path}"])],
        check=True, capture_output=True, text=True)
    for path in tmp_path.glob("*@*.symbols.json"):
        path.unlink()  # Extensions of the standard library's types.
    result = subprocess.run(
        ["docc", "convert", CATALOGUES[product], "--additional-symbol-graph-dir", tmp_path,
         "--fallback-display-name", product, "--fallback-bundle-identifier", product,
         "--output-dir", tmp_path / "archive"],
        capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    # Comments name only the parameters that their types do not explain.
    about_parameters = r"Parameter '\w+' is missing documentation|External name '\w+' used"
    warnings = re.findall(r"^warning: (.*)$", result.stdout + result.stderr, re.MULTILINE)
    assert [text for text in warnings if not re.match(about_parameters, text)] == []
