"""What the apps show on the first page and beside each unit: declared, then collected."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest

from audit.ground import Ground
from districts.acts import Text
from districts.models import Unit


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the first page: its template and what stands in it, None to leave it out.

    `place` is the row at the top, the wide column or the narrow one beside it; on a phone they
    follow each other.
    """

    template: str
    context: Callable[[HttpRequest], Mapping[str, Any] | None]
    order: int = 100
    place: Literal["top", "main", "side"] = "side"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number beside each unit; `count` finds it for a whole page of units at once."""

    name: str
    title: Text
    count: Callable[[Iterable[Unit], date], Mapping[int, int]]
    address: Callable[[Unit], str]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for whoever may change the register.

    `count` finds how many there are in a ground on a day, in one query; `address` leads to them.
    """

    name: str
    title: Text
    count: Callable[[Ground, date], int]
    address: Callable[[], str]
    order: int = 100


_panels: list[Panel] = []
_figures: list[Figure] = []
_waiting: list[Waiting] = []


def declare_panel(panel: Panel) -> None:
    """Put `panel` on the first page."""
    _panels.append(panel)


def declare_figure(figure: Figure) -> None:
    """Show `figure` beside each unit."""
    _figures.append(figure)


def declare_waiting(waiting: Waiting) -> None:
    """Count `waiting` on the first page of whoever may change the register."""
    _waiting.append(waiting)


def figures() -> list[Figure]:
    """The declared figures in their order."""
    return sorted(_figures, key=lambda figure: figure.order)


def waiting_for(ground: Ground, day: date) -> list[tuple[Waiting, int]]:
    """What waits in `ground`, in its order, each with its number. One query for each declared."""
    counted = [
        (waiting, waiting.count(ground, day))
        for waiting in sorted(_waiting, key=lambda waiting: waiting.order)
    ]
    return [(waiting, number) for waiting, number in counted if number]


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The panels of the first page in their order and by their place, with what stands in them."""
    shown: list[dict[str, Any]] = []
    for panel in sorted(_panels, key=lambda panel: panel.order):
        content = panel.context(request)
        if content is not None:
            shown.append({"template": panel.template, "place": panel.place, **content})
    return context | {"panels": shown, "finds_here": True}
