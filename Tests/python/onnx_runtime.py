"""What ONNX Runtime computes."""

import onnxruntime


def outputs(model, inputs):
    """The outputs, in order, of a model (a path, or the bytes of one) for arrays by name."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)
