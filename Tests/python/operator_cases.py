"""Small models, one operator or a few nodes each, in ONNX text."""

from dataclasses import dataclass, field

import numpy as np
import onnx
import onnx.shape_inference


@dataclass
class Case:
    """A graph `(inputs) => (outputs) <constants> { nodes }`.

    Inputs whose names start with x get seeded numbers when the model runs; the others get theirs in the
    model. `ranges` gives the interval of an input's numbers; else they are normal.
    """

    name: str
    opsets: tuple
    inputs: str
    nodes: str
    constants: str = ""
    outputs: str = "float[] y"
    ranges: dict = field(default_factory=dict)
    # True where ONNX Runtime has no kernel and the reference evaluator of `onnx` is asked.
    lacks_onnx_runtime_kernel: bool = False


def model_and_inputs(case, opset, run_time="x"):
    """The bytes of the model, and the arrays for the inputs that it has at run time, which are those whose
    names start with a letter of `run_time`."""
    ir_version = onnx.helper.OP_SET_ID_VERSION_MAP[("ai.onnx", opset)]
    constants = f"<{case.constants}>" if case.constants else ""
    model = onnx.parser.parse_model(
        f'<ir_version: {ir_version}, opset_import: ["" : {opset}]>\n'
        f"operators ({case.inputs}) => ({case.outputs}) {constants} {{ {case.nodes} }}"
    )
    random = np.random.default_rng(opset)
    inputs = {}
    for value in list(model.graph.input):
        tensor_type = value.type.tensor_type
        shape = [d.dim_value for d in tensor_type.shape.dim]
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor_type.elem_type)
        if value.name in case.ranges:
            low, high = case.ranges[value.name]
            array = random.uniform(low, high, shape).astype(dtype)
        else:
            array = random.normal(0, 1, shape).astype(dtype)
        if value.name[0] in run_time:
            inputs[value.name] = array
        else:
            model.graph.initializer.append(onnx.numpy_helper.from_array(array, value.name))
            model.graph.input.remove(value)
    if ir_version < 4:
        # Up to IR version 3 an initializer is also an input.
        for tensor in model.graph.initializer:
            model.graph.input.append(
                onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            )
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    return model.SerializeToString(), inputs


def conv(name, x, w, attributes="", opsets=(7, 11, 22), bias=True):
    out_channels = w.split(",")[0]
    parameters = f"float[{w}] w" + (f", float[{out_channels}] b" if bias else "")
    return Case(
        f"conv {name}",
        opsets,
        f"float[{x}] x, {parameters}",
        (
            f"y = Conv <{attributes}> (x, w{', b' if bias else ''})"
            if attributes
            else f"y = Conv (x, w{', b' if bias else ''})"
        ),
    )


CONV = [
    conv("3x3", "2,3,9,11", "5,3,3,3"),
    conv("without bias", "1,4,8,8", "8,4,3,3", "pads = [1, 1, 1, 1]", bias=False),
    conv("1x1", "1,17,7,5", "9,17,1,1"),
    conv("1x1 strided", "1,8,7,9", "16,8,1,1", "strides = [2, 3]"),
    conv("5x3 asymmetric pads", "1,3,12,10", "4,3,5,3", "pads = [2, 0, 1, 2]"),
    conv("7x7 stride 2", "1,3,31,33", "16,3,7,7", "strides = [2, 2], pads = [3, 3, 3, 3]"),
    conv("strides differ", "1,3,15,14", "8,3,3,3", "strides = [2, 1], pads = [1, 1, 1, 1]"),
    conv("dilations differ", "1,3,15,14", "8,3,3,3", "dilations = [2, 3], pads = [2, 3, 2, 3]"),
    conv("2 groups", "1,6,9,9", "8,3,3,3", "group = 2, pads = [1, 1, 1, 1]"),
    conv("3 groups of odd width", "1,9,9,9", "15,3,3,3", "group = 3"),
    conv("depthwise", "2,19,9,9", "19,1,3,3", "group = 19, pads = [1, 1, 1, 1]"),
    conv("depthwise with multiplier", "1,6,9,9", "12,1,5,5", "group = 6, strides = [2, 2]"),
    conv("grouped and dilated", "1,8,13,13", "8,4,3,3", "group = 2, dilations = [2, 2], strides = [2, 2]"),
    conv("SAME_UPPER", "1,3,10,11", "4,3,3,4", 'auto_pad = "SAME_UPPER", strides = [2, 2]'),
    conv("SAME_LOWER", "1,3,10,11", "4,3,4,3", 'auto_pad = "SAME_LOWER", strides = [2, 2]'),
    conv("VALID", "1,3,10,11", "4,3,3,3", 'auto_pad = "VALID", strides = [3, 3]'),
    conv("kernel as large as the image", "1,3,6,6", "33,3,6,6"),
    conv("pads wider than the image", "1,2,2,3", "4,2,5,5", "pads = [4, 4, 4, 4]"),
    conv("many channels", "1,65,7,7", "67,65,3,3", "pads = [1, 1, 1, 1]"),
    Case(
        "depthwise convolution of more than a cache holds",
        (14,),
        "float[2,8,90,80] x, float[24,8,1,1] w1, float[24] b1, float[24,1,5,5] w2",
        "a = Conv (x, w1, b1) b = HardSwish (a) "
        "c = Conv <group = 24, strides = [2, 2], pads = [2, 2, 2, 2]> (b, w2) y = Relu (c)",
    ),
]

X = "float[1,3,10,11] x"
WIDE = "float[2,19,13,13] x"

POOL = [
    Case(
        "max pool 2x2", (7, 8, 10, 12, 22), WIDE, "y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)"
    ),
    Case(
        "max pool 3x3 stride 2 pads",
        (7, 8, 11, 22),
        WIDE,
        "y = MaxPool <kernel_shape = [3, 3], strides = [2, 2], pads = [1, 0, 1, 2]> (x)",
    ),
    Case("max pool default strides", (7, 22), X, "y = MaxPool <kernel_shape = [3, 2]> (x)"),
    Case(
        "max pool ceil",
        (10, 11, 22),
        X,
        "y = MaxPool <kernel_shape = [3, 3], strides = [2, 2], ceil_mode = 1> (x)",
    ),
    Case(
        "max pool ceil pads",
        (22,),
        X,
        "y = MaxPool <kernel_shape = [3, 3], strides = [2, 3], pads = [1, 1, 1, 1], ceil_mode = 1> (x)",
    ),
    Case("max pool dilations", (10, 22), X, "y = MaxPool <kernel_shape = [3, 2], dilations = [2, 3]> (x)"),
    Case(
        "max pool SAME_UPPER",
        (7, 22),
        X,
        'y = MaxPool <kernel_shape = [3, 3], strides = [2, 2], auto_pad = "SAME_UPPER"> (x)',
    ),
    Case(
        "max pool SAME_LOWER",
        (7, 22),
        X,
        'y = MaxPool <kernel_shape = [2, 2], strides = [2, 2], auto_pad = "SAME_LOWER"> (x)',
    ),
    Case(
        "average pool 2x2",
        (7, 10, 11, 19, 22),
        WIDE,
        "y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (x)",
    ),
    Case(
        "average pool pads not counted",
        (7, 22),
        X,
        "y = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x)",
    ),
    Case(
        "average pool pads counted",
        (7, 22),
        X,
        "y = AveragePool <kernel_shape = [3, 3], pads = [1, 2, 0, 1], count_include_pad = 1> (x)",
    ),
    Case(
        "average pool ceil",
        (19, 22),
        X,
        "y = AveragePool <kernel_shape = [3, 3], strides = [2, 2], ceil_mode = 1> (x)",
    ),
    Case(
        "average pool ceil pads counted",
        (22,),
        X,
        "y = AveragePool <kernel_shape = [3, 3], strides = [2, 3], pads = [1, 1, 1, 1], ceil_mode = 1, count_include_pad = 1> (x)",
    ),
    Case(
        "average pool dilations",
        (19, 22),
        X,
        "y = AveragePool <kernel_shape = [2, 3], dilations = [3, 2]> (x)",
    ),
    Case(
        "average pool SAME_UPPER",
        (7, 22),
        X,
        'y = AveragePool <kernel_shape = [3, 3], strides = [2, 2], auto_pad = "SAME_UPPER"> (x)',
    ),
    Case("global average pool", (7, 22), WIDE, "y = GlobalAveragePool (x)"),
    Case("global max pool", (7, 22), WIDE, "y = GlobalMaxPool (x)"),
    *(
        Case(
            f"{operator} ceil window beyond {rows}x{columns}",
            (10, 22),
            f"float[2,9,{rows},{columns}] x",
            f"y = {operator} <kernel_shape = [3, 4], strides = [2, 3], ceil_mode = 1> (x)",
        )
        for operator in ["MaxPool", "AveragePool"]
        for rows, columns in [(2, 2), (2, 9), (5, 3)]
    ),
]

BINARY = (
    [
        Case(
            f"{operator.lower()} {name}",
            (7, 13, 14),
            f"float[{a}] x1, float[{b}] x2",
            f"y = {operator} (x1, x2)",
            ranges={"x2": (0.5, 2)},
        )
        for operator in ("Add", "Sub", "Mul", "Div")
        for name, a, b in [
            ("same shape", "2,3,4,5", "2,3,4,5"),
            ("scalar", "2,3,4,5", ""),
            ("row", "2,3,4,5", "5"),
            ("channels", "2,9,4,5", "9,1,1"),
            ("both ways", "2,1,4,1", "3,1,5"),
            ("smaller first", "5", "4,5"),
        ]
        if b
    ]
    + [
        Case(
            f"{operator.lower()} {name}",
            (7, 14),
            "float[1,9,6,6] x, float[9,1,1] c",
            f"y = {operator} ({operands})",
            ranges={"x": (1, 2), "c": (0.5, 2)},
        )
        for operator in ("Add", "Sub", "Mul", "Div")
        for name, operands in [("constant", "x, c"), ("to constant", "c, x")]
    ]
    + [
        Case("add to itself", (14,), "float[1,9,6,6] x", "y = Add (x, x)"),
        Case(
            "residual",
            (14,),
            "float[1,9,6,6] x, float[9,9,3,3] w",
            "a = Conv <pads = [1, 1, 1, 1]> (x, w) b = Add (a, x) y = Relu (b)",
        ),
    ]
)

ACTIVATION = (
    [
        Case("relu", (7, 13, 14), "float[2,19,5,5] x", "y = Relu (x)"),
        Case("relu of a vector", (14,), "float[37] x", "y = Relu (x)"),
        Case("clip attributes", (7,), "float[2,5,5] x", "y = Clip <min = -0.5, max = 0.25> (x)"),
        Case("clip attribute max", (7,), "float[2,5,5] x", "y = Clip <max = 0.25> (x)"),
        Case(
            "clip inputs",
            (11, 12, 13),
            "float[2,5,5] x",
            "y = Clip (x, low, high)",
            "float low = {-0.5}, float high = {0.25}",
        ),
        Case("clip only max", (11, 13), "float[2,5,5] x", "y = Clip (x, , high)", "float high = {0.25}"),
        Case("clip only min", (11, 13), "float[2,5,5] x", "y = Clip (x, low)", "float low = {0.25}"),
        Case("clip nothing", (11, 13), "float[2,5,5] x", "y = Clip (x)"),
        *[
            Case(f"{operator.lower()}", opsets, "float[2,19,5,5] x", f"y = {operator} (x)")
            for operator, opsets in [
                ("Abs", (7, 13)),
                ("Exp", (7, 13)),
                ("HardSigmoid", (7, 22)),
                ("HardSwish", (14, 22)),
                ("LeakyRelu", (7, 16)),
                ("Neg", (7, 13)),
                ("Reciprocal", (7, 13)),
                ("Sigmoid", (7, 13)),
                ("Tanh", (7, 13)),
            ]
        ],
        Case("sqrt", (7, 13), "float[2,19,5,5] x", "y = Sqrt (x)", ranges={"x": (0, 9)}),
        Case("leaky relu of alpha 0.2", (16,), "float[37] x", "y = LeakyRelu <alpha = 0.2> (x)"),
        Case(
            "hard sigmoid of its own slope",
            (13,),
            "float[37] x",
            "y = HardSigmoid <alpha = 0.3, beta = 0.4> (x)",
        ),
        Case(
            "squeeze and excite",
            (14,),
            "float[2,9,6,6] x, float[9,9,3,3] w, float[9,9,1,1] v",
            "a = Conv <pads = [1, 1, 1, 1]> (x, w) p = GlobalAveragePool (a) q = Conv (p, v) "
            "g = HardSigmoid (q) s = Mul (a, g) h = HardSwish (s) y = Conv (h, v)",
        ),
        Case(
            "after pools and means",
            (18,),
            "float[2,9,7,6] x, float[2,9,1,1] s, float[9,9,3,3] w",
            "a = Conv (x, w) p = MaxPool <kernel_shape = [3, 2], pads = [1, 0, 1, 0]> (a) q = Mul (p, s) "
            "r = AveragePool <kernel_shape = [2, 2], pads = [1, 1, 1, 1]> (q) t = Tanh (r) "
            "g = GlobalAveragePool (t) h = HardSigmoid (g) i = Add (h, s) m = Mul (t, i) "
            "n = ReduceMean (m, axes) y = Sigmoid (n)",
            "int64[2] axes = {1, 2}",
        ),
        Case(
            "after matrix products",
            (20,),
            "float[3,5,7] x, float[7,17] w, float[3,5,17] r, float[17] c, float[17,9] v, float[3,5,1] k",
            "a = MatMul (x, w) b = Add (a, r) d = Mul (b, c) e = Gelu (d) f = MatMul (e, v) g = Mul (f, k) "
            "y = Sigmoid (g)",
        ),
        Case(
            "of channels after a convolution",
            (13,),
            "float[2,9,4,6] x, float[16,1,1] x2, float[16,9,1,1] w, float[2,16,1,1] c",
            "a = Conv (x, w) b = Add (a, x2) d = Conv (x, w) e = Mul (d, c) y = Sub (b, e)",
        ),
        Case("of constants", (14,), "float[5] x, float[5] c", "s = Sigmoid (c) t = Tanh (s) y = Add (x, t)"),
        Case(
            "relu 6 after conv",
            (13,),
            "float[1,3,9,9] x, float[8,3,3,3] w",
            "a = Conv (x, w) y = Clip (a, low, high)",
            "float low = {0.0}, float high = {6.0}",
        ),
    ]
    + [
        Case(f"{operator} axis {axis}", opsets, "float[2,3,4,5] x", f"y = {operator} <axis = {axis}> (x)")
        for operator in ("Softmax", "LogSoftmax")
        for axis, opsets in [
            (0, (7, 11, 13)),
            (1, (7, 11, 13)),
            (2, (7, 13)),
            (3, (7, 13)),
            (-1, (11, 13)),
            (-3, (11, 13)),
        ]
    ]
    + [
        Case(f"{operator} default axis", (7, 11, 13), "float[2,3,4] x", f"y = {operator} (x)")
        for operator in ("Softmax", "LogSoftmax")
    ]
    + [
        Case(
            "softmax of large numbers", (13,), "float[3,100] x", "y = Softmax (x)", ranges={"x": (-1e4, 1e4)}
        ),
        Case(
            "softmax over channels of images",
            (13,),
            "float[2,19,4,4] x, float[21,19,1,1] w",
            "a = Conv (x, w) y = Softmax <axis = 1> (a)",
        ),
    ]
)

NORMALIZATION = [
    Case(
        "batch norm",
        (7, 9, 14, 15),
        "float[2,19,5,5] x, float[19] s, float[19] b, float[19] m, float[19] v",
        "y = BatchNormalization <epsilon = 0.001> (x, s, b, m, v)",
        ranges={"v": (0.5, 2)},
    ),
    Case(
        "layer norm of channels, a perceptron, and back",
        (17, 20),
        "float[2,13,6,5] x, float[13,1,3,3] k, float[13] s, float[13] b, float[13,30] w, float[30] c, float[30,13] v, "
        "float[13,1,1] l",
        "a = Conv <group = 13, pads = [1, 1, 1, 1]> (x, k) t = Transpose <perm = [0, 2, 3, 1]> (a) "
        "n = LayerNormalization <axis = -1> (t, s, b) h = MatMul (n, w) i = Add (c, h) g = Sigmoid (i) "
        "m = Mul (i, g) o = MatMul (m, v) u = Transpose <perm = [0, 3, 1, 2]> (o) q = Mul (u, l) y = Add (q, x)",
    ),
    Case(
        "channels last until the end",
        (17,),
        "float[2,8,3,5] x, float[8] s, float[8,9] w, float[1,1,1,1] d",
        "t = Transpose <perm = [0, 2, 3, 1]> (x) n = LayerNormalization (t, s) a = Add (n, t) h = MatMul (a, w) "
        "y = Div (h, d)",
        ranges={"d": (1, 2)},
    ),
    Case(
        "batch norm of a matrix",
        (9, 15),
        "float[3,7] x, float[7] s, float[7] b, float[7] m, float[7] v",
        "y = BatchNormalization (x, s, b, m, v)",
        ranges={"v": (0.5, 2)},
    ),
    Case(
        "batch norm after conv",
        (9, 15),
        "float[1,3,9,9] x, float[8,3,3,3] w, float[8] c, float[8] s, float[8] b, float[8] m, float[8] v",
        "a = Conv (x, w, c) n = BatchNormalization (a, s, b, m, v) y = Relu (n)",
        ranges={"v": (0.5, 2)},
    ),
    Case(
        "batch norm before padded conv",
        (15,),
        "float[1,3,9,9] x, float[8,3,3,3] w, float[3] s, float[3] b, float[3] m, float[3] v",
        "n = BatchNormalization (x, s, b, m, v) y = Conv <pads = [1, 1, 1, 1]> (n, w)",
        ranges={"v": (0.5, 2)},
    ),
    Case(
        "conv output used twice",
        (15,),
        "float[1,3,9,9] x, float[8,3,3,3] w, float[8] s, float[8] b, float[8] m, float[8] v",
        "a = Conv (x, w) n = BatchNormalization (a, s, b, m, v) y = Add (a, n)",
        ranges={"v": (0.5, 2)},
    ),
    Case(
        "lrn 5", (7, 13), "float[2,19,5,5] x", "y = LRN <size = 5, alpha = 0.5, beta = 0.75, bias = 2.0> (x)"
    ),
    Case("lrn defaults", (7, 13), "float[1,6,5,5] x", "y = LRN <size = 3> (x)"),
    Case(
        "lrn wider than the channels",
        (13,),
        "float[1,3,5,5] x",
        "y = LRN <size = 11, alpha = 0.9, beta = 0.5> (x)",
    ),
]

MATRIX = [
    Case("gemm", (7, 9, 11, 13), "float[3,19] x, float[19,33] w, float[33] b", "y = Gemm (x, w, b)"),
    Case(
        "gemm transB",
        (7, 11, 13),
        "float[1,40] x, float[50,40] w, float[50] b",
        "y = Gemm <transB = 1> (x, w, b)",
    ),
    Case(
        "gemm transA",
        (7, 13),
        "float[19,3] x, float[19,33] w, float[1,33] b",
        "y = Gemm <transA = 1> (x, w, b)",
    ),
    Case(
        "gemm alpha beta",
        (7, 13),
        "float[3,19] x, float[19,33] w, float[33] b",
        "y = Gemm <alpha = 0.5, beta = 2.0> (x, w, b)",
    ),
    Case("gemm without bias", (11, 13), "float[3,19] x, float[19,33] w", "y = Gemm (x, w)"),
    Case("gemm scalar bias", (7, 13), "float[3,19] x, float[19,33] w, float[1] b", "y = Gemm (x, w, b)"),
    Case("gemm column bias", (7, 13), "float[3,19] x, float[19,33] w, float[3,1] b", "y = Gemm (x, w, b)"),
    Case("gemm matrix bias", (7, 13), "float[3,19] x, float[19,33] w, float[3,33] b", "y = Gemm (x, w, b)"),
    Case("gemm of inputs", (7, 13), "float[3,19] x1, float[19,33] x2, float[33] x3", "y = Gemm (x1, x2, x3)"),
    Case(
        "gemm of inputs, all attributes",
        (7, 13),
        "float[19,3] x1, float[33,19] x2, float[3,1] x3",
        "y = Gemm <transA = 1, transB = 1, alpha = 0.25, beta = 0.5> (x1, x2, x3)",
    ),
    Case(
        "gemm and relu",
        (13,),
        "float[2,100] x, float[17,100] w, float[17] b",
        "a = Gemm <transB = 1> (x, w, b) y = Relu (a)",
    ),
    Case("matmul", (7, 9, 13), "float[3,19] x, float[19,33] w", "y = MatMul (x, w)"),
    Case(
        "matmul and add",
        (13,),
        "float[3,19] x, float[19,33] w, float[33] b",
        "a = MatMul (x, w) y = Add (a, b)",
    ),
    Case("matmul of a stack", (9, 13), "float[2,3,19] x, float[19,33] w", "y = MatMul (x, w)"),
    Case("matmul of inputs", (7, 13), "float[3,19] x1, float[19,33] x2", "y = MatMul (x1, x2)"),
    Case("matmul of stacks", (9, 13), "float[2,5,3,19] x1, float[2,5,19,4] x2", "y = MatMul (x1, x2)"),
    Case(
        "matmul of stacks, extents of 1 before", (13,), "float[1,2,3,19] x1, float[2,19,4] x2", "y = MatMul (x1, x2)"
    ),
    Case("matmul of crossed stacks", (9, 13), "float[2,1,3,19] x1, float[5,19,4] x2", "y = MatMul (x1, x2)"),
    Case("matmul by a shared stack", (13,), "float[4,2,3,19] x, float[2,19,4] w", "y = MatMul (x, w)"),
    Case("matmul of a vector by stacks", (13,), "float[19] x1, float[2,5,19,4] x2", "y = MatMul (x1, x2)"),
    Case("matmul of a vector", (13,), "float[19] x1, float[19,33] x2", "y = MatMul (x1, x2)"),
    Case("matmul by a vector", (13,), "float[3,19] x, float[19] w", "y = MatMul (x, w)"),
    Case("matmul of vectors", (13,), "float[19] x1, float[19] x2", "y = MatMul (x1, x2)"),
]

SHAPE = [
    Case("flatten", (7, 9, 13, 21), "float[2,3,4,5] x", "y = Flatten (x)"),
    Case("flatten axis 0", (7, 13), "float[2,3,4] x", "y = Flatten <axis = 0> (x)"),
    Case("flatten axis 3", (7, 13), "float[2,3,4] x", "y = Flatten <axis = 3> (x)"),
    Case("flatten axis -1", (11, 13), "float[2,3,4] x", "y = Flatten <axis = -1> (x)"),
    Case("reshape", (7, 13, 14, 21), "float[2,3,4] x", "y = Reshape (x, shape)", "int64[2] shape = {4, 6}"),
    Case(
        "reshape 0 and -1", (7, 14), "float[2,3,4] x", "y = Reshape (x, shape)", "int64[3] shape = {0, -1, 2}"
    ),
    Case(
        "reshape of images",
        (13,),
        "float[2,19,4,4] x, float[21,19,1,1] w",
        "a = Conv (x, w) y = Reshape (a, shape)",
        "int64[2] shape = {0, -1}",
    ),
    Case(
        "reshape by shape arithmetic",
        (13,),
        "float[2,3,4,4] x",
        "s = Shape (x) n = Gather <axis = 0> (s, zero) m = Unsqueeze (n, first) t = Concat <axis = 0> (m, rest) y = Reshape (x, t)",
        "int64 zero = {0}, int64[1] first = {0}, int64[1] rest = {-1}",
    ),
    Case("transpose", (7, 13, 21), "float[2,3,4,5] x", "y = Transpose <perm = [0, 2, 3, 1]> (x)"),
    Case("transpose default", (7, 13), "float[2,3,4] x", "y = Transpose (x)"),
    Case(
        "transpose images",
        (13,),
        "float[2,19,4,5] x, float[21,19,1,1] w",
        "a = Conv (x, w) y = Transpose <perm = [0, 2, 3, 1]> (a)",
    ),
    Case("squeeze axes attribute", (7, 11), "float[2,1,4,1] x", "y = Squeeze <axes = [1, 3]> (x)"),
    Case("squeeze axes input", (13, 21), "float[2,1,4,1] x", "y = Squeeze (x, axes)", "int64[1] axes = {-1}"),
    Case("squeeze all", (7, 13), "float[2,1,4,1] x", "y = Squeeze (x)"),
    Case("unsqueeze axes attribute", (7, 11), "float[2,4] x", "y = Unsqueeze <axes = [0, 3]> (x)"),
    Case(
        "unsqueeze axes input", (13, 21), "float[2,4] x", "y = Unsqueeze (x, axes)", "int64[2] axes = {-1, 1}"
    ),
    Case(
        "concat channels",
        (7, 11, 13),
        "float[2,3,4,4] x1, float[2,5,4,4] x2",
        "y = Concat <axis = 1> (x1, x2)",
    ),
    Case("concat rows", (7, 13), "float[2,3,4] x1, float[2,3,5] x2", "y = Concat <axis = 2> (x1, x2, x1)"),
    Case("concat axis -2", (11, 13), "float[2,3,4] x1, float[2,1,4] x2", "y = Concat <axis = -2> (x1, x2)"),
    Case(
        "concat of conv outputs",
        (13,),
        "float[1,3,8,8] x, float[8,3,1,1] v, float[9,3,3,3] w",
        "a = Conv (x, v) b = Conv <pads = [1, 1, 1, 1]> (x, w) c = Concat <axis = 1> (a, b) y = Relu (c)",
    ),
    Case("pad attributes", (7,), X, "y = Pad <pads = [0, 0, 1, 2, 0, 0, 3, 0], value = 0.5> (x)"),
    Case(
        "pad inputs",
        (11, 13, 18, 21),
        X,
        "y = Pad (x, pads, value)",
        "int64[8] pads = {0, 0, 1, 2, 0, 0, 3, 0}, float value = {0.5}",
    ),
    Case(
        "pad axes",
        (18, 21),
        X,
        "y = Pad (x, pads, , axes)",
        "int64[4] pads = {1, 2, 3, 4}, int64[2] axes = {2, -1}",
    ),
    Case(
        "pad before conv",
        (13,),
        X + ", float[4,3,3,3] w",
        "p = Pad (x, pads) y = Conv (p, w)",
        "int64[8] pads = {0, 0, 1, 2, 0, 0, 3, 0}",
    ),
    Case("pad edge", (7,), X, 'y = Pad <mode = "edge", pads = [0, 0, 1, 2, 0, 0, 3, 0]> (x)'),
    Case(
        "pad edge input",
        (11, 18),
        X,
        'y = Pad <mode = "edge"> (x, pads)',
        "int64[8] pads = {0, 0, 1, 2, 0, 0, 3, 0}",
    ),
    Case(
        "pad reflect",
        (11, 18),
        X,
        'y = Pad <mode = "reflect"> (x, pads)',
        "int64[8] pads = {0, 0, 1, 2, 0, 0, 3, 0}",
    ),
    Case(
        "pad wrap", (19,), X, 'y = Pad <mode = "wrap"> (x, pads)', "int64[8] pads = {0, 0, 1, 2, 0, 0, 3, 0}"
    ),
    Case("pad cuts", (13,), X, "y = Pad (x, pads)", "int64[8] pads = {0, 0, -1, 0, 0, 0, 2, -3}"),
    Case("pad channels", (13,), X, "y = Pad (x, pads)", "int64[8] pads = {1, 2, 0, 0, 0, 1, 0, 0}"),
    Case(
        "slice attributes",
        (7,),
        "float[5,6,7] x",
        "y = Slice <starts = [1, -3], ends = [3, 100], axes = [0, 2]> (x)",
    ),
    Case(
        "slice inputs",
        (10, 11, 13),
        "float[5,6,7] x",
        "y = Slice (x, starts, ends, axes)",
        "int64[2] starts = {1, -3}, int64[2] ends = {3, 100}, int64[2] axes = {0, 2}",
    ),
    Case(
        "slice steps",
        (10, 13),
        "float[5,6,7] x",
        "y = Slice (x, starts, ends, axes, steps)",
        "int64[2] starts = {0, 1}, int64[2] ends = {5, 7}, int64[2] axes = {1, -1}, int64[2] steps = {2, 3}",
    ),
    Case(
        "slice backwards",
        (10, 13),
        "float[5,6,7] x",
        "y = Slice (x, starts, ends, axes, steps)",
        "int64[2] starts = {-1, 4}, int64[2] ends = {-100, 0}, int64[2] axes = {0, 1}, int64[2] steps = {-1, -2}",
    ),
    Case(
        "slice channels of images",
        (13,),
        "float[1,19,4,4] x, float[24,19,1,1] w",
        "a = Conv (x, w) y = Slice (a, starts, ends, axes)",
        "int64[1] starts = {3}, int64[1] ends = {12}, int64[1] axes = {1}",
    ),
    Case(
        "concats that extend each other",
        (13,),
        "float[2,8,6,6] x, float[8,8,3,3] u, float[8,16,3,3] v, float[8,24,1,1] w",
        "a = Conv <pads = [1, 1, 1, 1]> (x, u) b = Relu (x) c = Concat <axis = 1> (a, b) d = Conv <pads = [1, 1, 1, 1]> (c, v) "
        "e = Concat <axis = 1> (a, b, d) f = Conv (e, w) y = Concat <axis = 1> (a, b, d, f)",
    ),
    Case(
        "concats of one value at several places",
        (13,),
        "float[2,8,6,6] x, float[8,8,1,1] u, float[16,8,3,3] v",
        "a = Conv (x, u) b = Conv <pads = [1, 1, 1, 1]> (a, v) c = Concat <axis = 1> (a, b, a) d = Concat <axis = 1> (b, a) "
        "y = Concat <axis = 1> (d, c, x)",
    ),
    Case("split equal", (7, 11, 13), "float[2,6,4] x", "y, z = Split <axis = 1> (x)", outputs="float[] y, float[] z"),
    Case(
        "split sizes",
        (7, 11),
        "float[2,6,4] x",
        "y, z = Split <axis = -2, split = [2, 4]> (x)",
        outputs="float[] y, float[] z",
    ),
    Case(
        "split sizes input",
        (13, 18),
        "float[2,6,4] x",
        "y, z = Split <axis = 1> (x, sizes)",
        "int64[2] sizes = {5, 1}",
        outputs="float[] y, float[] z",
    ),
    Case(
        "split number of outputs",
        (18,),
        "float[2,7,4] x",
        "y, z = Split <axis = 1, num_outputs = 2> (x)",
        outputs="float[] y, float[] z",
    ),
    Case("split with an output that nothing reads", (13,), "float[2,6,4] x", "y, z, v = Split <axis = 1> (x)"),
    Case(
        "split channels of images by blocks",
        (13,),
        "float[2,5,6,6] x, float[24,5,3,3] v, float[8,8,3,3] w",
        "a = Conv <pads = [1, 1, 1, 1]> (x, v) b, c = Split <axis = 1> (a, sizes) d = Conv <pads = [1, 1, 1, 1]> (b, w) "
        "y = Concat <axis = 1> (d, c)",
        "int64[2] sizes = {8, 16}",
    ),
    Case(
        "channel shuffle",
        (13,),
        "float[2,5,6,6] x, float[20,5,1,1] v, float[10,10,3,3] w",
        "a = Conv (x, v) b, c = Split <axis = 1> (a) d = Conv <pads = [1, 1, 1, 1]> (c, w) e = Concat <axis = 1> (b, d) "
        "f = Reshape (e, apart) g = Transpose <perm = [0, 2, 1, 3, 4]> (f) h = Reshape (g, together) y, z = Split <axis = 1> (h)",
        "int64[5] apart = {2, 2, 10, 6, 6}, int64[4] together = {2, 20, 6, 6}",
        outputs="float[] y, float[] z",
    ),
    Case("upsample attribute", (7,), X, "y = Upsample <scales = [1.0, 1.0, 2.0, 3.0]> (x)"),
    Case(
        "upsample linear",
        (9,),
        X,
        'y = Upsample <mode = "linear"> (x, scales)',
        "float[4] scales = {1, 1, 2, 1.5}",
    ),
    Case("resize 10", (10,), X, "y = Resize (x, scales)", "float[4] scales = {1, 1, 0.6, 2}"),
    *[
        Case(
            f"resize nearest {coordinates} {rounding}",
            (11, 13) if coordinates != "half_pixel_symmetric" else (19,),
            "float[1,3,5,7] x",
            f'y = Resize <coordinate_transformation_mode = "{coordinates}", nearest_mode = "{rounding}"> (x, , scales)'.replace(
                "(x, ,", "(x, roi,"
            ),
            "float[8] roi = {0, 0, 0, 0, 1, 1, 1, 1}, float[4] scales = {1, 1, 1.6, 0.65}",
        )
        for coordinates in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric")
        for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    ],
    *[
        Case(
            f"resize {mode} {coordinates}",
            (13, 19),
            "float[2,9,5,6] x, float[9,9,1,1] w",
            f'a = Conv (x, w) y = Resize <coordinate_transformation_mode = "{coordinates}", mode = "{mode}"> (a, roi, , sizes)',
            "float[8] roi = {0, 0, 0, 0, 1, 1, 1, 1}, int64[4] sizes = {2, 9, 9, 4}",
        )
        for mode in ("nearest", "linear", "cubic")
        for coordinates in ("half_pixel", "align_corners", "asymmetric")
    ],
    Case(
        "resize crops",
        (13,),
        "float[1,1,6,6] x",
        'y = Resize <coordinate_transformation_mode = "tf_crop_and_resize", extrapolation_value = 10.0, mode = "linear"> (x, roi, , sizes)',
        "float[8] roi = {0, 0, 0.4, 0.6, 1, 1, 1.2, 1.7}, int64[4] sizes = {1, 1, 3, 3}",
    ),
    Case(
        "resize keeps the aspect ratio",
        (18,),
        "float[1,2,6,4] x",
        'y = Resize <axes = [2, 3], keep_aspect_ratio_policy = "not_larger"> (x, , , sizes)',
        "int64[2] sizes = {9, 8}",
    ),
    *[
        Case(f"depth to space {mode}", (11, 13), "float[2,8,3,4] x", f'y = DepthToSpace <blocksize = 2, mode = "{mode}"> (x)')
        for mode in ("DCR", "CRD")
    ],
    *[
        Case(
            f"depth to space {mode} of images in blocks",
            (13,),
            "float[2,3,4,5] x, float[32,3,1,1] w",
            f'a = Conv (x, w) y = DepthToSpace <blocksize = 2, mode = "{mode}"> (a)',
        )
        for mode in ("DCR", "CRD")
    ],
    Case("space to depth", (7, 13), "float[2,3,4,6] x", "y = SpaceToDepth <blocksize = 2> (x)"),
    Case("expand", (8, 13), "float[3,1] x", "y = Expand (x, shape)", "int64[3] shape = {2, 1, 4}"),
    Case("tile", (7, 13), "float[2,1,3] x", "y = Tile (x, repeats)", "int64[3] repeats = {2, 3, 2}"),
    Case(
        "range of an extent",
        (11, 28),
        "float[5,6] x",
        "s = Shape (x) n = Gather (s, axis) i = Range (zero, n, two) y = Gather <axis = 1> (x, i)",
        "int64 axis = {1}, int64 zero = {0}, int64 two = {2}",
    ),
    Case(
        "range backwards",
        (11,),
        "float[5] x",
        "i = Range (start, limit, delta) y = Gather (x, i)",
        "int32 start = {4}, int32 limit = {0}, int32 delta = {-3}",
    ),
    Case(
        "range of nothing",
        (11,),
        "float[5] x",
        "i = Range (start, limit, delta) y = Gather (x, i)",
        "int64 start = {4}, int64 limit = {4}, int64 delta = {1}",
    ),
    *[
        Case(
            f"range of {dtype}",
            (11,),
            f"{dtype}[4] x",
            "r = Range (start, limit, delta) y = Add (x, r)",
            f"{dtype} start = {{1}}, {dtype} limit = {{2.9}}, {dtype} delta = {{0.5}}",
            f"{dtype}[] y",
        )
        for dtype in ("float", "double")
    ],
    Case("size", (7, 13), "float[2,1,3] x", "y = Size (x)", outputs="int64 y"),
    *[
        Case(
            f"transposed convolution <{attributes}>",
            (7, 11),
            "float[2,6,5,4] x, float[6,4,3,2] w, float[4] b",
            f"y = ConvTranspose <{attributes}> (x, w, b)",
        )
        for attributes in (
            "strides = [2, 2]",
            "strides = [1, 1], pads = [1, 0, 1, 1]",
            "strides = [2, 3], output_padding = [1, 2]",
            "strides = [3, 2], dilations = [2, 3], pads = [2, 1, 1, 0]",
            "strides = [2, 2], output_shape = [10, 9]",
            'strides = [2, 2], auto_pad = "SAME_UPPER"',
        )
    ],
    Case(
        "transposed convolution of groups",
        (11,),
        "float[1,8,5,4] x, float[8,3,4,4] w",
        "y = ConvTranspose <group = 2, strides = [2, 2], pads = [1, 1, 1, 1]> (x, w)",
    ),
    Case(
        "transposed convolution of images in blocks",
        (11,),
        "float[1,3,5,4] x, float[16,3,1,1] v, float[16,8,2,2] w, float[8] b",
        "a = Conv (x, v) c = ConvTranspose <strides = [2, 2]> (a, w, b) y = Relu (c)",
    ),
    *[
        Case(
            f"transposed convolution of {group} groups, normalised and activated",
            (11,),
            f"float[2,4,5,4] x, float[4,{6 // group},3,3] w, float[6] b, float[6] s, float[6] t, float[6] m, float[6] v",
            f"c = ConvTranspose <group = {group}, strides = [2, 2], pads = [1, 0, 1, 1]> (x, w, b)"
            " n = BatchNormalization (c, s, t, m, v) h = HardSigmoid (n) y = Mul (h, two)",
            "float two = {2}",
            ranges={"v": (0.5, 2)},
        )
        for group in (1, 2)
    ],
    Case(
        "gather rows",
        (7, 11, 13),
        "float[5,6,7] x",
        "y = Gather <axis = 1> (x, indices)",
        "int64[2,2] indices = {0, 5, 2, 2}",
    ),
    Case(
        "gather negative", (11, 13), "float[5,6] x", "y = Gather (x, indices)", "int64[2] indices = {-1, 0}"
    ),
    Case("gather scalar", (13,), "float[5,6] x", "y = Gather <axis = -1> (x, index)", "int64 index = {3}"),
    Case("shape", (7, 13, 21), "float[5,6,7] x", "y = Shape (x)", outputs="int64[] y"),
    Case(
        "shape part", (15, 21), "float[5,6,7] x", "y = Shape <start = -2, end = 3> (x)", outputs="int64[] y"
    ),
    Case(
        "constant of shape",
        (9, 21),
        "float[2,3] x",
        "s = Shape (x) c = ConstantOfShape <value = float[1] {1.5}> (s) y = Add (x, c)",
    ),
    Case(
        "constant",
        (7, 13, 21),
        "float[2,2] x",
        "c = Constant <value = float[2,2] {1.0, 2.0, 3.0, 4.0}> () y = Mul (x, c)",
    ),
    Case(
        "constant value_floats",
        (12, 21),
        "float[2,2] x",
        "c = Constant <value_floats = [1.0, 2.5]> () y = Mul (x, c)",
    ),
    Case("identity", (7, 14, 21), "float[2,3] x", "y = Identity (x)"),
    Case("dropout", (7, 10, 12, 13, 22), "float[2,3] x", "d = Dropout (x) y = Relu (d)"),
    Case("dropout ratio attribute", (7, 10), "float[2,3] x", "y = Dropout <ratio = 0.9> (x)"),
    Case(
        "dropout ratio input", (12, 13, 22), "float[2,3] x", "y = Dropout (x, ratio)", "float ratio = {0.9}"
    ),
    Case(
        "an input is an output",
        (13,),
        "float[2,3] x",
        "y = Relu (x) z = Identity (x)",
        outputs="float[] y, float[] z",
    ),
    Case(
        "a value is used and an output",
        (13,),
        "float[1,3,8,8] x, float[8,3,3,3] w",
        "a = Conv (x, w) y = Relu (a)",
        outputs="float[] y, float[] a",
    ),
    Case(
        "a constant is an output",
        (13,),
        "float[2,3] x, float[2,2] c",
        "y = Relu (x) z = Identity (c)",
        outputs="float[] y, float[] z",
    ),
]

TYPES = [
    Case(
        "double conv",
        (7, 22),
        "double[1,3,8,8] x, double[8,3,3,3] w, double[8] b",
        "y = Conv (x, w, b)",
        outputs="double[] y",
        lacks_onnx_runtime_kernel=True,
    ),
    Case(
        "double gemm",
        (7, 13),
        "double[2,30] x, double[30,8] w, double[8] b",
        "y = Gemm (x, w, b)",
        outputs="double[] y",
    ),
    Case(
        "double pool",
        (8, 22),
        "double[1,3,8,8] x",
        "y = MaxPool <kernel_shape = [2, 2]> (x)",
        outputs="double[] y",
    ),
    Case(
        "float16 conv",
        (7, 22),
        "float16[1,3,8,8] x, float16[8,3,3,3] w, float16[8] b",
        "a = Conv (x, w, b) y = Relu (a)",
        outputs="float16[] y",
    ),
    Case(
        "float16 gemm",
        (9, 13),
        "float16[2,30] x, float16[30,8] w, float16[8] b",
        "y = Gemm (x, w, b)",
        outputs="float16[] y",
    ),
    Case(
        "float16 weights cast",
        (13,),
        "float[1,3,8,8] x, float16[8,3,3,3] w",
        "v = Cast <to = 1> (w) y = Conv (x, v)",
    ),
    Case("cast to double", (9, 13, 21), "float[2,3] x", "y = Cast <to = 11> (x)", outputs="double[] y"),
    Case("cast to float16", (9, 13, 21), "float[2,3] x", "y = Cast <to = 10> (x)", outputs="float16[] y"),
    Case(
        "cast to int32",
        (9, 13),
        "float[20,3] x",
        "y = Cast <to = 6> (x)",
        outputs="int32[] y",
        ranges={"x": (-100, 100)},
    ),
    Case(
        "cast from uint8",
        (9, 13),
        "uint8[1,3,8,8] x, float[8,3,3,3] w",
        "a = Cast <to = 1> (x) y = Conv (a, w)",
        ranges={"x": (0, 255)},
    ),
    Case("cast from int64", (9, 13), "int64[2,3] x", "y = Cast <to = 1> (x)", ranges={"x": (-1000, 1000)}),
]

IMAGES = "float[2,16,9,7] x, float[16,16,3,3] w"
REDUCED = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2")
REDUCED += ("ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp")


def reduce(operator, opset, shape, axes, attributes="", nodes="", inputs=None):
    """A case whose axes are given as the opset version has it; nodes before it make its input v."""
    constants = ""
    listed = ", ".join(map(str, axes or []))
    parameters = attributes.split("; ") if attributes else []
    has_input = opset >= (13 if operator == "ReduceSum" else 18)
    if axes is not None and has_input:
        constants = f"int64[{len(axes)}] axes = {{{listed}}}"
    elif axes is not None:
        parameters = [f"axes = [{listed}]", *parameters]
    attribute_text = f"<{', '.join(parameters)}> " if parameters else ""
    source = "v" if nodes else "x"
    return Case(
        f"{operator} of {shape} over {axes} {attributes} {'after nodes' if nodes else ''}",
        (opset,),
        inputs or f"float[{shape}] x",
        f"{nodes} y = {operator} {attribute_text}({source}{', axes' if constants else ''})",
        constants,
        # A logarithm of a sum of numbers of both signs is steep.
        ranges={"x": (0.5, 1.5)} if operator in ("ReduceLogSum", "ReduceProd") else {},
    )


REDUCTION = (
    [
        reduce(operator, opset, "2,5,6,7", axes, attributes)
        for operator in REDUCED
        for opset in (11, 13, 18)
        for axes, attributes in [(None, ""), ([1], "keepdims = 0"), ([-1, -2], ""), ([0, 2], "keepdims = 0")]
    ]
    + [
        reduce(operator, 18, "3,40,11", axes, "keepdims = 0")
        for operator in ("ReduceSum", "ReduceMax", "ReduceLogSumExp")
        for axes in ([0], [1], [2], [0, 1, 2])
    ]
    + [
        reduce(
            operator, opset, "2,16,9,7", axes, attributes,
            "v = Conv <pads = [1, 1, 1, 1]> (x, w)", IMAGES,
        )
        for operator in ("ReduceMean", "ReduceMax", "ReduceL2")
        for opset, axes, attributes in [
            (13, [2, 3], ""), (18, [2, 3], "keepdims = 0"), (18, [1], ""), (18, [1], "keepdims = 0"),
            (18, [2], ""), (18, [3], "keepdims = 0"), (18, None, ""), (18, [0, 1], ""),
        ]
    ]
    + [
        reduce(
            "ReduceMean", 18, "1,3,9,7", axes, attributes,
            "v = Conv <pads = [1, 1, 1, 1]> (x, w)", "float[1,3,9,7] x, float[13,3,3,3] w",
        )
        for axes in ([2, 3], [1], [1, 2, 3])
        for attributes in ("", "keepdims = 0")
    ]
    + [
        Case(
            f"{operator} axis {axis} {attributes}",
            opsets,
            "float[3,8,6,5] x",
            f"y = {operator} <axis = {axis}{attributes}> (x)",
            outputs="int64[] y",
        )
        for operator in ("ArgMax", "ArgMin")
        for axis, attributes, opsets in [
            (0, "", (7, 11, 13)), (-1, "", (11, 13)), (1, ", keepdims = 0", (13,)), (2, ", select_last_index = 1", (12, 13)),
        ]
    ]
    + [
        Case(
            "ArgMax over channels of images",
            (13,),
            IMAGES,
            "v = Conv <pads = [1, 1, 1, 1]> (x, w) y = ArgMax <axis = 1, keepdims = 0> (v)",
            outputs="int64[] y",
        ),
        Case(
            "ArgMax of equal elements",
            (13,),
            "float[4,30] x",
            "a = Round (x) y = ArgMax <axis = 1> (a) z = ArgMax <axis = 1, select_last_index = 1> (a)",
            outputs="int64[] y, int64[] z",
        ),
        Case(
            "the product of a shape",
            (13,),
            "float[2,3,4] x",
            "s = Shape (x) p = ReduceProd <axes = [0]> (s) y = Reshape (x, p)",
        ),
        Case("no axes, no reduction", (18,), "float[2,3] x", "y = ReduceSum <noop_with_empty_axes = 1> (x)"),
        Case(
            "reduced constants",
            (18,),
            "float[2,3] x, float[2,3] c",
            "s = ReduceMean (c, axes) m = ReduceMax (c, axes) t = Add (s, m) y = Add (x, t)",
            "int64[1] axes = {1}",
        ),
        Case(
            "shuffle net's head",
            (13,),
            IMAGES + ", float[16,10] v",
            "a = Conv (x, w) r = Relu (a) m = ReduceMean <axes = [2, 3], keepdims = 0> (r) y = MatMul (m, v)",
        ),
    ]
)

TWO = "float[2,9,5,5] x, float[9,1,1] c"
ELEMENTWISE = (
    [
        Case(f"{operator}", opsets, "float[2,9,5,5] x", f"y = {operator} (x)")
        for operator, opsets in [
            ("Erf", (9, 13)), ("Sign", (9, 13)), ("Ceil", (7, 13)), ("Floor", (7, 13)), ("Round", (11, 22)),
            ("Sin", (7, 22)), ("Cos", (7, 22)), ("Elu", (7, 22)), ("Selu", (7, 22)), ("Celu", (12,)),
            ("Softplus", (7, 22)), ("Softsign", (7, 22)), ("ThresholdedRelu", (10, 22)), ("Shrink", (9,)),
            ("Gelu", (20,)), ("Mish", (18, 22)),
        ]
    ]
    + [
        Case(f"{operator} with attributes", (opset,), "float[2,9,5,5] x", f"y = {operator} <{text}> (x)")
        for operator, opset, text in [
            ("Elu", 7, "alpha = 0.3"), ("Selu", 7, "alpha = 1.5, gamma = 0.7"), ("Celu", 12, "alpha = 2.5"),
            ("ThresholdedRelu", 10, "alpha = 0.4"), ("Shrink", 9, "bias = 0.25, lambd = 0.75"),
            ("Gelu", 20, 'approximate = "tanh"'),
        ]
    ]
    + [
        Case("log", (7, 13), "float[2,9,5,5] x", "y = Log (x)", ranges={"x": (0.01, 9)}),
        Case("p relu a channel", (7, 9, 16), TWO, "y = PRelu (x, c)"),
        Case("p relu of images", (16,), IMAGES + ", float[16,1,1] c", "a = Conv (x, w) y = PRelu (a, c)"),
        Case("p relu of one slope", (16,), "float[3,4] x, float[1] c", "y = PRelu (x, c)"),
        Case("mod", (10, 13), TWO, "y = Mod <fmod = 1> (x, c)", ranges={"c": (0.5, 1.5)}),
        Case("mod with the divisor's sign", (28,), TWO, "y = Mod (x, c)", lacks_onnx_runtime_kernel=True),
        Case("swish", (24,), "float[37] x", "y = Swish <alpha = 0.5> (x)", lacks_onnx_runtime_kernel=True),
    ]
    + [
        Case(f"pow {exponent}", (7, 12, 15), "float[2,9,5,5] x", "y = Pow (x, e)",
             f"float e = {{{exponent}}}", ranges={"x": (0.1, 3)})
        for exponent in (1.0, 2.0, 3.0, -1.0, 0.5, 1.7)
    ]
    + [
        Case("pow of an integer exponent", (12, 15), "float[2,5] x", "y = Pow (x, e)", "int64 e = {3}"),
        Case("pow of exponents of the run", (13,), "float[2,9,5,5] x, float[9,1,1] x1", "y = Pow (x, x1)",
             ranges={"x": (0.1, 3)}),
    ]
    + [
        Case(f"{operator} of {count}", opsets, "float[2,9,5,5] x, float[9,1,1] c, float[5] x1",
             f"y = {operator} ({', '.join(['x', 'c', 'x1'][:count])})")
        for operator, opsets in [("Min", (8, 13)), ("Max", (8, 13)), ("Sum", (8, 13)), ("Mean", (8, 13))]
        for count in (1, 2, 3)
    ]
    + [
        Case(f"{operator} in {use}", opsets, TWO, f"b = {operator} (x, c) {nodes}", outputs=outputs)
        for operator, opsets in [
            ("Equal", (11, 13, 19)), ("Less", (9, 13)), ("Greater", (9, 13)),
            ("LessOrEqual", (12, 16)), ("GreaterOrEqual", (12, 16)),
        ]
        for use, nodes, outputs in [
            ("an output", "y = Identity (b)", "bool[] y"),
            ("Where", "y = Where (b, x, c)", "float[] y"),
            ("Cast and Mul", "f = Cast <to = 1> (b) y = Mul (f, x)", "float[] y"),
        ]
    ]
    + [
        Case(
            f"{operator} of comparisons",
            (9, 13),
            TWO,
            f"a = Less (x, c) b = Greater (x, half) l = {operator} (a, b) n = Not (l) y = Where (n, x, half) z = Cast <to = 7> (n)",
            "float half = {0.5}",
            "float[] y, int64[] z",
        )
        for operator in ("And", "Or", "Xor")
    ]
    + [
        Case("a condition of the run", (9, 16), "bool[2,3] x, float[3] x1", "y = Where (x, x1, z)", "float z = {-1.0}",
             ranges={"x": (0, 2)}),
        Case("a condition is reshaped", (13,), "float[2,6] x", "b = Less (x, z) r = Reshape (b, t) c = Cast <to = 1> (r) y = Add (c, c)",
             "float z = {0.0}, int64[2] t = {3, 4}"),
        Case("a condition of images", (13,), IMAGES, "a = Conv (x, w) b = Less (a, z) y = Where (b, z, a)", "float z = {0.0}"),
        Case("is nan", (9, 13, 20), "float[5] x", "l = Log (x) y = IsNaN (l)", outputs="bool[] y"),
        Case("is inf", (10, 20), "float[5] x", "d = Div (x, z) y = IsInf <detect_negative = 0> (d)",
             "float z = {0.0}", "bool[] y"),
        Case(
            "expand's shape by where",
            (13,),
            "float[2,3,4] x",
            "s = Shape (x) m = Equal (s, three) t = Where (m, one, s) p = ReduceProd <keepdims = 0> (t) "
            "q = Max (p, two) f = Cast <to = 1> (q) y = Mul (x, f)",
            "int64 three = {3}, int64 one = {1}, int64 two = {2}",
        ),
        Case("integers that are folded", (13,), "float[2,3] x",
             "a = Mod (s, t) b = Min (a, t) l = Less (b, t) f = Cast <to = 1> (l) p = Pow (t, t) q = Cast <to = 1> (p) r = Add (f, q) y = Mul (x, r)",
             "int64[3] s = {-7, 7, 5}, int64[3] t = {3, 2, 4}"),
    ]
)

NORMALIZATION += (
    [
        Case(f"layer norm of {shape} from {axis}", (17,), f"float[{shape}] x, float[{scale}] s, float[{scale}] b",
             f"y = LayerNormalization <axis = {axis}, epsilon = 0.001> (x, s, b)")
        for shape, axis, scale in [
            ("2,5,24", -1, "24"), ("2,5,24", 1, "5,24"), ("4,7", -1, "7"), ("2,3,4,5", 2, "4,5"), ("3,4", 0, "3,4"),
        ]
    ]
    + [
        Case("layer norm without bias", (17,), "float[3,11] x, float[11] s", "y = LayerNormalization (x, s)"),
        Case("layer norm of large numbers", (17,), "float[3,100] x, float[100] s", "y = LayerNormalization (x, s)",
             ranges={"x": (999, 1001)}),
        Case("layer norm of channels, as ConvNeXt", (17,), "float[1,16,5,6] x, float[16,16,1,1] w, float[16] s, float[16] b",
             "a = Conv (x, w) t = Transpose <perm = [0, 2, 3, 1]> (a) n = LayerNormalization (t, s, b) "
             "u = Transpose <perm = [0, 3, 1, 2]> (n) y = Conv (u, w)"),
        Case("instance norm", (7, 22), "float[2,5,6,7] x, float[5] s, float[5] b",
             "y = InstanceNormalization <epsilon = 0.01> (x, s, b)"),
        Case("instance norm of rank 3", (22,), "float[2,5,6] x, float[5] s, float[5] b", "y = InstanceNormalization (x, s, b)"),
        Case("lp norm 2", (7, 22), "float[3,4,5] x", "y = LpNormalization (x)"),
        Case("lp norm 1", (7, 22), "float[3,4,5] x", "y = LpNormalization <axis = 1, p = 1> (x)"),
        Case("mean variance norm", (9,), "float[2,5,6,7] x", "y = MeanVarianceNormalization (x)"),
        Case("mean variance norm of columns", (13,), "float[4,7] x", "y = MeanVarianceNormalization <axes = [0]> (x)"),
    ]
    + [
        Case(f"instance norm after conv, {channels} channels", (22,),
             f"float[2,3,6,7] x, float[{channels},3,3,3] w, float[{channels}] s, float[{channels}] b, float[4,{channels},3,3] v",
             "a = Conv (x, w) n = InstanceNormalization (a, s, b) r = Relu (n) y = Conv <pads = [1, 1, 1, 1]> (r, v)")
        for channels in (5, 16, 17)
    ]
    + [
        Case(f"group norm after conv, {channels} channels in {groups}", (opset,),
             f"float[2,3,6,7] x, float[{channels},3,3,3] w, float[{size}] s, float[{size}] b",
             f"a = Conv (x, w) y = GroupNormalization <num_groups = {groups}> (a, s, b)")
        for channels, groups in [(32, 2), (16, 4), (6, 3), (24, 3), (8, 8)]
        for opset, size in [(18, groups), (21, channels)]
    ]
)

CASES = CONV + POOL + BINARY + ACTIVATION + NORMALIZATION + MATRIX + SHAPE + TYPES + REDUCTION + ELEMENTWISE
