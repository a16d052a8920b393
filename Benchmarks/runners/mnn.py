"""MNN, from its own format, in float32.

The converter is called directly: the command mnnconvert installs packages outside of the environment and sends
statistics.
"""

import harness
import MNN
import numpy


def convert(onnx, model, shape):
    import _tools

    _tools.mnnconvert(["", "-f", "ONNX", "--modelFile", onnx, "--MNNModel", model, "--bizCode", "benchmark"])


def tensor(array):
    return MNN.Tensor(array.shape, MNN.Halide_Type_Float, array, MNN.Tensor_DimensionType_Caffe)


def load(model, images, threads):
    interpreter = MNN.Interpreter(model)
    session = interpreter.createSession({"backend": "CPU", "numThread": threads, "precision": "high"})
    data = interpreter.getSessionInput(session)
    interpreter.resizeTensor(data, images.shape)
    interpreter.resizeSession(session)
    names = sorted(interpreter.getSessionOutputAll(session), key=lambda name: name != "fc8")

    def run(images):
        data.copyFrom(tensor(images))
        interpreter.runSession(session)
        results = []
        for name in names:
            result = interpreter.getSessionOutput(session, name)
            results.append(numpy.empty(result.getShape(), numpy.float32))
            host = tensor(results[-1])
            result.copyToHostTensor(host)
            results[-1] = numpy.array(host.getNumpyData(), numpy.float32).reshape(result.getShape())
        return results[0]

    return run


harness.main(MNN.version, convert, load)
