"""Naming a place or a cell on the members' own pages: typed, understood, and asked back.

A place is no person, so anybody may name one. Localities and the cells of the own district are
offered; any other open cell is found by its code alone, and workplaces by their names, so that
nobody is handed a list of where the organisation works. How often an account may look one up in an
hour is limited: see `members.request_views`.
"""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from districts.models import Locality, Unit, Workplace
from districts.picking import SHORT, Choice, PickField, PickInput
from members.models import Member

_LEAST = 3  # letters of a workplace's name before any is told
_FEW = 3  # names that are told of several that fit


class OnlyFit(Choice):
    """Rows of which the only one that holds what was typed is meant."""

    def named(self, request: HttpRequest, text: str) -> Model | None:
        found = super().named(request, text)
        if found is not None or len(text) < _LEAST:
            return found
        fits: list[Model] = list(self.like(request, text)[:2])
        return fits[0] if len(fits) == 1 else None


class Workplaces(OnlyFit):
    """Workplaces, none of which is told before some letters of its name were.

    Of several with one name the place tells them apart: "Bakery, Riverside".
    """

    def named(self, request: HttpRequest, text: str) -> Model | None:
        found = super().named(request, text)
        name, comma, place = (part.strip() for part in text.rpartition(","))
        if found is not None or not comma:
            return found
        there = self.rows(request).filter(name__iexact=name, locality__name__iexact=place)
        rows: list[Model] = list(there[:2])
        return rows[0] if len(rows) == 1 else None

    def like(self, request: HttpRequest, text: str) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().like(request, text)
        return rows if len(text.strip()) >= _LEAST else rows.none()


class CellsOf(OnlyFit):
    """The cells of a few districts, and any other open cell for whoever knows its code."""

    def _keyed(self, request: HttpRequest, key: str) -> Any:
        return open_cells().filter(code=key).first()


def open_cells() -> QuerySet[Unit]:
    """All cells that are not dissolved today."""
    cells: QuerySet[Unit] = Unit.objects.cells().exclude(dissolved__lte=timezone.localdate())
    return cells


def _workplaces() -> QuerySet[Workplace]:
    return Workplace.objects.select_related("locality").order_by("name", "code")


class PlainPick(PickField):
    """A row that is typed as its code, its label or its name; a short list stands in the page."""

    def __init__(self, choice: Choice, *, listed: bool = True, **kwargs: Any) -> None:
        super().__init__(choice, **kwargs)
        self.listed = listed
        self.widget = PickInput()
        self.widget.attrs = {"autocomplete": "off"}
        self.widget.is_required = self.required
        self.request: Any = None  # the rows are those of the member, whoever asks

    def __deepcopy__(self, memo: Any) -> "PlainPick":
        copy: PlainPick = super().__deepcopy__(memo)
        copy.listed = self.listed
        return copy

    def offer(self, choice: Choice | None = None) -> None:
        """Take the rows of `choice`, and put a short list of them in the page. One query."""
        self.choice = choice or self.choice
        if not self.listed:
            return
        rows = list(self.choice.rows(self.request)[: SHORT + 1])
        if len(rows) <= SHORT:
            self.widget.suggested = [self.choice.label(row) for row in rows]

    def _did_you_mean(self, text: str) -> str:
        """Of rows that stand in no list of the page few names are told, and no codes."""
        like = [] if self.listed else list(self.choice.like(self.request, text)[: _FEW + 1])
        if not like:
            return super()._did_you_mean(text)
        told = [_name_of(row, text) for row in like]
        return _("Which one? Please give its name: %(rows)s%(more)s.") % {
            "rows": "; ".join(dict.fromkeys(told[:_FEW])),
            "more": _(" and others") if len(like) > _FEW else "",
        }


def _name_of(row: Any, text: str) -> str:
    """The name, and the place where the name was typed in full and does not say which one."""
    named = str(row.name)
    whole = named.casefold() == text.casefold() and isinstance(row, Workplace)
    return f"{named}, {row.locality.name}" if whole else named


def cells_near(member: Member) -> Choice:
    """The open cells under the units under which the member is registered today."""
    held = member.registrations.in_force(timezone.localdate()).order_by()
    above = held.values("unit__parent")
    near = open_cells().filter(Q(parent__in=above)).order_by("code")
    return CellsOf("cells-near", lambda request: near)


LOCALITY = OnlyFit(
    "member-locality",
    lambda request: Locality.objects.order_by("postcode", "name"),
    words=("code", "postcode", "name"),
)
WORKPLACE = Workplaces("member-workplace", lambda request: _workplaces())
CELL = CellsOf("member-cell", lambda request: open_cells().none())

__all__ = ["CELL", "LOCALITY", "WORKPLACE", "PlainPick", "cells_near"]
