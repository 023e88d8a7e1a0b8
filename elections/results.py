"""From the register's rows to what is counted, and from a count to what is published."""

from typing import Any

from elections.counting.composition import impossible
from elections.counting.contest import Contest, Group
from elections.models import Count, Poll, Question


def impossible_groups(question: Question) -> tuple[str, ...]:
    """The names of the compositions that no lawful result can keep (A13). Three queries."""
    choices = list(question.choices.all())
    contest = Contest(
        title=question.title,
        candidates=tuple(choice.label for choice in choices),
        seats=question.seats or 0,
        ballots=(),
        withdrawn=frozenset(choice.number for choice in choices if choice.withdrawn),
        groups=groups_of(question),
    )
    return impossible(contest)


def groups_of(question: Question) -> tuple[Group, ...]:
    """What is demanded of the composition of those elected (A13). Two queries."""
    return tuple(
        Group(
            name=group.name,
            members=frozenset(choice.number for choice in group.choices.all()),
            at_least=group.at_least,
            at_most=group.at_most,
        )
        for group in question.compositions.prefetch_related("choices")
    )


def result_of(poll: Poll, count: Count) -> dict[str, Any]:
    """The result of the poll as plain values, computed from what its files will say."""
    from elections.tallying import result_of as tallied

    return tallied(poll, count)
