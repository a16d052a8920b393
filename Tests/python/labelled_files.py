"""Small models whose weights lie in files of their own, and labelled images, for tests that look at files."""

import shutil

import numpy as np
import onnx

from tessera_cli import ROOT, write_model

IMAGES = sorted((ROOT / "Graphs/digits").glob("*.png"))


def bound_model(folder, digits=False):
    """A model with a weight that is a graph input, and the `.npz` that binds it; of digits if asked."""
    model, weights = folder / "m.onnx", folder / "w.npz"
    if digits:
        write_model(model, "g (float[N,1,28,28] x, float[784,10] w) => (float[N,10] y) "
                           "{ f = Flatten (x)  s = MatMul (f, w)  y = Softmax (s) }")
        np.savez(weights, w=np.random.default_rng(1).standard_normal((784, 10)).astype(np.float32) / 28)
    else:
        write_model(model, "g (float[N,3] x, float[3,3] w) => (float[N,3] y) { y = MatMul (x, w) }")
        np.savez(weights, w=np.eye(3, dtype=np.float32))
    return model, weights


def external_model(folder):
    """A model that multiplies its input, float [N, 32], by a matrix in a file beside it."""
    values = np.random.default_rng(1).standard_normal((32, 32)).astype(np.float32)
    model = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[N,32] x) => (float[N,32] y) { y = MatMul (x, w) }')
    model.graph.initializer.append(onnx.numpy_helper.from_array(values, "w"))
    path = folder / "external.onnx"
    onnx.save(model, path, save_as_external_data=True, location="external.bin", size_threshold=0)
    return path, folder / "external.bin"


def digit_folders(root):
    """Handwritten digits, a folder a class."""
    for digit in range(10):
        (root / str(digit)).mkdir(parents=True)
    for image in IMAGES:
        shutil.copy(image, root / image.name[0])
    return root


def digit_list(folder):
    """Handwritten digits in `folder`, and the list that names them."""
    for image in IMAGES:
        shutil.copy(image, folder)
    path = folder / "list.txt"
    path.write_text("".join(f"{image.name} {image.name[0]}\n" for image in IMAGES))
    return path


