"""The products link what they promise, and nothing more."""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILER = {"GraphIR", "Frontend", "Passes", "Lowering", "CCaffeProto", "COnnxProto", "CProtobufC"}


def description():
    output = subprocess.run(
        ["swift", "package", "--package-path", str(ROOT), "describe", "--type", "json"],
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def closure(targets, names):
    found = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += targets[name].get("target_dependencies", [])
    return found


def test_runtime_product_links_no_compiler():
    package = description()
    targets = {target["name"]: target for target in package["targets"]}
    products = {product["name"]: product["targets"] for product in package["products"]}
    runtime = closure(targets, products["TesseraRuntime"])
    assert {"ExecutionPlan", "CPUKernels", "Tensors"} <= runtime
    assert not runtime & COMPILER
    assert COMPILER <= closure(targets, products["Tessera"])
    assert closure(targets, products["tessera-runtime-objects"]) - runtime == {"TesseraRuntimeC", "CTessera"}
    images = closure(targets, products["TesseraImages"])
    assert images - runtime == {"TesseraImages", "CPNG", "CTurboJPEG"}


def test_one_program_links_mpi():
    package = description()
    targets = {target["name"]: target for target in package["targets"]}
    linking = [product["name"] for product in package["products"] if "CMPI" in closure(targets, product["targets"])]
    assert linking == ["tessera-train-mpi"]


def test_instruction_sets_are_built_by_trait():
    """A program builds the kernels, and uses the instructions, of the traits that it asks for."""
    output = subprocess.run(
        ["swift", "package", "--package-path", str(ROOT), "dump-package"], check=True, capture_output=True, text=True).stdout
    package = json.loads(output)
    targets = {target["name"]: target for target in package["targets"]}
    conditional = {entry["target"][0]: entry["target"][1]["traits"]
                   for entry in targets["CPUKernels"]["dependencies"] if "target" in entry}
    traits = {trait["name"] for trait in package["traits"]} - {"default", "AllInstructionSets"}
    conditional = {name: set(found) for name, found in conditional.items()}
    assert conditional == {f"CPUKernels{trait}": {"AllInstructionSets", trait} for trait in traits}
    # Several would be defined in an order that differs from build to build, which then starts anew.
    assert [trait["enabledTraits"] for trait in package["traits"] if trait["name"] == "default"] == [["AllInstructionSets"]]
    documented = re.findall(r"^\| `(\w+)` \| (?:any CPU|x86-64 with)", (ROOT / "Docs/embedding.md").read_text(), re.MULTILINE)
    assert set(documented) == traits
    for target in targets.values():
        for setting in target["settings"]:
            if "-mavx2" in str(setting):
                assert set(setting["condition"]["traits"]) == conditional[target["name"]]


def test_the_c_library_is_named_in_one_place():
    importing = [str(file.relative_to(ROOT)) for folder in ["Sources", "Tests", "Benchmarks"]
                 for file in (ROOT / folder).rglob("*.swift")
                 if re.search(r"^ *(@\w+ )?import (Glibc|Musl)$", file.read_text(), re.MULTILINE)]
    assert importing == ["Sources/Base/Platform/Platform.swift"]


def test_foundation_stays_at_the_edges():
    inner = ["Base/Tensors", "Kernels", "Compiler/GraphIR", "Compiler/Passes", "Compiler/Lowering",
             "Runtime", "Images", "CAPI"]
    files = [file for folder in inner for file in (ROOT / "Sources" / folder).rglob("*.swift")]
    assert len(files) > 100
    importing = [str(file.relative_to(ROOT)) for file in files
                 if "import Foundation" in file.read_text()]
    assert importing == []
