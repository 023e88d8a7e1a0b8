"""Elections that look for candidates, made by the program's own acts."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from elections.models import NominationCall, Question
from elections.nominating.calls import call_for_nominations
from elections.questions import raise_question
from tests import factories
from tests.bureaus.making import members_of

TODAY = timezone.localdate()
WEEK = timedelta(days=7)


def called(unit: Unit, seats: int = 3, fills: str = "bureau", **fields: Any) -> Question:
    """An election of the unit without candidates, which are looked for until in a week."""
    question = raise_question(
        unit=Unit.objects.get(pk=unit.pk),
        kind="election",
        title="Election of the bureau",
        method="block",
        seats=seats,
        fills=fills,
        on=TODAY,
        **fields,
    )
    call_for_nominations(question=question, until=TODAY + WEEK, on=TODAY)
    return question


def over(question: Question) -> None:
    """Let the last day for nominations have been yesterday."""
    yesterday = TODAY - timedelta(days=1)
    NominationCall.objects.filter(question=question).update(
        called_on=yesterday, until=yesterday, closed_on=None
    )


def with_people() -> SimpleNamespace:
    """A district with its secretary, three members of the factory, and three of the street."""
    town = factories.town()
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    return SimpleNamespace(
        town=town,
        unit=town.district,
        secretary=account,
        factory=members_of(town.factory_cell, 3),
        street=members_of(town.street_cell, 3),
    )
