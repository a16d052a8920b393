"""Comparisons, logic, choices, variadic operators and activations with a constant."""

import numpy as np

from random_graphs.operators.pointwise import element_type, operand

# Operators that turn small errors into small ones, with the opset version that they came in.
SMOOTH = {
    "Erf": 9, "Sin": 7, "Cos": 7, "Elu": 7, "Selu": 7, "Celu": 12, "Softplus": 7, "Softsign": 7, "Gelu": 20,
    "Mish": 18, "Swish": 24,
}
# Operators that jump, with the same.
STEPS = {"Sign": 9, "Ceil": 7, "Floor": 7, "Round": 11, "ThresholdedRelu": 10, "Shrink": 9}
COMPARISONS = {"Less": 9, "Greater": 9, "Equal": 11, "LessOrEqual": 12, "GreaterOrEqual": 12}


def known(builder, table):
    return builder.choice([name for name, opset in table.items() if opset <= builder.graph.opset])


def smooth(builder):
    return builder.add(known(builder, SMOOTH), [builder.pick()])


def recent(builder):
    """The operators that came late, which few graphs may have."""
    names = [name for name, opset in SMOOTH.items() if 18 <= opset <= builder.graph.opset]
    return builder.add(builder.choice(names), [builder.pick()]) if names else None


def exact_value(builder):
    """A value that is the same bits however the graph is computed."""
    x = builder.pick(where=lambda shape: len(shape) > 0)
    if x is not None and x in builder.exact:
        return x
    return builder.input(builder.normal((2, builder.channels(), builder.extent())))


def steps(builder):
    return builder.add(known(builder, STEPS), [exact_value(builder)])


def comparison(builder):
    """A truth value, as an output, as a number or as a choice."""
    if builder.graph.opset < 9:
        return None
    x = exact_value(builder)
    other = builder.constant(builder.normal(builder.shape(x)[-1:]))
    truth = builder.add(known(builder, COMPARISONS), [x, other], pooled=False)
    if truth is None:
        return None
    if builder.chance(0.5):
        second = builder.add("Greater", [x, builder.constant(np.array(0.25, builder.dtype))], pooled=False)
        truth = builder.add(builder.choice(["And", "Or", "Xor"]), [truth, second], pooled=False)
    if builder.chance(0.3):
        truth = builder.add("Not", [truth], pooled=False)
    use = builder.integer(0, 2)
    if use == 0:
        return truth
    if use == 1:
        return builder.add("Cast", [truth], {"to": element_type(builder.dtype)})
    return builder.add("Where", [truth, x, other])


def special(builder):
    """Whether a quotient is infinite or no number."""
    if builder.graph.opset < 10:
        return None
    quotient = builder.add("Div", [exact_value(builder), builder.constant(np.array(0, builder.dtype))], pooled=False)
    return builder.add(builder.choice(["IsNaN", "IsInf"]), [quotient], pooled=False)


def variadic(builder):
    x = builder.pick()
    if x is None or builder.graph.opset < 8:
        return None
    operands = [x] + [operand(builder, builder.shape(x)) for _ in range(builder.integer(0, 3))]
    return builder.add(builder.choice(["Min", "Max", "Sum", "Mean"]), operands)


def parametric(builder):
    x = builder.pick(least_rank=2)
    if x is None:
        return None
    slope = [builder.shape(x)[1]] + [1] * (len(builder.shape(x)) - 2)
    return builder.add("PRelu", [x, builder.constant(builder.normal(slope, 0.25))])


def power(builder):
    magnitude = builder.add("Abs", [builder.pick()], pooled=False)
    shifted = builder.add("Add", [magnitude, builder.constant(np.array(0.5, builder.dtype))], pooled=False)
    if builder.chance(0.3):
        return builder.add("Log", [shifted])
    return builder.add("Pow", [shifted, builder.constant(np.array(builder.choice([2, 0.5, 3, -1, 1.3]), builder.dtype))])


def remainder(builder):
    if builder.graph.opset < 10:
        return None
    return builder.add("Mod", [exact_value(builder), builder.constant(np.array(0.75, builder.dtype))], {"fmod": 1})


GROWTH = [
    (smooth, 3), (recent, 3), (steps, 2), (comparison, 2), (special, 0.7), (variadic, 2), (parametric, 1), (power, 1), (remainder, 0.4),
]
