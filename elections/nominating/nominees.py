"""Nominating a member, and what he or she answers: acts (A8, A11, A12)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.days import day_in_words
from audit.ground import Ground
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from elections.bureaus.electing import is_for_a_bureau, standing_blockers
from elections.candidates import MOST_CANDIDATES, members_called
from elections.delegates.choosing import delegation_of, is_of_delegates, people_blockers
from elections.models import Choice, Nomination, Question
from elections.models.questions import LONGEST_STATEMENT
from elections.nominating.calls import call_of
from elections.questions import editing_blockers, lock_question
from elections.roll import members_below
from members.models import Member

State = Nomination.State


class CannotNominate(Refused):
    """A nomination, or an answer to one, that was not taken."""


@recorded("nominate")
def nominate(
    *,
    question: Question,
    member: Member,
    by: Member | None = None,
    answer: str = State.WAITING,
    statement: str = "",
) -> Nomination:
    """Nominate the member in the election. Who nominates himself or herself accepts by it.

    `by` is the member who does so; the office enters without it what came on paper by the last day,
    with the `answer` given there. Raises `CannotNominate` with every reason (A8, A11, A12).
    """
    question, today = lock_question(question), timezone.localdate()
    found = [*taking_blockers(question, today, in_office=by is None)]
    if by is not None:
        answer = State.ACCEPTED if by.pk == member.pk else State.WAITING
        found += _proposer_blockers(question, by, member, today)
    found += nominees_blockers(question, [member], today)
    nomination = Nomination(question=question, member=member, by=by, on=today)
    _answer(nomination, answer, statement, today)
    refuse_if([*found, *_row_blockers(nomination)], CannotNominate)
    try:
        with transaction.atomic():
            nomination.save(force_insert=True)
    except IntegrityError as error:
        raise CannotNominate(Blocker(_("This member is nominated already."))) from error
    return nomination


@recorded("answer-nomination")
def answer_nomination(
    *, nomination: Nomination, answer: str, statement: str = "", in_office: bool = False
) -> Nomination:
    """Accept the nomination, with a statement, or decline it; either can be changed until the end.

    The office enters what was answered on paper. Raises `CannotNominate` (A8, A11, A12).
    """
    question, today = lock_question(nomination.question), timezone.localdate()
    nomination = Nomination.objects.select_related("member").get(pk=nomination.pk)
    nomination.question = question
    found = [*taking_blockers(question, today, in_office=in_office)]
    if answer == State.ACCEPTED:
        found += nominees_blockers(question, [nomination.member], today)
    _answer(nomination, answer, statement, today)
    refuse_if([*found, *_row_blockers(nomination)], CannotNominate)
    nomination.save(update_fields=["state", "answered_on", "statement"])
    return nomination


def _answer(nomination: Nomination, answer: str, statement: str, on: date) -> None:
    nomination.state = answer
    nomination.answered_on = None if answer == State.WAITING else on
    nomination.statement = _kept_of(statement) if answer == State.ACCEPTED else ""


def _kept_of(statement: str) -> str:
    lines = (line.rstrip() for line in statement.replace("\0", "").strip().splitlines())
    return "\n".join(lines)


def statement_blockers(statement: str) -> list[Blocker]:
    """What keeps a statement from being taken as it was typed: that it is too long."""
    length = len(_kept_of(statement))
    if length <= LONGEST_STATEMENT:
        return []
    reason = _("A statement has at most %(most)s characters; this one has %(length)s.")
    return [Blocker(reason % {"most": LONGEST_STATEMENT, "length": length})]


def _row_blockers(nomination: Nomination) -> Iterator[Blocker]:
    too_long = statement_blockers(nomination.statement)
    yield from too_long
    yield from field_blockers(nomination, told=["statement"] if too_long else ())
    standing = accepted(nomination.question).exclude(member=nomination.member)
    if nomination.state == State.ACCEPTED and standing.count() >= MOST_CANDIDATES:
        yield Blocker(_("At most %(most)s can stand.") % {"most": MOST_CANDIDATES})


def accepted(question: Question) -> QuerySet[Nomination]:
    """The nominations for the election that were accepted."""
    return Nomination.objects.filter(question=question, state=State.ACCEPTED)


def kept(choices: Iterable[Choice], nominations: Iterable[Nomination]) -> list[Choice]:
    """Those of the office's candidates who stand without an answer of their own.

    Whoever nominates them takes them nothing: they are out only once they decline. Who accepts
    stands by the nomination, with the statement made there.
    """
    answered = {one.member_id for one in nominations if one.state != State.WAITING}
    return [choice for choice in choices if choice.member_id not in answered]


# What stands in the way --------------------------------------------------------------------------


def taking_blockers(question: Question, on: date, *, in_office: bool) -> Iterator[Blocker]:
    """What keeps nominations and answers from being taken on that day. Two queries.

    The office enters after the last day what came on paper by then, until it closes the call.
    """
    yield from editing_blockers(question)
    call = call_of(question)
    if call is None:
        yield Blocker(_("Nominations for this election were not called for."))
    elif call.closed_on is not None:
        reason = _("Nominations were closed on %(day)s.")
        yield Blocker(reason % {"day": day_in_words(call.closed_on)})
    elif not in_office and not call.takes(on):
        reason = _("%(day)s was the last day for nominations.")
        yield Blocker(reason % {"day": day_in_words(call.until)})


def _proposer_blockers(
    question: Question, by: Member, member: Member, on: date
) -> Iterator[Blocker]:
    """Whether this member may nominate, and one more: as many others as there are seats."""
    if not may_nominate(question, by, on):
        reason = _("Only members of the cells of %(unit)s nominate.")
        yield Blocker(reason % {"unit": question.unit}, "A10")
    others = question.nominations.filter(by=by).exclude(member=by).count()
    seats = question.seats or 0
    if by.pk != member.pk and others >= seats:
        reason = ngettext(
            "You have nominated %(seats)s other already, as many as there are seats.",
            "You have nominated %(seats)s others already, as many as there are seats.",
            seats,
        )
        yield Blocker(reason % {"seats": seats})


def may_nominate(question: Question, member: Member, on: date) -> bool:
    """Whether the member would stand on the roll of the unit that asks (A4, A10). One query."""
    return members_below(question.unit, on).filter(member=member).exists()


def nominees_blockers(question: Question, members: Sequence[Member], on: date) -> Iterator[Blocker]:
    """Why these cannot stand, by the predicates that are asked before a poll opens (A8, A11, A12).

    A number of queries that does not depend on theirs.
    """
    if is_of_delegates(question):
        delegation = delegation_of(question)
        if delegation is None:
            yield Blocker(_("This election fills no delegation."), "A12")
        else:
            yield from people_blockers(delegation, members, on)
    elif is_for_a_bureau(question):
        yield from standing_blockers(question, members, on)
    else:
        yield from _elsewhere_blockers(question, members, on)


def _elsewhere_blockers(
    question: Question, members: Sequence[Member], on: date
) -> Iterator[Blocker]:
    below = members_below(question.unit, on).filter(member__in=members)
    there = set(below.values_list("member", flat=True))
    for member in members:
        if member.pk not in there:
            reason = _("%(member)s is registered in no cell of %(unit)s.")
            yield Blocker(reason % {"member": member, "unit": question.unit})


# Finding whom a member means ---------------------------------------------------------------------


def find_nominee(question: Question, text: str, on: date) -> Member:
    """The member whom another means, by the number or the whole name, within the unit that asks.

    Nothing is told of those whom it does not name for certain. Raises `CannotNominate`.
    """
    line = text.strip()[:200]
    found = members_called(line, Ground((question.unit.extent,)), on) if line else []
    present = [one for one in found if one.is_present(on)]
    if len(present) == 1:
        return present[0]
    if present:
        reason = _("Several members are called so: please give the number.")
    else:
        reason = _("No member of %(unit)s has this number, or is called so by the whole name.")
    raise CannotNominate(Blocker(reason % {"unit": question.unit}))
