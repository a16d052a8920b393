"""A classifier as the network that slides over an image: fully connected layers become convolutions."""

import numpy as np
import onnx
import onnx.shape_inference
from onnx import helper, numpy_helper

ELEMENTWISE = {"Relu", "LeakyRelu", "PRelu", "Clip", "Elu", "Sigmoid", "Tanh", "Dropout", "Identity"}


def image_shape(model):
    """(channels, height, width) of the model's one image input [N, channels, height, width]."""
    dims = image_input(model).type.tensor_type.shape.dim
    return tuple(d.dim_value for d in dims[1:])


def image_input(model):
    constants = {t.name for t in model.graph.initializer}
    (value,) = [v for v in model.graph.input if v.name not in constants]
    return value


def scores_model(model):
    """A copy whose one output is the class scores [N, classes]: the first output, without a last Softmax."""
    model = copied(model)
    graph = model.graph
    scores = graph.output[0].name
    (last,) = [n for n in graph.node if scores in n.output]
    if last.op_type == "Softmax":
        graph.node.remove(last)
        scores = last.input[0]
    set_output(graph, scores, ["N", "classes"])
    image_input(model).type.tensor_type.shape.dim[0].dim_param = "N"
    del graph.value_info[:]
    return model


def fully_convolutional(model):
    """A copy that takes images [N, C, H, W] of any size and gives score maps [N, classes, h, w].

    A Gemm that reads the flattened feature map becomes a convolution with a kernel of that map's height
    and width at the network's own size, without padding; any other Gemm becomes a 1x1 convolution. In
    between there may be operators that treat each element alike.
    """
    model = scores_model(model)
    graph = model.graph
    shapes = feature_map_shapes(model)
    weights = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    # By tensor: the feature map [C, H, W] that the plain network has flattened into it.
    flattened = {}
    nodes = []
    for node in graph.node:
        source = node.input[0]
        if node.op_type == "Flatten" and source in shapes:
            flattened[node.output[0]] = shapes[source]
            nodes.append(helper.make_node("Identity", [source], node.output, name=node.name))
        elif node.op_type == "Gemm":
            convolution, constants = as_convolution(node, weights, flattened.get(source))
            nodes.append(convolution)
            graph.initializer.extend(constants)
            flattened[node.output[0]] = (constants[0].dims[0], 1, 1)
        elif source in flattened and node.op_type not in ELEMENTWISE:
            raise ValueError(f"{node.op_type} {node.name!r} after the feature map is flattened")
        else:
            nodes.append(node)
            if source in flattened:
                flattened[node.output[0]] = flattened[source]
    del graph.node[:]
    graph.node.extend(nodes)
    set_output(graph, graph.output[0].name, ["N", "classes", "h", "w"])
    dims = image_input(model).type.tensor_type.shape.dim
    dims[2].dim_param, dims[3].dim_param = "H", "W"
    return model


def as_convolution(gemm, weights, feature_map):
    """The convolution of a Gemm whose input is the flattened `feature_map` [C, H, W], and its constants."""
    attributes = {a.name: helper.get_attribute_value(a) for a in gemm.attribute}
    if attributes.get("transA") or feature_map is None or gemm.input[1] not in weights:
        raise ValueError(f"Gemm {gemm.name!r} is not a fully connected layer")
    matrix = weights[gemm.input[1]]
    if not attributes.get("transB"):
        matrix = matrix.T
    kernel = attributes.get("alpha", 1.0) * matrix.reshape(-1, *feature_map)
    constants = [numpy_helper.from_array(kernel.astype(np.float32), f"{gemm.output[0]}/kernel")]
    if len(gemm.input) > 2 and gemm.input[2]:
        bias = attributes.get("beta", 1.0) * np.broadcast_to(weights[gemm.input[2]], len(kernel))
        constants.append(numpy_helper.from_array(bias.astype(np.float32), f"{gemm.output[0]}/bias"))
    inputs = [gemm.input[0], *(t.name for t in constants)]
    return helper.make_node("Conv", inputs, gemm.output, name=gemm.name), constants


def feature_map_shapes(model):
    """By tensor: [C, H, W] of what is four-dimensional when the network runs at its own size."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    values = [*inferred.graph.value_info, *inferred.graph.input]
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in values}
    return {name: tuple(dims[1:]) for name, dims in shapes.items() if len(dims) == 4}


def set_output(graph, name, dims):
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims))


def copied(model):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy
