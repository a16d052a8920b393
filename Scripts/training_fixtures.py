"""Writes Tests/Training/Fixtures: steps of PyTorch, which training must follow.

- Twenty steps of A-LRN, B and C at an eighth of their width, for images of 32x32: NETWORK.onnxtxt and NETWORK.npz.
- Three steps of D as it is, for four images of 224x224, the same in each step: vgg-d.npz.

All are without dropout. An .npz holds the losses, some elements of each weight after the last step (`samples/NAME`, evenly
spaced), and how far two correct results may lie apart (`loss_bounds`; `bounds/NAME` of the root mean square of a weight's
distances).

The reference is computed in float64. The bounds come from what training does with errors as large as those that the compiler
admits: the results and all gradients of convolutions and products get random errors of up to MAX_ERROR of their largest
element, in float64, with several seeds; PyTorch's own float32 is one more such run. A bound is BOUND_FACTOR times the largest
distance from the reference. Where an error makes another element of a window the largest, or a ReLU's result 0, gradients
jump; so bounds grow from step to step, and the learning rate is small. That they tell training from no training, and the
first steps far more closely, is checked here.

The first weights are those of `--weights random:1`, images and labels those of training_batches.py. Needs torch 2.15.0, which
the project itself does not, 8 GB of memory for D, and the built tool:

    python Scripts/training_fixtures.py --tessera .build/release/tessera [NETWORK...]
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

import numpy as np
import onnx
import torch
import torch.nn.functional as F

from training_batches import BATCHES, SAMPLES, SIZE, batch, full_batch, rms, sampled, without_dropout

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "Tests/Training/Fixtures"
TORCH = "2.15.0"
SMALL_NETWORKS = ["vgg-a-lrn", "vgg-b", "vgg-c"]
FULL_NETWORK = "vgg-d"
SMALL_STEPS, FULL_STEPS = 20, 3
RATE, MOMENTUM, DECAY = 1e-4, 0.9, 5e-4
MAX_ERROR = 5e-6
SMALL_SEEDS, FULL_SEEDS, BOUND_FACTOR = 6, 3, 4
# Elements of a weight, evenly spaced, over which distances are measured: all of those of the small networks.
MEASURED = 1 << 18


def small_graph(name):
    """The text of a network of Graphs: an eighth of the channels, classes and image extents, no dropout."""
    text = (ROOT / f"Graphs/{name}.onnxtxt").read_text()

    def smaller(match):
        extents = [each if not each.isdigit() or int(each) < 64 else str(int(each) // 8) for each in match[1].split(",")]
        return f"float[{','.join(extents)}]"

    text = "".join(line for line in text.splitlines(True) if not line.startswith("#"))
    text = text.replace("224", str(8 * SIZE)).replace("25088", str(512))
    text = re.sub(r"float\[([^]]*)\]", smaller, text)
    return without_dropout(text)


class Noise(torch.autograd.Function):
    """Adds errors to what passes forwards, or to the gradient that passes backwards."""

    generator = None

    @staticmethod
    def disturbed(x):
        if Noise.generator is None:
            return x
        noise = torch.rand(x.shape, generator=Noise.generator, dtype=x.dtype) * 2 - 1
        return x + noise * MAX_ERROR * x.abs().max()

    @staticmethod
    def forward(context, x, forwards):
        context.forwards = forwards
        return Noise.disturbed(x) if forwards else x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return gradient if context.forwards else Noise.disturbed(gradient), None


def scores(model, weights, images):
    """What goes into the soft-max."""
    values = {"data": images, **weights}
    for node in model.graph.node:
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        inputs = [values[name] for name in node.input]
        if node.op_type in ("Conv", "Gemm"):
            inputs = [Noise.apply(each, False) for each in inputs]
        match node.op_type:
            case "Conv":
                y = F.conv2d(*inputs, padding=attributes["pads"][0])
            case "Gemm":
                y = F.linear(*inputs)
            case "Relu":
                y = F.relu(inputs[0])
            case "LRN":
                y = F.local_response_norm(
                    inputs[0], attributes["size"], attributes["alpha"], attributes["beta"], attributes["bias"])
            case "MaxPool":
                y = F.max_pool2d(inputs[0], 2, 2)
            case "Flatten":
                y = inputs[0].flatten(1)
            case "Softmax":
                return inputs[0]
        if node.op_type in ("Conv", "Gemm"):
            y = Noise.apply(y, True)
        values[node.output[0]] = y


def train(model, first, batches, steps, dtype, seed=None):
    """The losses, and of the last weights the measured elements and the samples, in float64; the batches come round."""
    Noise.generator = None if seed is None else torch.Generator().manual_seed(seed)
    weights = {name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in first.items()}
    optimizer = torch.optim.SGD(weights.values(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY, foreach=False)
    losses = []
    for step in range(steps):
        images, labels = batches[step % len(batches)]
        loss = F.cross_entropy(scores(model, weights, torch.tensor(images, dtype=dtype)), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    last = {name: value.detach().numpy() for name, value in weights.items()}
    kept = [{name: sampled(value, count).astype(np.float64) for name, value in last.items()} for count in (MEASURED, SAMPLES)]
    return np.array(losses), *kept


def bound_model(path, tool):
    """The model with the weights of random:1, and these, float32 by name."""
    with tempfile.TemporaryDirectory() as folder:
        bound = pathlib.Path(folder) / "bound.onnx"
        subprocess.run([tool, "convert", path, "--weights", "random:1", "-o", bound], check=True, stdout=subprocess.DEVNULL)
        model = onnx.load(bound)
    first = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    del model.graph.initializer[:]
    return model, first


def write(name, graph, batches, steps, seeds, tool):
    """Writes NAME.npz for the network of a file."""
    model, first = bound_model(graph, tool)
    losses, weights, samples = train(model, first, batches, steps, torch.float64)
    runs = [train(model, first, batches, steps, torch.float64, seed) for seed in range(seeds)]
    runs.append(train(model, first, batches, steps, torch.float32))
    loss_bounds = BOUND_FACTOR * np.max([np.abs(run[0] - losses) for run in runs], 0)
    arrays = {"losses": losses, "loss_bounds": loss_bounds}
    shares = []
    for key, value in weights.items():
        distance = BOUND_FACTOR * max(rms(run[1][key] - value) for run in runs)
        shares.append(distance / rms(value - sampled(first[key], MEASURED)))
        arrays[f"samples/{key}"] = samples[key]
        arrays[f"bounds/{key}"] = np.array([distance])
    print(f"{name}: losses {losses[0]:.3f} to {losses[-1]:.3f}, bounds {loss_bounds[1]:.1e} to {loss_bounds[-1]:.1e}; of weights at most "
          f"{max(shares):.1e} of their change")
    count = len(batches)
    fall = losses[:count].mean() - losses[-count:].mean()
    assert max(shares) < 0.3 and loss_bounds.max() < 0.1 * fall and loss_bounds[:count].max() < 0.01 * fall
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


def write_small(name, tool):
    path = FOLDER / f"{name}.onnxtxt"
    path.write_text(small_graph(name))
    write(name, path, [batch(step) for step in range(BATCHES)], SMALL_STEPS, SMALL_SEEDS, tool)


def write_full(name, tool):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"{name}.onnxtxt"
        path.write_text(without_dropout((ROOT / f"Graphs/{name}.onnxtxt").read_text()))
        write(name, path, [full_batch()], FULL_STEPS, FULL_SEEDS, tool)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / ".build/release/tessera")
    names = [*SMALL_NETWORKS, FULL_NETWORK]
    parser.add_argument("networks", nargs="*", choices=names, default=names, metavar="NETWORK")
    arguments = parser.parse_args()
    assert torch.__version__.split("+")[0] == TORCH, f"expected torch {TORCH}, found {torch.__version__}"
    torch.use_deterministic_algorithms(True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in arguments.networks:
        (write_full if name == FULL_NETWORK else write_small)(name, arguments.tessera)


if __name__ == "__main__":
    main()
