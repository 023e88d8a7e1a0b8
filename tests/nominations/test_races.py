"""Two nominate the same member at the same moment: nobody is nominated twice."""

from threading import Barrier

import pytest
from django.db import connection

from elections.models import Nomination, Question
from elections.nominating import nominees
from elections.nominating.nominees import CannotNominate, nominate
from tests.meetings.test_races import at_once
from tests.nominations.making import called, with_people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def people():
    return with_people()


@pytest.fixture
def both(people):
    """Two members who nominate the same third one."""
    question = called(people.unit)

    def by(member):
        return lambda: nominate(question=question, member=people.street[0], by=member)

    return by(people.factory[0]), by(people.factory[1])


@pytest.fixture
def unlocked(monkeypatch):
    """Take the lock away, and let both look before either writes."""
    barrier = Barrier(2)
    monkeypatch.setattr(
        nominees,
        "lock_question",
        lambda one: Question.objects.select_related("unit").get(pk=one.pk),
    )
    save = Nomination.save

    def slowly(row, **fields):
        barrier.wait(10)
        save(row, **fields)

    monkeypatch.setattr(Nomination, "save", slowly)


def refusals(raised):
    return [str(error) for error in raised if error is not None]


def test_of_two_at_the_same_moment_one_is_taken_and_the_other_told(both):
    raised = at_once(*both)
    assert refusals(raised) == ["This member is nominated already."]
    assert Nomination.objects.count() == 1


def test_without_the_lock_the_database_refuses_the_second(both, unlocked):
    raised = at_once(*both)
    assert [type(error) for error in raised if error] == [CannotNominate]
    assert Nomination.objects.count() == 1


def test_without_lock_and_constraint_the_member_would_be_nominated_twice(both, unlocked):
    (once,) = (
        one for one in Nomination._meta.constraints if one.name == "elections_nomination_once"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(Nomination, once)
    try:
        assert at_once(*both) == [None, None]
        assert Nomination.objects.count() == 2
    finally:
        Nomination.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Nomination, once)
