"""ncnn, from what pnnx writes, in float32."""

import importlib.util
import subprocess
from pathlib import Path

import harness
import ncnn
import numpy


def convert(onnx, model, shape):
    # The package pnnx needs torch when imported; the program in it does not.
    package = importlib.util.find_spec("pnnx")
    if package is None:
        raise SystemExit("pnnx, which converts to ncnn's format, is not installed")
    model = Path(model)
    rest = {name: model.with_name(f"pnnx-{name}") for name in ["pnnxparam", "pnnxbin", "pnnxpy", "pnnxonnx",
                                                               "ncnnpy"]}
    subprocess.run([Path(package.origin).parent / "pnnx", onnx, f"inputshape=[{','.join(map(str, shape))}]", "fp16=0",
                    f"ncnnparam={model}", f"ncnnbin={model.with_suffix('.bin')}",
                    *(f"{name}={path}" for name, path in rest.items())], check=True)
    for path in [*rest.values(), Path(onnx).with_suffix(".pnnxsim.onnx")]:
        path.unlink(missing_ok=True)


def load(model, images, threads):
    network = ncnn.Net()
    network.opt.num_threads = threads
    network.opt.use_fp16_packed = False
    network.opt.use_fp16_storage = False
    network.opt.use_fp16_arithmetic = False
    network.load_param(model)
    network.load_model(str(Path(model).with_suffix(".bin")))

    def run(images):
        extractor = network.create_extractor()
        extractor.input("in0", ncnn.Mat(images, batch_index=0))
        results = [extractor.extract(name)[1].numpy(batch_index=0) for name in network.output_names()]
        return numpy.array(results[0])

    return run


harness.main(lambda: ncnn.__version__, convert, load)
