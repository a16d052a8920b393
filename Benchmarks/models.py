"""Models, input and references, each made once in the folder WORK."""

import contextlib
import lzma
import re
from pathlib import Path

import contenders
import process
import suites
from contenders import TESSERA
from environment import BENCHMARKS, PYTHON, ROOT, WORK


@contextlib.contextmanager
def made_whole(path):
    """A path beside `path`, moved to it with all its companions when what is written there is complete."""
    folder = path.with_name(f"{path.name}.part")
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    yield folder / path.name
    for written in folder.iterdir():
        written.replace(path.with_name(written.name))
    folder.rmdir()


def onnx(network):
    """The network with random weights: from `data` to the logits `fc8`, of a VGG also to the probabilities."""
    path = WORK / f"{network}.onnx"
    exported = BENCHMARKS / "Graphs" / f"{network}.onnx.xz"
    if dense := suites.NETWORKS[network].dense:
        written(path, "sparse", onnx(dense), data(dense, batch=1))
    elif exported.exists():
        if not path.exists():
            with made_whole(path) as part:
                graph = WORK / f"{network}-graph.onnx"
                graph.write_bytes(lzma.decompress(exported.read_bytes()))
                process.run([PYTHON, BENCHMARKS / "references.py", "model", graph, part])
    elif not path.exists():
        text = (ROOT / "Graphs" / f"{network}.onnxtxt").read_text()
        outputs = "=> (float[N,1000] prob)"
        if outputs not in text:
            raise process.Failed(f"{network}.onnxtxt: '{outputs}' not found")
        with made_whole(path) as part:
            graph = WORK / f"{network}-logits.onnxtxt"
            graph.write_text(text.replace(outputs, "=> (float[N,1000] fc8, float[N,1000] prob)"))
            process.run([TESSERA, "convert", graph, "--weights", "random:1", "-o", part])
    return path


def convolutions(network):
    """The graph up to the last pooling, as text, for images of any size: without fully connected layers."""
    text = (ROOT / "Graphs" / f"{network}.onnxtxt").read_text()
    head, cut, _ = text.partition("\n  [flatten]")
    kept = [line for line in head.splitlines() if not re.match(r"  float\[.*\] fc\d_", line)]
    graph, changes = "\n".join(kept) + "\n}\n", 0
    for pattern, replacement in [(r"float\[N,3,224,224\] data", "float[N,3,H,W] data"),
                                 (r",\n\) => \(float\[N,1000\] prob\)", "\n) => (float[N,512,P,Q] pool5)")]:
        graph, count = re.subn(pattern, replacement, graph)
        changes += count
    if not cut or changes != 2:
        raise process.Failed(f"{network}.onnxtxt is not written as expected")
    path = WORK / f"{network}-convolutions.onnxtxt"
    if not path.exists() or path.read_text() != graph:
        path.write_text(graph)
    return path


def convolutions_plan(network, batch, extent):
    """The plan of `convolutions` for one batch of square images."""
    graph = convolutions(network)
    path = WORK / f"{network}-convolutions-batch{batch}-{extent}.plan"
    if not path.exists() or path.stat().st_mtime < max(graph.stat().st_mtime, TESSERA.stat().st_mtime):
        with made_whole(path) as part:
            process.run([TESSERA, "compile", graph, "-o", part, "--weights", "random:1", "--shapes",
                         f"data:{batch}x3x{extent}x{extent}"])
    return path


def own(contender, network, batch):
    """The model in the contender's own form for a batch. A plan of an older compiler is made again."""
    name = f"{network}-{contenders.key(contender)}"
    if contender.fixes_batch:
        name += f"-batch{batch}"
    path = WORK / f"{name}{contender.suffix}"
    source = onnx(network)
    if not path.exists() or path.stat().st_mtime < newest_input(contender, source):
        with made_whole(path) as part:
            contender.convert(source, part, suites.NETWORKS[network].shape(batch))
    return path


def newest_input(contender, source):
    compiler = [TESSERA] if contender.suffix == ".plan" else []
    return max(path.stat().st_mtime for path in [source, *compiler])


def data(network, batch):
    values = suites.NETWORKS[network]
    name = f"data-deviation{values.deviation}-{suites.dimensions(values.shape(batch))}.npy"
    return written(WORK / name, "data", values.deviation, *values.shape(batch))


def logits(network, batch):
    return written(WORK / f"{network}-batch{batch}-float64.npy", "logits", onnx(network), data(network, batch))


def written(path: Path, command, *arguments):
    if not path.exists():
        with made_whole(path) as part:
            process.run([PYTHON, BENCHMARKS / "references.py", command, *arguments, part])
    return path
