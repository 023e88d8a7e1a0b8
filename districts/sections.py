"""What the apps show on the page of a row, below its acts: declared, then collected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a row's page: its template and what stands in it, None to leave it out."""

    template: str
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None]
    order: int = 100


_sections: dict[type[Model], list[Section]] = {}


def declare_section(model: type[Model], section: Section) -> None:
    """Put `section` on the page of every row of `model`."""
    _sections.setdefault(model, []).append(section)


def sections_of(request: HttpRequest, row: Model) -> list[dict[str, Any]]:
    """The sections of the row's page in their order, with what stands in them."""
    shown = []
    for section in sorted(_sections.get(type(row), []), key=lambda section: section.order):
        content = section.context(request, row)
        if content is not None:
            shown.append({"template": section.template, **content})
    return shown
