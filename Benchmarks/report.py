"""Tables for people, in Markdown."""

import roofline


def table(header, rows):
    """Columns as wide as their longest cell; the first is aligned to the left."""
    cells = [header, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]

    def line(row):
        padded = [cell.ljust(width) if column == 0 else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(row, widths))]
        return f"| {' | '.join(padded)} |"

    rule = "|" + "|".join("-" * (width + 1) + ("-" if column == 0 else ":")
                          for column, width in enumerate(widths)) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])


COLUMNS = {
    "contender": lambda row: row["contender"],
    "min ms": lambda row: f"{row['min_ms']:.1f}",
    "median ms": lambda row: f"{row['median_ms']:.1f}",
    "× Tessera": lambda row: f"{row['ratio_to_tessera']:.2f}" if "ratio_to_tessera" in row else "",
    "Tessera is": lambda row: f"{1 / row['ratio_to_tessera']:.2f} ×" if "ratio_to_tessera" in row else "",
    "error": lambda row: f"{row['error']:.1e}",
    "start ms": lambda row: f"{row['first_result_ms']:.0f}",
    "peak MB": lambda row: f"{row['peak_bytes'] / 1e6:.0f}",
    "anonymous MB": lambda row: f"{row['anonymous_bytes'] / 1e6:.0f}",
}

LEGEND = """\
min, median: of all runs of all rounds, for the whole batch. × Tessera: its median over Tessera's in float32;
Tessera is: the inverse. error: the largest error of a logit over the largest logit, against Float64. start: from
the start of the process to the first result, files in the page cache (of Tessera to the end of the process; of the
others, called from Python, to when Python has it; median). peak: largest resident memory, mapped files included;
anonymous: the largest part of it that belongs to no file, sampled every 20 ms."""


def comparison(rows):
    """One table for each network, batch and number of threads."""
    parts = []
    for key in dict.fromkeys((row["network"], row["batch"], row["threads"]) for row in rows):
        network, batch, threads = key
        chosen = [row for row in rows if (row["network"], row["batch"], row["threads"]) == key]
        lines = [[column(row) for column in COLUMNS.values()] for row in chosen if "failed" not in row]
        part = f"### {network}, batch {batch}, {threads} thread{'s' if threads > 1 else ''}\n\n"
        part += table(list(COLUMNS), lines)
        for row in chosen:
            if "failed" in row:
                part += f"\n\n{row['contender']} failed: {row['failed']}"
        parts.append(part)
    return "\n\n".join([*parts, LEGEND])


def limits(rows, peaks):
    """Tessera's medians against the limits of its plans."""
    header = ["network", "contender", "batch", "threads", "GFLOP", "performed", "weights MB", "GFLOP/s", "GB/s", "limit ms",
              "median ms", "median / limit"]
    lines = []
    for row in rows:
        if "steps" not in row or "failed" in row:
            continue
        peak = peaks[str(row["threads"])]
        steps = [roofline.Step(**step) for step in row["steps"]]
        limit = sum(step.limit_ms(**peak) for step in steps)
        median = row["median_ms"]
        lines.append([
            row["network"], row["contender"], str(row["batch"]), str(row["threads"]),
            f"{sum(step.gflop for step in steps):.1f}",
            f"{sum(step.performed_gflop for step in steps):.1f}",
            f"{sum(step.weight_bytes for step in steps) / 1e6:.0f}",
            f"{peak['gflops']:.0f}", f"{peak['gbytes']:.1f}", f"{limit:.1f}", f"{median:.1f}",
            f"{median / limit:.2f}"])
    return table(header, lines)


def limits_by_step(row, peak):
    """The roofline: what each step reaches of the peaks that were measured in the same run."""
    header = ["step", "algorithm", "performed GFLOP", "weights MB", "median ms", "GFLOP/s", "of peak", "weights GB/s",
              "of bandwidth", "limit ms", "median / limit"]
    lines = []
    for step in (roofline.Step(**values) for values in row["steps"]):
        seconds, limit = step.median_ms / 1e3, step.limit_ms(**peak)
        gflops, gbytes = step.performed_gflop / seconds, step.weight_bytes / 1e9 / seconds
        lines.append([
            step.name, step.algorithm, f"{step.performed_gflop:.3f}", f"{step.weight_bytes / 1e6:.2f}",
            f"{step.median_ms:.3f}", f"{gflops:.1f}", f"{gflops / peak['gflops']:.0%}", f"{gbytes:.1f}",
            f"{gbytes / peak['gbytes']:.0%}", f"{limit:.2f}", f"{step.median_ms / limit:.2f}" if limit else ""])
    return table(header, lines)
