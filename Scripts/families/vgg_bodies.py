"""Networks on a VGG body that torchvision does not have: edges, text, segments."""

import math

import torch
import torchvision
from torch import nn
from torch.nn import functional


def body(name):
    """The layers of a VGG up to its last pooling, cut before each pooling and at the end."""
    layers = torchvision.models.get_model(name, weights=None).features
    stages, stage = nn.ModuleList(), []
    for layer in layers:
        if isinstance(layer, nn.MaxPool2d):
            stages.append(nn.Sequential(*stage))
            stage = []
        stage.append(layer)
    return stages


def through(stages, x):
    maps = []
    for stage in stages:
        x = stage(x)
        maps.append(x)
    return maps


class Edges(nn.Module):
    """HED (Xie and Tu, 2015): an edge map of each stage, enlarged, and their fusion."""

    CHANNELS = (64, 128, 256, 512, 512)

    def __init__(self, enlarge):
        super().__init__()
        self.stages = body("vgg16")
        self.sides = nn.ModuleList(nn.Conv2d(channels, 1, 1) for channels in self.CHANNELS)
        self.enlargers = nn.ModuleList(enlarge(2**index) for index in range(1, 5))
        self.fusion = nn.Conv2d(5, 1, 1)

    def forward(self, x):
        maps = [side(stage) for side, stage in zip(self.sides, through(self.stages, x))]
        height, width = x.shape[2:]
        maps[1:] = [enlarge(small)[:, :, :height, :width] for enlarge, small in zip(self.enlargers, maps[1:])]
        maps.append(self.fusion(torch.cat(maps, 1)))
        return tuple(torch.sigmoid(edges) for edges in maps)


def hed():
    return Edges(lambda factor: nn.Upsample(scale_factor=factor, mode="bilinear"))


def hed_transposed():
    """As published: enlarged by transposed convolutions, of a window of twice the stride, and cropped."""
    return Edges(lambda factor: nn.ConvTranspose2d(1, 1, 2 * factor, stride=factor, padding=factor // 2))


class DoubleConv(nn.Sequential):
    def __init__(self, inputs, middle, outputs, first_kernel=3):
        super().__init__(
            nn.Conv2d(inputs, middle, first_kernel, padding=first_kernel // 2), nn.BatchNorm2d(middle), nn.ReLU(),
            nn.Conv2d(middle, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


class Craft(nn.Module):
    """CRAFT (Baek et al., 2019): where characters are, and where they belong together."""

    def __init__(self):
        super().__init__()
        self.stages = body("vgg16_bn")
        self.last = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(512, 1024, 3, padding=6, dilation=6),
            nn.Conv2d(1024, 1024, 1))
        sizes = [(1024 + 512, 512, 256), (256 + 512, 256, 128), (128 + 256, 128, 64), (64 + 128, 64, 32)]
        self.merges = nn.ModuleList(DoubleConv(*size, first_kernel=1) for size in sizes)
        self.scores = nn.Sequential(
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 16, 3, padding=1), nn.ReLU(),
            nn.Conv2d(16, 16, 1), nn.ReLU(), nn.Conv2d(16, 2, 1))

    def forward(self, x):
        maps = through(self.stages, x)
        x = self.last(maps[4])
        for merge, skipped in zip(self.merges, maps[4:0:-1]):
            x = functional.interpolate(x, size=skipped.shape[2:], mode="bilinear", align_corners=False)
            x = merge(torch.cat([x, skipped], 1))
        return self.scores(x).permute(0, 2, 3, 1)


class East(nn.Module):
    """EAST (Zhou et al., 2017): scores and rotated boxes of text."""

    def __init__(self):
        super().__init__()
        self.stages = body("vgg16_bn")
        self.merges = nn.ModuleList(
            DoubleConv(*size, first_kernel=1)
            for size in [(512 + 512, 128, 128), (128 + 256, 64, 64), (64 + 128, 32, 32)])
        self.score, self.box, self.angle = (nn.Conv2d(32, outputs, 1) for outputs in (1, 4, 1))

    def forward(self, x):
        maps = through(self.stages, x)
        x = maps[4]
        for merge, skipped in zip(self.merges, maps[3:0:-1]):
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
            x = merge(torch.cat([x, skipped], 1))
        box, angle = torch.sigmoid(self.box(x)) * 512, (torch.sigmoid(self.angle(x)) - 0.5) * math.pi
        return torch.sigmoid(self.score(x)), torch.cat([box, angle], 1)


class UNet(nn.Module):
    """U-Net (Ronneberger et al., 2015), padded so that nothing is cropped."""

    WIDTHS = (64, 128, 256, 512)

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(DoubleConv(*size) for size in [
            (3, 64, 64), (64, 128, 128), (128, 256, 256), (256, 512, 512), (512, 1024, 1024)])
        self.enlargers = nn.ModuleList(nn.ConvTranspose2d(2 * width, width, 2, stride=2) for width in self.WIDTHS)
        self.up = nn.ModuleList(DoubleConv(2 * width, width, width) for width in self.WIDTHS)
        self.classes = nn.Conv2d(64, 2, 1)

    def forward(self, x):
        maps = []
        for index, layers in enumerate(self.down):
            x = layers(functional.max_pool2d(x, 2) if index else x)
            maps.append(x)
        for index in reversed(range(len(self.up))):
            x = self.up[index](torch.cat([maps[index], self.enlargers[index](x)], 1))
        return self.classes(x)
