"""Exports torchvision's VGG networks to ONNX and removes the weights' bytes.

Every network goes through both of PyTorch's exporters, once with batch 1 and once with a symbolic batch:
NETWORK-{dynamo,torchscript}-{fixed,dynamic}.onnx. All parameters are random first: the exporters drop
biases that are zero and merge parameters that are equal, which those of a trained network are not. vgg11
and vgg11_bn come in two more forms: -untrained keeps torchvision's initial parameters, zero biases
included, and -unoptimized turns the exporters' own optimizations off.

The graphs stay exactly as the exporters write them. Only the bytes of initializers of 1 KiB or more are
missing: raw_data is left empty where the exporter stores the weights in the model, and the file of
external data is not kept where it stores them beside it. Python stack traces, which name files of the
exporting machine, are removed from the nodes' metadata. Tests/python/fill_weights.py puts weights back.

Needs torch, torchvision and onnxscript, which the project itself does not; versions are in
Tests/Fixtures/torchvision/README.md.
"""

import argparse
import pathlib
import tempfile

import onnx
import torch
import torchvision

NETWORKS = [name + form for name in ("vgg11", "vgg13", "vgg16", "vgg19") for form in ("", "_bn")]
FORMS = {"": NETWORKS, "untrained": ["vgg11", "vgg11_bn"], "unoptimized": ["vgg11", "vgg11_bn"]}
KEPT_BYTE_COUNT = 1024


def randomize(model):
    """Gives every bias, and all four parameters of batch normalization, values that differ."""
    for module in model.modules():
        if getattr(module, "bias", None) is not None:
            torch.nn.init.normal_(module.bias, std=0.05)
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.normal_(module.running_mean, std=0.1)


def export(network, path, dynamo, dynamic, form):
    torch.manual_seed(0)
    model = getattr(torchvision.models, network)(weights=None).eval()
    image = torch.zeros(2 if dynamic else 1, 3, 224, 224)
    options = {}
    if dynamic and dynamo:
        options["dynamic_shapes"] = {"x": {0: "batch"}}
    elif dynamic:
        options["dynamic_axes"] = {"input": {0: "batch"}, "output": {0: "batch"}}
    if form == "unoptimized" and dynamo:
        options["optimize"] = False
    elif form == "unoptimized":
        options["do_constant_folding"] = False
        options["training"] = torch.onnx.TrainingMode.PRESERVE
    with torch.no_grad():
        if form != "untrained":
            randomize(model)
        torch.onnx.export(
            model, (image,), path, dynamo=dynamo, input_names=["input"], output_names=["output"], **options
        )


def strip(source, destination):
    """Copies a model without the bytes of its large initializers and without stack traces."""
    model = onnx.load(source, load_external_data=False)
    for initializer in model.graph.initializer:
        if len(initializer.raw_data) >= KEPT_BYTE_COUNT:
            initializer.ClearField("raw_data")
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != "pkg.torch.onnx.stack_trace"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.ClearField("doc_string")
    onnx.save(model, destination)


def main():
    repository = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--forms", nargs="*", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--output", type=pathlib.Path, default=repository / "Tests/Fixtures/torchvision")
    arguments = parser.parse_args()
    for form in arguments.forms:
        for network in (n for n in FORMS[form] if n in arguments.networks):
            for exporter in ("dynamo", "torchscript"):
                for batch in ("fixed", "dynamic"):
                    name = "-".join(filter(None, [network, exporter, batch, form])) + ".onnx"
                    with tempfile.TemporaryDirectory() as folder:
                        full = pathlib.Path(folder) / name
                        export(network, full, exporter == "dynamo", batch == "dynamic", form)
                        strip(full, arguments.output / name)
                    print(name, (arguments.output / name).stat().st_size, "bytes", flush=True)


if __name__ == "__main__":
    main()
