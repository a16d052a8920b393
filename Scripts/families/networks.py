"""The networks of all families, as PyTorch modules with random parameters."""

from dataclasses import dataclass
from typing import Callable

import torch
import torchvision
from torch import nn

from . import narrowing, small_networks, vgg_bodies


@dataclass(frozen=True)
class Network:
    name: str
    construct: Callable
    # Rows and columns of the input, and those at reduced width.
    extent: int = 224
    narrow_extent: int = 96
    divisor: int = 8
    channels: int = 3

    def module(self, is_narrow=False):
        """The network in inference mode; the same parameters in every call."""
        torch.manual_seed(0)
        with narrowing.dividing(self.divisor if is_narrow else 1) as narrow:
            module = self.construct()
        with torch.no_grad():
            randomize(module, narrow)
        return module.eval()

    def image(self, batch, is_narrow=False):
        extent = self.narrow_extent if is_narrow else self.extent
        return torch.randn(batch, self.channels, extent, extent, generator=torch.Generator().manual_seed(224))


def randomize(module, narrow=lambda channels: channels):
    """Gives biases, normalizations, slopes and scales values that differ, as those of a trained network do.

    The exporters drop biases that are zero and merge parameters that are equal.
    """
    for layer in module.modules():
        if getattr(layer, "bias", None) is not None:
            nn.init.normal_(layer.bias, std=0.05)
        if isinstance(layer, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
            nn.init.normal_(layer.running_mean, std=0.1)
        if isinstance(layer, nn.PReLU):
            nn.init.uniform_(layer.weight, 0.1, 0.4)
        if isinstance(layer, torchvision.models.convnext.CNBlock):
            scale = torch.empty(narrow(len(layer.layer_scale)), 1, 1).uniform_(0.5, 1.5)
            layer.layer_scale = nn.Parameter(scale)


class Segmentation(nn.Module):
    """The map of a torchvision network for segmentation, which gives a dictionary."""

    def __init__(self, name):
        super().__init__()
        self.network = torchvision.models.get_model(name, weights=None, weights_backbone=None)

    def forward(self, x):
        return self.network(x)["out"]


def classifier(name, extent=224, narrow_extent=96, divisor=8, **options):
    return Network(
        name, lambda: torchvision.models.get_model(name, weights=None, **options), extent, narrow_extent, divisor)


def segmentation(name):
    return Network(name, lambda: Segmentation(name), narrow_extent=97)


# The transformed input of the two is what they have with trained weights.
INCEPTION = {"init_weights": False, "transform_input": True}

NETWORKS = {network.name: network for network in [
    classifier("alexnet", narrow_extent=224),
    classifier("vgg11", narrow_extent=224),
    classifier("vgg16_bn", narrow_extent=224),
    classifier("resnet18"),
    classifier("resnet50"),
    classifier("resnext50_32x4d"),
    classifier("wide_resnet50_2"),
    classifier("densenet121"),
    classifier("googlenet", **INCEPTION),
    classifier("inception_v3", 299, 139, **INCEPTION),
    classifier("mobilenet_v2"),
    classifier("mobilenet_v3_small"),
    classifier("mobilenet_v3_large"),
    classifier("mnasnet1_0"),
    classifier("squeezenet1_0"),
    classifier("squeezenet1_1"),
    classifier("shufflenet_v2_x0_5"),
    classifier("shufflenet_v2_x1_0", divisor=2),
    classifier("efficientnet_b0"),
    classifier("efficientnet_v2_s"),
    classifier("regnet_x_400mf"),
    classifier("regnet_y_400mf", divisor=4),
    classifier("convnext_tiny"),
    segmentation("fcn_resnet50"),
    segmentation("deeplabv3_resnet50"),
    segmentation("deeplabv3_mobilenet_v3_large"),
    Network("unet", vgg_bodies.UNet),
    Network("hed", vgg_bodies.hed),
    Network("hed_transposed", vgg_bodies.hed_transposed),
    Network("craft", vgg_bodies.Craft),
    Network("east", vgg_bodies.East),
    Network("espcn", small_networks.espcn, narrow_extent=40, divisor=1, channels=1),
    Network("mtcnn_p", small_networks.mtcnn_p, narrow_extent=37),
    Network("mtcnn_r", small_networks.mtcnn_r, extent=24, narrow_extent=24),
    Network("mtcnn_o", small_networks.mtcnn_o, extent=48, narrow_extent=48),
]}
