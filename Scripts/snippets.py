#!/usr/bin/env python3
"""Makes the package .build/snippets of the ```swift blocks of all documents and doc comments: one program for each of
the products that blocks import, which runs the block that its argument names."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = ROOT / ".build/snippets"
# What a block that imports several needs; a doc comment without imports takes that of its module.
PRODUCTS = ["TesseraTraining", "Tessera", "TesseraImages", "TesseraRuntime"]
MODULES = {
    "Library": "Tessera", "Images": "TesseraImages", "Runtime": "TesseraRuntime", "Training": "TesseraTraining"}


def blocks():
    """Each block's name, its product, its imports and its other lines."""
    documents = sorted([*ROOT.glob("*.md"), *(ROOT / "Docs").rglob("*.md"), *(ROOT / "Sources").rglob("*.md")])
    for path in [*documents, *sorted((ROOT / "Sources").rglob("*.swift"))]:
        text = path.read_text()
        if path.suffix == ".swift":
            text = "\n".join(match[1] for match in re.finditer(r"^ *///(?: (.*))?$", text, re.MULTILINE) if match[1])
        found = re.findall(r"^```swift\n(.*?)^```$", text + "\n", re.DOTALL | re.MULTILINE)
        for number, block in enumerate(found, 1):
            imports = re.findall(r"^import (\w+)$", block, re.MULTILINE)
            module = next((product for product in PRODUCTS if product in imports), None)
            if module is None:
                module = MODULES[path.relative_to(ROOT).parts[1]]
                imports.append(module)
            name = re.sub(r"\W", "_", str(path.relative_to(ROOT).with_suffix("")))
            yield f"{name}_{number}", module, imports, re.sub(r"^import \w+\n", "", block, flags=re.MULTILINE).strip("\n")


def function(name, imports, body):
    """A file whose function does what a block does as the top level of a program."""
    effects = "async throws" if "await" in body else "throws"
    lines = [f"  {line}".rstrip() for line in body.splitlines()]
    return "\n".join([*(f"import {name}" for name in imports), "", f"func {name}() {effects} {{", *lines, "}", ""])


def main():
    wanted = {}
    names = {product: [] for product in PRODUCTS}
    for name, product, imports, body in blocks():
        names[product].append((name, "try await" if "await" in body else "try"))
        wanted[PACKAGE / f"Sources/{product}Snippets/{name}.swift"] = function(name, imports, body)
    for product, found in names.items():
        cases = "".join(f'case "{name}": {call} {name}()\n' for name, call in found)
        wanted[PACKAGE / f"Sources/{product}Snippets/main.swift"] = (
            f'switch CommandLine.arguments.last {{\n{cases}default: fatalError("no such block")\n}}\n')
    targets = "".join(
        f'''
    .executableTarget(
      name: "{product}Snippets", dependencies: [.product(name: "{product}", package: "Tessera")],
      swiftSettings: [
        .enableUpcomingFeature("MemberImportVisibility"),
        .unsafeFlags(["-suppress-warnings"]),  // Of values that a block shows and does not use.
      ]),''' for product in PRODUCTS)
    wanted[PACKAGE / "Package.swift"] = f"""// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Snippets",
  dependencies: [.package(name: "Tessera", path: "../..")],
  targets: [{targets}
  ],
  swiftLanguageModes: [.v6]
)
"""
    for path in PACKAGE.rglob("*.swift"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


if __name__ == "__main__":
    main()
