"""What the apps show on the first page and beside each unit: declared, then collected."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from districts.acts import Text
from districts.models import Unit


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the first page: its template and what stands in it, None to leave it out."""

    template: str
    context: Callable[[HttpRequest], Mapping[str, Any] | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """A number beside each unit; `count` finds it for a whole page of units at once."""

    name: str
    title: Text
    count: Callable[[Iterable[Unit], date], Mapping[int, int]]
    address: Callable[[Unit], str]


_panels: list[Panel] = []
_figures: list[Figure] = []


def declare_panel(panel: Panel) -> None:
    """Put `panel` on the first page."""
    _panels.append(panel)


def declare_figure(figure: Figure) -> None:
    """Show `figure` beside each unit."""
    _figures.append(figure)


def figures() -> list[Figure]:
    """The declared figures."""
    return list(_figures)


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The panels of the first page in their order, with what stands in them."""
    shown = []
    for panel in sorted(_panels, key=lambda panel: panel.order):
        content = panel.context(request)
        if content is not None:
            shown.append({"template": panel.template, **content})
    return context | {"panels": shown}
