"""A VGG whose activations are as sparse as a trained one's.

With random weights and biases of 0 half of what a ReLU gives is 0, and of what is pooled after it a sixteenth; of a VGG-16 that was
trained on photographs it is up to 0.92, and 0.87 of what the first fully connected layer reads (inputs of 0 to 255 less the
mean; six photographs). So each layer gets one bias for all its outputs, with which the share of zeros after its ReLU, on
the benchmark's own input, is the trained network's; that of the last convolution is chosen by what is left after its pooling.
"""

import numpy
import onnx
import onnxruntime

# After each convolution of a stage in VGG-16; a stage of more or fewer has its last share last, and repeats or leaves out others.
SHARES = [[0.49, 0.32], [0.34, 0.53], [0.47, 0.50, 0.70], [0.66, 0.71, 0.87], [0.77, 0.79, 0.92]]
LAST_POOLED_SHARE = 0.87
FULLY_CONNECTED_SHARE = 0.50


def share(stage, index, count):
    *first, last = SHARES[stage]
    return last if index == count - 1 else first[min(index, len(first) - 1)]


def write_model(source, data, path):
    model = onnx.load(source)
    initializers = {tensor.name: tensor for tensor in model.graph.initializer}
    counts = convolution_counts(model.graph.node)
    values = {"data": numpy.load(data)}
    stage = index = 0
    for node in model.graph.node:
        if node.op_type == "Conv":
            is_last = stage == len(counts) - 1 and index == counts[stage] - 1
            result = run(node, [values[node.input[0]], initializers[node.input[1]]], model)
            wanted = LAST_POOLED_SHARE if is_last else share(stage, index, counts[stage])
            values[node.output[0]] = biased(node, result, pooled(result) if is_last else result, wanted, initializers)
            index += 1
        elif node.op_type == "Gemm" and any(node.output[0] in other.input for other in model.graph.node
                                            if other.op_type == "Relu"):
            result = run(node, [values[node.input[0]], initializers[node.input[1]]], model)
            values[node.output[0]] = biased(node, result, result, FULLY_CONNECTED_SHARE, initializers)
        else:
            if node.op_type == "MaxPool":
                stage, index = stage + 1, 0
            values[node.output[0]] = run(
                node, [values[name] if name in values else initializers[name] for name in node.input], model)
    onnx.save(model, path)


def convolution_counts(nodes):
    """Of each stage, which a pooling ends."""
    counts = [0]
    for node in nodes:
        counts[-1] += node.op_type == "Conv"
        if node.op_type == "MaxPool":
            counts.append(0)
    return counts[:-1]


def biased(node, result, decisive, wanted, initializers):
    """Sets the bias of a layer such that a share of `decisive` is not above 0; returns `result` with it."""
    bias = numpy.float32(-numpy.quantile(decisive, wanted))
    tensor = initializers[node.input[2]]
    tensor.CopyFrom(onnx.numpy_helper.from_array(numpy.full(tuple(tensor.dims), bias), tensor.name))
    return result + bias


def pooled(x):
    images, channels, height, width = x.shape
    return x.reshape(images, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def run(node, inputs, model):
    """The node alone; of a layer without what is missing at the end."""
    alone = onnx.NodeProto()
    alone.CopyFrom(node)
    del alone.input[len(inputs):]
    feeds = {name: value for name, value in zip(alone.input, inputs) if isinstance(value, numpy.ndarray)}
    graph = onnx.helper.make_graph(
        [alone], "node",
        [onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
         for name, value in feeds.items()],
        [onnx.helper.make_empty_tensor_value_info(node.output[0])],
        [value for value in inputs if not isinstance(value, numpy.ndarray)])
    session = onnxruntime.InferenceSession(
        onnx.helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version).SerializeToString(),
        providers=["CPUExecutionProvider"])
    return session.run(None, feeds)[0]
