"""What the check before a poll opens asks of an election, asked of the forms that enter it already.

The question may be one that is not saved yet. Nothing for elections that lead to no office (A8).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from audit.refusals import Blocker
from elections.bureaus.electing import (
    candidates_blockers,
    is_for_a_bureau,
    seat_number_blockers,
)
from elections.delegates.choosing import (
    delegation_of,
    delegation_seats_blockers,
    sent_blockers,
)
from elections.models import Delegation, Question
from elections.questions import Candidate


def candidates_faults(
    question: Question,
    candidates: Iterable[Candidate],
    on: date,
    delegation: Delegation | None = None,
) -> Iterator[Blocker]:
    """Why these cannot stand in the election (A8, A11, A12).

    `delegation` is the one that an election not saved yet would fill.
    """
    if is_for_a_bureau(question):
        yield from candidates_blockers(question, candidates, on)
    elif (filled := _filled(question, delegation)) is not None:
        yield from sent_blockers(filled, candidates, on)


def seats_faults(
    question: Question, on: date, delegation: Delegation | None = None
) -> Iterator[Blocker]:
    """What is wrong with the number of seats of the election (A8, A11, A12)."""
    if is_for_a_bureau(question):
        yield from seat_number_blockers(question, on)
    elif (filled := _filled(question, delegation)) is not None:
        yield from delegation_seats_blockers(filled, question.seats or 0)


def _filled(question: Question, delegation: Delegation | None) -> Delegation | None:
    """The delegation that the election fills, or would; None for another election."""
    if delegation is not None or question.fills != Question.Fills.DELEGATES:
        return delegation
    return delegation_of(question) if question.pk else None
