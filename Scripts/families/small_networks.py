"""Small networks that torchvision does not have: super-resolution and the detection of faces."""

import torch
from torch import nn


def espcn():
    """ESPCN (Shi et al., 2016): three times the pixels of the luma in each direction."""
    return nn.Sequential(
        nn.Conv2d(1, 64, 5, padding=2), nn.Tanh(), nn.Conv2d(64, 32, 3, padding=1), nn.Tanh(),
        nn.Conv2d(32, 9, 3, padding=1), nn.PixelShuffle(3))


class FlattenedByColumns(nn.Module):
    """The order of MTCNN's weights, which were trained in Caffe."""

    def forward(self, x):
        return x.permute(0, 3, 2, 1).contiguous().view(x.shape[0], -1)


class FaceNetwork(nn.Module):
    """A stage of MTCNN (Zhang et al., 2016): probabilities of faces, and numbers for each."""

    def __init__(self, layers, heads):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.heads = nn.ModuleList(heads)

    def forward(self, x):
        x = self.layers(x)
        first, *others = (head(x) for head in self.heads)
        return torch.softmax(first, 1), *others


def convolution(inputs, outputs, kernel=3):
    return [nn.Conv2d(inputs, outputs, kernel), nn.PReLU(outputs)]


def dense(inputs, outputs):
    return [FlattenedByColumns(), nn.Linear(inputs, outputs), nn.PReLU(outputs)]


def pool(kernel):
    return nn.MaxPool2d(kernel, stride=2, ceil_mode=True)


def mtcnn_p():
    layers = [*convolution(3, 10), pool(2), *convolution(10, 16), *convolution(16, 32)]
    return FaceNetwork(layers, [nn.Conv2d(32, 2, 1), nn.Conv2d(32, 4, 1)])


def mtcnn_r():
    layers = [*convolution(3, 28), pool(3), *convolution(28, 48), pool(3), *convolution(48, 64, 2), *dense(576, 128)]
    return FaceNetwork(layers, [nn.Linear(128, 2), nn.Linear(128, 4)])


def mtcnn_o():
    layers = [*convolution(3, 32), pool(3), *convolution(32, 64), pool(3), *convolution(64, 64), pool(2),
              *convolution(64, 128, 2), *dense(1152, 256)]
    return FaceNetwork(layers, [nn.Linear(256, 2), nn.Linear(256, 4), nn.Linear(256, 10)])
