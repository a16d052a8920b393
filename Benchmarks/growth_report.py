"""The tables of growth.py."""

import growth_series
import machine
import report
from growth_series import NEAR

# What one unit is called in the tables, and its size.
UNITS = {"pixels": ("megapixel", 1e6), "images": ("image", 1)}


def text(results, about, explanation):
    """Everything, in Markdown."""
    paragraphs = explanation.strip().split("\n\n")[:2]
    parts = ["# How time grows", *paragraphs, growth_series.__doc__.strip(),
             f"{machine.sentence(about)} Tessera {about['tessera']}, {about['network']}. {about['rounds']} of "
             f"{about['rounds_asked']} rounds in {about['minutes']} minutes; each process at least "
             f"{about['seconds_per_process']:g} s and {about['iterations_per_process_at_least']} runs."]
    return "\n\n".join([*parts, *(section(result) for result in results)])


def section(result):
    unit, scale = UNITS[result["unit"]]
    header = [result["unit"], "min ms", "median ms", f"min ms / {unit}", f"median ms / {unit}", "min off the line",
              "median off the line", f"within {NEAR:.0%}"]
    measured = [row for row in result["points"] if "failed" not in row]
    lines = [[row["label"], f"{row['min_ms']:.1f}", f"{row['median_ms']:.1f}",
              *(f"{row[kind] * scale / row['size']:.1f}" for kind in ["min_ms", "median_ms"]),
              f"{row['min_deviation']:+.1%}", f"{row['median_deviation']:+.1%}", near(row)] for row in measured]
    threads = f"{result['threads']} thread{'s' if result['threads'] > 1 else ''}"
    failures = [f"{row['label']} failed: {row['failed']}" for row in result["points"] if "failed" in row]
    return "\n\n".join([f"### Time over {result['growth']}: {result['part']}, {threads}",
                        report.table(header, lines), *summary(result, measured), *failures])


def near(row):
    kept = [kind for kind in ["min", "median"] if row[f"{kind}_near"]]
    return {0: "no", 1: f"{''.join(kept)} only", 2: "yes"}[len(kept)]


def summary(result, measured):
    if len(measured) < 2:
        return []
    worst = max(measured, key=lambda row: abs(row["median_deviation"]))
    each = [row["median_ms"] / row["size"] for row in measured]
    line = (f"Farthest off the line: {worst['label']}, {worst['median_deviation']:+.1%} (median). Time per "
            f"{UNITS[result['unit']][0]}, largest over smallest: {max(each) / min(each):.2f}.")
    if (result["growth"], result["part"]) == ("batch", "whole network"):
        line += " Below the line is expected here: fully connected weights are read once in a run."
    return [line]
