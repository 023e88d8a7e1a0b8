"""Who lives elsewhere and who lives here (A4): on a unit's page, and as a filter of the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import in_force
from districts.filters import chosen_unit
from districts.kinds import FACTORY_CELLS, LEADERS_OF_CELLS, Kind
from districts.models import Unit
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from members.admin_acts import listed_name
from members.models import Member, Registration
from members.residence import homes_elsewhere, homes_without_residence
from members.residence_admin import AssignStreetCell, RegisterResidence, TakeBack
from members.veil import in_order_of_names, look_up

RESIDENCE = Registration.Kind.RESIDENCE
MOST_RESIDENTS = 20  # of each list that stand on a unit's page


@dataclass(frozen=True, slots=True)
class Ours:
    """A member of one of the unit's factory cells who lives in another district.

    Of the residence the unit and its day are known; `missing` says that it is not where it has to
    be, and `act` leads to what mends that.
    """

    home: Registration
    name: str
    residence: Registration | None
    missing: bool
    act: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """A member of another district's factory cell who lives here: how to reach him or her."""

    residence: Registration
    name: str
    contact: Sequence[str]
    assigned: bool
    act: str


def _residents(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """Both lists of a district or local group; of a cell the one that it can have.

    Three queries at most, whatever the number of members.
    """
    leads = unit.kind in LEADERS_OF_CELLS
    may = ground_of(request, CHANGE).has(unit.tree_id, unit.lft)
    ours = _ours(unit, may) if leads or unit.kind in FACTORY_CELLS else []
    theirs = _theirs(unit, may) if leads or unit.kind == Kind.STREET_CELL else []
    if not (leads or ours or theirs):
        return None
    return {
        "leads": leads,
        "ours": ours[:MOST_RESIDENTS],
        "more_ours": len(ours) > MOST_RESIDENTS,
        "list_ours": _list_of(unit, "elsewhere"),
        "list_missing": _list_of(unit, "missing"),
        "missing": may and any(one.missing for one in ours),
        "theirs": theirs[:MOST_RESIDENTS],
        "more_theirs": len(theirs) > MOST_RESIDENTS,
        "list_theirs": _list_of(unit, "here"),
    }


def _ours(unit: Unit, may: bool) -> list[Ours]:
    """Those whose registration is missing come first: something is to be done about them."""
    today, ground = timezone.localdate(), Ground((unit.extent,))
    missing = homes_without_residence(ground, today).filter(pk=OuterRef("pk"))
    homes = homes_elsewhere(ground, today).annotate(missing=Exists(missing))
    in_order = homes.select_related("unit", "member").order_by("-missing", "member__search", "pk")
    listed: list[Any] = list(in_order[: MOST_RESIDENTS + 1])
    held = Registration.objects.filter(
        in_force(today), kind=RESIDENCE, member__in=[home.member_id for home in listed]
    )
    look_up(home.member_id for home in listed)
    residences = {row.member_id: row for row in held.select_related("unit")}
    return [
        Ours(
            home,
            listed_name(home.member),
            residences.get(home.member_id),
            home.missing,
            _act(home.member, RegisterResidence.name) if home.missing and may else "",
        )
        for home in listed
    ]


def _theirs(unit: Unit, may: bool) -> list[Theirs]:
    held = Registration.objects.filter(Ground((unit.extent,)).holds("unit__"), kind=RESIDENCE)
    rows = held.not_ended(timezone.localdate()).select_related("unit", "member__locality")
    listed = rows.order_by(*in_order_of_names("member"), "since")[: MOST_RESIDENTS + 1]
    look_up(row.member_id for row in listed)
    return [_one_of_theirs(row, may) for row in listed]


def _one_of_theirs(row: Registration, may: bool) -> Theirs:
    member, assigned = row.member, row.unit.kind == Kind.STREET_CELL
    place = str(member.locality) if member.locality else ""
    reached = () if member.is_veiled else (member.phone, member.email, member.address, place)
    contact = [part for part in reached if part]
    act = _act(member, TakeBack.name if assigned else AssignStreetCell.name) if may else ""
    return Theirs(row, listed_name(member), contact, assigned, act)


def _act(member: Member, act: str) -> str:
    return reverse("admin:members_member_act", args=[member.pk, act])


def _list_of(unit: Unit, which: str) -> str:
    address = reverse("admin:members_member_changelist")
    return f"{address}?unit={unit.pk}&{Residence.parameter_name}={which}"


class Residence(SimpleListFilter):
    """Of the unit that a list is narrowed to, or else of all that the user sees: who of its factory
    cells lives elsewhere, who of them is not registered there yet, and who of others lives here.
    """

    title = _("second registration (A4)")
    parameter_name = "residence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (
            ("elsewhere", _("Ours who live elsewhere")),
            ("missing", _("Not registered there yet")),
            ("here", _("Theirs who live here")),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        unit, today = chosen_unit(request), timezone.localdate()
        ground = Ground((unit.extent,)) if unit else ground_of(request)
        meant: QuerySet[Registration]
        if self.value() == "elsewhere":
            meant = homes_elsewhere(ground, today)
        elif self.value() == "missing":
            meant = homes_without_residence(ground, today)
        else:
            held = Registration.objects.filter(ground.holds("unit__"), kind=RESIDENCE)
            meant = held.not_ended(today)
        return queryset.filter(pk__in=meant.order_by().values("member"))


declare_section(Unit, Section("kartei/unit_residence.html", _residents, order=35))
