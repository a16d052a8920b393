"""The medians of the comparison as bars."""

import bars


def chart(rows, about, title):
    """One panel for each batch and number of threads, one bar for each row: the median of an image in ms."""
    panels = {}
    for row in rows:
        heading = f"batch {row['batch']}, {row['threads']} thread{'s' if row['threads'] > 1 else ''}: ms an image"
        group = panels.setdefault(heading, {}).setdefault(row["network"].upper(), [])
        group.append(bar(row))
    return bars.chart(f"{title}: milliseconds an image, less is better", subtitles(about), panels)


def bar(row):
    if "median_ms" not in row:
        return bars.Bar(row["contender"], None, "failed")
    value = row["median_ms"] / row["batch"]
    label = f"{value:.1f}"
    if row.get("ratio_to_tessera", 1) != 1:
        label += f"  ({row['ratio_to_tessera']:.2f} ×)"
    return bars.Bar(row["contender"], value, label)


def subtitles(about):
    rounds = f"{about['rounds']} interleaved round{'s' if about['rounds'] > 1 else ''}"
    lines = [f"float32 arithmetic; medians of {rounds}, in parentheses the time over Tessera's",
             f"{about['cpu']}, {about['cores']} cores, {about['date']}"]
    if about["contenders_not_run"]:
        lines.append(f"Not run: {', '.join(about['contenders_not_run'])}")
    return lines
