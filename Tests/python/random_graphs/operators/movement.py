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


def split(builder):
    """The parts, each with a use, or one of them alone."""
    x = builder.pick(least_rank=1, where=lambda shape: min(shape) > 0 and max(shape) > 1)
    if x is None:
        return None
    shape, opset = builder.shape(x), builder.graph.opset
    axis = 1 if len(shape) == 4 and shape[1] > 1 and builder.chance(0.7) else int(np.argmax(shape))
    extent = shape[axis]
    multiples = [size for size in range(8, extent, 8)] if builder.chance(0.5) else []
    first = builder.choice(multiples) if multiples else builder.integer(1, extent - 1)
    sizes = [first, extent - first]
    attributes = {"axis": axis - len(shape) if opset >= 11 and builder.chance(0.3) else axis}
    inputs = [x]
    if opset < 13:
        attributes["split"] = sizes
    elif opset >= 18 and builder.chance(0.3):
        attributes["num_outputs"] = 2
    else:
        inputs.append(builder.integers(sizes))
    return builder.add("Split", inputs, attributes, output_count=2)


def dense_block(builder):
    """Concatenations by channels of which each extends the one before."""
    x = builder.image()
    if x is None:
        return None
    parts, joined = [builder.add("Relu", [x])], None
    for _ in range(builder.integer(1, 3)):
        source = parts[-1] if joined is None else joined
        parts.append(builder.add(builder.choice(["Relu", "Neg", "GlobalMaxPool"][:2]), [source]))
        joined = builder.add("Concat", parts, {"axis": 1})
        if joined is None:
            return None
    return joined


def blocks(builder):
    """DepthToSpace or SpaceToDepth."""
    size = builder.integer(1, 3)
    opset = builder.graph.opset
    attributes = {"blocksize": size}
    if builder.chance(0.3):
        x = builder.image(lambda shape: shape[2] % size == 0 and shape[3] % size == 0)
        return builder.add("SpaceToDepth", [x], attributes)
    if opset >= 11 and builder.chance(0.6):
        attributes["mode"] = builder.choice(["DCR", "CRD"])
    return builder.add("DepthToSpace", [builder.image(lambda s: s[1] % size**2 == 0)], attributes)


def enlarge(builder):
    """Upsample or Resize to whole multiples, where no position lies between two elements."""
    x = builder.image()
    if x is None:
        return None
    opset = builder.graph.opset
    scales = [1.0, 1.0, float(builder.integer(1, 3)), float(builder.integer(1, 3))]
    if opset < 9:
        return builder.add("Upsample", [x], {"scales": scales})
    listed = builder.constant(np.array(scales, np.float32))
    if opset < 11:
        return builder.add("Upsample" if opset == 9 else "Resize", [x, listed])
    attributes = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    roi = "" if opset >= 13 else builder.constant(np.zeros(0, np.float32))
    return builder.add("Resize", [x, roi, listed], attributes)


def expand(builder):
    x = builder.pick(least_rank=1)
    if x is None or builder.graph.opset < 8:
        return None
    shape = [builder.integer(1, 4) if extent == 1 else builder.choice([1, extent]) for extent in builder.shape(x)]
    return builder.add("Expand", [x, builder.integers([2] * builder.chance(0.3) + shape)])


def tile(builder):
    x = builder.pick(least_rank=1)
    return None if x is None else builder.add(
        "Tile", [x, builder.integers([builder.integer(1, 3) for _ in builder.shape(x)])]
    )


GROWTH = [
    (concat, 4),
    (pad, 3),
    (slice_, 2),
    (transpose, 2),
    (gather, 1.5),
    (split, 2),
    (dense_block, 1),
    (blocks, 0.7),
    (enlarge, 2.0),
    (expand, 0.5),
    (tile, 0.4),
]
