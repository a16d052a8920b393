"""Functions of one element."""

import numpy as np

# Operators with the attributes that they may have.
FUNCTIONS = {
    "Abs": (),
    "Neg": (),
    "Sigmoid": (),
    "Tanh": (),
    "HardSwish": (),
    "HardSigmoid": ("alpha", "beta"),
    "LeakyRelu": ("alpha",),
}


def function(builder):
    operator = builder.choice(list(FUNCTIONS))
    attributes = {
        name: builder.choice([0.01, 0.2, 0.5]) for name in FUNCTIONS[operator] if builder.chance(0.5)
    }
    return builder.add(operator, [builder.pick()], attributes)


def of_positive(builder):
    """A root or a reciprocal, away from 0 where it is steep."""
    magnitude = builder.add("Abs", [builder.pick()], pooled=False)
    shifted = builder.add("Add", [magnitude, builder.constant(np.array(0.5, builder.dtype))], pooled=False)
    return builder.add(builder.choice(["Sqrt", "Reciprocal"]), [shifted])


def of_negative(builder):
    """An exponential that does not grow."""
    magnitude = builder.add("Abs", [builder.pick()], pooled=False)
    return builder.add("Exp", [builder.add("Neg", [magnitude], pooled=False)])


GROWTH = [(function, 3), (of_positive, 1), (of_negative, 0.5)]
