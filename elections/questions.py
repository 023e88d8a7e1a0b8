"""Raising a question, its choices and its composition, and putting it to units: acts (A5, A13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.kinds import CELLS
from districts.models import Unit
from elections.models import Choice, Composition, Poll, PollTeller, Question
from elections.models.polls import State
from elections.models.questions import YES_NO_ABSTAIN
from members.models import Member

Kind, Assembly, Channels = Question.Kind, Poll.Assembly, Poll.Channels
TELLERS = 3


class CannotAsk(Refused):
    """A question that could not be raised, changed, or put to a unit."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands: a member, or a name alone."""

    label: str
    member: Member | None = None
    statement: str = ""


@recorded("raise-question")
def raise_question(
    *,
    unit: Unit,
    kind: str,
    title: str,
    method: str,
    on: date,
    text: str = "",
    fills: str = "",
    seats: int | None = None,
    votes_each: int | None = None,
    quorum: Fraction = Fraction(0),
    majority: str = Question.Majority.SIMPLE,
    base: str = Question.Base.VOTING,
    choices: Sequence[Candidate] = (),
) -> Question:
    """Raise a question for `unit` and all below it; a draft until it is put to units.

    The answers to a yes-or-no question are given by its method, other choices by `choices`.
    `fills` says whether those elected are the unit's bureau (A8, A11) or take free seats of it.
    Raises `CannotAsk`.
    """
    question = Question(
        unit=unit,
        kind=kind,
        title=title,
        text=text,
        method=method,
        fills=fills,
        seats=seats,
        votes_each=votes_each,
        quorum_numerator=quorum.numerator,
        quorum_denominator=quorum.denominator,
        majority=majority,
        base=base,
        raised_on=on,
    )
    found = field_blockers(question)
    if not unit.is_open(on):
        found.append(Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}, "A9"))
    refuse_if(found, CannotAsk)
    question.save(force_insert=True)
    answers = yes_no_abstain() if method == "yes-no" else choices
    set_choices(question=question, choices=answers)
    return question


def yes_no_abstain() -> list[Candidate]:
    """The answers to a yes-or-no question, in the order in which they are numbered."""
    return [Candidate(label) for label in YES_NO_ABSTAIN]


@recorded("change-question")
def change_question(*, question: Question, values: Mapping[str, Any]) -> Question:
    """Change fields of a question on which no poll is open yet. Raises `CannotAsk`."""
    question = lock_question(question)
    for name, value in values.items():
        setattr(question, name, value)
    refuse_if([*editing_blockers(question), *field_blockers(question)], CannotAsk)
    question.save(update_fields=list(values))
    return question


@recorded("set-choices")
def set_choices(*, question: Question, choices: Sequence[Candidate]) -> list[Choice]:
    """Let these be the question's choices, numbered from 1 in this order. Raises `CannotAsk`.

    What was said of the composition of the choices before is said no more. A member who stood
    before keeps the statement, unless another is given.
    """
    question = lock_question(question)
    refuse_if([*editing_blockers(question), *_choice_blockers(choices)], CannotAsk)
    before = list(question.choices.all())
    said = {one.member_id: one.statement for one in before if one.member_id is not None}
    for old in [*question.compositions.all(), *before]:
        old.delete()
    made = []
    for number, candidate in enumerate(choices, start=1):
        key = candidate.member.pk if candidate.member else 0
        choice = Choice(
            question=question,
            number=number,
            label=candidate.label,
            member=candidate.member,
            statement=candidate.statement or said.get(key, ""),
        )
        refuse_if(field_blockers(choice), CannotAsk)
        choice.save(force_insert=True)
        made.append(choice)
    return made


def _choice_blockers(choices: Sequence[Candidate]) -> list[Blocker]:
    labels = [choice.label.strip().casefold() for choice in choices]
    people = [choice.member.pk for choice in choices if choice.member is not None]
    if len(set(people)) < len(people):
        return [Blocker(_("Nobody stands twice."))]
    named_alone = [
        label for label, choice in zip(labels, choices, strict=True) if choice.member is None
    ]
    if len(set(named_alone)) < len(named_alone):
        return [Blocker(_("Two choices have the same name."))]
    return []


@recorded("set-composition")
def set_composition(
    *,
    question: Question,
    name: str,
    choices: Iterable[Choice],
    at_least: int = 0,
    at_most: int | None = None,
) -> Composition:
    """Demand that so many of those elected come from the group `choices` (A13).

    A group of the same name is put in its place; one without bounds takes it away. Raises
    `CannotAsk`.
    """
    question = lock_question(question)
    refuse_if(editing_blockers(question), CannotAsk)
    for old in question.compositions.filter(name=name):
        old.delete()
    group = Composition(question=question, name=name, at_least=at_least, at_most=at_most)
    if not at_least and at_most is None:
        return group
    refuse_if([*_composition_blockers(question), *field_blockers(group)], CannotAsk)
    group.save(force_insert=True)
    group.choices.set(choices)
    return group


def _composition_blockers(question: Question) -> list[Blocker]:
    if question.kind == Kind.ELECTION:
        return []
    return [Blocker(_("A motion elects nobody: it has no composition."), "A13")]


@recorded("withdraw-candidate")
def withdraw_candidate(*, choice: Choice) -> Choice:
    """Note that a candidate no longer stands; the number stays. Raises `CannotAsk`."""
    question = lock_question(choice.question)
    choice = Choice.objects.get(pk=choice.pk)
    refuse_if(editing_blockers(question), CannotAsk)
    choice.withdrawn = True
    choice.save(update_fields=["withdrawn"])
    return choice


def lock_question(question: Question) -> Question:
    """The question afresh, locked to the end of the transaction."""
    rows = Question.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=question.pk)


def withdrawn_blockers(question: Question) -> list[Blocker]:
    """Why the question takes no further step, where it was withdrawn."""
    if question.withdrawn_on is None:
        return []
    reason = _("The question was withdrawn on %(day)s: %(why)s")
    told = {"day": day_in_words(question.withdrawn_on), "why": question.withdrawn_because}
    return [Blocker(reason % told)]


def editing_blockers(question: Question) -> list[Blocker]:
    """Why the question cannot be changed any more: it is the same for all who vote on it.

    What was voted on in a poll that is annulled is kept as well, and with it what was asked. What
    was withdrawn stays as it was.
    """
    if question.is_withdrawn:
        return withdrawn_blockers(question)
    begun = question.polls.filter(opened_at__isnull=False).exists()
    if not begun:
        return []
    return [Blocker(_("A poll on this question has been opened: the question stays as it is."))]


# Putting it to units ------------------------------------------------------------------------------


@recorded("put-question")
def put_question(
    *,
    question: Question,
    units: Iterable[Unit],
    assembly: str,
    channels: str,
    tellers: Sequence[Any] = (),
    closes_at: datetime | None = None,
) -> list[Poll]:
    """Put the question to each of `units`: a drafted poll for each, with the same tellers.

    `tellers` are three accounts, two of whom open the box; none for a poll on paper alone. Raises
    `CannotAsk` with all that stands in the way of any of them.
    """
    question = lock_question(question)
    asked = list(units)
    found = [*withdrawn_blockers(question), *_put_blockers(question, asked, assembly)]
    found += tellers_blockers(tellers, channels)
    refuse_if(found, CannotAsk)
    polls = []
    for unit in asked:
        poll = Poll(
            question=question,
            unit=unit,
            assembly=assembly,
            channels=channels,
            closes_at=closes_at,
        )
        refuse_if(field_blockers(poll), CannotAsk)
        poll.save(force_insert=True)
        PollTeller.objects.bulk_create(PollTeller(poll=poll, account=one) for one in tellers)
        polls.append(poll)
    return polls


def cells_below(unit: Unit, on: date) -> list[Unit]:
    """The cells that are open on the day `on` in `unit`, in the order of the tree. One query."""
    below = (
        Unit.objects.open(on)
        .cells()
        .filter(tree_id=unit.tree_id, lft__gte=unit.lft, rght__lte=unit.rght)
    )
    return list(below.order_by("lft"))


def _put_blockers(question: Question, units: Sequence[Unit], assembly: str) -> Iterable[Blocker]:
    today = timezone.localdate()
    if not units:
        yield Blocker(_("There is no unit to put the question to."))
    known = question.polls.exclude(state=State.ANNULLED).values_list("unit", flat=True)
    again = set(known)
    for unit in units:
        told = {"unit": unit, "above": question.unit}
        if not is_below(unit, question.unit):
            yield Blocker(_("%(unit)s does not stand under %(above)s, which asks.") % told)
        if not unit.is_open(today):
            yield Blocker(_("%(unit)s is not open on that day.") % told, "A9")
        if unit.pk in again:
            yield Blocker(_("The question has been put to %(unit)s already.") % told, "A5")
        if (assembly == Assembly.CELL) != (unit.kind in CELLS):
            yield Blocker(_("%(unit)s does not meet in this way.") % told, "A10")


def is_below(unit: Unit, above: Unit) -> bool:
    """Whether the unit is the one above, or stands anywhere below it."""
    same: bool = unit.tree_id == above.tree_id
    return same and bool(above.lft <= unit.lft and unit.rght <= above.rght)


def tellers_blockers(tellers: Sequence[Any], channels: str) -> list[Blocker]:
    """What is wrong with the tellers of a poll that is held in these ways."""
    if channels == Channels.PAPER:
        return []
    if len({teller.pk for teller in tellers}) != TELLERS:
        reason = _("A vote that is cast online has three tellers, two of whom open the box.")
        return [Blocker(reason)]
    return []
