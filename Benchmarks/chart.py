"""The medians as bars, in SVG."""

from xml.sax.saxutils import escape

COLORS = ["#e4572e", "#4c78a8", "#72a6c8", "#8f9aa8", "#b9bfc7"]
BAR, GAP, LABELS, WIDTH, VALUES, HEAD, MARGIN = 13, 12, 150, 330, 60, 34, 16
COLUMNS = 2


def chart(rows, title):
    """One panel for each batch and number of threads, one bar for each row: the median of an image in ms."""
    panels = {}
    for row in rows:
        heading = f"batch {row['batch']}, {row['threads']} thread{'s' if row['threads'] > 1 else ''}"
        panels.setdefault(heading, []).append(row)
    names = list(dict.fromkeys(row["contender"] for row in rows))
    colors = {name: COLORS[index % len(COLORS)] for index, name in enumerate(names)}

    column = LABELS + WIDTH + VALUES + MARGIN
    parts, heights = [], [MARGIN + 48] * COLUMNS
    for index, (heading, panel) in enumerate(panels.items()):
        place = index % COLUMNS
        parts.append(f'<g transform="translate({MARGIN + place * column},{heights[place]})">')
        height = draw(panel, f"{heading}: ms an image", colors, parts)
        parts.append("</g>")
        heights[place] += height + MARGIN
    width = MARGIN + min(COLUMNS, max(1, len(panels))) * column
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{max(heights)}" '
        f'viewBox="0 0 {width} {max(heights)}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{max(heights)}" fill="#ffffff"/>',
        text(MARGIN, MARGIN + 8, title, "start", 'font-size="13" font-weight="bold"'),
        *legend(colors), *parts, "</svg>", ""])


def draw(panel, heading, colors, parts):
    """Appends a panel; returns its height."""
    parts.append(text(0, 14, heading, "start", 'font-weight="bold"'))
    longest = max((per_image(row) for row in panel if "median_ms" in row), default=1)
    y, network = HEAD - GAP, None
    for row in panel:
        if row["network"] != network:
            network = row["network"]
            y += GAP
            parts.append(text(0, y + BAR - 3, network, "start", ""))
        parts.append(text(LABELS - 6, y + BAR - 3, row["contender"], "end", ""))
        if "median_ms" in row:
            value = per_image(row)
            length = WIDTH * value / longest
            parts.append(f'<rect x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR - 2}" '
                         f'fill="{colors[row["contender"]]}"/>')
            parts.append(text(LABELS + length + 4, y + BAR - 3, f"{value:.1f}", "start", ""))
        else:
            parts.append(text(LABELS + 4, y + BAR - 3, "failed", "start", 'fill="#a00000"'))
        y += BAR
    return y


def per_image(row):
    return row["median_ms"] / row["batch"]


def legend(colors):
    for index, (name, color) in enumerate(colors.items()):
        x = MARGIN + index * 110
        yield f'<rect x="{x}" y="{MARGIN + 20}" width="10" height="10" fill="{color}"/>'
        yield text(x + 14, MARGIN + 29, name, "start", "")


def text(x, y, content, anchor, attributes):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {attributes}>{escape(content)}</text>'
