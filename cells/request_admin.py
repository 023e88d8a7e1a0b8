"""The list of the requests, and the page of each."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from cells import asking_acts, request_acts, request_panels  # noqa: F401  # declare theirs
from cells.request_acts import due
from districts.acts import Text
from districts.acts_admin import ActingAdmin
from districts.filters import BelowUnit, StateFilter
from districts.roles import CHANGE
from districts.scope import ground_of
from members.asking import told_of
from members.models import Member, Request
from members.names import search_words
from members.veil import look_up, veiled_requests

State = Request.State


class RequestsByState(StateFilter):
    """Requests that wait, those overdue, exceptions that are in force, and decided ones."""

    title = _("state")
    present = _("To decide")
    others = (
        ("overdue", _("Overdue")),
        ("exceptions", _("Exceptions in force")),
        *((state.value, state.label) for state in (State.GRANTED, State.REFUSED, State.WITHDRAWN)),
        ("all", _("All")),
    )

    def narrow(self, rows: Any, state: str) -> QuerySet[Any]:
        today = timezone.localdate()
        if state == "present":
            narrowed = rows.open()
        elif state == "overdue":
            narrowed = rows.overdue(today)
        elif state == "exceptions":
            narrowed = rows.exceptions(today)
        else:
            narrowed = rows if state == "all" else rows.filter(state=state)
        found: QuerySet[Any] = narrowed
        return found


class RequestsBelow(BelowUnit):
    """Requests that a unit, or one below it, decides."""

    def narrow(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds("unit__"))


@admin.register(Request)
class RequestAdmin(ActingAdmin):
    """Requests that the units of the user's ground decide; they change by acts."""

    list_display = ("who", "kind", "to_cell", "asked_on", "due", "decider", "state")
    list_select_related = ("member", "unit", "cell")
    list_filter: ClassVar[Any] = (RequestsByState, "kind", RequestsBelow)
    search_fields = ("member__search",)
    search_help_text = _("Part of the name, or a member's number")
    sortable_by = ("asked_on", "due")
    ordering = ("due_on", "number")

    def on_ground(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground)
        return narrowed

    def prepare(self, shown: list[Any]) -> None:
        """Whether the names are veiled, in one query."""
        look_up(asked.member_id for asked in shown if asked.member_id)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, CHANGE, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        if text.isdecimal() and len(text) < 19:
            return queryset.filter(member=int(text)), False
        named = Member.objects.named(text) if search_words(text) else Member.objects.none()
        applicants = Q()
        for word in text.split():
            applicants &= Q(family_name__icontains=word) | Q(given_name__icontains=word)
        found = queryset.filter(Q(member__in=named) | Q(member=None) & applicants)
        hidden = veiled_requests()
        return (found if hidden is None else found.exclude(pk__in=hidden.values("pk"))), False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and obj.is_veiled:  # who asks, and why, is for those there (A14)
            shown: list[Any] = ["asked_on", "entered_by", "basis"]
            if not obj.is_open:
                shown += [("decided_on", "takes_effect"), "decided_in_name"]
            return [(_("What is asked"), {"fields": shown})]
        asked = ("asked_on", "entered_by", "reason", "basis")
        parts: list[Any] = [(_("What is asked"), {"fields": asked})]
        if obj is not None and obj.kind == Request.Kind.ADMISSION:
            person = (("given_name", "family_name"), "born", ("email", "phone"))
            fields = (*person, ("address", "residence"), "works_at")
            parts.append((_("Who asks to be admitted"), {"fields": fields}))
        if obj is not None and not obj.is_open:
            decided = (("decided_on", "takes_effect"), "decided_in_name", "decision_reason")
            parts.append((_("Decision"), {"fields": decided}))
        return parts

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        yield _("Who"), obj.applicant, self._member_address(request, obj)
        yield _("Asks for"), obj.get_kind_display(), ""
        for name, value in told_of(obj):
            yield name, value, ""
        if obj.cell:
            yield _("To which cell"), obj.cell, ""
        if obj.article:
            yield _("Article"), obj.article, ""
        yield _("Decided by"), self.decider(obj), ""
        if obj.is_open:
            yield _("To be decided by"), due(obj), ""
        else:
            yield _("State"), obj.get_state_display(), ""

    def _member_address(self, request: HttpRequest, obj: Any) -> str:
        if obj.member_id is None:
            return ""
        ground, today = ground_of(request), timezone.localdate()
        mine = Member.objects.on_ground(ground, today, among=[obj.member_id])
        return reverse("admin:members_member_change", args=[obj.member_id]) if mine else ""

    @admin.display(description=_("who"))
    def who(self, asked: Request) -> str:
        return asked.applicant

    @admin.display(description=_("to which cell"))
    def to_cell(self, asked: Request) -> str:
        return str(asked.cell or "")

    @admin.display(description=_("to be decided by"), ordering="due_on")
    def due(self, asked: Request) -> str:
        return due(asked) if asked.is_open else ""

    @admin.display(description=_("decided by"))
    def decider(self, asked: Request) -> Any:
        return asked.unit or _("the whole organisation")

    @admin.display(description=_("entered by"))
    def entered_by(self, asked: Request) -> str | None:
        return str(asked.asked_by) if asked.asked_by else None

    @admin.display(description=_("decision entered by"))
    def decided_in_name(self, asked: Request) -> str | None:
        return str(asked.decided_by) if asked.decided_by else None

    @admin.display(description=_("works at"))
    def works_at(self, asked: Request) -> str | None:
        return str(asked.workplace) if asked.workplace else None

    @admin.display(description=_("locality of residence"))
    def residence(self, asked: Request) -> str | None:
        return str(asked.locality) if asked.locality else None
