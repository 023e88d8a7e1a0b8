"""The list of bureaus, the page of each, and who leads a unit on that unit's page."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from audit.days import day_in_words
from audit.ground import Ground
from districts.acts import Text
from districts.acts_admin import ActingAdmin
from districts.filters import BelowUnit, StateFilter
from districts.kinds import FACTORY_CELLS
from districts.models import Unit
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.bureaus import election_pages, pages  # noqa: F401  # they declare their acts
from elections.bureaus.announcing import last_announcement
from elections.bureaus.announcing_pages import announced_in_words
from elections.bureaus.lawful import Strength, asks_factory_majority, strength_blockers
from elections.bureaus.portfolios import portfolio_label
from elections.bureaus.strengths import strengths
from elections.bureaus.succession import next_for
from elections.candidates import homes_of
from elections.models import Bureau, Question, Seat
from members.models import Member
from members.veil import look_up

MOST_EARLIER = 20


class BureausByState(StateFilter):
    """Bureaus that lead now, and those that did."""

    title = _("state")
    present = _("Leading now")
    others = (("unconfirmed", _("To be confirmed")), ("ended", _("Ended")), ("all", _("All")))

    def narrow(self, rows: Any, state: str) -> QuerySet[Any]:
        if state == "all":
            return cast(QuerySet[Any], rows)
        if state == "unconfirmed":
            return cast(QuerySet[Any], rows.unconfirmed())
        return cast(QuerySet[Any], rows.filter(until__isnull=state != "ended"))


class LeadingBelow(BelowUnit):
    """Bureaus of a unit and of those below it."""

    def narrow(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds("unit__"))


@admin.register(Bureau)
class BureauAdmin(ActingAdmin):
    """Bureaus of the units of the user's ground; they change by acts."""

    list_display = ("led", "kind", "mandate", "since", "until", "seats")
    list_filter: ClassVar[Any] = (BureausByState, "unit__kind", "mandate", LeadingBelow)
    search_fields = ("unit__name", "unit__code")
    search_help_text = _("Code or name of the unit")
    sortable_by = ("since", "until")
    ordering = ("unit__tree_id", "unit__lft", "-since")

    def on_ground(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground).select_related("unit", "question__unit")
        return narrowed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ()  # all of it stands in the sections

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, CHANGE, obj)

    def prepare(self, shown: list[Any]) -> None:
        """How strong each is today, in one query."""
        known = strengths(shown, timezone.localdate())
        for bureau in shown:
            bureau.strength = known[bureau.pk]

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        yield _("Leads"), obj.unit, reverse("admin:districts_unit_change", args=[obj.unit_id])
        yield _("Mandate"), obj.get_mandate_display(), ""
        yield _("Since"), day_in_words(obj.since), ""
        if obj.until is not None:
            yield _("Until"), f"{day_in_words(obj.until)}, {obj.get_ending_display()}", ""
        if obj.confirm_by is not None:
            yield _("To be confirmed by (A14)"), day_in_words(obj.confirm_by), ""
            confirmed = day_in_words(obj.confirmed_on) if obj.confirmed_on else _("not yet")
            yield _("Confirmed on"), confirmed, ""
        told = last_announcement(obj)
        yield _("Announced"), announced_in_words(told) if told else _("not yet"), ""
        question = obj.question
        if question is not None:
            mine = ground_of(request).has(question.unit.tree_id, question.unit.lft)
            route = "admin:elections_question_change"
            yield _("Election"), question, reverse(route, args=[question.pk]) if mine else ""

    @admin.display(description=_("unit"))
    def led(self, bureau: Bureau) -> str:
        return str(bureau.unit)

    @admin.display(description=_("kind"))
    def kind(self, bureau: Bureau) -> str:
        return bureau.unit.get_kind_display()

    @admin.display(description=_("seats held"))
    def seats(self, bureau: Any) -> str:
        if bureau.until is not None:
            return ""
        told = f"{bureau.strength.size} / {bureau.size}"
        wrong = strength_blockers(bureau.unit.kind, bureau.strength, called=bureau.size)
        articles = ", ".join(dict.fromkeys(blocker.article for blocker in wrong))
        return f"{told} ({articles})" if articles else told


# The sections ------------------------------------------------------------------------------------


def seat_rows(request: HttpRequest, bureau: Bureau) -> list[Any]:
    """The seats that are held: work, home where the user sees it, and links. Two queries."""
    today = timezone.localdate()
    held = Seat.objects.filter(bureau=bureau, until__isnull=True).select_related("member")
    listed: list[Any] = list(held.order_by(F("portfolio").desc(), "pk"))
    look_up(seat.member_id for seat in listed)
    homes = homes_of((seat.member_id for seat in listed), today)
    ground = ground_of(request)
    mine = set(
        Member.objects.on_ground(ground, today, among=[seat.member_id for seat in listed])
        .order_by()
        .values_list("pk", flat=True)
    )
    for seat in listed:
        home = homes.get(seat.member_id)
        seat.work = portfolio_label(seat.portfolio)
        seat.is_mine = seat.member_id in mine
        seat.home = home.unit if home and ground.has(home.unit.tree_id, home.unit.lft) else None
        seat.of_factory = home is not None and home.unit.kind in FACTORY_CELLS
        seat.has_left = not seat.member.is_present(today)
    listed.sort(key=lambda seat: (seat.portfolio != "chair", not seat.portfolio, seat.pk))
    return listed


def _led_by(request: HttpRequest, bureau: Bureau) -> dict[str, Any]:
    """What both sections show of a bureau that leads."""
    rows = seat_rows(request, bureau)
    sitting = [seat for seat in rows if not seat.has_left]
    strength = Strength(len(sitting), sum(seat.of_factory for seat in sitting))
    return {
        "bureau": bureau,
        "seats": rows,
        "strength": strength,
        "free": max(bureau.size - strength.size, 0),
        "majority": asks_factory_majority(bureau.unit.kind),
        "wrong": strength_blockers(bureau.unit.kind, strength, called=bureau.size),
    }


def _may_change(request: HttpRequest, unit: Unit) -> bool:
    return unit.dissolved is None and ground_of(request, CHANGE).has(unit.tree_id, unit.lft)


def _of_unit(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """Who leads the unit, or that nobody does. Five queries."""
    bureau = Bureau.objects.sitting().filter(unit=unit).select_related("unit", "question").first()
    if bureau is None and unit.dissolved is not None:
        return None
    mine = _may_change(request, unit)
    shown = _led_by(request, bureau) if bureau else {"bureau": None}
    elect = reverse("admin:districts_unit_act", args=[unit.pk, "elect-bureau"])
    running = Question.objects.standing().filter(unit=unit, fills="bureau", bureaus=None)
    return shown | {
        "unit": unit,
        "election": elect if mine else "",
        "enter": reverse("admin:districts_unit_act", args=[unit.pk, "constitute"]) if mine else "",
        "running": list(running.order_by("-raised_on", "-pk")[:3]),
    }


def _of_bureau(request: HttpRequest, bureau: Bureau) -> Mapping[str, Any]:
    """The seats, what is wrong, who comes next, and who sat before."""
    today = timezone.localdate()
    earlier = bureau.seats.exclude(until__isnull=True).select_related("member")
    shown = _led_by(request, bureau) if bureau.until is None else {"bureau": bureau, "seats": []}
    mine = bureau.until is None and _may_change(request, bureau.unit)
    free = shown.get("free", 0)
    route = reverse("admin:elections_question_list_act", args=["raise-election"])
    asked = {
        "unit": bureau.unit.code,
        "fills": "free-seats",
        "asked": str(_("By-election to the bureau")),
        "seats": str(free),
    }
    give = reverse("admin:districts_heldrole_list_act", args=["give-role"])
    return shown | {
        "next": next_for(bureau, today) if free else [],
        "by_election": f"{route}?{urlencode(asked)}" if mine and free else "",
        "fill": reverse("admin:elections_bureau_act", args=[bureau.pk, "take-seat"])
        if mine and free
        else "",
        "role": f"{give}?{urlencode({'unit': bureau.unit.code, 'role': 'secretary'})}"
        if mine
        else "",
        "earlier": list(earlier.order_by("-until", "pk")[:MOST_EARLIER]),
    }


declare_section(Unit, Section("kartei/unit_bureau.html", _of_unit, order=12))
declare_section(Bureau, Section("kartei/bureau_seats.html", _of_bureau, order=10))
