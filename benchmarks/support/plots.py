# SPDX-License-Identifier: Apache-2.0
"""Plots as SVG, from the `plots` of a benchmark's details. Standard library only.

bars:  {"file", "title", "unit", "kind": "bars", "groups": [text], "series": [{"name", "values": [number]}]}
lines: {"file", "title", "unit", "kind": "lines", "x": text, "log_x": bool, "log_y": bool,
        "series": [{"name", "points": [[x, y]]}]}
"""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 32, 64, 72
COLOURS = ["#1b6ca8", "#e07a2f", "#3a9d5d", "#a23b72", "#7a7a7a", "#c9a227", "#5b4db3", "#2a9d9d"]


def number(value):
    """A short spelling of a number."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ticks(top):
    """Round values from 0 to about `top`."""
    if top <= 0:
        return [0, 1]
    step = 10 ** math.floor(math.log10(top / 4))
    for factor in (1, 2, 5, 10):
        if top / (step * factor) <= 6:
            step *= factor
            break
    return [step * i for i in range(int(math.ceil(top / step)) + 1)]


def decades(low, high):
    """Powers of ten around the positive values from `low` to `high`."""
    first = math.floor(math.log10(low))
    last = max(math.ceil(math.log10(high)), first + 1)
    return [10.0 ** i for i in range(first, last + 1)]


class Drawing:
    def __init__(self, plot):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
        self.text(LEFT, 22, plot["title"], size=15, bold=True)
        at = LEFT
        for i, series in enumerate(plot["series"]):
            self.parts.append(f'<rect x="{at}" y="34" width="10" height="10" fill="{colour(i)}"/>')
            self.text(at + 14, 43, series["name"])
            at += 30 + 7 * len(series["name"])

    def text(self, x, y, content, anchor="start", size=12, bold=False, turned=False):
        weight = ' font-weight="bold"' if bold else ""
        turn = f' transform="rotate(-35 {x:.1f} {y:.1f})"' if turned else ""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
                          f'fill="#222222"{weight}{turn}>{escape(str(content))}</text>')

    def line(self, x1, y1, x2, y2, stroke="#dddddd"):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"/>')

    def y_axis(self, values, place, unit):
        for value in values:
            self.line(LEFT, place(value), WIDTH - RIGHT, place(value))
            self.text(LEFT - 6, place(value) + 4, number(value), anchor="end")
        self.text(LEFT - 6, TOP - 8, unit, anchor="end")

    def finish(self):
        return "\n".join(self.parts + ["</svg>", ""])


def colour(index):
    return COLOURS[index % len(COLOURS)]


def scale(values, log, low, high):
    """The ticks of an axis for these values, and the function that places a value on it."""
    if log:
        marks = decades(min(v for v in values if v > 0), max(values))
        begin, end = math.log10(marks[0]), math.log10(marks[-1])
        return marks, lambda v: low + (math.log10(max(v, marks[0])) - begin) / (end - begin) * (high - low)
    marks = ticks(max(values))
    return marks, lambda v: low + v / marks[-1] * (high - low)


def bars(plot):
    drawing = Drawing(plot)
    values = [v for series in plot["series"] for v in series["values"]]
    positive = [v for v in values if v > 0]
    # Where a peer takes a hundred times as long, the small ones would vanish.
    log = plot.get("log_y", bool(positive) and max(positive) > 40 * min(positive))
    marks, place = scale(values, log, HEIGHT - BOTTOM, TOP)
    drawing.y_axis(marks, place, plot["unit"])
    groups, series = plot["groups"], plot["series"]
    room = (WIDTH - LEFT - RIGHT) / len(groups)
    width = room * 0.8 / len(series)
    for g, group in enumerate(groups):
        start = LEFT + g * room + room * 0.1
        for s, one in enumerate(series):
            value = one["values"][g]
            top, bottom = place(value), HEIGHT - BOTTOM
            drawing.parts.append(f'<rect x="{start + s * width:.1f}" y="{top:.1f}" width="{width * 0.92:.1f}" '
                                 f'height="{max(bottom - top, 0):.1f}" fill="{colour(s)}"/>')
            if width >= 24:
                drawing.text(start + (s + 0.46) * width, top - 3, number(value), anchor="middle", size=10)
        middle = LEFT + (g + 0.5) * room
        if len(groups) > 6:
            drawing.text(middle + 6, HEIGHT - BOTTOM + 14, group, anchor="end", size=11, turned=True)
        else:
            drawing.text(middle, HEIGHT - BOTTOM + 18, group, anchor="middle")
    return drawing.finish()


def lines(plot):
    drawing = Drawing(plot)
    points = [p for series in plot["series"] for p in series["points"]]
    y_marks, place_y = scale([p[1] for p in points], plot.get("log_y", False), HEIGHT - BOTTOM, TOP)
    x_marks, place_x = scale([p[0] for p in points], plot.get("log_x", False), LEFT, WIDTH - RIGHT)
    drawing.y_axis(y_marks, place_y, plot["unit"])
    for mark in x_marks:
        drawing.text(place_x(mark), HEIGHT - BOTTOM + 16, number(mark), anchor="middle")
    drawing.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, plot.get("x", ""), anchor="middle")
    for i, series in enumerate(plot["series"]):
        path = " ".join(f"{place_x(x):.1f},{place_y(y):.1f}" for x, y in series["points"])
        drawing.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour(i)}" stroke-width="2"/>')
        for x, y in series["points"]:
            drawing.parts.append(f'<circle cx="{place_x(x):.1f}" cy="{place_y(y):.1f}" r="3" fill="{colour(i)}"/>')
    return drawing.finish()


def draw(plot):
    """The SVG text of a plot."""
    kinds = {"bars": bars, "lines": lines}
    return kinds[plot["kind"]](plot)


def write_all(details, folder):
    """Draws the plots of a benchmark's details into `folder`. Returns the paths."""
    paths = []
    for plot in details.get("plots", []):
        path = folder / f"{plot['file']}.svg"
        path.write_text(draw(plot))
        paths.append(path)
    return paths
