"""The rules of placement: who stands wrong is found, and one is told the same as all."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings
from cells.placement import Why, advice_for, advise
from districts.models import Unit
from members.models import Employment, Member, Registration, Request
from tests import factories
from tests.placement.making import DAY, detach, placed_findings, work

pytestmark = pytest.mark.django_db


class TestRules:
    def test_who_stands_right_is_no_finding(self, person):
        assert placed_findings() == []

    def test_who_stands_elsewhere_since_when_and_where_to(self, town, person, works):
        work(person, works)
        home, subject = town.street_cell.code, f"member {person.pk}"
        expected = [("A1", "factory-cell", home, subject, date(2023, 1, 1))]
        assert placed_findings() == expected
        assert placed_findings(Ground((town.district.extent,))) == expected
        assert placed_findings(Ground((town.factory_cell.extent,))) == []
        assert placed_findings(Ground()) == []
        (finding,) = (one for one in findings(EVERYWHERE, DAY) if one.rule == "factory-cell")
        assert finding.given == {"kind": "home", "to": town.factory_cell.code}

    def test_it_stands_since_the_home_began_where_that_was_later(self, town, person, works):
        work(person, works)
        Registration.objects.filter(member=person).update(since=date(2024, 5, 1))
        assert placed_findings()[0][-1] == date(2024, 5, 1)

    def test_the_rule_of_each_article(self, town, village, person, works, street):
        shop = factories.workplace(cell=town.factory_cell, coverage="attached", locality=street)
        job = work(person, shop)
        assert placed_findings()[0][:2] == ("A2", "responsible-cell")
        Employment.objects.filter(pk=job.pk).update(workplace=works, until=date(2025, 1, 1))
        assert placed_findings()[0][:2] == ("A6", "unemployed-stay")
        job.delete()
        Registration.objects.filter(member=person).update(unit=town.factory_cell)
        assert placed_findings()[0][:2] == ("A3", "street-cell")
        Member.objects.filter(pk=person.pk).update(locality=None)
        assert placed_findings()[0][:2] == ("A3", "locality-known")
        Member.objects.filter(pk=person.pk).update(locality=village[1])
        assert placed_findings()[0][:2] == ("A7", "joint-cell")

    def test_an_exception_that_was_granted_is_none(self, town, person, works):
        work(person, works)
        since = Registration.objects.get(member=person).since
        Request.objects.create(
            kind="transfer",
            member=person,
            unit=town.district,
            cell=town.street_cell,
            asked_on=since,
            due_on=since,
            reason="Cannot leave the house",
            basis="exception",
            state="granted",
            decided_on=since,
            takes_effect=since,
        )
        assert placed_findings() == []
        Registration.objects.filter(member=person).update(since=date(2024, 5, 1))
        assert len(placed_findings()) == 1

    def test_one_look_answers_for_all_of_them(self, person, django_assert_num_queries):
        shared = [rule for rule in all_rules() if getattr(rule.check, "look", None) is not None]
        assert len(shared) > 5
        with django_assert_num_queries(1):
            list(findings(Ground(), DAY, among=shared))

    def test_a_locality_of_no_cell(self, town, person, village):
        _joint, village_home, _works = village
        bare = factories.locality(unit=town.district)
        factories.locality(unit=town.district)  # nobody lives there
        Member.objects.filter(pk=person.pk).update(locality=bare)
        found = [one for one in findings(EVERYWHERE, DAY) if one.rule == "locality-covered"]
        assert [(one.unit, one.subject) for one in found] == [
            (town.district.code, f"locality {bare.code}")
        ]
        Member.objects.filter(pk=person.pk).update(locality=village_home)
        assert not [one for one in findings(EVERYWHERE, DAY) if one.rule == "locality-covered"]

    def test_a_locality_whose_cell_was_dissolved_is_a_finding_since_then(self, town, person):
        closed = date(2025, 6, 1)
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=closed)
        found = [one for one in findings(EVERYWHERE, DAY) if one.rule == "locality-covered"]
        assert [one.since for one in found] == [closed]


def all_rules():
    from audit.rulebook import rules

    return rules()


@st.composite
def lives(draw):
    """What may have happened to each of a few people, as numbers to choose places by."""
    day = st.integers(-2000, 100)
    jobs = st.tuples(st.integers(0, 4), day, st.one_of(st.none(), st.integers(1, 900)))
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "joined": st.integers(-1800, -1),
                    "left": st.one_of(st.none(), st.integers(1, 1900)),
                    "locality": st.integers(0, 3),
                    "home": st.integers(0, 3),
                    "jobs": st.lists(
                        st.tuples(jobs, st.sampled_from(["main", "side"])), max_size=3
                    ),
                    "detached": st.one_of(st.none(), day),
                }
            ),
            min_size=1,
            max_size=4,
        )
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives=lives())
def test_one_member_and_everybody_are_told_the_same(lives, town, street, works, village):
    Member.objects.all().delete()
    joint, village_home, village_works = village
    shop = factories.workplace(cell=town.factory_cell, coverage="attached", locality=street)
    places = [works, shop, village_works, factories.workplace(locality=street), works]
    homes = [street, village_home, factories.locality(unit=town.district), None]
    cells = [town.factory_cell, town.street_cell, joint, town.street_cell]
    for life in lives:
        make(life, places, homes, cells, town)
    everybody = {advice.member: advice for advice in advise(None, DAY)}
    for member in Member.objects.all():
        assert advice_for(member, DAY) == everybody.get(member.pk)
    assert set(everybody) == {member.pk for member in Member.objects.present(DAY)}
    assert {subject for *_rest, subject, _since in placed_findings()} == {
        f"member {home.member_id}"
        for home in Registration.objects.in_force(DAY)
        for advice in [everybody[home.member_id]]
        if advice.cell != home.unit_id and advice.why not in (Why.UNCOVERED, Why.NO_STREET)
    }


def make(life, places, homes, cells, town):
    """One of the people that were drawn."""

    def day(number):
        return DAY + timedelta(days=number)

    joined = day(life["joined"])
    left = joined + timedelta(days=life["left"]) if life["left"] else None
    member = Member.objects.create(
        family_name="Drawn",
        joined=joined,
        left=left,
        left_reason="resigned" if left else "",
        locality=homes[life["locality"]],
    )
    Registration.objects.create(member=member, unit=cells[life["home"]], since=joined, until=left)
    for index, ((place, since, length), standing) in enumerate(life["jobs"]):
        if all(one.workplace_id != places[place].pk for one in member.employments.all()):
            until = day(since + length) if length else None
            work(member, places[place], day(since), until, standing)
        assert index < 3
    if life["detached"] is not None:
        detach(member, town.district, day(life["detached"]))
