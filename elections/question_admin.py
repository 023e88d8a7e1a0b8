"""The list of the questions, and the page of each."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.days import day_in_words
from audit.ground import Ground
from districts.acts import Link, Text
from districts.acts_admin import ActingAdmin
from districts.filters import BelowUnit, StateFilter
from districts.roles import CHANGE
from elections.models import CheckOff, NominationCall, Poll, Question
from elections.models.polls import State
from elections.nominating.waiting import TO_CLOSE
from elections.question_page import polls_list, prepare_question
from elections.results import all_published
from elections.steps import Turnout

DONE = (State.PUBLISHED, State.ANNULLED)


class QuestionsByState(StateFilter):
    """Questions by where their polls stand."""

    title = _("state of the polls")
    present = _("Not finished")
    others = (
        ("unput", _("Put to nobody yet")),
        ("drafted", _("To be opened")),
        ("open", _("Open")),
        ("closed", _("To be counted")),
        ("counted", _("To be published")),
        ("finished", _("All published")),
        (TO_CLOSE, _("Nominations to close")),
        ("withdrawn", _("Withdrawn")),
        ("all", _("All")),
    )

    def narrow(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        polls = Poll.objects.filter(question=OuterRef("pk"))
        standing = Exists(polls.exclude(state=State.ANNULLED))
        unfinished = Exists(polls.exclude(state__in=DONE))
        if state == "all":
            return rows
        if state == "withdrawn":
            return rows.exclude(withdrawn_on=None)
        if state == TO_CLOSE:
            return rows.filter(call__in=NominationCall.objects.over(timezone.localdate()))
        rows = rows.filter(withdrawn_on=None)
        if state == "present":
            return rows.filter(unfinished | ~standing)
        if state == "unput":
            return rows.filter(~standing)
        if state == "finished":
            return rows.filter(standing, ~unfinished)
        return rows.filter(Exists(polls.filter(state=state)))


class AskedBelow(BelowUnit):
    """Questions that a unit, or one below it, has raised."""

    def narrow(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds("unit__"))


def turnout_bar(turnout: Turnout) -> SafeString:
    """How many have voted, as a bar and in numbers; empty before anybody can."""
    if not turnout.entitled:
        return SafeString("")
    return format_html(
        '<span class="k-turnout"><progress max="{}" value="{}" aria-hidden="true"></progress> '
        "<span>{}</span></span>",
        turnout.entitled,
        turnout.voted,
        _("%(voted)s of %(entitled)s") % {"voted": turnout.voted, "entitled": turnout.entitled},
    )


@admin.register(Question)
class QuestionAdmin(ActingAdmin):
    """Questions that the units of the user's ground have raised; they change by acts."""

    list_display = ("title", "kind", "unit", "raised_on", "polls", "voted")
    list_filter: ClassVar[Any] = (QuestionsByState, "kind", AskedBelow)
    search_fields = ("title", "text")
    search_help_text = _("Part of the title or the text")
    sortable_by = ("title", "raised_on")
    ordering = ("-raised_on", "-pk")

    def on_ground(self, rows: Any, ground: Ground) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = rows.on_ground(ground).select_related("unit")
        return narrowed

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.result_view)
        result = path("<path:object_id>/result/", view, name="elections_question_result")
        return [result, *super().get_urls()]

    def result_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """On to the result over all polls; not there before the last of them is published."""
        question: Any = self.get_object(request, object_id)
        if not all_published(question):
            raise Http404
        return redirect("question-result", pk=question.pk)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ()  # all of it stands in the sections

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, CHANGE, obj)

    def prepare(self, shown: list[Any]) -> None:
        """How the polls on each question stand, and how many have voted: two queries."""
        keys = [question.pk for question in shown]
        polls = Poll.objects.filter(question__in=keys).exclude(state=State.ANNULLED).order_by()
        counted = polls.values_list("question", "state").annotate(Count("pk"), Sum("entitled"))
        votes = CheckOff.objects.filter(question__in=keys, annulled=False).order_by()
        voted = dict(votes.values_list("question").annotate(Count("pk")))
        for question in shown:
            mine = [row for row in counted if row[0] == question.pk]
            question.states = Counter({state: number for _key, state, number, _sum in mine})
            entitled = sum(row[3] for row in mine)
            question.turnout = Turnout(entitled, voted.get(question.pk, 0))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: Any = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None)
        if context is not None and "acts" in context:
            context["acts"].append(Link(_("All polls"), "list", polls_list()))
        return cast(HttpResponse, answer)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (question := kwargs.get("obj")) is not None:
            prepare_question(request, question)
        return super().render_change_form(request, context, *args, **kwargs)

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        yield _("Kind"), obj.get_kind_display(), ""
        yield _("Raised by"), obj.unit, reverse("admin:districts_unit_change", args=[obj.unit_id])
        yield _("Raised on"), day_in_words(obj.raised_on), ""
        if obj.is_withdrawn:
            yield _("Withdrawn on"), day_in_words(obj.withdrawn_on), ""
            yield _("Because"), obj.withdrawn_because, ""
        if obj.seats:
            yield _("Seats"), obj.seats, ""

    @admin.display(description=_("polls"))
    def polls(self, question: Any) -> str:
        if question.is_withdrawn:
            day = {"day": day_in_words(question.withdrawn_on)}
            return str(_("withdrawn on %(day)s")) % day
        told = [
            f"{question.states[state]} {State(state).label}"
            for state in State
            if question.states[state]
        ]
        return ", ".join(told) or str(_("put to nobody yet"))

    @admin.display(description=_("have voted"))
    def voted(self, question: Any) -> SafeString:
        return turnout_bar(question.turnout)
