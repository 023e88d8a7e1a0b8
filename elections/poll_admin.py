"""The list of the polls, the page of each, and its roll."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
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
from districts.paging import BoundedPaginator
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.models import Poll, Question
from elections.models.polls import State
from elections.poll_acts import moment
from elections.poll_page import poll_facts
from elections.question_admin import DONE, turnout_bar
from elections.roll_page import PER_PAGE, entries_of, found, note_printing, rows_of
from elections.steps import Wait, turnouts, waiting_for, waits


class PollsByState(StateFilter):
    """Polls by their state, and by what they wait for."""

    title = _("state")
    present = _("Not finished")
    others = (
        (Wait.OPEN.value, _("To be opened")),
        (State.OPEN.value, _("Open")),
        (Wait.CLOSE.value, _("Open, and the time is over")),
        (State.CLOSED.value, _("Closed")),
        (Wait.BOX.value, _("Box to be opened")),
        (Wait.PAPERS.value, _("Papers to be entered")),
        (Wait.DIFFER.value, _("Entries of papers differ")),
        (Wait.COUNT.value, _("To be counted")),
        (Wait.PUBLISH.value, _("To be published")),
        (State.PUBLISHED.value, _("Published")),
        (State.ANNULLED.value, _("Annulled")),
        ("all", _("All")),
    )

    def narrow(self, rows: Any, state: str) -> QuerySet[Any]:
        if state == "present":
            narrowed = rows.exclude(state__in=DONE)
        elif state in State.values:
            narrowed = rows.filter(state=state)
        else:
            narrowed = waiting_for(rows, state) if state in Wait.values else rows
        found: QuerySet[Any] = narrowed
        return found


class PollsBelow(BelowUnit):
    """Polls in a unit or below it."""

    def narrow(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds("unit__"))


class OfQuestion(SimpleListFilter):
    """Polls on one question, where a page of it leads here."""

    title = _("question")
    parameter_name = "question"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        wanted = request.GET.get(self.parameter_name, "")
        if not wanted.isdecimal():
            return []
        polls = Poll.objects.on_ground(ground_of(request)).filter(question=int(wanted[:18]))
        asked = Question.objects.filter(pk__in=polls.values("question"))
        return [(str(question.pk), question.title) for question in asked]

    def has_output(self) -> bool:
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        if wanted is None:
            return queryset
        known = wanted.isdecimal()
        return queryset.filter(question=int(wanted[:18])) if known else queryset.none()


@admin.register(Poll)
class PollAdmin(ActingAdmin):
    """Polls in the units of the user's ground; they change by acts."""

    list_display = ("asked", "put_to", "state", "voted", "closes", "waits")
    list_filter: ClassVar[Any] = (PollsByState, OfQuestion, "question__kind", PollsBelow)
    search_fields = ("question__title", "unit__name", "unit__code")
    search_help_text = _("Part of the question's title, or code or name of the unit")
    sortable_by = ("closes",)
    ordering = ("-question__raised_on", "-question", "unit__tree_id", "unit__lft")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/roll/", view(self.roll_view), name="elections_poll_roll"),
            path(
                "<path:object_id>/roll/print/",
                view(self.printed_roll_view),
                name="elections_poll_printed_roll",
            ),
            *super().get_urls(),
        ]

    def on_ground(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground)
        return narrowed.select_related("unit", "question__unit")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ()  # all of it stands in the sections

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, CHANGE, obj)

    def prepare(self, shown: list[Any]) -> None:
        """How many have voted in each, and what each waits for: two queries."""
        counted, waiting = turnouts(shown), waits(shown)
        for poll in shown:
            poll.turnout, poll.waiting = counted[poll.pk], waiting[poll.pk]

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        yield from poll_facts(request, obj)
        if obj.opened_at is not None:
            yield _("On the roll"), obj.entitled, reverse(self._route("roll"), args=[obj.pk])

    # The roll --------------------------------------------------------------------------------

    def roll_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who may vote in the poll, and who has; a name that is looked for stands in no address."""
        poll: Any = self.get_object(request, object_id)
        entries = entries_of(poll)
        text = request.POST.get("q", "").strip()[:100] if request.method == "POST" else ""
        page = None
        if text:
            shown = found(entries, text)
        else:
            page = BoundedPaginator(entries, PER_PAGE).get_page(request.GET.get("p"))
            shown = list(page)
        return self._roll(request, "kartei/roll.html", poll, shown, text=text, page=page)

    def printed_roll_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The whole roll by name, to be printed, with room for signatures; the log keeps who."""
        poll: Any = self.get_object(request, object_id)
        if poll.opened_at is not None:
            note_printing(poll)
        return self._roll(request, "kartei/roll_print.html", poll, list(entries_of(poll)))

    def _roll(
        self, request: HttpRequest, template: str, poll: Poll, entries: list[Any], **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        shown = {
            **self.admin_site.each_context(request),
            "title": _("Roll"),
            "subtitle": str(poll),
            "opts": self.opts,
            "poll": poll,
            "rows": rows_of(request, poll, entries),
            "back": self.address_of(poll),
            "printed": reverse(self._route("printed_roll"), args=[poll.pk]),
            "with_cells": poll.assembly != Poll.Assembly.CELL,
            **context,
        }
        return TemplateResponse(request, template, shown)

    # Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("question"))
    def asked(self, poll: Poll) -> str:
        return poll.question.title

    @admin.display(description=_("put to"))
    def put_to(self, poll: Poll) -> str:
        return str(poll.unit)

    @admin.display(description=_("have voted"))
    def voted(self, poll: Any) -> SafeString:
        return turnout_bar(poll.turnout)

    @admin.display(description=_("closes at"), ordering="closes_at")
    def closes(self, poll: Poll) -> str:
        return moment(poll)

    @admin.display(description=_("next step"))
    def waits(self, poll: Any) -> str:
        return ", ".join(str(wait.label) for wait in poll.waiting)
