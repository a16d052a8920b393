"""Runs `tessera evaluate` and compares what it reports with the oracle, paper_protocol."""

import csv
import functools
import json
from dataclasses import dataclass

import numpy as np

import paper_protocol
import tool

HEADER = "image,label,top1,top2,top3,top4,top5,p1,p2,p3,p4,p5"
TOLERANCE = 1e-5
# Two classes may stand in either order if their posteriors differ by less than this share: the tool's and
# ONNX Runtime's errors of a score, each up to 5e-6 of the largest (--max-error), for scores up to 100.
SAME_RANK = 2e-3
# Below this, float32 posteriors have lost their order.
LOWEST = 1e-30


@dataclass
class Report:
    json: dict
    # Of the predictions file: by column name.
    rows: list
    posteriors: np.ndarray
    labels: np.ndarray
    indices: np.ndarray
    stderr: str


def evaluate(folder, models, data, *arguments, exit=0):
    """Runs the tool with every kind of output, written below `folder`."""
    output, posteriors = folder / "predictions.csv", folder / "posteriors.npz"
    result = tool.tessera(
        "evaluate", *models, "--data", data, *arguments,
        "--output", output, "--posteriors", posteriors, "--json", exit=exit,
    )  # fmt: skip
    assert result.stdout.count("\n") == 1
    with np.load(posteriors) as arrays:
        assert sorted(arrays) == ["indices", "labels", "posteriors"]
        return Report(parsed(result.stdout), predictions(output), **arrays, stderr=result.stderr)


def parsed(text):
    """JSON without NaN and infinity, which JSON does not have."""

    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def predictions(path):
    """The rows of a predictions file."""
    text = path.read_text(encoding="utf-8")
    assert text.split("\n", 1)[0] == HEADER and text.endswith("\n")
    return list(csv.DictReader(text.splitlines()))


def options(protocol):
    """The arguments that stand for a `Protocol`."""

    def listed(values):
        return ",".join(map(repr, values))

    arguments = ["--mode", protocol.mode, "--order", protocol.order, "--color", protocol.color]
    arguments += ["--interpolation", protocol.interpolation]
    arguments += ["--mean", listed(protocol.mean), "--scale", listed(protocol.scale)]
    if protocol.flips is not None:
        arguments += ["--flips", "true" if protocol.flips else "false"]
    if protocol.scales:
        arguments += ["--scales", listed(protocol.scales)]
    return arguments


class Network(paper_protocol.Network):
    """The oracle's, which runs the same views once only."""

    def __init__(self, path):
        super().__init__(path)
        self.known = {}

    def score_maps(self, views, slides):
        key = (views.shape, views.tobytes(), slides)
        if key not in self.known:
            self.known[key] = super().score_maps(views, slides)
        return self.known[key]


@functools.cache
def network(path):
    return Network(path)


def expected(models, images, protocol):
    return paper_protocol.evaluate([network(m) for m in models], images, protocol)


def assert_agrees(report, oracle, models, protocol, inexact=()):
    """Compares everything that the tool reports; of images named in `inexact` not the numbers."""
    assert_images_agree(report, oracle, inexact)
    assert_counts_agree(report, oracle)
    summary = report.json
    scales = list(protocol.scales or [network(models[0]).side])
    assert (summary["mode"], summary["order"], summary["scales"]) == (protocol.mode, protocol.order, scales)
    assert [m["model"] for m in summary["models"]] == [str(m) for m in models]
    assert all([s["scale"] for s in m["scales"]] == scales for m in summary["models"])
    assert_errors_of_rows(summary["fused"], report.rows)
    if inexact:
        return
    assert_errors(summary["fused"], oracle.fused, oracle.labels)
    for index, each in enumerate(summary["models"]):
        assert_errors(each, oracle.of_networks[index], oracle.labels)
        for scale, of_scale in zip(oracle.posteriors[index], each["scales"], strict=True):
            assert_errors(of_scale, scale, oracle.labels)


def assert_images_agree(report, oracle, inexact=()):
    assert report.posteriors.dtype == np.float32
    assert report.labels.dtype == np.int64 and report.indices.dtype == np.int64
    assert report.posteriors.shape == oracle.fused.shape
    np.testing.assert_array_equal(report.labels, oracle.labels)
    np.testing.assert_array_equal(report.indices, oracle.indices)
    assert len(report.rows) == len(oracle.names)
    assert len({row["image"] for row in report.rows}) == len(report.rows)
    for index, (row, name) in enumerate(zip(report.rows, oracle.names)):
        assert int(row["label"]) == oracle.labels[index]
        if name not in inexact:
            np.testing.assert_allclose(
                report.posteriors[index], oracle.fused[index], rtol=0, atol=TOLERANCE, err_msg=name
            )
            assert_row_agrees(row, oracle.fused[index], name)


def assert_row_agrees(row, posteriors, name):
    """The first five classes of a row are those of the oracle's posteriors [classes], with their values."""
    right = paper_protocol.top(posteriors[None])[0]
    found = [row[f"top{rank}"] for rank in range(1, 6)]
    values = [row[f"p{rank}"] for rank in range(1, 6)]
    assert found[len(right) :] == values[len(right) :] == [""] * (5 - len(right)), name
    found = [int(c) for c in found[: len(right)]]
    assert len(set(found)) == len(found), name
    for mine, theirs, value in zip(right, found, values):
        same_rank = SAME_RANK * posteriors[mine] + LOWEST
        assert mine == theirs or abs(posteriors[mine] - posteriors[theirs]) <= same_rank, (name, right, found)
        assert abs(float(value) - posteriors[theirs]) <= TOLERANCE, (name, value, posteriors[theirs])


def assert_counts_agree(report, oracle):
    summary = report.json
    assert summary["complete"] is True
    assert (summary["images"], summary["skipped"]) == (len(oracle.names), len(oracle.failures))
    assert len(summary["errors"]) == len(oracle.failures)
    for each, (name, _) in zip(summary["errors"], oracle.failures):
        assert each["image"].endswith(name) and each["error"]
        assert name in report.stderr
    assert summary["seconds"] > 0 and summary["images_per_second"] > 0


def assert_errors(summary, posteriors, labels):
    """The errors are the oracle's, whichever way it is where a label has the rank of others."""
    of_label = posteriors[np.arange(len(labels)), labels][:, None]
    margin = SAME_RANK * of_label + LOWEST
    surely_before = (posteriors > of_label + margin).sum(axis=1)
    perhaps_before = (posteriors >= of_label - margin).sum(axis=1) - 1
    for count in (1, 5):
        lowest, highest = (surely_before >= count).mean(), (perhaps_before >= count).mean()
        assert lowest - 1e-9 < summary[f"top{count}_error"] < highest + 1e-9


def assert_errors_of_rows(summary, rows):
    for count in (1, 5):
        ranked = [[row[f"top{rank + 1}"] for rank in range(count)] for row in rows]
        wrong = sum(row["label"] not in found for row, found in zip(rows, ranked))
        assert abs(summary[f"top{count}_error"] - wrong / len(rows)) < 1e-9
