"""The graphs of Tests/Fixtures/families, with weights, and those of them that we refuse.

    .venv/bin/python Tests/python/families.py        writes refused.txt anew
"""

import io
import pathlib
import re
import tarfile
import tempfile

import onnx

import fill_weights
import tool

FOLDER = tool.ROOT / "Tests/Fixtures/families"
LIST = FOLDER / "refused.txt"


def cases():
    """(network, form) of every graph."""
    for path in sorted(FOLDER.glob("*.tar.xz")):
        with tarfile.open(path) as archive:
            for name in archive.getnames():
                yield path.name.removesuffix(".tar.xz"), name.removesuffix(".onnx")


def write(network, form, path):
    """Writes the graph with seeded weights."""
    with tarfile.open(FOLDER / f"{network}.tar.xz") as archive:
        graph = archive.extractfile(f"{form}.onnx").read()
    fill_weights.fill(io.BytesIO(graph), path)


def refused():
    """From (network, form) to the operators that we lack, of the list's lines `NETWORK FORM OPERATOR…`."""
    lines = (line.split() for line in LIST.read_text().splitlines() if not line.startswith("#"))
    return {(network, form): set(operators) for network, form, *operators in lines}


def missing_operators(result):
    """Those that the tool names when it refuses a model."""
    return set(re.findall(r"operator '(\w+)'", result.stderr))


def write_list():
    head = [line for line in LIST.read_text().splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "network.onnx"
        for network, form in cases():
            write(network, form, path)
            shapes = []
            if form.endswith("-dynamic"):
                (extents,) = [[d.dim_value or 1 for d in value.type.tensor_type.shape.dim]
                              for value in onnx.load(path).graph.input]
                shapes = ["--shapes", f"input:{'x'.join(map(str, extents))}"]
            result = tool.call("compile", path, "-o", path.with_suffix(".plan"), *shapes)
            if result.exit:
                head.append(" ".join([network, form, *sorted(missing_operators(result))]))
                if result.exit != 3 or not missing_operators(result):
                    print(network, form, result.stderr)
    LIST.write_text("".join(f"{line}\n" for line in head))


if __name__ == "__main__":
    write_list()
