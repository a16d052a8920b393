"""Elements in other places: Concat, Pad, Slice, Transpose, Gather."""

import numpy as np


def concat(builder):
    first = builder.pick(least_rank=1)
    if first is None:
        return None
    shape = builder.shape(first)
    axis = 1 if len(shape) == 4 and builder.chance(0.7) else builder.integer(0, len(shape) - 1)
    inputs = [first]
    for _ in range(builder.integer(0, 3)):
        other = builder.pick(
            rank=len(shape),
            where=lambda s: s[:axis] + s[axis + 1 :] == shape[:axis] + shape[axis + 1 :],
        )
        if other is None:
            extents = list(shape)
            extents[axis] = builder.integer(1, 9)
            make = builder.constant if builder.chance(0.4) else builder.input
            other = make(builder.normal(extents))
        inputs.append(other)
    builder.random.shuffle(inputs)
    negative = builder.graph.opset >= 11 and builder.chance(0.4)
    return builder.add("Concat", inputs, {"axis": axis - len(shape) if negative else axis})


def pad(builder):
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    shape, opset = builder.shape(x), builder.graph.opset
    modes = ["constant", "constant", "reflect", "edge"] + (["wrap"] if opset >= 19 else [])
    mode = builder.choice(modes)
    axes = list(range(len(shape)))
    if len(shape) == 4 and builder.chance(0.6):
        axes = [2, 3]
    pads = {axis: [0, 0] for axis in range(len(shape))}
    for axis in axes:
        limit = shape[axis] - 1 if mode == "reflect" else shape[axis] if mode == "wrap" else 4
        pads[axis] = [builder.integer(0, min(limit, 4)) for _ in range(2)]
        if mode == "constant" and builder.chance(0.15) and shape[axis] > 2:
            pads[axis][builder.integer(0, 1)] = -1
    value = builder.choice([None, 0.0, 0.0, 1.5, -2.0]) if mode == "constant" else None
    attributes = {"mode": mode} if mode != "constant" or builder.chance(0.3) else {}
    listed = axes if opset >= 18 and builder.chance(0.4) else list(range(len(shape)))
    amounts = [pads[axis][0] for axis in listed] + [pads[axis][1] for axis in listed]
    if opset < 11:
        attributes["pads"] = amounts
        if value is not None:
            attributes["value"] = value
        return builder.add("Pad", [x], attributes)
    inputs = [x, builder.integers(amounts)]
    if value is not None:
        inputs.append(builder.constant(np.array(value, builder.dtype)))
    if listed is axes:
        inputs += [""] * (3 - len(inputs)) + [builder.integers(axes)]
    return builder.add("Pad", inputs, attributes)


def slice_(builder):
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    shape, opset = builder.shape(x), builder.graph.opset
    count = builder.integer(1, len(shape))
    axes = sorted(int(axis) for axis in builder.random.permutation(len(shape))[:count])
    starts, ends, steps = [], [], []
    for axis in axes:
        extent = shape[axis]
        start = builder.integer(0, extent - 1)
        end = builder.integer(start + 1, extent)
        step = builder.integer(1, 3)
        if opset >= 10 and builder.chance(0.3):
            # Backwards, down to the first element where it begins there.
            start, end, step = end - 1, start - 1, -step
            end = -(2**31) if end < 0 else end
        elif builder.chance(0.2):
            end = builder.choice([2**31 - 1, 2**63 - 1])
        elif builder.chance(0.2):
            start -= extent
        starts.append(start)
        ends.append(end)
        steps.append(step)
    if opset < 10:
        attributes = {"starts": starts, "ends": ends}
        if axes != list(range(len(axes))) or builder.chance(0.5):
            attributes["axes"] = axes
        return builder.add("Slice", [x], attributes)
    if builder.chance(0.3):
        axes = [axis - len(shape) for axis in axes]
    inputs = [x, builder.integers(starts), builder.integers(ends), builder.integers(axes)]
    if set(steps) != {1} or builder.chance(0.3):
        inputs.append(builder.integers(steps))
    return builder.add("Slice", inputs)


def transpose(builder):
    x = builder.pick(least_rank=1)
    if x is None:
        return None
    rank = len(builder.shape(x))
    if builder.chance(0.2):
        return builder.add("Transpose", [x])
    order = builder.choice([[0, 2, 3, 1], [0, 3, 1, 2]]) if rank == 4 and builder.chance(0.5) else None
    order = order or [int(axis) for axis in builder.random.permutation(rank)]
    return builder.add("Transpose", [x], {"perm": order})


def gather(builder):
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0)
    if x is None:
        return None
    shape, opset = builder.shape(x), builder.graph.opset
    axis = builder.integer(0, len(shape) - 1)
    extent = shape[axis]
    low = -extent if opset >= 11 else 0
    indices = builder.random.integers(low, extent, [[], [1], [3], [2, 2]][builder.integer(0, 3)])
    dtype = np.int64 if builder.chance(0.7) else np.int32
    negative = opset >= 11 and builder.chance(0.3)
    attributes = {} if axis == 0 and builder.chance(0.5) else {"axis": axis - len(shape) if negative else axis}
    return builder.add("Gather", [x, builder.constant(np.asarray(indices, dtype))], attributes)


GROWTH = [(concat, 4), (pad, 3), (slice_, 2), (transpose, 2), (gather, 1.5)]
