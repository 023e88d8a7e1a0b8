"""The list of the meetings in the office, the page of each, and what is printed of it."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.acts import Text
from districts.acts_admin import ActingAdmin
from districts.filters import BelowUnit, StateFilter
from districts.roles import CHANGE
from elections.delegates import sections as _delegates  # noqa: F401  # declare themselves
from elections.delegates.credentials import credentials_of, note_credentials
from elections.delegates.document import whole_way
from elections.meetings import page, plan_acts  # noqa: F401  # declare themselves to the frames
from elections.meetings.attending import count_of, present_at
from elections.meetings.inviting import mailings
from elections.meetings.letters import letters_of, note_printing
from elections.meetings.plan_fields import moment_in_words
from elections.models import Meeting
from elections.models.meetings import MeetingState

OVERDUE = "unwritten"


class MeetingsByState(StateFilter):
    """Meetings to come unless others are asked for."""

    title = _("state")
    present = _("To come")
    others = (
        (OVERDUE, _("Over, without minutes")),
        (MeetingState.HELD.value, _("Held")),
        (MeetingState.CANCELLED.value, _("Cancelled")),
        ("all", _("All")),
    )

    def narrow(self, rows: Any, state: str) -> QuerySet[Any]:
        if state == "present":
            narrowed = rows.upcoming()
        elif state == OVERDUE:
            narrowed = rows.without_minutes()
        else:
            narrowed = rows.filter(state=state) if state in MeetingState.values else rows
        found: QuerySet[Any] = narrowed
        return found


class MeetingsBelow(BelowUnit):
    """Meetings of a unit and of those below it."""

    def narrow(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds("unit__"))


@admin.register(Meeting)
class MeetingAdmin(ActingAdmin):
    """Meetings of the units of the user's ground; they change by acts."""

    list_display = ("title", "of_unit", "kind", "begins", "state", "invited", "came")
    list_filter: ClassVar[Any] = (MeetingsByState, "kind", MeetingsBelow)
    search_fields = ("title", "place", "unit__name", "unit__code")
    search_help_text = _("Part of the title or place, or code or name of the unit")
    sortable_by = ("begins",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/letters/",
                view(self.letters_view),
                name="elections_meeting_letters",
            ),
            path(
                "<path:object_id>/minutes/",
                view(self.minutes_view),
                name="elections_meeting_minutes",
            ),
            path(
                "<path:object_id>/delegates/",
                view(self.delegates_view),
                name="elections_meeting_delegates",
            ),
            path(
                "<path:object_id>/credentials/",
                view(self.credentials_view),
                name="elections_meeting_credentials",
            ),
            *super().get_urls(),
        ]

    def on_ground(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground)
        return narrowed.select_related("unit")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The next one first among those to come, the last one first among all others."""
        coming = MeetingsByState.parameter_name not in request.GET
        return ("starts_at", "pk") if coming else ("-starts_at", "-pk")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ()  # all of it stands in the sections

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, CHANGE, obj)

    def prepare(self, shown: list[Any]) -> None:
        """How many are invited to each, and have come: two queries."""
        invited, present = mailings([meeting.pk for meeting in shown]), present_at(shown)
        for meeting in shown:
            meeting.mailing = invited[meeting.pk]
            at_the_door = present.get(meeting.pk)
            meeting.number_present = at_the_door if meeting.present is None else meeting.present

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        yield _("Kind"), obj.get_kind_display(), ""
        yield _("Unit"), obj.unit, reverse("admin:districts_unit_change", args=[obj.unit_id])
        yield _("Begins"), moment_in_words(obj.starts_at), ""
        yield _("Ends"), moment_in_words(obj.ends_at), ""
        yield _("Place"), obj.place, ""
        yield _("State"), obj.get_state_display(), ""
        if obj.rhythm_id:
            yield _("Rhythm"), obj.rhythm, ""

    def letters_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Letters to those without an e-mail address, each on a page of its own, to be printed."""
        meeting: Any = self.get_object(request, object_id)
        if not self.may_act(request, meeting):
            raise PermissionDenied
        letters = letters_of(request, meeting)
        note_printing(meeting)
        context = {
            "meeting": meeting,
            "letters": letters,
            "agenda": list(meeting.agenda.all()),
            "back": self.address_of(meeting),
        }
        return TemplateResponse(request, "kartei/meeting_letters.html", context)

    def minutes_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The minutes with the numbers of those present, to be printed."""
        meeting: Any = self.get_object(request, object_id)
        context = {
            "meeting": meeting,
            "count": count_of(meeting),
            "agenda": list(meeting.agenda.all()),
            "back": self.address_of(meeting),
        }
        return TemplateResponse(request, "kartei/meeting_print.html", context)

    def delegates_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The whole way of the delegates, from the members to those present, to be printed."""
        meeting: Any = self.get_object(request, object_id)
        context = {
            "meeting": meeting,
            "whole": whole_way(meeting),
            "back": self.address_of(meeting),
        }
        return TemplateResponse(request, "kartei/meeting_whole_way.html", context)

    def credentials_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The credentials of the delegates, each on a page of its own, to be printed."""
        meeting: Any = self.get_object(request, object_id)
        if not self.may_act(request, meeting):
            raise PermissionDenied
        note_credentials(meeting)
        context = {
            "meeting": meeting,
            "credentials": credentials_of(meeting),
            "back": self.address_of(meeting),
        }
        return TemplateResponse(request, "kartei/meeting_credentials.html", context)

    @admin.display(description=_("unit"))
    def of_unit(self, meeting: Any) -> str:
        return str(meeting.unit.name)

    @admin.display(description=_("begins"), ordering="starts_at")
    def begins(self, meeting: Any) -> str:
        return moment_in_words(meeting.starts_at)

    @admin.display(description=_("invited"))
    def invited(self, meeting: Any) -> str | SafeString:
        mailing = meeting.mailing
        if not mailing.invited:
            return str(_("nobody yet")) if meeting.is_planned else ""
        failed = _(", %(failed)s failed") % {"failed": mailing.failed} if mailing.failed else ""
        return f"{mailing.invited}{failed}"

    @admin.display(description=_("present"))
    def came(self, meeting: Any) -> str:
        return "" if meeting.number_present is None else str(meeting.number_present)
