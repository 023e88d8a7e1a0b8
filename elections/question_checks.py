"""What the check before a poll opens asks of an election, asked of the forms that enter it already.

The question may be one that is not saved yet. Nothing for elections that lead to no office (A8).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from audit.refusals import Blocker
from elections.bureaus.electing import candidates_blockers, is_for_a_bureau
from elections.models import Question
from elections.questions import Candidate


def candidates_faults(
    question: Question, candidates: Iterable[Candidate], on: date
) -> Iterator[Blocker]:
    """Why these cannot stand in the election (A8, A11)."""
    if is_for_a_bureau(question):
        yield from candidates_blockers(question, candidates, on)
