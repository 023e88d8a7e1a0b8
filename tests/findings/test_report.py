"""The report of what was found, and the survey that it is kept from."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import rule_named
from districts import surveys
from districts.findings import NotCounted, finding_counts, report, told
from districts.models import KeptFinding, Survey, Unit
from members.models import Member
from tests import factories
from tests.findings.making import DAY, REPORT, NoThread, homeless, listed, misplaced, subjects

pytestmark = pytest.mark.django_db


class TestReport:
    def test_it_is_sorted_by_unit_and_then_by_rule(self, town):
        second = homeless(town.street_cell)
        first = homeless(town.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        zeroth = misplaced(town.district)
        told_now = report(EVERYWHERE, timezone.localdate())
        assert subjects(told_now.rows) == [
            f"member {zeroth.pk}",
            f"member {first.pk}",
            f"unit {town.factory_cell.code}",
            f"member {second.pk}",
        ]
        assert told_now.as_of is None
        assert told_now.number == 4

    def test_the_counts_hold_all_that_is_below(self, town):
        other = factories.town()
        homeless(town.street_cell)
        homeless(town.street_cell)
        misplaced(town.district)
        homeless(other.factory_cell)
        units = list(Unit.objects.all())
        counts = finding_counts(units, timezone.localdate())
        expected = dict.fromkeys((unit.pk for unit in units), 0)
        expected |= {town.street_cell.pk: 2, town.district.pk: 3, town.area.pk: 3, town.town.pk: 3}
        expected |= {unit.pk: 1 for unit in (other.factory_cell, other.district, other.area)}
        assert counts == expected | {other.town.pk: 1}

    def test_the_counts_cost_the_same_for_one_unit_and_for_three(
        self, town, django_assert_num_queries
    ):
        homeless(town.street_cell)
        for units in ([town.district], [town.district, town.street_cell, town.factory_cell]):
            # The rules; the last home and where those without one belong; the places.
            with django_assert_num_queries(factories.rule_queries() + 3):
                finding_counts(units, timezone.localdate())

    def test_no_unit_no_query(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert finding_counts([], timezone.localdate()) == {}


class TestSurvey:
    def test_a_large_ground_is_told_as_it_was_found_last(self, town, large):
        first = homeless(town.factory_cell)
        survey = surveys.survey_register()
        homeless(town.street_cell)
        ground = Ground((town.district.extent,))
        kept = report(ground, timezone.localdate())
        assert subjects(told(row) for row in kept.rows) == [f"member {first.pk}"]
        assert kept.as_of == survey.begun
        assert kept.number == 1

    def test_it_tells_the_same_as_looking(self, town, large, monkeypatch):
        other = factories.town()
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        misplaced(town.district)
        misplaced(town.area)
        homeless(other.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        Member.objects.create(family_name="Nowhere", joined=DAY)
        surveys.survey_register()
        today, units = timezone.localdate(), list(Unit.objects.all())
        for ground in (EVERYWHERE, Ground((town.town.extent,)), Ground((other.district.extent,))):
            monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
            kept, counts = report(ground, today), finding_counts(units, today)
            monkeypatch.setattr(surveys, "LIVE_UNITS", 300)
            live = report(ground, today)
            assert [told(row) for row in kept.rows] == list(live.rows)
            assert [told(row).given for row in kept.rows] == [one.given for one in live.rows]
            assert kept.by_rule == live.by_rule
            assert counts == finding_counts(units, today)
            one = [rule_named("home-in-a-cell")]
            monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
            assert report(ground, today, among=one).number == sum(
                finding.rule == "home-in-a-cell" for finding in live.rows
            )

    def test_there_is_one_at_a_time(self, town):
        Survey.objects.create(begun=timezone.now(), running=True)
        assert surveys.survey_register() is None
        assert not KeptFinding.objects.exists()

    def test_one_that_never_ended_is_given_up(self, town):
        long_ago = timezone.now() - surveys.GIVEN_UP - timedelta(minutes=1)
        Survey.objects.create(begun=long_ago, running=True)
        assert surveys.survey_register() is not None

    def test_one_that_breaks_off_leaves_the_last_as_it_was(self, town, monkeypatch):
        homeless(town.street_cell)
        good = surveys.survey_register()

        def broken(*_ground):
            raise DatabaseError("gone")

        monkeypatch.setattr(surveys, "findings", broken)
        with pytest.raises(DatabaseError):
            surveys.survey_register()
        assert list(Survey.objects.all()) == [good]
        assert KeptFinding.objects.count() == 1

    def test_the_last_two_are_kept(self, town):
        kept = [surveys.survey_register() for _time in range(4)]
        assert set(Survey.objects.all()) == set(kept[2:])

    def test_a_fresh_one_is_taken_and_an_old_one_brings_another(self, town, large):
        survey = surveys.survey_register()
        assert surveys.newest_survey() == survey
        assert NoThread.started == 0
        Survey.objects.update(ended=timezone.now() - surveys.FRESH_FOR - timedelta(seconds=1))
        assert surveys.newest_survey() == survey
        assert NoThread.started == 1

    def test_before_the_first_one_nothing_is_said(self, town, large):
        assert report(EVERYWHERE, timezone.localdate()) is None
        assert NoThread.started == 1
        (number,) = finding_counts([town.town], timezone.localdate()).values()
        assert isinstance(number, NotCounted)
        assert f"{number}" == "…"

    def test_another_day_is_not_told_of_a_large_ground(self, town, large):
        surveys.survey_register()
        assert report(EVERYWHERE, DAY) is None

    def test_what_is_large(self, town, monkeypatch):
        monkeypatch.setattr(surveys, "LIVE_UNITS", 5)
        assert surveys.is_small(EVERYWHERE)
        assert surveys.is_small(Ground((town.town.extent,)))
        monkeypatch.setattr(surveys, "LIVE_UNITS", 4)
        assert not surveys.is_small(EVERYWHERE)
        assert not surveys.is_small(Ground((town.town.extent,)))
        assert surveys.is_small(Ground((town.district.extent, town.factory_cell.extent)))
        assert surveys.is_small(Ground())


@pytest.mark.django_db(transaction=True)
def test_the_first_survey_is_waited_for_while_it_is_short(client, monkeypatch):
    monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
    monkeypatch.setattr(surveys, "PATIENCE", 30)
    town = factories.town()
    person = homeless(town.street_cell)
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    assert listed(client.get(REPORT)) == [f"member {person.pk}"]
