"""The page of the coverage: what is proposed, the map, and every workplace with its cell (A2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget

from audit.ground import Ground
from cells.coverage import Covered, Picture, Proposal, State, Step, look
from cells.coverage_acts import AttachCell, AttachWorkplace, FormCell
from cells.map import Map, Spot, draw
from cells.territory import Cell
from districts.acts import Link
from districts.filters import chosen_unit, offered_units
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any

ROWS_PER_PAGE = 50
MOST_PROPOSALS = 50
MOST_ON_MAP = 300  # workplaces: more are no help to anybody, and each is a stop for the keyboard

STATES = {
    State.OWN: lazy("its own cell"),
    State.ATTACHED: lazy("attached"),
    State.NONE: lazy("no cell"),
}
_ACTS = {Step.FORM: FormCell, Step.ATTACH: AttachCell, Step.TERRITORY: AttachWorkplace}


class Narrowing(forms.Form):
    """What the page is narrowed to: a unit with all below it, and how workplaces are covered."""

    unit = forms.ChoiceField(
        label=lazy("Unit, with all below it"), required=False, widget=UnfoldAdminSelectWidget
    )
    state = forms.ChoiceField(
        label=lazy("Workplaces with"), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        unit: Any = self.fields["unit"]
        unit.choices = [("", _("All that is yours")), *offered_units(request)]
        state: Any = self.fields["state"]
        state.choices = [("", _("any or no cell")), *STATES.items()]


@dataclass(frozen=True, slots=True)
class Named:
    """Something in words, with an address where the user may go there."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A workplace of the table."""

    workplace: Named
    members: int
    state: State
    label: Any
    cell: Named | None
    km: float | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal of the page; `act` is the link to accept it, where the user may."""

    proposal: Proposal
    subject: Named
    to: Named | None
    act: Link | None


@require_safe
def coverage_view(request: HttpRequest) -> HttpResponse:
    """Who covers which workplace in the user's part, and what the articles propose."""
    ground = ground_of(request)
    if not holds_any(ground):
        raise PermissionDenied
    unit = chosen_unit(request)
    if request.GET.get("unit") and unit is None:
        raise Http404
    form = Narrowing(request)
    picture = look(Ground((unit.extent,)) if unit else ground, timezone.localdate())
    state = form.cleaned_data["state"] if form.is_valid() else ""
    rows = [row for row in picture.rows if not state or row.state == state]
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("p"))
    asked = {name: value for name in ("unit", "state") if (value := request.GET.get(name))}
    context = {
        "title": _("Coverage"),
        "form": form,
        "unit": unit,
        "query": urlencode(asked),
        "offers": [_offer(request, one) for one in picture.proposals[:MOST_PROPOSALS]],
        "proposed": len(picture.proposals),
        "uncovered": picture.number(State.NONE),
        "numbers": numbers_of(picture, asked),
        "page": page,
        "rows": [_row(request, row) for row in page],
        "map": _map(request, rows) if len(rows) <= MOST_ON_MAP else None,
        "too_many": len(rows) > MOST_ON_MAP,
        "unplaced": sum(row.position is None for row in rows),
    }
    request.current_app = admin.site.name
    return TemplateResponse(
        request, "kartei/coverage.html", {**admin.site.each_context(request), **context}
    )


def numbers_of(picture: Picture, asked: dict[str, str], at: str = "") -> list[tuple[Any, int, str]]:
    """How many workplaces are covered in each way, with the page `at` narrowed to them."""
    kept = {name: value for name, value in asked.items() if name != "state"}
    return [
        (label, picture.number(state), f"{at}?{urlencode({**kept, 'state': state.value})}")
        for state, label in STATES.items()
    ]


def _offer(request: HttpRequest, proposal: Proposal) -> Offer:
    subject, act = proposal.subject, _ACTS[proposal.step]
    table = "unit" if isinstance(subject, Cell) else "workplace"
    address = reverse(f"admin:districts_{table}_act", args=[subject.pk, act.name])
    return Offer(
        proposal,
        _of_cell(request, subject) if isinstance(subject, Cell) else _of_workplace(subject),
        _of_cell(request, proposal.to) if proposal.to else None,
        Link(act.title, act.icon, address) if _may_accept(request, proposal) else None,
    )


def _may_accept(request: HttpRequest, proposal: Proposal) -> bool:
    """Whether what it is about and where it leads are the user's to change."""
    ground = ground_of(request, CHANGE)
    subject, to = proposal.subject, proposal.to
    if isinstance(subject, Cell):
        mine = ground.has(subject.tree, subject.left)
    else:
        mine = subject.lies_in(ground)
    return mine and (to is None or ground.has(to.tree, to.left))


def _row(request: HttpRequest, row: Covered) -> Row:
    cell = _of_cell(request, row.cell) if row.cell else None
    # How far it is would tell where a cell outside of the user's part is.
    km = row.km if cell and cell.address else None
    return Row(_of_workplace(row), row.members, row.state, STATES[row.state], cell, km)


def _of_workplace(row: Covered) -> Named:
    return Named(str(row), reverse("admin:districts_workplace_change", args=[row.pk]))


def _of_cell(request: HttpRequest, cell: Cell) -> Named:
    if not ground_of(request).has(cell.tree, cell.left):
        return Named(_("a cell outside of your part"))
    return Named(str(cell), reverse("admin:districts_unit_change", args=[cell.pk]))


# The map ------------------------------------------------------------------------------------------


def _map(request: HttpRequest, rows: Sequence[Covered]) -> Map | None:
    """The workplaces, the cells that the user may see, and a line to each from what it covers."""
    ground = ground_of(request)
    cells, lines = {}, []
    for row in rows:
        if row.cell is not None and ground.has(row.cell.tree, row.cell.left):
            cells[row.cell.pk] = row.cell
            place = row.cell.place_near(row.position)
            if row.position and place and place != row.position:
                lines.append((row.position, place))
    return draw(_cells_on_map(request, cells.values()), _workplaces_on_map(request, rows), lines)


def _cells_on_map(request: HttpRequest, cells: Iterable[Cell]) -> Iterator[Spot]:
    for cell in cells:
        named = _of_cell(request, cell)
        text = _("Cell: %(cell)s") % {"cell": named.text}
        for place in cell.places:
            yield Spot(place, "cell", text, named.address)


def _workplaces_on_map(request: HttpRequest, rows: Iterable[Covered]) -> Iterator[Spot]:
    for row in rows:
        if row.position is None:
            continue
        named = _of_workplace(row)
        text = ngettext(
            "%(place)s, %(number)s member", "%(place)s, %(number)s members", row.members
        )
        told = [text % {"place": named.text, "number": row.members}, str(STATES[row.state])]
        if row.cell is not None:
            told.append(_of_cell(request, row.cell).text)
        yield Spot(row.position, row.state, "; ".join(told), named.address)
