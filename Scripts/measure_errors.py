"""Measures how far compiled torchvision networks are from Float64, at full width.

Each network gets torchvision's initial weights (`initial`), or besides them random scales and shifts of its
batch normalisations and the statistics that they find on a batch of one kind of images (`noise`, `waves`,
`natural`), as a trained network has those of its images; all seeded. A network is compiled by default and with
direct convolutions and run on images that the compiler does not know. Prints a line for each network and kind of
weights: the largest error of an output over the largest output, of all seeds and images the one closest to its
bound; the bound, the larger of 5e-6 and 1.5 times the largest direct error on images of that kind; and what
`compile` said it measured.

Needs torch, torchvision and Pillow, which the project itself does not. Exit code 1 if a bound is exceeded.
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
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESSERA = ROOT / ".build/release/tessera"
NETWORKS = (
    "alexnet vgg11 vgg16 vgg11_bn vgg19_bn resnet18 resnet50 wide_resnet50_2 resnext50_32x4d densenet121 googlenet "
    "inception_v3 squeezenet1_1 mobilenet_v2 mnasnet1_0 shufflenet_v2_x1_0 efficientnet_b0 regnet_x_400mf"
).split()
# Of the channels of an image in 0…1.
MEAN, DEVIATION = (np.array(numbers)[:, None, None] for numbers in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))


def extent(name):
    return 299 if name.startswith("inception") else 224


def preprocessed(pixels):
    return (np.round(np.clip(pixels, 0, 1) * 255) / 255 - MEAN) / DEVIATION


def uniform(random, size):
    return random.uniform(-(3**0.5), 3**0.5, (3, size, size))


def noise(random, size):
    return random.standard_normal((3, size, size))


def waves(random, size):
    """Waves of random directions of up to about ten periods, other ones in each channel, and a twentieth of noise."""
    y, x = np.mgrid[0:size, 0:size] / size
    image = np.zeros((3, size, size))
    for plane in image:
        for _ in range(8):
            fx, fy = random.normal(0, 4, 2)
            plane += random.normal() * np.cos(2 * np.pi * (fx * x + fy * y) + random.uniform(0, 2 * np.pi))
    return (image - image.mean()) / image.std() + 0.05 * random.standard_normal(image.shape)


def natural(random, size):
    """Amplitudes of 1/f, as photographs have them, most of it common to the channels."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    frequency[0, 0] = np.inf

    def plane():
        phases = random.standard_normal((2, *frequency.shape))
        return np.fft.irfft2((phases[0] + 1j * phases[1]) / frequency, s=(size, size))

    common = plane()
    image = np.stack([common + 0.3 * plane() for _ in range(3)])
    return preprocessed(random.uniform(0.3, 0.6) + 0.25 * (image - image.mean()) / image.std())


def photo(random, size):
    """One of the JPEG files that the tests have, stretched."""
    files = sorted((ROOT / "Tests/Images/Fixtures").glob("*.jpg"))
    image = Image.open(files[random.integers(len(files))]).convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    return preprocessed(np.asarray(image).transpose(2, 0, 1) / 255)


def constant(random, size):
    return preprocessed(np.broadcast_to(random.uniform(0, 1, (3, 1, 1)), (3, size, size)))


KINDS = {make.__name__: make for make in (uniform, noise, waves, natural, photo, constant)}
WEIGHTS = ["initial", "noise", "waves", "natural"]


def images(kind, seed, count, size):
    randoms = (np.random.default_rng([list(KINDS).index(kind), seed, index]) for index in range(count))
    return np.stack([KINDS[kind](random, size) for random in randoms]).astype(np.float32)


def network(name, weights, seed):
    torch.manual_seed(seed)
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
    with torch.no_grad():
        model(torch.from_numpy(images(weights, 1000 + seed, 4, extent(name))))
    return model.eval()


def has_statistics(name):
    return not name.startswith(("alexnet", "squeezenet")) and (not name.startswith("vgg") or name.endswith("_bn"))


def tessera(*arguments):
    return subprocess.run([str(TESSERA), *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def errors(plan, batch, exact, folder):
    """One for each image."""
    for image, expected in zip(batch, exact):
        np.save(folder / "data.npy", image[None])
        tessera("run", plan, "--input", f"data={folder}/data.npy", "--output-dir", folder)
        actual = np.load(folder / "out.npy")[0].astype(np.float64)
        yield float(np.abs(actual - expected).max() / np.abs(expected).max())


def measure(name, weights, seed, count, folder):
    model = network(name, weights, seed)
    path = folder / "model.onnx"
    image = torch.zeros(1, 3, extent(name), extent(name))
    torch.onnx.export(model, image, path, dynamo=False, opset_version=17, input_names=["data"], output_names=["out"])
    chosen, direct = folder / "chosen.plan", folder / "direct.plan"
    report = json.loads(tessera("compile", path, "-o", chosen, "--json"))
    tessera("compile", path, "-o", direct, "--algorithm", "direct")
    model = model.double()
    algorithms = [c["algorithm"] for c in report["variants"][0]["convolutions"]]
    result = {"said": report["error"] or {}, "seed": seed, "share": -1.0,
              "tiles": " ".join(str(sum(f"F({m}x{m})" in algorithm for algorithm in algorithms)) for m in (2, 4, 6))}
    for kind in KINDS:
        batch = images(kind, 100 + seed, count, extent(name))
        with torch.no_grad():
            exact = model(torch.from_numpy(batch).double()).numpy()
        error, plain = (max(errors(plan, batch, exact, folder)) for plan in (chosen, direct))
        bound = max(5e-6, 1.5 * plain)
        if error / bound > result["share"] or not np.isfinite(error):
            result |= {"share": error / bound, "error": error, "bound": bound, "direct": plain, "kind": kind}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--weights", nargs="*", choices=WEIGHTS, default=WEIGHTS)
    parser.add_argument("--seeds", type=int, default=5, help="of weights and images (default: %(default)s)")
    parser.add_argument("--images", type=int, default=2, help="of each kind (default: %(default)s)")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    print("| network | weights | error | bound | direct | image, seed | measured by compile: plan, direct, largest | F2, F4, F6 |")
    print("|---|---|---|---|---|---|---|---|")
    exceeded = False
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.networks:
            for weights in arguments.weights if has_statistics(name) else ["initial"]:
                results = [measure(name, weights, seed, arguments.images, pathlib.Path(folder))
                           for seed in range(arguments.seeds)]
                worst = max(results, key=lambda result: result["share"])
                exceeded |= not all(result["share"] <= 1 for result in results)
                said = " ".join("–" if worst["said"].get(key) is None else f"{worst['said'][key]:.1e}"
                                for key in ("plan", "direct", "largest"))
                print(f"| {name} | {weights} | {worst['error']:.1e} | {worst['bound']:.1e} | {worst['direct']:.1e} "
                      f"| {worst['kind']}, {worst['seed']} | {said} | {worst['tiles']} |", flush=True)
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
