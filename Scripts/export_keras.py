"""Exports Keras' VGG16 with an eighth of its channels to ONNX, as Docs/exports.md does, and removes the weights' bytes.

The graph stays as the exporter of the TensorFlow backend writes it, in Tests/Fixtures/keras/vgg16.onnx; raw_data of
initializers of 1 KiB or more is left empty. Tests/python/fill_weights.py puts weights back.

Needs keras, tensorflow and tf2onnx, which the project itself does not; versions are in Tests/Fixtures/keras/README.md.
"""

import os
import pathlib
import re
import tempfile

import keras
import keras.src.applications.vgg16
import onnx

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT_BYTE_COUNT = 1024


class NarrowLayers:
    """keras.layers, but for layers with fewer outputs."""

    def __getattr__(self, name):
        return getattr(keras.layers, name)

    def Conv2D(self, filters, *arguments, **options):
        return keras.layers.Conv2D(filters // 8, *arguments, **options)

    def Dense(self, units, *arguments, **options):
        return keras.layers.Dense(units // 8 if units == 4096 else units, *arguments, **options)


def main():
    document = (ROOT / "Docs/exports.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)
    (block,) = [block for block in blocks if 'format="onnx"' in block]
    name = re.search(r'"(\S+\.onnx)"', block)[1]
    keras.src.applications.vgg16.layers = NarrowLayers()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(compile(block, "Docs/exports.md", "exec"), {})
        model = onnx.load(name)
    for initializer in model.graph.initializer:
        if len(initializer.raw_data) >= KEPT_BYTE_COUNT:
            initializer.ClearField("raw_data")
    onnx.save(model, ROOT / "Tests/Fixtures/keras/vgg16.onnx")


if __name__ == "__main__":
    main()
