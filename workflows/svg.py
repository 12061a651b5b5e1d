"""Three plots as SVG text, for pages that must stand alone: no script, no font, no file beside them.

Every plot shows its title above and its legend below, where no line can cross them, and carries a description in words
for who does not see it; every text is escaped, because labels come from logs and recipes. Equal input gives equal text.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 56
MARKED = 12  # points of a line that are few enough to show; a single one makes no line
LEGEND = 18  # the height of a row of it, of two names
# Okabe and Ito's colours, told apart with most kinds of colour blindness; dashes do it without colour.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#000000")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "10 4")

Point = tuple[float, float]


def bar_chart(bars: Sequence[tuple[str, float]], *, title: str, desc: str, x: str = "", y: str = "") -> str:
    """Return vertical bars, one per (label, value >= 0), from zero up."""
    scale = _Scale((0.0, float(len(bars) or 1)), (0.0, max((value for _, value in bars), default=0.0)))
    every = max(1, math.ceil(len(bars) / 12))
    body = []
    for place, (label, value) in enumerate(bars):
        body.append(_bar(scale, place + 0.1, place + 0.9, value, f"{label}: {_number(value)}"))
        if place % every == 0:
            body.append(_text(scale.x(place + 0.5), HEIGHT - BOTTOM + 16, label, anchor="middle"))
    return _figure(body, scale, title=title, desc=desc, x=x, y=y, x_ticks=False)


def histogram(values: Iterable[float], *, title: str, desc: str, x: str = "", y: str = "", bins: int = 30) -> str:
    """Return the counts of `values` in up to `bins` equal bins from their least to their greatest.

    Where all are whole numbers, every bin holds equally many of them.
    """
    numbers = sorted(values)
    low, high = (numbers[0], numbers[-1]) if numbers else (0.0, 1.0)
    if 0 < low < (high - low) / bins:
        low = 0.0  # the axis may as well begin there
    step = (high - low) / bins or 1.0
    if all(float(value).is_integer() for value in numbers):
        step = float(math.ceil((high - low + 1) / bins))
        bins = math.ceil((high - low + 1) / step)
    counts = [0] * bins
    for value in numbers:
        counts[min(bins - 1, int((value - low) / step))] += 1
    scale = _Scale((low, low + step * bins), (0.0, max(counts)))
    body = []
    for place, count in enumerate(counts):
        left, right = low + place * step, low + (place + 1) * step
        if count:
            body.append(_bar(scale, left, right, count, f"{_number(left)} to {_number(right)}: {count}"))
    return _figure(body, scale, title=title, desc=desc, x=x, y=y)


def line_chart(
    lines: Mapping[str, Sequence[Point]],
    *,
    title: str,
    desc: str,
    x: str = "",
    y: str = "",
    from_zero: bool = True,
) -> str:
    """Return one line per name through its (x, y) points, with a legend where there are several.

    `from_zero` keeps zero on the vertical axis, so that a small change does not look large.
    """
    points = [point for line in lines.values() for point in line if math.isfinite(point[1])] or [(0.0, 0.0)]
    ys = [point[1] for point in points] + ([0.0] if from_zero else [])
    scale = _Scale((min(p[0] for p in points), max(p[0] for p in points)), (min(ys), max(ys)))
    body = []
    for number, (name, line) in enumerate(lines.items()):
        colour, dashes = COLOURS[number % 6], DASHES[number % 6]
        style = f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}" fill="none"'
        path = " ".join(f"{scale.x(a):.1f},{scale.y(b):.1f}" for a, b in line if math.isfinite(b))
        body.append(f'<polyline points="{path}" {style}><title>{escape(name)}</title></polyline>')
        if len(line) <= MARKED:
            places = (place.split(",") for place in path.split())
            body += [f'<circle cx="{across}" cy="{down}" r="3" fill="{colour}"/>' for across, down in places]
        if len(lines) > 1:
            left = LEFT + number % 2 * (WIDTH - LEFT) // 2
            height = HEIGHT + LEGEND * (number // 2) + 6
            body.append(f'<line x1="{left}" x2="{left + 28}" y1="{height}" y2="{height}" {style}/>')
            body.append(_text(left + 34, height + 4, name))
    below = LEGEND * math.ceil(len(lines) / 2) if len(lines) > 1 else 0
    return _figure(body, scale, title=title, desc=desc, x=x, y=y, below=below)


class _Scale:
    """From data to places in the picture; the vertical axis ends at a round number."""

    def __init__(self, xs: Point, ys: Point) -> None:
        self.xs = xs if xs[1] > xs[0] else (xs[0], xs[0] + 1.0)
        self.y_ticks = _ticks(ys[0], ys[1] if ys[1] > ys[0] else ys[0] + 1.0)
        self.ys = (min(ys[0], self.y_ticks[0]), self.y_ticks[-1])

    def x(self, value: float) -> float:
        return LEFT + (value - self.xs[0]) / (self.xs[1] - self.xs[0]) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.ys[0]) / (self.ys[1] - self.ys[0]) * (HEIGHT - TOP - BOTTOM)


def _ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers that enclose low to high."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * place, 12) for place in range(first, last + 1)]


def _bar(scale: _Scale, left: float, right: float, value: float, hint: str) -> str:
    x, y = scale.x(left), scale.y(value)
    size = f'width="{scale.x(right) - x:.1f}" height="{scale.y(0) - y:.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{COLOURS[0]}"><title>{escape(hint)}</title></rect>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", turn: str = "") -> str:
    short = text if len(text) <= 40 else text[:39] + "…"
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12"{turn}>{escape(short)}</text>'


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.0f}"  # a year has no comma
    return f"{value:.4g}"


def _figure(
    body: list[str], scale: _Scale, *, title: str, desc: str, x: str, y: str, x_ticks: bool = True, below: int = 0
) -> str:
    frame = [f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(title)}</text>']
    for tick in scale.y_ticks:
        height = scale.y(tick)
        frame.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}" stroke="#ddd"/>')
        frame.append(_text(LEFT - 6, height + 4, _number(tick), anchor="end"))
    if x_ticks:
        inside = [tick for tick in _ticks(*scale.xs) if scale.xs[0] <= tick <= scale.xs[1]]
        frame += [_text(scale.x(tick), HEIGHT - BOTTOM + 16, _number(tick), anchor="middle") for tick in inside]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    frame.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x, anchor="middle"))
    frame.append(_text(14, middle, y, anchor="middle", turn=f' transform="rotate(-90 14 {middle})"'))
    inner = "".join(frame + body)
    name = hashlib.sha256(f"{title}{desc}{inner}".encode()).hexdigest()[:12]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + below}" role="img" '
        f'aria-labelledby="t{name} d{name}" font-family="sans-serif">'
        f'<title id="t{name}">{escape(title)}</title><desc id="d{name}">{escape(desc)}</desc>{inner}</svg>'
    )
