"""Builds a PyTorch network with fewer channels: its modules, and so the nodes of its graph, stay as they are."""

import contextlib
import inspect
from unittest import mock

from torch import nn

# Channels below stay: colors, classes of a detector, maps of one channel.
SMALLEST_DIVIDED = 8
# The arguments of the layers that count channels.
COUNTS = {
    nn.Conv2d: ["in_channels", "out_channels"],
    nn.ConvTranspose2d: ["in_channels", "out_channels"],
    nn.Linear: ["in_features", "out_features"],
    nn.BatchNorm2d: ["num_features"],
    nn.LayerNorm: ["normalized_shape"],
    nn.PReLU: ["num_parameters"],
}


@contextlib.contextmanager
def dividing(divisor):
    """Divides the channels of every layer that is constructed inside by `divisor`, rounding up."""

    def narrow(channels):
        return channels if channels < SMALLEST_DIVIDED else -(-channels // divisor)

    def groups(inputs, groups):
        """No group becomes one of a depthwise convolution."""
        if groups in (1, inputs):
            return narrow(groups)
        return narrow(inputs) // max(2, inputs // groups // divisor)

    def narrowed(layer, counts):
        init = layer.__init__
        signature = inspect.signature(init)

        def wrapper(*positional, **named):
            bound = signature.bind(*positional, **named)
            values = bound.arguments
            if "groups" in values:
                values["groups"] = groups(values["in_channels"], values["groups"])
            for name in counts:
                values[name] = narrow(values[name])
            init(*bound.args, **bound.kwargs)

        return mock.patch.object(layer, "__init__", wrapper)

    with contextlib.ExitStack() as stack:
        if divisor > 1:
            for layer, counts in COUNTS.items():
                stack.enter_context(narrowed(layer, counts))
        yield narrow
