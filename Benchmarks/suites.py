"""What is compared: suites of networks, each with the images and batches that it is measured with."""

from dataclasses import dataclass
from pathlib import Path

# Of ratios to the faster of ONNX Runtime and OpenVINO, and to the faster of MNN and ncnn.
RIVALS = {"ONNX Runtime, OpenVINO": ["ONNX Runtime", "OpenVINO"], "MNN, ncnn": ["MNN", "ncnn"]}


@dataclass(frozen=True)
class Network:
    name: str
    # Rows and columns of its images, and the standard deviation of their values.
    extent: int = 224
    deviation: float = 1
    batches: tuple = (1,)
    # At most so much of the time of the faster of ONNX Runtime and OpenVINO.
    target: float | None = None
    in_default_run: bool = True
    # The network that it is but for its biases, which make its activations as sparse as trained ones.
    dense: str | None = None

    def shape(self, batch):
        return [batch, 3, self.extent, self.extent]


@dataclass(frozen=True)
class Suite:
    title: str
    # Where results go, in Results.
    folder: Path
    networks: list


def paper(name, in_default_run=True):
    return Network(f"vgg-{name}", deviation=60, batches=(1, 8), in_default_run=in_default_run)


def sparse(name):
    return Network(f"vgg-{name}-sparse", deviation=60, dense=f"vgg-{name}")


SUITES = {
    "vgg": Suite("VGG inference on a CPU", Path(), [
        paper("a"), paper("a-lrn", False), paper("b", False), paper("c", False), paper("d"), paper("e"),
        sparse("a"), sparse("d"), sparse("e")]),
    "torchvision": Suite("Inference of torchvision's networks on a CPU", Path("torchvision"), [
        Network("resnet18", target=0.55),
        Network("resnet50", batches=(1, 8), target=0.70),
        Network("mobilenet_v2", target=0.90),
        Network("mobilenet_v3_small", target=0.90),
        Network("efficientnet_b0", target=0.90),
        Network("densenet121", target=0.80),
        Network("squeezenet1_1", target=0.80),
        Network("inception_v3", extent=299, target=0.70),
        Network("googlenet", target=0.70),
        Network("shufflenet_v2_x1_0", target=0.90),
    ]),
}
NETWORKS = {network.name: network for suite in SUITES.values() for network in suite.networks}


def dimensions(shape):
    """As in 1x3x224x224."""
    return "x".join(map(str, shape))
