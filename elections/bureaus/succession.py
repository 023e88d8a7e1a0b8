"""Who comes next when a seat of an elected bureau is free: the same ballots, counted again.

Without those who are out of it, and without a composition: whether the next one keeps the majority
(A13) is asked of the bureau as it sits. By plurality and approval that is the one with the most
votes of the rest; by a ranking, whom the voters of those who are gone put next.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from elections.bureaus.sitting import holders, taking_blockers
from elections.models import Bureau, Question
from elections.published.poll import PublishedPoll
from elections.published.writing import result_of
from elections.results import all_published, published_together, whole_result
from members.models import Member

MOST = 5  # of whom a page tells


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody next in turn, and what keeps him or her from the seat; nothing where it is free."""

    member: Member
    blockers: tuple[str, ...] = ()


def next_in_turn(
    question: Question, *, out: Collection[int], seated: Collection[int], on: date
) -> Iterator[Successor]:
    """The candidates who are members still, in the order in which they come next.

    `out` and `seated` are members' numbers: of those who take no seat, and of those who have one.
    """
    if not all_published(question):
        return
    poll = published_together(question)
    members = {
        choice.number: choice.member
        for choice in question.choices.select_related("member")
        if choice.member is not None
    }
    gone = {number for number, member in members.items() if member.pk in out} | set(poll.withdrawn)
    while following := _next(poll, gone, {n for n, m in members.items() if m.pk in seated}):
        gone.add(following)
        member = members.get(following)
        if member is not None and member.is_present(on):
            yield Successor(member)


def _next(poll: PublishedPoll, gone: set[int], seated: set[int]) -> int | None:
    """The first who is elected when those gone stand no more, besides those who are seated."""
    standing = len(poll.options) - len(gone)
    if standing <= len(seated):
        return None
    seats = min(max(poll.seats, len(seated) + 1), standing)
    again = replace(poll, groups=(), withdrawn=frozenset(gone), seats=seats)
    elected = result_of(again).get("report", {}).get("elected", [])
    return next((number for number in elected if number not in seated), None)


def elected_by(question: Question) -> list[Member]:
    """The members who were elected, in that order; nobody before the result is published."""
    result: Mapping[str, Any] = whole_result(question) or {}
    choices = {
        choice.number: choice.member
        for choice in question.choices.select_related("member")
        if choice.member is not None
    }
    elected = result.get("report", {}).get("elected", [])
    return [choices[number] for number in elected if number in choices]


def declining(bureau: Bureau) -> list[Member]:
    """Those elected who took no seat when the bureau was constituted: they declined it."""
    if bureau.question is None:
        return []
    seated = set(bureau.seats.values_list("member", flat=True))
    return [member for member in elected_by(bureau.question) if member.pk not in seated]


def next_for(
    bureau: Bureau,
    on: date,
    leaving: int | None = None,
    declined: Collection[Member] | None = None,
) -> list[Successor]:
    """Who comes next for a free seat of an elected bureau, and what keeps each from it (A13).

    Who declined a seat at the constitution is out of it, like those who gave one up: `declined` are
    those, where they are looked up already. `leaving` is the number of somebody who is about to
    give up a seat.
    """
    question = bureau.question
    if question is None:
        return []
    held = [number for number in holders(bureau, on) if number != leaving]
    over = set(bureau.seats.values_list("member", flat=True)) - set(held)
    over |= {member.pk for member in (declining(bureau) if declined is None else declined)}
    found = []
    for successor in next_in_turn(question, out=over, seated=held, on=on):
        wrong = taking_blockers(bureau=bureau, member=successor.member, on=on, leaving=leaving)
        found.append(Successor(successor.member, tuple(str(blocker) for blocker in wrong)))
        if len(found) == MOST:
            break
    return found
