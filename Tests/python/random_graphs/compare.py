"""Runs a case with the tool and compares its outputs with ONNX Runtime's."""

import re
import subprocess
from dataclasses import dataclass

import numpy as np

import tool
from random_graphs import evaluation, refusals, rounding, storage


@dataclass(frozen=True)
class Outcome:
    """`kind` is "agrees", "refused" (in a form that is documented) or "fails"."""

    kind: str
    detail: str = ""


class Failure(Exception):
    """The tool failed, or its outputs differ."""


class Refusal(Exception):
    """The tool refused a form that is documented as not supported."""


def check(case, folder):
    try:
        compare(case, folder)
    except Refusal as refusal:
        return Outcome("refused", str(refusal))
    except (Failure, subprocess.TimeoutExpired) as failure:
        return Outcome("fails", str(failure))
    return Outcome("agrees")


def compare(case, folder):
    graph = case.graph
    values = evaluation.values(graph, case.variants[0])
    model = graph.model(values)
    program, arguments = storage.save(graph, values, case.settings.storage, folder)
    if case.settings.storage.startswith("converted"):
        converted = folder / f"converted{case.settings.storage.split()[1]}"
        call(case, "convert", program, "-o", converted)
        program = converted
    if case.settings.saves_plan:
        program, arguments = compile(case, program, arguments, folder / "model.plan"), []
    else:
        arguments += case.settings.arguments
    for inputs in case.variants:
        if inputs is not case.variants[0]:
            values = evaluation.values(graph, inputs)
        expected = dict(zip(graph.outputs, evaluation.run(model, inputs), strict=True))
        actual = run(case, program, arguments, inputs, folder)
        allowed = rounding.tolerances(graph, inputs, values, case.settings.tiles)
        for name in graph.outputs:
            require_close(name, actual[name], expected[name], allowed[name])


def compile(case, model, arguments, plan):
    arguments = ["compile", model, *arguments, "-o", plan, *case.settings.arguments]
    arguments += ["--threads", case.settings.threads]
    for inputs in case.variants:
        shapes = [f"{n}:{'x'.join(map(str, a.shape))}" for n, a in inputs.items() if a.ndim]
        arguments += ["--shapes", ",".join(shapes)] if shapes else []
    if case.settings.saves_memory:
        # A limit that no plan can keep is an error that names the smallest one.
        refused = tool.call(*arguments, "--memory-limit", 1, environment=case.settings.environment)
        least = re.search(r"the smallest possible is ([\d,]+)", refused.stderr)
        if least:
            arguments += ["--memory-limit", least[1].replace(",", "")]
    call(case, *arguments)
    return plan


def run(case, program, arguments, inputs, folder):
    arguments = ["run", program, *arguments, "--threads", case.settings.threads]
    for index, (name, array) in enumerate(inputs.items()):
        np.save(folder / f"input-{index}.npy", array)
        arguments += ["--input", f"{name}={folder / f'input-{index}.npy'}"]
    call(case, *arguments, "--output-dir", folder / "outputs")
    return {
        name: np.load(folder / "outputs" / tool.output_file_name(name)) for name in case.graph.outputs
    }


def call(case, *arguments):
    result = tool.call(*arguments, environment=case.settings.environment)
    if result.exit == 3 and (reason := refusals.reason(result.stderr)):
        raise Refusal(reason)
    if result.exit != 0:
        raise Failure(str(result))


def require_close(name, actual, expected, allowed):
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        raise Failure(f"{name} is {actual.dtype}{actual.shape}, not {expected.dtype}{expected.shape}")
    same = (actual == expected) | ((actual != actual) & (expected != expected))
    with np.errstate(invalid="ignore"):
        difference = np.abs(actual.astype(np.float64) - expected)
    is_floating = np.issubdtype(expected.dtype, np.floating)
    wrong = ~same & ~((difference <= allowed) & is_floating)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise Failure(
            f"{name}{expected.shape} differs in {wrong.sum()} of {wrong.size} elements, first at {place}: "
            f"{actual[place]}, expected {expected[place]}, allowed {allowed:.2g}"
        )
