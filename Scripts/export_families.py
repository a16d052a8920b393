#!/usr/bin/env python3
"""Exports the networks of Scripts/families and keeps their graphs without the weights' bytes.

At reduced width, for the tests: Tests/Fixtures/families/NETWORK.tar.xz with one graph for each form of
families.exporting. At full width, for the benchmarks: Benchmarks/Graphs/NETWORK.onnx.xz.

Needs torch, torchvision and onnxscript, which the project itself does not; versions are in
Tests/Fixtures/families/README.md.
"""

import argparse
import io
import lzma
import pathlib
import tarfile
import tempfile
import warnings

from families.exporting import FORMS, export, stripped
from families.networks import NETWORKS

ROOT = pathlib.Path(__file__).resolve().parents[1]
FIXTURES, GRAPHS = ROOT / "Tests/Fixtures/families", ROOT / "Benchmarks/Graphs"
BENCHMARKED = [
    "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "densenet121",
    "squeezenet1_1", "inception_v3", "googlenet", "shufflenet_v2_x1_0",
]
BENCHMARKED_FORM = "torchscript-17-dynamic"


def graph(network, form, is_narrow):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "network.onnx"
        batch = 2 if form.dynamic else 1
        export(network.module(is_narrow), network.image(batch, is_narrow), path, form)
        return stripped(path)


def write_archive(path, files):
    """The same bytes for the same files: without times and owners."""
    with tarfile.open(path, "w:xz", preset=9) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS), help="(default: all)")
    parser.add_argument("--benchmarks", action="store_true", help="the graphs of the benchmarks instead")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for network in (NETWORKS[name] for name in options.networks):
        if options.benchmarks and network.name in BENCHMARKED:
            path = GRAPHS / f"{network.name}.onnx.xz"
            path.write_bytes(lzma.compress(graph(network, FORMS[BENCHMARKED_FORM], False), preset=9))
            print(path.name, path.stat().st_size, "bytes", flush=True)
        elif not options.benchmarks:
            path = FIXTURES / f"{network.name}.tar.xz"
            write_archive(path, {f"{name}.onnx": graph(network, form, True) for name, form in FORMS.items()})
            print(path.name, path.stat().st_size, "bytes", flush=True)


if __name__ == "__main__":
    main()
