#!/usr/bin/env python3
"""Checks the networks of Scripts/families at full width, from both of PyTorch's exporters.

Each is compiled by TESSERA (default: .build/release/tessera) and run on a seeded image; the outputs are compared with
ONNX Runtime's, by rtol 1e-3 and atol 1e-4 of the largest value, and with PyTorch's in float64. Prints one row for each
graph and writes it into the table of Benchmarks/Results/families.md, whose other rows stay as they are.

Needs torch, torchvision, onnxscript and onnxruntime; versions are in Tests/Fixtures/families/README.md.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnxruntime
import torch
from families.exporting import FORMS, export
from families.networks import NETWORKS

ROOT = pathlib.Path(__file__).resolve().parents[1]
TESSERA = os.environ.get("TESSERA", ROOT / ".build/release/tessera")
HEADER = ["network", "exporter, opset, batch", "steps", "layout conversions", "arena MB", "÷ lower bound",
          "error: Tessera", "error: ONNX Runtime", "as ONNX Runtime"]


def tessera(*arguments):
    return subprocess.run([TESSERA, *map(str, arguments)], capture_output=True, text=True)


def results(module, image):
    with torch.no_grad():
        outputs = module(image)
    return [output.numpy() for output in ([outputs] if isinstance(outputs, torch.Tensor) else outputs)]


def error(actual, exact):
    """The largest difference over the largest value, of all outputs."""
    return max(abs(ours - theirs).max() / abs(theirs).max() for ours, theirs in zip(actual, exact, strict=True))


def check(model, image, exact, folder):
    """The cells after the graph's name; a sentence and nothing else if the model is refused."""
    plan = folder / "network.plan"
    shape = "x".join(map(str, image.shape))
    compiled = tessera("compile", model, "-o", plan, "--shapes", f"input:{shape}")
    if compiled.returncode:
        problems = [line.rsplit(model.name, 1)[-1].removeprefix(": ") for line in compiled.stderr.splitlines()]
        # Of an operator that is not supported, without its nodes.
        return [f"exit {compiled.returncode}: {'; '.join(problem.split(': node')[0] for problem in problems)}"]
    numpy.save(folder / "input.npy", image)
    run = tessera("run", plan, "--input", f"input={folder / 'input.npy'}", "--output-dir", folder)
    if run.returncode:
        return [f"run: exit {run.returncode}: {run.stderr[:150]}"]
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    expected = session.run(None, {"input": image})
    actual = [numpy.load(folder / f"{output.name}.npy") for output in session.get_outputs()]
    agrees = all(numpy.allclose(ours, theirs, rtol=1e-3, atol=1e-4 * abs(theirs).max())
                 for ours, theirs in zip(actual, expected, strict=True))
    variant = json.loads(tessera("inspect", plan, "--json").stdout)["variants"][0]
    conversions = [step for step in variant["steps"] if step["kernel"] == "convert-layout"]
    arena, bound = variant["arena_bytes"], variant["arena_lower_bound_bytes"]
    return [str(len(variant["steps"])), str(len(conversions)), f"{arena / 1e6:.2f}", f"{arena / bound:.3f}",
            f"{error(actual, exact):.1e}", f"{error(expected, exact):.1e}", "yes" if agrees else "no"]


def rows(names, forms):
    for name in names:
        network = NETWORKS[name]
        exact = {}
        for form in (FORMS[form] for form in forms):
            batch = 2 if form.dynamic else 1
            image = network.image(batch)
            if batch not in exact:
                exact[batch] = results(network.module().double(), image.double())
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                export(network.module(), image, folder / "network.onnx", form)
                yield [name, form.name, *check(folder / "network.onnx", image.numpy(), exact[batch], folder)]


def stored_rows(path):
    """The rows of a table that was written before, by network and form."""
    lines = path.read_text().splitlines() if path.exists() else []
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {(row[0], row[1]): row for row in cells if row[0] in NETWORKS and row[1] in FORMS}


def write_table(path, head, table):
    order = [(name, form) for name in NETWORKS for form in FORMS]
    rows = [HEADER, ["---"] * len(HEADER), *(table[key] for key in order if key in table)]
    lines = [f"| {' | '.join(row + [''] * (len(HEADER) - len(row)))} |" for row in rows]
    path.write_text("\n".join([*head, *lines]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS), help="(default: all)")
    parser.add_argument("--forms", nargs="*", choices=FORMS, help="(default: %(default)s)", default=[
        "torchscript-11-dynamic", "torchscript-17-fixed", "dynamo-18-fixed", "dynamo-23-dynamic"])
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Benchmarks/Results/families.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    version = tessera("--version").stdout.strip()
    head = ["# Networks of every family at full width", "",
            f"{version}, ONNX Runtime {onnxruntime.__version__}, PyTorch {torch.__version__}; by `Scripts/check_families.py`.",
            "Errors: the largest difference to PyTorch in float64 over the largest value. Batch 2 where it is dynamic.", ""]
    table = stored_rows(options.output)
    failed = False
    for row in rows(options.networks, options.forms):
        table[row[0], row[1]] = row
        failed |= row[-1] != "yes"
        print(" | ".join(row), flush=True)
        write_table(options.output, head, table)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
