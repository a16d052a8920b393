"""OpenVINO, from its IR, the weights kept in float32."""

import harness
import openvino


def convert(onnx, model, shape):
    openvino.save_model(openvino.Core().read_model(onnx), model, compress_to_fp16=False)


def load(model, images, threads):
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
    }
    core = openvino.Core()
    network = core.read_model(model)
    network.reshape(images.shape)
    request = core.compile_model(network, "CPU", settings).create_infer_request()

    def run(images):
        request.infer([images], share_inputs=True)
        return request.get_tensor("fc8").data.copy()

    return run


harness.main(openvino.get_version, convert, load)
