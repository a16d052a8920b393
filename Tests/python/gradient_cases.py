"""Nodes whose gradients are compared: operators in the forms of several operator sets, extents at the edges of blocks
and tiles, operands that broadcast."""

from dataclasses import dataclass, field


@dataclass
class Case:
    """A node on inputs of these shapes."""

    operator: str
    shapes: list
    # What the reference takes; the node has these attributes unless `node` says otherwise.
    attributes: dict = field(default_factory=dict)
    opset: int = 17
    # Attributes of the node where they are others, and inputs of integers or floats behind the differentiated ones.
    node: dict = None
    steering: list = field(default_factory=list)
    # Which inputs are constants of the model; the others are given to the run.
    constants: tuple = ()
    # Which inputs are differentiated; nil for all.
    wanted: tuple = None
    # The interval of the numbers; else they are normal.
    range: tuple = None
    # The numbers of an input that is given, by its position.
    values: dict = field(default_factory=dict)
    # Outputs of the node before and after the one that the loss is taken of.
    outputs: tuple = (0, 0)

    @property
    def name(self):
        shapes = "-".join("x".join(map(str, shape)) for shape in self.shapes)
        attributes = "-".join(f"{k}{v}" for k, v in self.attributes.items())
        return f"{self.operator}-{self.opset}-{shapes}-{attributes}".replace(" ", "")


def unary(operator, range=None, **attributes):
    return [Case(operator, [shape], attributes, range=range) for shape in ((3, 37), (2, 9, 5, 7))]


def binary(operator, range=None):
    shapes = [
        ((3, 17), (3, 17)), ((2, 9, 5, 7), (9, 1, 1)), ((2, 9, 5, 7), ()), ((5,), (4, 1)), ((1, 3, 1), (2, 1, 4)),
        ((2, 8, 3, 3), (2, 1, 3, 1)), ((1, 1), (7,)), ((), (2, 3)),
    ]
    return [Case(operator, list(pair), range=range) for pair in shapes]


def conv(x, w, bias=True, **attributes):
    shapes = [x, w] + [(w[0],)] * bias
    return Case("Conv", shapes, attributes, constants=(1, 2))


def pool(operator, x, **attributes):
    return Case(operator, [x], attributes, opset=19)


CASES = [
    *unary("Relu"), *unary("Sigmoid"), *unary("Tanh"), *unary("Exp"), *unary("Neg"), *unary("Abs"),
    *unary("Identity"), *unary("Log", (0.2, 3)), *unary("Sqrt", (0.2, 3)),
    *unary("LeakyRelu"), *unary("LeakyRelu", alpha=0.3), *unary("LeakyRelu", alpha=-0.5),
    Case("Relu", [(4, 5)], opset=7),
    *unary("Erf"), *unary("HardSigmoid"), *unary("HardSigmoid", alpha=0.4, beta=0.25), *unary("HardSigmoid", alpha=-0.3),
    *unary("HardSwish", (-5, 5)), *unary("Softplus", (-6, 6)),
    *[Case("Mish", case.shapes, opset=18, range=(-6, 6)) for case in unary("Mish")],
    *[Case("Gelu", case.shapes, case.attributes, opset=20, range=(-4, 4))
      for case in [*unary("Gelu"), *unary("Gelu", approximate="tanh")]],
    *[Case("Swish", case.shapes, case.attributes, opset=24, range=(-5, 5)) for case in [*unary("Swish"), *unary("Swish", alpha=1.7)]],
    Case("Clip", [(2, 9, 5, 7)], {"min": -0.5, "max": 0.75}, node={}, steering=[-0.5, 0.75]),
    Case("Clip", [(5, 33)], {"max": 0.25}, node={}, steering=[None, 0.25]),
    Case("Clip", [(5, 33)], {"min": 0.0, "max": 6.0}, opset=7),
    Case("Dropout", [(3, 5)], node={}, opset=13),
    Case("Cast", [(3, 5)], node={"to": 1}),
    *binary("Add"), *binary("Sub"), *binary("Mul"), *binary("Div", (0.5, 2)),
    Case("Mul", [(2, 3), (3,)], opset=7),
    *[
        Case("Pow", [(3, 7), ()], constants=(1,), wanted=(0,), range=(0.3, 2), values={1: exponent})
        for exponent in (2, 3, -1, 0.5, 0, 1, 2.5)
    ],
    Case("Pow", [(3, 4), (4,)], constants=(1,), wanted=(0,), range=(0.3, 2), values={1: [0, 1, 2, 3.5]}),
    Case("Pow", [(1, 4), (3, 1)], constants=(1,), wanted=(0,), range=(0.3, 2), values={1: [[2], [3], [0]]}),

    Case("Flatten", [(2, 3, 4, 5)], {"axis": 1}), Case("Flatten", [(2, 3, 4)], {"axis": 2}),
    Case("Reshape", [(2, 9, 4)], {"shape": (3, 24)}, node={}, steering=[[3, 24]]),
    Case("Reshape", [(2, 9, 4)], {"shape": (2, 36)}, node={}, steering=[[0, -1]]),
    Case("Squeeze", [(2, 1, 5, 1)], {"axes": (1, 3)}, node={}, steering=[[1, 3]]),
    Case("Squeeze", [(2, 1, 5, 1)], {"axes": (3,)}, opset=11),
    Case("Unsqueeze", [(2, 5)], {"axes": (0, 2)}, node={}, steering=[[0, 2]]),
    Case("Unsqueeze", [(2, 5)], {"axes": (1,)}, opset=11),
    Case("Transpose", [(2, 3, 4, 5)], {"perm": (2, 0, 3, 1)}), Case("Transpose", [(6, 9)], {"perm": (1, 0)}),
    Case("Concat", [(2, 3, 5, 5), (2, 8, 5, 5), (2, 6, 5, 5)], {"axis": 1}),
    Case("Concat", [(2, 3), (4, 3)], {"axis": 0}), Case("Concat", [(2, 3), (2, 1)], {"axis": -1}, opset=9),
    Case("Split", [(2, 9)], {"axis": 1, "start": 2, "end": 6}, node={"axis": 1}, steering=[[2, 4, 3]], outputs=(1, 1)),
    Case("Split", [(2, 16, 3, 3)], {"axis": 1, "start": 8, "end": 16}, node={"axis": 1, "split": [8, 8]},
         opset=11, outputs=(1, 0)),
    Case("Slice", [(5, 9)], {"starts": (1, 2), "ends": (4, 7), "axes": (0, 1)}, node={},
         steering=[[1, 2], [4, 7], [0, 1]]),
    Case("Slice", [(2, 16, 6, 7)], {"starts": (8, -5), "ends": (16, 99), "axes": (1, 3)}, node={},
         steering=[[8, -5], [16, 99], [1, 3]]),
    Case("Slice", [(4, 6)], {"starts": (1,), "ends": (5,), "axes": (1,)}, opset=9),
    Case("Pad", [(2, 3, 4, 5)], {"pads": (0, 0, 1, 2, 0, 0, 3, 0)}, node={}, steering=[[0, 0, 1, 2, 0, 0, 3, 0]]),
    Case("Pad", [(3, 8)], {"pads": (1, -2, -1, 3)}, node={}, steering=[[1, -2, -1, 3], 0.5]),
    Case("Pad", [(3, 8)], {"pads": (1, 0, 2, 1)}, opset=9),

    Case("ReduceSum", [(3, 4, 5)], {"axes": (1,), "keepdims": 1}, node={"keepdims": 1}, steering=[[1]]),
    Case("ReduceSum", [(2, 9, 5, 7)], {"axes": (0, 2, 3), "keepdims": 0}, node={"keepdims": 0}, steering=[[0, 2, 3]]),
    Case("ReduceSum", [(3, 4)], {"axes": (-1,), "keepdims": 0}, opset=11),
    Case("ReduceMean", [(2, 9, 5, 7)], {"axes": (2, 3), "keepdims": 1}),
    Case("ReduceMean", [(3, 4, 5)], {"axes": (0, 2), "keepdims": 0}, node={"keepdims": 0}, steering=[[0, 2]], opset=18),
    Case("GlobalAveragePool", [(2, 9, 5, 7)], {"axes": (2, 3)}, node={}),
    Case("Softmax", [(5, 17)], {"axes": (1,)}, node={"axis": -1}), Case("Softmax", [(3, 5, 4)], {"axes": (1,)}, node={"axis": 1}),
    Case("Softmax", [(3, 5, 4)], {"axes": (1, 2)}, node={"axis": 1}, opset=11),
    Case("LogSoftmax", [(5, 17)], {"axes": (1,)}, node={"axis": 1}),
    Case("LogSoftmax", [(3, 5, 4)], {"axes": (0,)}, node={"axis": 0}),
    Case("LogSoftmax", [(3, 5, 4)], {"axes": (2,)}, node={"axis": 2}, opset=11),
    Case("LRN", [(2, 9, 3, 5)], {"size": 5, "alpha": 0.5, "beta": 0.75, "bias": 2.0}),
    Case("LRN", [(1, 17, 4, 4)], {"size": 4, "alpha": 1.0, "beta": 0.5}),
    Case("LRN", [(1, 3, 4, 4)], {"size": 7, "alpha": 0.9}),
    Case("BatchNormalization", [(3, 9, 5, 7), (9,), (9,), (9,), (9,)], {"epsilon": 0.01}, constants=(1, 2, 3, 4), range=(0.5, 2)),
    Case("LayerNormalization", [(5, 33), (33,), (33,)], constants=(1, 2)),
    Case("LayerNormalization", [(2, 3, 4, 5), (3, 4, 5)], {"axis": 1, "epsilon": 0.01}, constants=(1,)),
    Case("LayerNormalization", [(2, 3, 4, 5), (1, 5), (5,)], {"axis": -2}, constants=(1, 2)),
    Case("LayerNormalization", [(2, 9, 17), (17,), (17,)]),
    Case("InstanceNormalization", [(2, 9, 5, 7), (9,), (9,)], constants=(1, 2)),
    Case("InstanceNormalization", [(2, 3, 11), (3,), (3,)], {"epsilon": 0.01}),
    Case("GroupNormalization", [(2, 12, 5, 7), (12,), (12,)], {"num_groups": 4}, opset=21, constants=(1, 2)),
    Case("GroupNormalization", [(2, 12, 5, 7), (3,), (3,)], {"num_groups": 3, "epsilon": 0.01}, opset=18, constants=(1, 2)),
    Case("BatchNormalization", [(6, 5), (5,), (5,), (5,), (5,)], constants=(1, 2, 3, 4), range=(0.5, 2)),

    Case("Gemm", [(5, 7), (7, 9), (9,)], constants=(1, 2)),
    Case("Gemm", [(5, 7), (9, 7), (5, 1)], {"transB": 1, "alpha": 0.5, "beta": 2.0}, constants=(1, 2)),
    Case("Gemm", [(7, 5), (7, 9), ()], {"transA": 1, "beta": 0.5}, constants=(1, 2)),
    Case("Gemm", [(7, 5), (9, 7)], {"transA": 1, "transB": 1, "alpha": 1.5}, constants=(1,)),
    Case("Gemm", [(33, 65), (17, 65), (1, 17)], {"transB": 1}, constants=(1, 2), opset=9),
    Case("MatMul", [(5, 7), (7, 9)]), Case("MatMul", [(33, 17), (17, 65)]),
    Case("MatMul", [(2, 3, 5, 7), (7, 9)]), Case("MatMul", [(2, 3, 5, 7), (3, 7, 9)]), Case("MatMul", [(5, 7), (4, 7, 3)]),
    Case("MatMul", [(7,), (7, 9)]), Case("MatMul", [(5, 7), (7,)]), Case("MatMul", [(7,), (7,)]),
    Case("MatMul", [(3, 1, 5, 7), (2, 7, 4)]), Case("MatMul", [(4, 5, 7), (7,)]), Case("MatMul", [(7,), (4, 7, 3)]),

    pool("AveragePool", (2, 9, 8, 10), kernel_shape=(2, 2), strides=(2, 2)),
    pool("AveragePool", (1, 3, 7, 9), kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1)),
    pool("AveragePool", (1, 3, 7, 9), kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1), count_include_pad=1),
    pool("AveragePool", (1, 3, 8, 10), kernel_shape=(3, 3), strides=(2, 2), ceil_mode=1),
    pool("AveragePool", (1, 3, 8, 9), kernel_shape=(3, 2), strides=(2, 3), pads=(1, 0, 0, 1), ceil_mode=1, count_include_pad=1),
    pool("AveragePool", (1, 3, 9, 9), kernel_shape=(2, 3), dilations=(3, 2)),
    pool("AveragePool", (1, 3, 7, 8), kernel_shape=(3, 3), strides=(2, 2), auto_pad="SAME_LOWER"),
    pool("AveragePool", (1, 3, 7, 8), kernel_shape=(2, 2), strides=(3, 3)),
    pool("MaxPool", (2, 9, 8, 10), kernel_shape=(2, 2), strides=(2, 2)),
    pool("MaxPool", (1, 17, 7, 9), kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1)),
    pool("MaxPool", (1, 3, 8, 10), kernel_shape=(3, 3), strides=(2, 2), ceil_mode=1),
    pool("MaxPool", (1, 3, 9, 9), kernel_shape=(2, 3), dilations=(3, 2)),
    pool("MaxPool", (1, 3, 7, 8), kernel_shape=(3, 3), strides=(2, 2), auto_pad="SAME_UPPER"),
    pool("MaxPool", (1, 3, 7, 8), kernel_shape=(2, 2), strides=(3, 3)),

    conv((2, 3, 9, 11), (16, 3, 3, 3), pads=(1, 1, 1, 1)), conv((1, 16, 13, 12), (9, 16, 3, 3), pads=(1, 1, 1, 1)),
    conv((1, 17, 6, 7), (5, 17, 1, 1), bias=False), conv((2, 4, 9, 9), (8, 4, 5, 3), pads=(2, 0, 1, 1)),
    conv((1, 4, 9, 9), (6, 4, 3, 3), strides=(2, 2)), conv((1, 4, 10, 9), (6, 4, 3, 3), strides=(2, 3), pads=(1, 1, 1, 1)),
    conv((1, 4, 12, 12), (6, 4, 3, 2), dilations=(2, 3)), conv((1, 4, 12, 12), (6, 4, 3, 3), dilations=(2, 2), strides=(2, 2)),
    conv((1, 8, 9, 9), (12, 4, 3, 3), group=2, pads=(1, 1, 1, 1)), conv((1, 9, 8, 8), (9, 1, 3, 3), group=9, strides=(2, 2)),
    conv((2, 8, 7, 7), (16, 1, 3, 3), group=8, pads=(1, 1, 1, 1)), conv((1, 3, 8, 9), (4, 3, 4, 4), strides=(2, 2), auto_pad="SAME_UPPER"),
    conv((1, 3, 8, 9), (4, 3, 2, 3), auto_pad="SAME_LOWER"), conv((1, 2, 5, 5), (3, 2, 2, 2), pads=(3, 2, 2, 3)),
    conv((1, 3, 23, 23), (8, 3, 7, 7), strides=(4, 4)), conv((3, 24, 5, 5), (32, 24, 3, 3), pads=(1, 1, 1, 1)),
]
