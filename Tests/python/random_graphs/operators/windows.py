"""The attributes that convolutions and poolings share."""


def pair(builder, low, high):
    first = builder.integer(low, high)
    return [first, first if builder.chance(0.6) else builder.integer(low, high)]


def window(builder, extents, *, dilates, largest_kernel=7, pads_within=None):
    """Kernel, strides, dilations and padding that give at least one window in `extents`.

    With `pads_within`, padding stays smaller than the window, as poolings need.
    """
    kernel = pair(builder, 1, largest_kernel)
    if builder.chance(0.4):
        kernel = [3, 3]
    attributes = {"kernel_shape": kernel}
    strides = pair(builder, 1, 3) if builder.chance(0.5) else [1, 1]
    if strides != [1, 1] or builder.chance(0.3):
        attributes["strides"] = strides
    dilations = [1, 1]
    if dilates and builder.chance(0.25):
        dilations = pair(builder, 1, 3)
        attributes["dilations"] = dilations
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    padding = builder.choice(["none", "none", "same", "any", "any", "auto"])
    if padding == "auto":
        attributes["auto_pad"] = builder.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])
        if attributes["auto_pad"] == "VALID" and any(s > e for s, e in zip(spans, extents)):
            attributes["auto_pad"] = "SAME_UPPER"
        if pads_within and attributes["auto_pad"] != "VALID":
            # Of poolings, ONNX Runtime leaves dilations out of automatic padding and makes it negative
            # where the stride is larger than the kernel, against ONNX.
            attributes.pop("dilations", None)
            attributes["strides"] = [min(pair) for pair in zip(strides, kernel)]
        return attributes
    begin, end = [0, 0], [0, 0]
    for axis in (0, 1):
        limit = kernel[axis] - 1 if pads_within else spans[axis] + 1
        if padding == "same":
            total = kernel[axis] - 1 if pads_within else spans[axis] - 1
            begin[axis], end[axis] = total // 2, total - total // 2
        if padding == "any":
            begin[axis], end[axis] = builder.integer(0, limit), builder.integer(0, limit)
        if extents[axis] + begin[axis] + end[axis] < spans[axis]:
            # One window that just fits.
            kernel[axis], dilations[axis] = 1, 1
            begin[axis] = end[axis] = 0
    if padding != "none" or builder.chance(0.3):
        attributes["pads"] = begin + end
    if builder.chance(0.1):
        attributes["auto_pad"] = "NOTSET"
    return attributes


def all_fit(graph, values):
    """True if each window of the graph fits into its padded image at least once.

    ONNX Runtime divides towards zero, and so finds a window where there is none.
    """
    return all(
        fits(node, values)
        for node in graph.nodes
        if node.operator in ("Conv", "MaxPool", "AveragePool")
    )


def fits(node, values):
    attributes = node.attributes
    if attributes.get("auto_pad", "NOTSET").startswith("SAME"):
        return True
    x = values[node.inputs[0]]
    kernel = attributes.get("kernel_shape") or values[node.inputs[1]].shape[2:]
    pads = attributes.get("pads", [0, 0, 0, 0])
    dilations = attributes.get("dilations", [1, 1])
    strides = attributes.get("strides", [1, 1])
    for axis in (0, 1):
        room = x.shape[2 + axis] + pads[axis] + pads[2 + axis] - (kernel[axis] - 1) * dilations[axis] - 1
        # Rounded up, a window that begins in the image counts.
        if room <= (-strides[axis] if attributes.get("ceil_mode") else -1):
            return False
    return True
