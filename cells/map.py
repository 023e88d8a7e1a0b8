"""A small map as plain geometry: positions in, what a template draws out. Pure.

Whole numbers of the drawing's own units, so that no language writes a comma where SVG wants a
point. A degree of longitude is drawn as long as it is in the middle of what is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians

from cells.territory import Position

WIDTH, HEIGHT = 640, 400
_MARGIN = 28
_KM_OF_A_DEGREE = 111.195
_LEAST_KM = 0.5  # that the map shows from side to side, where all lies in one place
_LONGEST_BAR = 140
_FEW, _LARGE, _SMALL = 60, 5, 3


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to draw: where, what it is, what it says, and where it leads."""

    position: Position
    kind: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot in the drawing."""

    x: int
    y: int
    kind: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a workplace to the cell that covers it."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Bar:
    """The scale: how long so many kilometres are."""

    km: str
    left: int
    right: int
    y: int


@dataclass(frozen=True, slots=True)
class Map:
    """What the template draws, from below upwards: lines, cells, workplaces."""

    lines: tuple[Line, ...]
    cells: tuple[Mark, ...]
    workplaces: tuple[Mark, ...]
    bar: Bar
    radius: int  # of a workplace; a cell is a square around it
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def half(self) -> int:
        """Half the side of a cell's square."""
        return 2 * self.radius

    @property
    def side(self) -> int:
        """The side of a cell's square."""
        return 2 * self.half


def draw(
    cells: Iterable[Spot], workplaces: Iterable[Spot], covers: Iterable[tuple[Position, Position]]
) -> Map | None:
    """The map of all of them, north at the top; None where there is nothing to draw."""
    below, above, lines = list(cells), list(workplaces), list(covers)
    shown = [spot.position for spot in (*below, *above)] + [one for pair in lines for one in pair]
    if not shown:
        return None
    frame = _Frame(shown)
    return Map(
        lines=tuple(Line(*frame.place(one), *frame.place(other)) for one, other in lines),
        cells=tuple(_mark(frame, spot) for spot in below),
        workplaces=tuple(_mark(frame, spot) for spot in above),
        bar=frame.bar(),
        radius=_LARGE if len(above) <= _FEW else _SMALL,
    )


class _Frame:
    """From degrees to the drawing's own units."""

    def __init__(self, shown: Sequence[Position]) -> None:
        easts = [east for _north, east in shown]
        # Across the date line it is nearer the other way round.
        self._around = max(easts) - min(easts) > 180
        norths = [north for north, _east in shown]
        easts = [self._east(east) for east in easts]
        self._middle = (min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2
        self._narrow = max(cos(radians(self._middle[0])), 0.01)
        least = _LEAST_KM / _KM_OF_A_DEGREE
        wide = max((max(easts) - min(easts)) * self._narrow, least)
        high = max(max(norths) - min(norths), least)
        self._units = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)

    def _east(self, east: float) -> float:
        return east + 360 if self._around and east < 0 else east

    def place(self, position: Position) -> tuple[int, int]:
        north, east = position
        x = WIDTH / 2 + (self._east(east) - self._middle[1]) * self._narrow * self._units
        y = HEIGHT / 2 - (north - self._middle[0]) * self._units
        return round(x), round(y)

    def bar(self) -> Bar:
        """The longest of 1, 2 or 5 and so many noughts that is not too long."""
        most = _LONGEST_BAR * _KM_OF_A_DEGREE / self._units
        size = 10 ** floor(log10(most))
        km = max(step * size for step in (1, 2, 5) if step * size <= most)
        length = round(km / _KM_OF_A_DEGREE * self._units)
        return Bar(f"{km:g}", _MARGIN // 2, _MARGIN // 2 + length, HEIGHT - _MARGIN // 2)


def _mark(frame: _Frame, spot: Spot) -> Mark:
    return Mark(*frame.place(spot.position), spot.kind, spot.text, spot.address)
