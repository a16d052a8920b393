"""Parts of the charts: text, marks and a page that follows the light or dark theme of whoever looks at it."""

from xml.sax.saxutils import escape

# The page has a background of its own in both themes, so that its text is readable wherever it is put.
LIGHT = {"page": "#ffffff", "text": "#1f2328", "dim": "#59636e", "rule": "#d8dee4", "bad": "#cf222e",
         "own": "#d9480f", "own-2": "#f2a06b", "own-3": "#8a5a00", "peer-0": "#3b6ea5", "peer-1": "#7aa5d2",
         "peer-2": "#838d99", "peer-3": "#b7bec7"}
DARK = {"page": "#0d1117", "text": "#e6edf3", "dim": "#9198a1", "rule": "#30363d", "bad": "#ff7b72",
        "own": "#ff7a33", "own-2": "#a85a2b", "own-3": "#e3b341", "peer-0": "#6ea8e0", "peer-1": "#44719f",
        "peer-2": "#8b949e", "peer-3": "#5c6570"}
FONT = """\
text { font: 12px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.title { font-size: 17px; font-weight: 600; } .heading { font-size: 13px; font-weight: 600; }
.strong { font-weight: 700; } .small { font-size: 11px; } .line { fill: none; stroke-width: 2; }"""
MARGIN = 24


def style():
    def rules(colors):
        yield f"text {{ fill: {colors['text']}; }}"
        for name, color in colors.items():
            yield f".{name} {{ fill: {color}; }} .line.{name} {{ stroke: {color}; fill: none; }}"

    return "\n".join(["<style>", FONT, *rules(LIGHT), "@media (prefers-color-scheme: dark) {", *rules(DARK), "}",
                      "</style>"])


def page(width, height, title, subtitles, parts):
    """The whole file. Parts begin at `top(subtitles)`."""
    lines = [text(MARGIN, MARGIN + 36 + 17 * index - 8, line, "dim") for index, line in enumerate(subtitles)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(title)}</title>", style(),
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="8" class="page"/>',
        text(MARGIN, MARGIN + 8, title, "title"), *lines, *parts, "</svg>", ""])


def top(subtitles):
    return MARGIN + 36 + 17 * len(subtitles)


def text(x, y, content, classes="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}" text-anchor="{anchor}">{escape(content)}</text>'


def bar(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" rx="2" class="{color}"/>'


def line(x1, y1, x2, y2, classes="rule", attributes='stroke-width="1"'):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="line {classes}" {attributes}/>'


def moved(x, y, parts):
    return [f'<g transform="translate({x:.1f},{y:.1f})">', *parts, "</g>"]


def legend(x, y, colors):
    """Names, each behind a square of its color."""
    parts = []
    for name, color in colors.items():
        parts += [bar(x, y - 10, 11, 11, color), text(x + 16, y, name, "strong" if color == "own" else "")]
        x += 34 + 7.2 * len(name)
    return parts
