"""Who is like whom, and which pairs are found on a ground."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE, Ground
from districts.models import Unit
from members import doubles
from members.doubles import doubles_of, known_of, likely_pairs, sentence_on
from members.likeness import likeness, similarity, trigrams
from members.membership import end_membership
from members.merging import tell_apart
from members.models import Member
from tests import factories
from tests.doubles.making import DAY, ON, known, person

# Likeness ---------------------------------------------------------------------------------------


def test_trigrams_are_those_of_the_words():
    assert trigrams("Eva, no") == {"  e", " ev", "eva", "va ", "  n", " no", "no "}
    assert trigrams("") == frozenset()


def test_similarity_is_the_share_in_common():
    assert similarity("word", "two words") == pytest.approx(4 / 11)
    assert similarity("novak eva", "eva novak") == 1
    assert similarity("", "") == 0


@pytest.mark.postgres
@pytest.mark.django_db
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text("abcn 9", max_size=30), st.text("abcn 9", max_size=30))
def test_similarity_is_that_of_the_database(one, other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity(%s, %s)", [one, other])
        assert float(similarity(one, other)) == pytest.approx(cursor.fetchone()[0], abs=1e-6)


@pytest.mark.parametrize(
    ("other", "likely"),
    [
        (known(), True),
        (known(search="eva novak"), True),
        (known(search="nowak eva"), True),
        (known(search="novak eva maria"), True),
        (known(search="svoboda jan"), False),
        (known(born=None), True),
        (known(born=date(1991, 5, 1)), False),
        (known(search="nowak eva", born=None), False),
        (known(search="svoboda jan", born=None, email="e@x.org"), True),
        (known(search="svoboda jan", born=None, email="E@X.org"), True),
        (known(search="svoboda jan", born=None, email="f@x.org"), False),
    ],
)
def test_who_is_likely_the_same(other, likely):
    one = known(email="e@x.org")
    assert (likeness(one, other) is not None) is likely
    assert (likeness(other, one) is not None) is likely


def test_no_name_in_letters_is_no_name_in_common():
    assert likeness(known(search="", born=None), known(search="", born=None)) is None
    assert likeness(known(email=""), known(search="jan", email="")) is None


# Finding ----------------------------------------------------------------------------------------


def ground_of(*units) -> Ground:
    return Ground(tuple(Unit.objects.get(pk=unit.pk).extent for unit in units))


def numbers(pairs):
    return [(pair.number, pair.other) for pair in pairs]


def test_pairs_are_found_the_likeliest_first(town):
    twins = [person(town.street_cell, given_name=name) for name in ("Anna", "Anne")]
    same = [person(town.street_cell, email="eva@x.org") for _each in "12"]
    mail = person(town.street_cell, "Svoboda", "Jan", None, email="EVA@x.org")
    person(town.street_cell, "Else", "Other", date(1950, 1, 1))
    pairs = likely_pairs(EVERYWHERE, EVERYWHERE)
    assert numbers(pairs)[0] == (same[0].pk, same[1].pk)
    assert (twins[0].pk, twins[1].pk) in numbers(pairs)
    assert {(one.pk, mail.pk) for one in same} <= set(numbers(pairs))
    strengths = [pair.likeness.strength for pair in pairs]
    assert strengths == sorted(strengths, reverse=True)
    assert len(set(numbers(pairs))) == len(pairs)


def test_it_is_the_same_as_comparing_everybody_with_everybody(town):
    names = ["Novak", "Nowak", "Novakova", "Müller", "Mueller", "Svoboda"]
    for number, name in enumerate(names * 4):
        born = (DAY, None, date(1960, 1, 1))[number % 3]
        email = ("", "a@x.org", "A@X.ORG", f"{number}@x.org")[number % 4]
        person(town.street_cell, name, ("Eva", "Ewa")[number % 2], born, email=email)
    everybody = [known_of(member) for member in Member.objects.order_by("pk")]
    expected = {
        (one.number, other.number)
        for at, one in enumerate(everybody)
        for other in everybody[at + 1 :]
        if likeness(one, other)
    }
    assert len(expected) > 20
    for here, ground in (
        (EVERYWHERE, EVERYWHERE),
        (ground_of(town.district), ground_of(town.district)),
        (ground_of(town.district), EVERYWHERE),
    ):
        assert set(numbers(likely_pairs(here, ground))) == expected
    for one in everybody:
        found = {double.member.pk for double in doubles_of(one, EVERYWHERE)}
        assert found == {sum(pair) - one.number for pair in expected if one.number in pair}


def test_both_are_in_the_ground_or_the_pair_is_not_shown(town):
    elsewhere = factories.town()
    mine, theirs = person(town.street_cell), person(elsewhere.street_cell)
    ground = ground_of(town.district)
    assert likely_pairs(ground, ground) == []
    assert doubles_of(known_of(mine), ground) == []
    both = ground_of(town.town, elsewhere.town)
    assert numbers(likely_pairs(ground, both)) == [(mine.pk, theirs.pk)]
    assert numbers(likely_pairs(both, both)) == [(mine.pk, theirs.pk)]
    assert likely_pairs(Ground(), Ground()) == []


def test_who_left_counts_too(town):
    left = person(town.street_cell)
    end_membership(member=left, on=date(2022, 1, 1), reason="resigned")
    again = person(town.street_cell, joined=date(2023, 1, 1))
    ground = ground_of(town.district)
    assert numbers(likely_pairs(ground, ground)) == [(left.pk, again.pk)]
    (double,) = doubles_of(known_of(again), ground)
    said = f"Eva Novak ({left.pk}) has the same name and was born on the same day (left on"
    assert sentence_on(double).startswith(said)


def test_two_people_do_not_come_back(town):
    one, other = person(town.street_cell), person(town.street_cell)
    third = person(town.street_cell)
    tell_apart(one=one, other=other, on=ON)
    found = numbers(likely_pairs(EVERYWHERE, EVERYWHERE))
    assert found == [(one.pk, third.pk), (other.pk, third.pk)]


def test_what_very_many_have_in_common_says_nothing(town, monkeypatch):
    monkeypatch.setattr(doubles, "COMMON", 2)
    for number in range(3):
        person(town.street_cell, f"Name{number * 7}x", f"{number}", None, email="office@x.org")
    assert likely_pairs(EVERYWHERE, EVERYWHERE) == []
    assert doubles_of(known("else", None, "office@x.org"), EVERYWHERE) == []
