"""Layers and the element-wise operators after them, which become their epilogues."""

from random_graphs.operators import convolution, pointwise, pooling, products, unary

LAYERS = [
    pooling.max_pool, pooling.average_pool, pooling.global_average_pool, pooling.global_max_pool,
    products.gemm, products.matmul, products.classifier, convolution.conv,
]


def layer_with_epilogue(builder):
    result = builder.choice(LAYERS)(builder)
    for _ in range(builder.integer(1, 3)):
        if result is None:
            return None
        if builder.chance(0.5):
            result = builder.add(builder.choice(["Sigmoid", "Tanh", "Relu", *unary.FUNCTIONS]), [result])
        else:
            inputs = [result, pointwise.operand(builder, builder.shape(result))]
            result = builder.add(builder.choice(["Add", "Sub", "Mul"]), inputs[:: builder.choice([1, -1])])
    return result


GROWTH = [(layer_with_epilogue, 2)]
