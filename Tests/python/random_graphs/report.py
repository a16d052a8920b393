"""What is kept of a failing case: all that one needs to look at it."""

import numpy as np
import onnx

from random_graphs import evaluation


def save(case, outcome, folder):
    folder.mkdir(parents=True, exist_ok=True)
    values = evaluation.values(case.graph, case.variants[0])
    model = case.graph.model(values)
    onnx.save(model, folder / "model.onnx")
    for index, inputs in enumerate(case.variants):
        np.savez(folder / f"inputs-{index}.npz", **inputs)
        np.savez(folder / f"expected-{index}.npz", **dict(
            zip(case.graph.outputs, evaluation.run(model, inputs), strict=True)
        ))
    text = f"seed {case.seed}\n{case.settings}\n{outcome.detail}\n\n{onnx.printer.to_text(model)}\n"
    (folder / "case.txt").write_text(text)
