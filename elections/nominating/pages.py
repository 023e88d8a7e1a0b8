"""Nominations as pages of the office: the call, what came on paper, and the closing (A13)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from audit.days import DayField, day_in_words
from audit.refusals import Blocker
from districts.acts import DayInput, LineInput, Outcome, Text, act_on, sentence
from districts.scope import ground_of
from elections.act_fields import Lines, Undated
from elections.candidates import read_candidates
from elections.models import Nomination, Question
from elections.models.questions import LONGEST_STATEMENT
from elections.nominating.calls import (
    call_for_nominations,
    call_of,
    calling_blockers,
    known_call,
)
from elections.nominating.closing import close_nominations, closing_blockers, stand_of
from elections.nominating.nominees import answer_nomination, nominate, taking_blockers
from members.models import Member

State = Nomination.State


def is_called(question: Question) -> bool:
    """Whether nominations are called for and not closed yet. A query, or none for a motion."""
    if question.kind != Question.Kind.ELECTION or question.is_withdrawn:
        return False
    call = known_call(question)
    return call is not None and not call.is_closed


class OnElection(Undated):
    """An act on the nominations for an election."""

    order = 25

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Election"), self.target
        call = call_of(self.target)
        if call is not None:
            yield lazy("Last day for nominations"), day_in_words(call.until)

    def outcome(self, text: str, **values: Any) -> Outcome:
        """The outcome: the question's page, with this sentence."""
        self.target.refresh_from_db()
        return Outcome(self.target, sentence(text, **values))


@act_on(Question)
class CallForNominations(OnElection):
    """Call for nominations, or move the last day."""

    name = "call-for-nominations"
    title = lazy("Call for nominations")
    explanation = lazy(
        "Until the last day the members of all cells of the unit see on their first page that "
        "candidates are looked for, and nominate each other; who is nominated accepts, with a "
        "statement, or declines. A call that runs gets another last day by this."
    )
    icon = "campaign"
    looked_at = False

    until = DayField(label=lazy("Last day"), widget=DayInput)

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return not any(calling_blockers(target))

    def adapt(self) -> None:
        call = call_of(self.target)
        if call is not None and not call.is_closed:
            self.fields["until"].initial = call.until

    def foreseen(self) -> Iterable[Blocker]:
        return calling_blockers(self.target)

    def perform(self, target: Question) -> Outcome:
        until = self.cleaned_data["until"]
        call_for_nominations(question=target, until=until, on=timezone.localdate())
        return self.outcome(_("Nominations are called for until %(day)s."), day=until)


@act_on(Question)
class EnterNomination(OnElection):
    """Enter a nomination, or an answer, that was given on paper."""

    name = "enter-nomination"
    title = lazy("Enter a nomination on paper")
    explanation = lazy(
        "A nomination that was handed in by the last day, or the answer of somebody who is "
        "nominated already. Who accepts does so in writing."
    )
    icon = "person_add"
    order = 26
    looked_at = False

    who = forms.CharField(
        label=lazy("Who"),
        max_length=200,
        widget=LineInput,
        help_text=lazy("A member's number or whole name."),
    )
    answer = forms.ChoiceField(
        label=lazy("Answer"),
        choices=[
            (State.ACCEPTED, lazy("accepts in writing")),
            (State.DECLINED, lazy("declines")),
            (State.WAITING, lazy("not answered yet")),
        ],
        initial=State.ACCEPTED,
        widget=UnfoldAdminRadioSelectWidget,
    )
    statement = forms.CharField(
        label=lazy("Statement"),
        required=False,
        max_length=LONGEST_STATEMENT,
        widget=Lines,
        help_text=lazy("Of somebody who accepts: it stands beside the name on the ballot."),
    )

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return is_called(target)

    def foreseen(self) -> Iterable[Blocker]:
        return taking_blockers(self.target, timezone.localdate(), in_office=True)

    def clean_who(self) -> Member:
        """The one member who is meant, of the user's part of the register."""
        text: str = self.cleaned_data["who"]
        found = read_candidates(text, ground_of(self.request), timezone.localdate())
        member = found[0].member if len(found) == 1 else None
        if member is None:
            raise forms.ValidationError(_("You keep no member of this number or whole name."))
        return member

    def perform(self, target: Question) -> Outcome:
        given = self.cleaned_data
        member, entered = given["who"], {"answer": given["answer"], "statement": given["statement"]}
        known = Nomination.objects.filter(question=target, member=member).first()
        if known is None:
            nominate(question=target, member=member, **entered)
        else:
            answer_nomination(nomination=known, in_office=True, **entered)
        return self.outcome(_("Entered: %(who)s."), who=member)


@act_on(Question)
class CloseNominations(OnElection):
    """Close the nominations."""

    name = "close-nominations"
    title = lazy("Close the nominations")
    explanation = lazy(
        "Those who accepted become the candidates, after those whom the office has named and who "
        "have not declined; no answer of others counts as no. How many of those elected come from "
        "factory cells is settled by the register (A13). Until a poll is opened it can be called "
        "for again."
    )
    icon = "event_available"
    order = 24

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return is_called(target)

    def foreseen(self) -> Iterable[Blocker]:
        return closing_blockers(self.target)

    def unusual(self, target: Question) -> Iterator[Text]:
        call = call_of(target)
        if call is not None and call.takes(timezone.localdate()):
            text = _("The last day, %(day)s, is not over yet.")
            yield text % {"day": day_in_words(call.until)}

    def foretold(self, target: Question) -> Iterator[Text]:
        stand = stand_of(target, timezone.localdate())
        for one in stand.candidates:
            yield _("%(who)s stands.") % {"who": one.member or one.label}
        for member, blockers in stand.out:
            for blocker in blockers:
                yield _("%(who)s cannot stand: %(why)s") % {"who": member, "why": blocker}
        for member, stays in stand.silent:
            stands = _("%(who)s has not answered and stands as named by the office.")
            text = stands if stays else _("%(who)s has not answered and does not stand.")
            yield text % {"who": member}

    def perform(self, target: Question) -> Outcome:
        close_nominations(question=target, on=timezone.localdate())
        return self.outcome(_("The nominations for %(question)s are closed."), question=target)
