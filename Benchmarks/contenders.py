"""Who can be compared. A contender is one value of CONTENDERS; a peer has a script in runners/."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import process
from environment import BENCHMARKS, PYTHON, ROOT
from suites import dimensions

TESSERA = Path(os.environ.get("TESSERA", ROOT / ".build/release/tessera"))


@dataclass(frozen=True)
class Timing:
    """How long a process measures after its first result: until both are reached."""

    seconds: float
    iterations: int


@dataclass(frozen=True)
class Tessera:
    name: str = "Tessera"
    compile_flags: tuple = ()
    suffix: str = ".plan"
    fixes_batch: bool = True

    def convert(self, onnx, model, shape):
        process.run([TESSERA, "compile", onnx, "-o", model, "--shapes", f"data:{dimensions(shape)}",
                     *self.compile_flags])

    def first_result(self, model, data, threads, output):
        """From the start of the process to its end, the results written to files."""
        measured = process.run([TESSERA, "run", model, "--input", f"data={data}", "--threads", threads,
                                "--output-dir", output])
        return measured, measured.end - measured.start

    def times(self, model, data, threads, timing):
        """The process, the ms of each run, and the median ms of each step, from runs of their own."""
        measured = process.run([TESSERA, "bench", model, "--input", f"data={data}", "--threads", threads,
                                "--warmup", 1, "--iterations", timing.iterations,
                                "--duration", timing.seconds, "--steps", "--json"])
        result = json.loads(measured.output)
        return measured, result["times_ms"], [step["median_ms"] for step in result["steps"]]

    def version(self):
        return process.run([TESSERA, "--version"]).output.split()[-1]


@dataclass(frozen=True)
class PythonPeer:
    name: str
    script: str
    # The files of this suffix are the peer's own models.
    suffix: str
    # Whether such a model is for one batch only.
    fixes_batch: bool = False

    def convert(self, onnx, model, shape):
        self.run("convert", onnx, model, *shape)

    def first_result(self, model, data, threads, output):
        """From the start of the process to when Python has the results."""
        measured = self.run("run", model, data, threads, 0, 0, output / "fc8.npy", threads=threads)
        return measured, last_line(measured)["first_result"] - measured.start

    def times(self, model, data, threads, timing):
        """The process, the ms of each run, and nothing for steps."""
        measured = self.run("run", model, data, threads, timing.seconds, timing.iterations, threads=threads)
        return measured, last_line(measured)["times_ms"], []

    def version(self):
        return last_line(self.run("version"))

    def load(self, model, data, threads):
        """The process, and the seconds in which the library loads the model."""
        measured = self.run("load", model, data, threads, threads=threads)
        return measured, last_line(measured)["load"]

    def run(self, *arguments, threads=None):
        environment = {"OMP_NUM_THREADS": str(threads)} if threads else None
        return process.run([PYTHON, BENCHMARKS / "runners" / self.script, *arguments], environment)


def last_line(measured):
    """What a peer's script printed; libraries print before it."""
    return json.loads(measured.output.splitlines()[-1])


OWN = Tessera()
CONTENDERS = [
    OWN,
    Tessera("Tessera f16", ("--weights-precision", "f16")),
    PythonPeer("ONNX Runtime", "onnx_runtime.py", ".onnx"),
    PythonPeer("OpenVINO", "open_vino.py", ".xml"),
    PythonPeer("MNN", "mnn.py", ".mnn"),
    PythonPeer("ncnn", "tencent_ncnn.py", ".param", fixes_batch=True),
]
NOT_BY_DEFAULT = ["tessera-f16"]


def key(contender):
    """What --contenders and the files of a contender call it."""
    return contender.name.lower().replace(" ", "-")


def chosen(names):
    """The contenders of these keys, in the order of CONTENDERS. Throws KeyError."""
    known = {key(contender): contender for contender in CONTENDERS}
    if unknown := [name for name in names if name not in known]:
        raise KeyError(f"no contender {', '.join(unknown)}; there are {', '.join(known)}")
    return [contender for name, contender in known.items() if name in names]
