"""People in the admin: members with all that is held on them, and the accounts."""

from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.days import day_in_words
from audit.ground import Ground
from audit.periods import in_force
from districts.acts import Link, Text, acts_on
from districts.filters import BelowUnit, StateFilter, chosen_unit
from districts.models import Unit
from districts.scope import ground_of
from districts.scoped_admin import ScopedAdmin, ScopedList
from districts.veil import veiled_ground
from members import (  # noqa: F401  # declare theirs to the frames
    account_admin,
    admission_acts,
    cell_acts,
    erasing_acts,
    house_acts,
    log_admin,
    log_veil,
    mending_acts,
    panels,
    placing_acts,
    reach,
    residence_lists,
    role_admin,
    unit_people,
    work_acts,
)
from members.accounts import acts as _account_acts  # noqa: F401  # declare themselves
from members.accounts.letters import letter_view
from members.doubles_admin import PeopleAdmin
from members.looks import note_look
from members.models import Account, Employment, Member, Registration
from members.names import search_words
from members.residence_admin import acts_for_others
from members.residence_lists import Residence
from members.timeline import prepare_page
from members.veil import in_order_of_names, look_up
from members.visibility import at_home, sees_home
from members.waiting import in_no_cell

HOME = Registration.Kind.HOME


class PresentMembers(StateFilter):
    """Members now, those who left, or both."""

    title = _("membership")
    present = _("Members now")
    others = (("nowhere", _("In no cell")), ("left", _("Left")), ("all", _("Both")))

    def narrow(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        today = timezone.localdate()
        if state == "nowhere":
            return in_no_cell(rows, today)
        if state == "present":
            return rows.exclude(left__lte=today)
        return rows.filter(left__lte=today) if state == "left" else rows


class MembersBelow(BelowUnit):
    """Members whom a unit, or one below it, answers for."""

    def narrow(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground, timezone.localdate())
        return narrowed


class RunningPeriods(StateFilter):
    """Periods that hold today or later, ended ones, or both."""

    title = _("state")
    present = _("Not ended")
    others = (("ended", _("Ended")), ("all", _("Both")))

    def narrow(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        ended = Q(until__lte=timezone.localdate())
        if state == "present":
            return rows.exclude(ended)
        return rows.filter(ended) if state == "ended" else rows


class MemberList(ScopedList):
    """A page of members; of those whose home is elsewhere the cell is not told (A4)."""

    def get_ordering_field(self, field_name: Any) -> Any:
        # An order that an address asks for would be that of the names themselves (A14).
        return "number" if veiled_ground().extents else super().get_ordering_field(field_name)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        ground = ground_of(request)
        for member in self.result_list:
            unit = member.home.unit if member.home else None
            member.home_is_seen = unit is None or ground.has(unit.tree_id, unit.lft)


@admin.register(Member)
class MemberAdmin(PeopleAdmin):
    """Members: contact data is set by hand, all else changes by acts."""

    list_display = ("name", "number", "home_cell", "since", "state")
    list_display_links = ("name",)
    list_filter = (PresentMembers, MembersBelow, Residence)
    search_fields = ("search",)
    search_help_text = _("Part of the name, number, or code of a unit")
    sortable_by = ("name", "number")
    editable = ("family_name", "given_name", "born", "email", "phone")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(letter_view, self))
        letter = path("<path:object_id>/letter/", view, name="members_member_letter")
        return [letter, *super().get_urls()]

    def on_ground(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground, timezone.localdate())
        return narrowed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever was erased gets no name back by hand."""
        erased = obj is not None and obj.is_erased
        return not erased and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        person = (("given_name", "family_name"), ("born", "number"), ("email", "phone"))
        joined = ("joined", "left", "left_reason") if obj and obj.left else ("joined",)
        if obj is not None and obj.is_veiled:
            return ((None, {"fields": ("number", *joined)}),)
        return ((None, {"fields": (*person, ("address", "residence"), *joined)}),)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedList]:
        return MemberList

    def get_ordering(self, request: HttpRequest) -> Any:
        # By name, which is found by reading the rows; a million of them come in the key's order.
        return ("number",) if ground_of(request).everywhere else in_order_of_names()

    def get_sortable_by(self, request: HttpRequest) -> Any:
        return ("number",) if veiled_ground().extents else self.sortable_by

    def prepare(self, shown: list[Any]) -> None:
        """Each with the home registration of today, and whether the name is veiled."""
        look_up(member.pk for member in shown)
        homes = Registration.objects.filter(
            in_force(timezone.localdate()), kind=HOME, member__in=[member.pk for member in shown]
        ).select_related("unit")
        by_member = {registration.member_id: registration for registration in homes}
        for member in shown:
            member.home = by_member.get(member.pk)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.tell_former_number(request)
        narrowed = {"narrowed_to": chosen_unit(request)}
        return super().changelist_view(request, narrowed | (extra_context or {}))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """The member's page; that somebody looks at it is noted."""
        answer: Any = super().change_view(request, object_id, *args, **kwargs)
        if request.method == "GET" and answer.status_code == HTTPStatus.OK:
            note_look(request, answer.context_data["original"])
        return answer

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """The page of an act; those that tell of work and home are for the home's secretary."""
        if act in _acts_of_home():
            member: Any = self.get_object(request, object_id)
            if not sees_home(request, member):
                raise PermissionDenied
        return super().act_view(request, object_id, act)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (member := kwargs.get("obj")) is not None:
            prepare_page(request, member)
        return super().render_change_form(request, context, *args, **kwargs)

    def _links(self, request: HttpRequest, obj: Member) -> list[Link]:
        hidden = acts_for_others(request, obj)
        hidden |= set() if sees_home(request, obj) else {*_acts_of_home()}
        addresses = {reverse(self._route("act"), args=[obj.pk, act]) for act in hidden}
        return [link for link in super()._links(request, obj) if link.url not in addresses]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By number, by the exact code of a unit, and by any part of the name."""
        text = search_term.strip()
        if not text:
            return queryset, False
        if text.isdecimal() and len(text) < 19:
            return self.numbered(queryset, int(text)), False
        found = queryset.named(text) if search_words(text) else queryset.none()
        unit = self._coded(request, text)
        if unit is not None:
            there = queryset.on_ground(Ground((unit.extent,)), timezone.localdate())
            return (there | found) if found.exists() else there, False
        return found, False

    def _coded(self, request: HttpRequest, text: str) -> Unit | None:
        mine = Unit.objects.on_ground(ground_of(request))
        unit: Unit | None = mine.filter(code__in={text, text.upper()}).first()
        return unit

    @admin.display(description=_("name"), ordering="search")
    def name(self, member: Member) -> str:
        return member.sorted_name

    @admin.display(description=_("locality of residence"))
    def residence(self, member: Member) -> str | None:
        return str(member.locality) if member.locality else None

    @admin.display(description=_("home cell"))
    def home_cell(self, member: Any) -> str:
        if not member.home_is_seen:
            return str(_("in another district"))
        return str(member.home.unit) if member.home else ""

    @admin.display(description=_("there since"))
    def since(self, member: Any) -> Any:
        return member.home.since if member.home and member.home_is_seen else None

    @admin.display(description=_("left"))
    def state(self, member: Member) -> str:
        if member.left is None:
            return ""
        return f"{day_in_words(member.left)} ({member.get_left_reason_display()})"

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        ground, today = ground_of(request), timezone.localdate()
        yield _("Number"), obj.pk, ""
        yield _("Joined"), day_in_words(obj.joined), ""
        if obj.left is not None:
            yield _("Left"), self.state(obj), ""
        seen = obj.seen_registrations
        standing = [held for held in seen if held.until is None or held.until > today]
        for held in standing:
            mine = ground.has(held.unit.tree_id, held.unit.lft)
            address = reverse("admin:districts_unit_change", args=[held.unit_id]) if mine else ""
            title = _("Home cell") if held.kind == HOME else _("Registered as a resident with")
            yield title, held.unit, address
        if obj.left is None and not any(held.kind == HOME for held in standing):
            hidden = not sees_home(request, obj)
            yield _("Home cell"), _("in another district") if hidden else _("none"), ""
        for work in obj.seen_employments:
            if work.holds(today):
                yield _("Works at"), work.workplace, ""
        account = Account.objects.filter(member=obj).first()
        if account is not None:  # whoever sees the member sees it
            address = reverse("admin:members_account_change", args=[account.pk])
            yield _("Account"), account, address


def _acts_of_home() -> list[str]:
    """The acts that a unit of residence is not offered, since they tell of work and home (A4)."""
    return [name for name, act in acts_on(Member).items() if getattr(act, "of_home", False)]


class PeriodAdmin(ScopedAdmin):
    """Periods of members, to look through; a row leads to the member, whose acts change them."""

    list_filter: ClassVar[Any] = (RunningPeriods,)
    search_fields = ("member__search",)
    search_help_text = _("Part of the member's name, or number")
    sortable_by = ("since", "until")
    ordering = ("member", "since", "pk")

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        if ground.everywhere:
            return rows
        return rows.filter(member__in=Member.objects.on_ground(ground, timezone.localdate()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        if text.isdecimal() and len(text) < 19:
            return queryset.filter(member=int(text)), False
        named = Member.objects.named(text) if search_words(text) else Member.objects.none()
        return queryset.filter(member__in=named), False

    def prepare(self, shown: list[Any]) -> None:
        look_up(row.member_id for row in shown)

    def address_of(self, row: Any) -> str:
        return reverse("admin:members_member_change", args=[row.member_id])


@admin.register(Registration)
class RegistrationAdmin(PeriodAdmin):
    """Registrations with the units of the user's ground."""

    list_display = ("member", "kind", "unit", "since", "until")
    list_select_related = ("member", "unit")
    list_filter: ClassVar[Any] = (RunningPeriods, "kind")
    fieldsets = ((None, {"fields": ("member", "kind", "unit", "since", "until")}),)

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return super().on_ground(rows.filter(ground.holds("unit__")), ground)


@admin.register(Employment)
class EmploymentAdmin(PeriodAdmin):
    """Employments of the members whose home the user's ground is (A4)."""

    list_display = ("member", "workplace", "since", "until")
    list_select_related = ("member", "workplace")
    fieldsets = ((None, {"fields": ("member", "workplace", "since", "until")}),)

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        if ground.everywhere:
            return rows
        return rows.filter(member__in=at_home(ground, timezone.localdate()))
