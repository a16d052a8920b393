"""Time over size beside the line of proportionality, in SVG."""

import svg
from growth_series import NEAR

WIDTH, HEIGHT, LEFT, HEAD, FOOT = 400, 230, 46, 66, 60
COLORS = {"whole network": "own-3", "convolutional part": "own"}


def chart(results, about):
    """A row of panels for each number of threads: time over pixels, and time of an image over the batch."""
    rounds = f"{about['rounds']} interleaved round{'s' if about['rounds'] > 1 else ''}"
    subtitles = [f"{about['network'].upper()}, float32, medians of {rounds}; time of a unit over that of the smallest size",
                 f"1 is proportional, the band is {NEAR:.0%} around it; the numbers are whole times",
                 f"{about['cpu']}, {about['cores']} cores, {about['date']}"]
    panels = {}
    for result in results:
        threads = f"{result['threads']} thread{'s' if result['threads'] > 1 else ''}"
        heading = {"pixels": f"one image, time of a pixel, {threads}",
                   "batch": f"224 × 224, time of an image, {threads}"}[result["growth"]]
        panels.setdefault(heading, []).append(result)
    top = svg.top(subtitles)
    parts = []
    for index, (heading, group) in enumerate(panels.items()):
        x = svg.MARGIN + index % 2 * (LEFT + WIDTH + svg.MARGIN)
        parts += svg.moved(x, top + index // 2 * (HEAD + HEIGHT + FOOT), panel(heading, group))
    rows = -(-len(panels) // 2)
    return svg.page(svg.MARGIN + 2 * (LEFT + WIDTH + svg.MARGIN), top + rows * (HEAD + HEIGHT + FOOT),
                    "How Tessera's time grows with pixels and batch", subtitles, parts)


def panel(heading, group):
    measured = [(result, [row for row in result["points"] if "failed" not in row]) for result in group]
    ratios = [1 + row["median_deviation"] for _, rows in measured for row in rows]
    low, high = min([0.8, *ratios]) - 0.05, max([1.2, *ratios]) + 0.1

    def height(ratio):
        return HEAD + HEIGHT * (high - ratio) / (high - low)

    parts = [svg.text(0, 14, heading, "heading"), svg.line(0, 22, LEFT + WIDTH, 22)]
    parts += svg.legend(0, 44, {result["part"]: COLORS[result["part"]] for result in group})
    parts.append(f'<rect x="{LEFT}" y="{height(1 + NEAR):.1f}" width="{WIDTH}" '
                 f'height="{height(1 - NEAR) - height(1 + NEAR):.1f}" class="rule" opacity="0.35"/>')
    parts += [svg.text(LEFT - 8, height(ratio) + 4, f"{ratio:.2f}", "small dim", "end")
              for ratio in [1 - NEAR, 1, 1 + NEAR]]
    parts.append(svg.line(LEFT, height(1), LEFT + WIDTH, height(1), "dim", 'stroke-dasharray="5 4"'))
    labels = [row["label"] for row in group[0]["points"]]
    places = {label: LEFT + WIDTH * (index + 0.5) / len(labels) for index, label in enumerate(labels)}
    parts += [svg.text(place, HEAD + HEIGHT + 16, label, "small dim", "middle") for label, place in places.items()]
    parts.append(svg.text(LEFT + WIDTH / 2, HEAD + HEIGHT + 32, group[0]["growth"], "small dim", "middle"))
    for index, (result, rows) in enumerate(measured):
        parts += curve(result, rows, places, height, 20 if index == 0 and len(group) > 1 else -10)
    return parts


def curve(result, rows, places, height, offset):
    """A mark and the time in ms for each point, joined by lines."""
    color = COLORS[result["part"]]
    where = [(places[row["label"]], height(1 + row["median_deviation"])) for row in rows]
    parts = [f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in where)}" class="line {color}"/>']
    for (x, y), row in zip(where, rows):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{color}"/>')
        parts.append(svg.text(x, y + offset, f"{row['median_ms']:.0f} ms", "small", "middle"))
    return parts
