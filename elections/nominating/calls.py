"""The call for nominations for an election, and its last day: acts.

Everybody who changes a call or a nomination holds the question's row to the end of the transaction.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.periods import in_force
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.kinds import CELLS
from elections.models import Nomination, NominationCall, Question
from elections.questions import editing_blockers, lock_question
from members.models import Member, Registration


class CannotCall(Refused):
    """Nominations that could not be called for, or could not be closed."""


def call_of(question: Question) -> NominationCall | None:
    """The call for nominations for this election, if there ever was one. One query."""
    return NominationCall.objects.filter(question=question).first()


def known_call(question: Any) -> NominationCall | None:
    """The same for the parts of a page, whoever of them asks of the same row. One query in all."""
    if not hasattr(question, "nomination_call"):
        question.nomination_call = call_of(question)
    found: NominationCall | None = question.nomination_call
    return found


@recorded("call-for-nominations")
def call_for_nominations(*, question: Question, until: date, on: date) -> NominationCall:
    """Call for nominations up to the day `until`; once more, where they were closed already.

    The same act moves the last day of a call that runs: who was nominated stays so. Raises
    `CannotCall`.
    """
    question = lock_question(question)
    call = call_of(question) or NominationCall(question=question, called_on=on)
    refuse_if([*calling_blockers(question), *_until_blockers(until, on)], CannotCall)
    call.until, call.closed_on = until, None
    refuse_if(field_blockers(call), CannotCall)
    call.save()
    return call


def calling_blockers(question: Question) -> Iterator[Blocker]:
    """What keeps nominations from being called for: no election, or one that has begun."""
    if question.kind != Question.Kind.ELECTION:
        yield Blocker(_("A motion elects nobody: there is nobody to nominate."))
    yield from editing_blockers(question)


def _until_blockers(until: date, on: date) -> Iterator[Blocker]:
    if until < on:
        yield Blocker(_("The last day has passed already."))


def open_call_blockers(question: Question) -> Iterator[Blocker]:
    """What keeps votes from being cast: who stands is not settled before the call is closed.

    One query.
    """
    call = call_of(question)
    if call is not None and not call.is_closed:
        reason = _("Nominations are called for until %(day)s: close them first.")
        yield Blocker(reason % {"day": day_in_words(call.until)})


def calls_for(member: Member, on: date) -> QuerySet[NominationCall]:
    """The running calls to which the member answers on the day `on`: those of the units in whose
    cells he or she is registered, and those in which he or she is nominated.
    """
    mine = Nomination.objects.filter(question=OuterRef("question"), member=member)
    running = NominationCall.objects.running(on)
    answering = running.filter(Q(Exists(_registered_below(member, on))) | Q(Exists(mine)))
    return answering.select_related("question__unit")


def _registered_below(member: Member, on: date) -> QuerySet[Registration]:
    """The member's registrations with cells of the unit that asks; as `roll.members_below` has it
    for all members.
    """
    return Registration.objects.filter(
        in_force(on),
        member=member,
        unit__kind__in=CELLS,
        unit__tree_id=OuterRef("question__unit__tree_id"),
        unit__lft__gte=OuterRef("question__unit__lft"),
        unit__lft__lte=OuterRef("question__unit__rght"),
    )
