"""To which cell a member belongs: a truth table, and one answer for one member and for all."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings
from cells.placement import Why, advice_for, advise, sentences
from districts.kinds import Kind
from districts.models import Unit, Workplace
from districts.places import CannotAssign, set_street_cell
from members.belonging import belongings
from members.employments import CannotEmploy, set_main_employment
from members.models import EarlierMembership, Employment, Leaving, Member, Registration, Request
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)
JOINED = date(2022, 1, 1)


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def street(town):
    """A locality in which the town's street cell works."""
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def works(town, street):
    """The factory that the town's factory cell is the own cell of."""
    return factories.workplace(cell=town.factory_cell, locality=street)


@pytest.fixture
def person(town, street):
    """Somebody who lives in the street cell's locality, and works nowhere."""
    return factories.member(cell=town.street_cell, locality=street, joined=JOINED)


@pytest.fixture
def village():
    """A local group with a joint cell, and a locality and a workplace that name no cell."""
    group = factories.unit(Kind.LOCAL_GROUP)
    joint = factories.unit(Kind.JOINT_CELL, group)
    home = factories.locality(unit=group)
    return joint, home, factories.workplace(locality=home)


def work(member, workplace, since=date(2023, 1, 1), until=None, standing="main"):
    return Employment.objects.create(
        member=member, workplace=workplace, since=since, until=until, standing=standing
    )


def detach(member, unit, takes_effect, state="granted"):
    granted = state == "granted"
    return Request.objects.create(
        kind="detachment",
        member=member,
        unit=unit,
        asked_on=takes_effect - timedelta(days=20),
        due_on=takes_effect,
        state=state,
        decided_on=takes_effect if state != "asked" else None,
        takes_effect=takes_effect if granted else None,
    )


def told(member, on=DAY):
    """Why the member belongs where, the article, and the cell's key."""
    advice = advice_for(member, on)
    return advice and (advice.why, advice.article, advice.cell)


class TestWork:
    def test_the_factory_s_own_cell(self, town, person, works):
        work(person, works)
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)

    def test_the_cell_that_covers_it(self, town, person, street):
        shop = factories.workplace(cell=town.factory_cell, coverage="attached", locality=street)
        work(person, shop)
        assert told(person) == (Why.ATTACHED, "A2", town.factory_cell.pk)

    def test_a_workplace_of_no_cell(self, person, street):
        work(person, factories.workplace(locality=street))
        assert told(person) == (Why.UNCOVERED, "A2", None)

    def test_a_cell_that_is_dissolved_covers_nothing(self, town, person, works):
        work(person, works)
        Unit.objects.filter(pk=town.factory_cell.pk).update(dissolved=DAY)
        assert told(person) == (Why.UNCOVERED, "A2", None)
        assert told(person, DAY - timedelta(days=1))[0] == Why.OWN

    def test_the_main_work_before_a_later_side_job(self, town, person, works, street):
        work(person, works)
        work(person, factories.workplace(locality=street), date(2025, 1, 1), standing="side")
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)

    def test_of_two_main_ones_the_later(self, person, works, street):
        work(person, works)
        work(person, factories.workplace(locality=street), date(2025, 1, 1))
        assert told(person)[0] == Why.UNCOVERED
        assert told(person, date(2024, 12, 31))[0] == Why.OWN

    def test_a_side_job_alone_decides(self, town, person, works):
        work(person, works, standing="side")
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)

    def test_work_that_is_to_come_does_not_decide_yet(self, town, person, works):
        work(person, works, since=DAY + timedelta(days=1))
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)
        assert told(person, DAY + timedelta(days=1))[0] == Why.OWN


class TestUnemployment:
    def test_the_cell_of_the_last_workplace(self, town, person, works, street):
        work(person, factories.workplace(locality=street), until=date(2024, 1, 1))
        work(person, works, since=date(2024, 1, 1), until=date(2025, 1, 1), standing="side")
        assert told(person) == (Why.UNEMPLOYED, "A6", town.factory_cell.pk)

    def test_work_that_ended_before_joining_binds_nobody(self, town, person, works):
        work(person, works, since=date(2010, 1, 1), until=JOINED)
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)

    def test_a_detachment_that_was_granted(self, town, person, works):
        work(person, works, until=date(2025, 1, 1))
        detach(person, town.district, date(2025, 9, 1))
        assert told(person, date(2025, 8, 31))[0] == Why.UNEMPLOYED
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)
        assert advice_for(person, DAY).since == date(2025, 9, 1)

    @pytest.mark.parametrize("state", ["asked", "refused", "withdrawn"])
    def test_no_other_request_detaches(self, town, person, works, state):
        work(person, works, until=date(2025, 1, 1))
        detach(person, town.district, date(2025, 9, 1), state)
        assert told(person)[0] == Why.UNEMPLOYED

    def test_new_work_after_it_binds_anew(self, town, person, works):
        work(person, works, until=date(2024, 1, 1))
        detach(person, town.district, date(2024, 9, 1))
        again = work(person, works, since=date(2025, 1, 1))
        assert told(person)[0] == Why.OWN
        Employment.objects.filter(pk=again.pk).update(until=date(2025, 6, 1))
        assert told(person) == (Why.UNEMPLOYED, "A6", town.factory_cell.pk)


class TestResidence:
    def test_the_street_cell(self, town, person):
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)

    def test_a_locality_of_no_cell(self, town, person):
        Member.objects.filter(pk=person.pk).update(locality=factories.locality(unit=town.district))
        assert told(person) == (Why.NO_STREET, "A3", None)

    def test_no_locality(self, person):
        Member.objects.filter(pk=person.pk).update(locality=None)
        assert told(person) == (Why.NOWHERE, "A3", None)

    def test_who_left_belongs_nowhere_and_who_was_there_before_does(self, town, person):
        Member.objects.filter(pk=person.pk).update(
            left=date(2025, 1, 1), left_reason=Leaving.RESIGNED
        )
        assert told(person) is None
        EarlierMembership.objects.create(
            member=person, since=date(2020, 6, 1), until=date(2021, 1, 1), reason="resigned"
        )
        assert told(person, date(2020, 7, 1)) == (Why.STREET, "A3", town.street_cell.pk)


class TestSmallPlaces:
    def test_work_and_home_in_one_cell(self, village, person):
        joint, home, works = village
        Member.objects.filter(pk=person.pk).update(locality=home)
        assert told(person) == (Why.JOINT_HOME, "A7", joint.pk)
        work(person, works)
        assert told(person) == (Why.JOINT_WORK, "A7", joint.pk)

    def test_a_joint_cell_that_is_named(self, village, person):
        joint, _home, works = village
        Workplace.objects.filter(pk=works.pk).update(cell=joint, coverage="own")
        work(person, works)
        assert told(person) == (Why.JOINT_WORK, "A7", joint.pk)

    def test_of_two_the_older(self, village, person):
        joint, home, _works = village
        factories.unit(Kind.JOINT_CELL, joint.parent, founded=date(2021, 1, 1))
        Member.objects.filter(pk=person.pk).update(locality=home)
        assert told(person) == (Why.JOINT_HOME, "A7", joint.pk)

    def test_a_joint_cell_of_a_district_takes_nobody_in(self, town, person):
        factories.unit(Kind.JOINT_CELL, town.district)
        Member.objects.filter(pk=person.pk).update(locality=factories.locality(unit=town.district))
        assert told(person)[0] == Why.NO_STREET


def test_every_answer_has_a_sentence_and_the_place(person, works, street):
    work(person, works)
    (advice,) = advise([person.pk], DAY)
    assert str(works) in sentences([advice])[person.pk]
    known = belongings([person.pk], DAY)[person.pk]
    assert (known.article, known.cell) == ("A1", works.cell)
    for why in Why:
        assert why.article in {"A1", "A2", "A3", "A6", "A7"}


def placed_findings(ground=EVERYWHERE, on=DAY):
    names = {
        *("factory-cell", "responsible-cell", "street-cell", "locality-known"),
        *("unemployed-stay", "joint-cell"),
    }
    found = [finding for finding in findings(ground, on) if finding.rule in names]
    return [(one.article, one.rule, one.unit, one.subject, one.since) for one in found]


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


class TestMainEmployment:
    def test_it_decides_and_the_others_are_side_jobs(self, town, person, works, street):
        first = work(person, works)
        second = work(person, factories.workplace(locality=street), date(2025, 1, 1))
        assert told(person)[0] == Why.UNCOVERED
        set_main_employment(employment=first, on=DAY)
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)
        second.refresh_from_db()
        assert second.standing == "side"

    def test_not_one_that_ended(self, person, works):
        ended = work(person, works, until=date(2025, 1, 1))
        with pytest.raises(CannotEmploy, match="A1"):
            set_main_employment(employment=ended, on=DAY)


class TestStreetCells:
    def test_a_cell_takes_a_locality_over(self, town, person):
        bare = factories.locality(unit=town.district)
        Member.objects.filter(pk=person.pk).update(locality=bare)
        set_street_cell(locality=bare, cell=town.street_cell, on=DAY)
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)

    def test_not_a_factory_cell_nor_a_closed_one_nor_the_same(self, town, street):
        with pytest.raises(CannotAssign, match="neither a street cell"):
            set_street_cell(locality=street, cell=town.factory_cell, on=DAY)
        with pytest.raises(CannotAssign, match="already"):
            set_street_cell(locality=street, cell=town.street_cell, on=DAY)
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=DAY)
        closed = Unit.objects.get(pk=town.street_cell.pk)
        with pytest.raises(CannotAssign, match="not open"):
            set_street_cell(locality=factories.locality(), cell=closed, on=DAY)
