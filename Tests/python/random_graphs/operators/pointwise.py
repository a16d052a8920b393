"""Element by element: arithmetic with all ways to broadcast, activations, casts."""

import numpy as np
from onnx import TensorProto, helper


def arithmetic(builder):
    operator = builder.choice(["Add", "Sub", "Mul", "Div"])
    left = builder.pick()
    if left is None:
        return None
    right = operand(builder, builder.shape(left), must_be_positive=operator == "Div")
    if operator != "Div" and builder.chance(0.4):
        left, right = right, left
    return builder.add(operator, [left, right])


def operand(builder, shape, must_be_positive=False):
    """Something that broadcasts with `shape`: itself, a value of the graph, a constant or an input."""
    make = builder.positive if must_be_positive else builder.normal
    if not must_be_positive and builder.chance(0.5):
        same = builder.pick(where=lambda other: broadcasts(other, shape))
        if same is not None and broadcasts(builder.shape(same), shape):
            return same
    kept = list(shape)
    for axis in range(len(kept)):
        if builder.chance(0.3):
            kept[axis] = 1
    if len(kept) == 4 and builder.chance(0.4):
        kept = [1, kept[1], 1, 1]
    kept = kept[builder.integer(0, len(kept)) :] if builder.chance(0.4) else kept
    if builder.chance(0.2):
        kept = [] if builder.chance(0.5) else [1]
    if builder.chance(0.1) and len(kept) < 5:
        kept = [builder.integer(1, 2)] * (5 - len(kept)) + kept
    array = np.asarray(make(kept)).astype(builder.dtype)
    return builder.constant(array) if builder.chance(0.7) else builder.input(array)


def broadcasts(a, b):
    pairs = zip(reversed(a), reversed(b))
    return all(x == y or x == 1 or y == 1 for x, y in pairs)


def relu(builder):
    return builder.add("Relu", [builder.pick()])


def clip(builder):
    x = builder.pick()
    low = builder.choice([None, 0.0, -0.5, -1.0])
    high = builder.choice([None, 6.0, 0.25, 1.0])
    if builder.graph.opset < 11:
        bounds = {"min": low, "max": high}
        return builder.add("Clip", [x], {k: v for k, v in bounds.items() if v is not None})
    inputs = [x] + [
        "" if bound is None else builder.constant(np.array(bound, builder.dtype))
        for bound in (low, high)
    ]
    while inputs[-1] == "":
        inputs.pop()
    return builder.add("Clip", inputs)


def pass_through(builder):
    if builder.chance(0.5):
        return builder.add("Identity", [builder.pick()])
    x = builder.pick()
    if builder.graph.opset < 12:
        return builder.add("Dropout", [x], {"ratio": 0.3} if builder.chance(0.5) else {})
    inputs = [x, builder.constant(np.float32(0.3))] if builder.chance(0.5) else [x]
    return builder.add("Dropout", inputs, {"seed": 1} if builder.chance(0.3) else {})


def cast_input(builder):
    """Images as bytes or integers, as they are decoded, made floating-point."""
    dtype = builder.choice([np.uint8, np.int32, np.int64, np.float64, np.float16, np.int8])
    shape = [builder.integer(1, 2), builder.choice([1, 3]), builder.extent(), builder.extent()]
    array = builder.random.integers(0, 100, shape).astype(dtype)
    x = builder.input(array)
    floats = builder.add("Cast", [x], {"to": element_type(builder.dtype)}, pooled=False)
    scale = builder.constant(np.array(1 / 64, builder.dtype))
    return builder.add("Mul", [floats, scale])


def cast_output(builder):
    """A value in another type, for nobody but the graph's user."""
    target = builder.choice([TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.FLOAT])
    return builder.add("Cast", [builder.pick()], {"to": target}, pooled=False)


def cast_through(builder):
    """Rounded to another type and back, at times with arithmetic in that type between."""
    x = builder.pick()
    if x is None or builder.dtype != np.float32:
        return None
    targets = [np.float16, np.float64]
    if x in builder.exact:
        # What lies close to a whole number may be cut to either. ONNX leaves numbers out of range open.
        low, high = np.min(builder.values[x], initial=0), np.max(builder.values[x], initial=0)
        whole = [np.int8, np.uint8, np.int32, np.int64]
        targets += [t for t in whole if np.iinfo(t).min <= low and high <= np.iinfo(t).max]
    target = np.dtype(builder.choice(targets))
    y = builder.add("Cast", [x], {"to": element_type(target)}, pooled=False)
    if y is not None and target.kind == "f" and builder.chance(0.5):
        operand = builder.constant(np.array(builder.choice([0.3, 1.7, 3]), target))
        y = builder.add(builder.choice(["Add", "Sub", "Mul", "Div"]), [y, operand], pooled=False)
    return builder.add("Cast", [y], {"to": TensorProto.FLOAT})


def element_type(dtype):
    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


GROWTH = [
    (arithmetic, 6), (relu, 4), (clip, 2), (pass_through, 2),
    (cast_input, 1), (cast_through, 1), (cast_output, 0.5),
]
