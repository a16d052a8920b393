"""Steps of training by PyTorch: forward and backward pass, SGD with momentum and weight decay, on random images.

    SCRIPT NETWORK BATCH THREADS ROUNDS eager|eager-channels-last|compile-channels-last

Prints JSON: the seconds of each step after the first, and PyTorch's version.
"""

import json
import sys
import time

import torch
from torch import nn

CONVOLUTIONS = {"vgg-a": [1, 1, 2, 2, 2], "vgg-d": [2, 2, 3, 3, 3]}
CHANNELS = [64, 128, 256, 512, 512]


def network(name):
    layers, inputs = [], 3
    for count, outputs in zip(CONVOLUTIONS[name], CHANNELS):
        for _ in range(count):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
            inputs = outputs
        layers.append(nn.MaxPool2d(2, 2))
    layers.append(nn.Flatten())
    for inputs, outputs in [(512 * 7 * 7, 4096), (4096, 4096)]:
        layers += [nn.Linear(inputs, outputs), nn.ReLU(inplace=True), nn.Dropout(0.5)]
    model = nn.Sequential(*layers, nn.Linear(4096, 1000))
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


def main(name, batch, threads, rounds, mode):
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    model = network(name)
    images = torch.randn(int(batch), 3, 224, 224)
    labels = torch.randint(0, 1000, (int(batch),))
    if mode.endswith("channels-last"):
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-5, momentum=0.9, weight_decay=5e-4)
    loss = nn.CrossEntropyLoss()
    forward = torch.compile(model) if mode.startswith("compile") else model
    seconds = []
    for _ in range(int(rounds) + 1):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss(forward(images), labels).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds[1:], "version": torch.__version__}))


main(*sys.argv[1:])
