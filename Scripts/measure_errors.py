"""Measures how far compiled torchvision networks are from Float64, at full width.

Each network gets torchvision's initial weights (`initial`), or besides them random scales and shifts of its
batch normalisations and the statistics that they find on a batch of noise or of smooth pictures (`noise`,
`smooth`), as a trained network has those of its images. A network is compiled by default and with direct
convolutions and run on inputs of other seeds than the compiler's. Prints a line for each: the largest error
of an output over the largest output, of the inputs the one that is closest to the bound; the bound, the
larger of 5e-6 and 1.5 times the direct error on that input; and what `compile` said it measured.

Needs torch and torchvision, which the project itself does not. Exit code 1 if a bound is exceeded.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
import torchvision

TESSERA = pathlib.Path(__file__).resolve().parent.parent / ".build/release/tessera"
NETWORKS = (
    "alexnet vgg11 vgg16 vgg11_bn vgg19_bn resnet18 resnet50 resnext50_32x4d wide_resnet50_2 densenet121 googlenet "
    "inception_v3 squeezenet1_1 mobilenet_v2 mnasnet1_0 shufflenet_v2_x1_0"
).split()
SEEDS = 2


def extent(name):
    return 299 if name.startswith("inception") else 224


def noise(random, count, size):
    return random.standard_normal((count, 3, size, size)).astype(np.float32)


def smooth(random, count, size):
    """Waves of random directions of up to about ten periods, and a twentieth of noise."""
    y, x = np.mgrid[0:size, 0:size] / size
    images = np.empty((count, 3, size, size))
    for plane in images.reshape(-1, size, size):
        for _ in range(8):
            fx, fy = random.normal(0, 4, 2)
            plane[:] += random.normal() * np.cos(2 * np.pi * (fx * x + fy * y) + random.uniform(0, 2 * np.pi))
    images = (images - images.mean()) / images.std()
    return (images + 0.05 * random.standard_normal(images.shape)).astype(np.float32)


INPUTS = {"noise": noise, "smooth": smooth}


def network(name, weights):
    torch.manual_seed(0)
    options = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    model = getattr(torchvision.models, name)(weights=None, **options).eval()
    if weights == "initial":
        return model
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.5)
            module.momentum = 1.0
            module.train()
    images = INPUTS[weights](np.random.default_rng(7), 4, extent(name))
    with torch.no_grad():
        model(torch.from_numpy(images))
    return model.eval()


def has_statistics(name):
    return not name.startswith(("alexnet", "squeezenet")) and (not name.startswith("vgg") or name.endswith("_bn"))


def tessera(*arguments):
    return subprocess.run([str(TESSERA), *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def run(plan, image, folder):
    np.save(folder / "data.npy", image)
    tessera("run", plan, "--input", f"data={folder}/data.npy", "--output-dir", folder)
    return np.load(folder / "out.npy").astype(np.float64)


def measure(name, weights, folder):
    model = network(name, weights)
    path = folder / "model.onnx"
    image = torch.zeros(1, 3, extent(name), extent(name))
    torch.onnx.export(
        model, image, path, dynamo=False, opset_version=17, input_names=["data"], output_names=["out"]
    )
    chosen, direct = folder / "chosen.plan", folder / "direct.plan"
    report = json.loads(tessera("compile", path, "-o", chosen, "--json"))
    tessera("compile", path, "-o", direct, "--algorithm", "direct")
    model = model.double()
    worst = None
    for kind, make in INPUTS.items():
        for seed in range(SEEDS):
            image = make(np.random.default_rng(100 + seed), 1, extent(name))
            with torch.no_grad():
                exact = model(torch.from_numpy(image).double()).numpy()
            error, plain = (
                float(np.abs(run(plan, image, folder) - exact).max() / np.abs(exact).max()) for plan in (chosen, direct)
            )
            bound = max(5e-6, 1.5 * plain)
            if worst is None or error / bound > worst["error"] / worst["bound"]:
                worst = {"error": error, "bound": bound, "direct": plain, "input": f"{kind} {seed}"}
    algorithms = [c["algorithm"].split("/")[0].split()[:2] for c in report["variants"][0]["convolutions"]]
    tiles = " ".join(str(sum(a[-1] == f"F({m}x{m})" for a in algorithms)) for m in (2, 4, 6))
    return worst, report["error"], tiles


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--weights", nargs="*", choices=["initial", *INPUTS], default=["initial", *INPUTS])
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    print("| network | weights | error | bound | direct | input | measured by compile: plan, direct, largest | F2, F4, F6 |")
    print("|---|---|---|---|---|---|---|---|")
    exceeded = False
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.networks:
            for weights in arguments.weights if has_statistics(name) else ["initial"]:
                try:
                    worst, said, tiles = measure(name, weights, pathlib.Path(folder))
                except subprocess.CalledProcessError as error:
                    if error.returncode != 3:
                        raise
                    print(f"| {name} | {weights} | not supported | | | | | |", flush=True)
                    continue
                exceeded |= not worst["error"] <= worst["bound"]
                figures = [(said or {}).get(key) for key in ("plan", "direct", "largest")]
                said = " ".join("–" if f is None else f"{f:.1e}" for f in figures)
                print(
                    f"| {name} | {weights} | {worst['error']:.1e} | {worst['bound']:.1e} | {worst['direct']:.1e} "
                    f"| {worst['input']} | {said} | {tiles} |", flush=True,
                )
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
