"""Panels of horizontal bars in groups, in SVG."""

from dataclasses import dataclass

import svg

BAR, PITCH, GAP, NAMES, LENGTH, VALUES, HEAD = 15, 18, 12, 160, 220, 115, 34
COLUMNS = 2
PEERS = ["peer-0", "peer-1", "peer-2", "peer-3"]


@dataclass
class Bar:
    name: str
    # None for a failure.
    value: float | None
    label: str


def colors(names):
    """Tessera's in the colors that stand out, its peers' in those that do not."""
    result, peers = {}, 0
    for name in names:
        if name.startswith("Tessera"):
            result[name] = "own-2" if "own" in result.values() else "own"
        else:
            result[name] = PEERS[peers % len(PEERS)]
            peers += 1
    return result


def chart(title, subtitles, panels):
    """`panels`: from headings to groups, and those from names to bars."""
    names = dict.fromkeys(bar.name for groups in panels.values() for group in groups.values() for bar in group)
    palette = colors(names)
    column = NAMES + LENGTH + VALUES + svg.MARGIN
    start = svg.top(subtitles)
    parts, heights = svg.legend(svg.MARGIN, start + 4, palette), [start + 30] * COLUMNS
    for index, (heading, groups) in enumerate(panels.items()):
        place = index % COLUMNS
        drawn, height = panel(heading, groups, palette)
        parts += svg.moved(svg.MARGIN + place * column, heights[place], drawn)
        heights[place] += height + svg.MARGIN
    width = svg.MARGIN + column * min(COLUMNS, max(1, len(panels)))
    return svg.page(max(width, 620), max(heights), title, subtitles, parts)


def panel(heading, groups, palette):
    """The parts, and their height."""
    longest = max((bar.value for group in groups.values() for bar in group if bar.value), default=1)
    parts = [svg.text(0, 14, heading, "heading"), svg.line(0, 22, NAMES + LENGTH + VALUES, 22)]
    y = HEAD
    for name, group in groups.items():
        parts.append(svg.text(0, y + BAR - 3, name, "heading"))
        for bar in group:
            strong = "strong" if palette[bar.name] == "own" else ""
            parts.append(svg.text(NAMES - 8, y + BAR - 3, bar.name, f"small {strong}", "end"))
            length = LENGTH * (bar.value or 0) / longest
            if bar.value is not None:
                parts.append(svg.bar(NAMES, y, length, BAR, palette[bar.name]))
            parts.append(svg.text(NAMES + length + 6, y + BAR - 3, bar.label,
                                  f"small {'bad' if bar.value is None else strong}"))
            y += PITCH
        y += GAP
    return parts, y - GAP
