"""Charts as plain geometry: numbers in, what a template draws out. Pure.

Everything is whole numbers of the drawing's own units, so that no language writes a comma where
SVG wants a point. A bar begins at zero. A line need not, since a large membership that changes
little would look like none that changes; it says at what number its scale begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

WIDTH = 320
_LETTER = 8  # the width of a digit, amply, in the size that the stylesheet sets
_FEW = 20  # members of whom each one counts: their scale begins at zero
_TOP, _RIGHT, _BOTTOM, _HEIGHT = 26, 8, 24, 176
_BAR_ROW, _BAR_HEIGHT, _BAR_TOP = 44, 14, 22


@dataclass(frozen=True, slots=True)
class Label:
    """A word in the drawing; `anchor` is SVG's: which end of it stands at `x`."""

    x: int
    y: int
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Line:
    """A line over time: its path, the area below it, its two ends, and its scale."""

    width: int
    height: int
    path: str
    area: str
    ends: tuple[tuple[int, int], ...]
    end_labels: tuple[Label, ...]
    grid: tuple[Label, ...]
    days: tuple[Label, ...]
    left: int
    right: int
    begins_at: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for above it, and its number at the right."""

    label: Label
    number: Label
    y: int
    length: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars below each other, all from zero and on one scale."""

    width: int
    height: int
    bar_height: int
    bars: tuple[Bar, ...]


def number(value: int) -> str:
    """A number with its thousands apart, in the way that is read in every language."""
    return f"{value:,}".replace(",", "\u202f")


def ticks(low: int, high: int, most: int = 4) -> list[int]:
    """Round numbers that hold `low` and `high` between them, at most `most` and at least two."""
    for size in count():
        for digit in (1, 2, 5):
            step = digit * 10**size
            first = low // step * step
            last = max(-(-high // step) * step, first + step)
            if (last - first) // step < most:
                return list(range(first, last + 1, step))
    raise AssertionError("there is always a larger step")


def scale_of(values: Sequence[int], most: int = 4) -> list[int]:
    """The numbers beside a line: from zero, or from close below it where zero is far away.

    What is shown spans a tenth of the largest value at least, so that no ripple looks like a wave.
    """
    low, high = min(values), max(values)
    if 2 * low <= high or high < _FEW:
        return ticks(0, high, most)
    missing = max(high // 10 - (high - low), 0)
    return ticks(low - missing // 2, high + missing - missing // 2, most)


def line(values: Sequence[int], at: Sequence[int], labels: Sequence[str], every: int = 12) -> Line:
    """`values` from left to right at the places `at`, in any unit; every `every`th is labelled.

    The labels are counted from the last back. There is one value at least.
    """
    scale = scale_of(values)
    begins, ends = scale[0], scale[-1]
    left = max(len(number(tick)) for tick in scale) * _LETTER + 8
    right, bottom = WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    span = (at[-1] - at[0]) or 1

    def height(value: int) -> int:
        return bottom - round((bottom - _TOP) * (value - begins) / (ends - begins))

    places = [left + round((right - left) * (place - at[0]) / span) for place in at]
    points = list(zip(places, map(height, values), strict=True))
    path = "M" + " L".join(f"{x} {y}" for x, y in points)
    return Line(
        width=WIDTH,
        height=_HEIGHT,
        path=path,
        area=f"{path} L{points[-1][0]} {bottom} L{points[0][0]} {bottom} Z",
        ends=(points[0], points[-1]) if len(points) > 1 else (points[0],),
        end_labels=_end_labels(points, values),
        grid=tuple(Label(left - 6, height(tick), number(tick), "end") for tick in scale),
        days=_day_labels(places, labels, every),
        left=left,
        right=right,
        begins_at=begins,
    )


def _end_labels(points: Sequence[tuple[int, int]], values: Sequence[int]) -> tuple[Label, ...]:
    (x, y), (last_x, last_y) = points[0], points[-1]
    first = Label(x, y - 9, number(values[0]), "start")
    last = Label(last_x, last_y - 9, number(values[-1]), "end")
    return (first, last) if len(points) > 1 else (first,)


def _day_labels(places: Sequence[int], labels: Sequence[str], every: int) -> tuple[Label, ...]:
    last = len(labels) - 1
    anchors = {0: "start", last: "end"}
    return tuple(
        Label(places[index], _HEIGHT - 6, labels[index], anchors.get(index, "middle"))
        for index in range(last % every, last + 1, every)
    )


def bars(values: Sequence[tuple[str, int]]) -> Bars:
    """`values` with their names as bars on one scale from zero."""
    most = max((value for _name, value in values), default=0) or 1
    drawn = []
    for row, (name, value) in enumerate(values):
        top = row * _BAR_ROW
        drawn.append(
            Bar(
                Label(0, top + 15, name),
                Label(WIDTH, top + 15, number(value), "end"),
                top + _BAR_TOP,
                # What is not nothing is to be seen.
                max(round(WIDTH * value / most), 2) if value else 0,
            )
        )
    return Bars(WIDTH, len(values) * _BAR_ROW, _BAR_HEIGHT, tuple(drawn))
