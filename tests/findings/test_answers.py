"""Asking the rules: the rulebook, and what the rules know of the answer."""

from datetime import date

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings, numbers_of, rules
from districts.acts import acts_on
from districts.findings import COLUMNS, csv_lines
from districts.models import Locality, Unit, Workplace
from elections.models import Bureau
from members.employments import end_employment, start_employment
from members.membership import end_membership
from members.models import Member, Registration
from tests import factories
from tests.findings.making import DAY, homeless, misplaced

pytestmark = pytest.mark.django_db


# The rulebook -----------------------------------------------------------------------------------


class TestRulebook:
    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
    def test_every_rule_is_explained_in_a_few_sentences(self, rule):
        sentences = [part for part in str(rule.explanation).split(". ") if part]
        assert 2 <= len(sentences) <= 4
        assert str(rule.explanation).endswith(".")
        assert str(rule.explanation) != str(rule.remedy)

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
    def test_what_mends_a_breach_is_an_act(self, rule):
        subjects = (Unit, Member, Locality, Workplace, Bureau)
        known = {name for subject in subjects for name in acts_on(subject)}
        # The day of founding is set by an import alone.
        assert rule.mend in known or rule.name == "unit-above-older"

    def test_the_numbers_of_an_article_are_those_in_force(self, settings):
        assert [number for _title, number in numbers_of("A8")] == [3, 5, 1]
        settings.STATUTES = {"bureau_most": 7}
        assert [number for _title, number in numbers_of("A8")] == [3, 7, 1]
        assert numbers_of("A1") == []


# What the rules know of the answer --------------------------------------------------------------


class TestAnswers:
    def given(self, ground=EVERYWHERE):
        found = findings(ground, timezone.localdate())
        (finding,) = (one for one in found if one.subject.startswith("member"))
        return finding.given

    def test_the_cell_of_the_workplace(self, town):
        person = homeless(town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        assert self.given() == {"kind": "home", "unit": town.factory_cell.code}

    def test_the_cell_of_the_last_workplace_for_who_is_out_of_work(self, town):
        locality = factories.locality(street_cell=town.street_cell)
        person = homeless(town.street_cell, locality=locality)
        job = start_employment(
            member=person, workplace=factories.workplace(cell=town.factory_cell), since=DAY
        )
        end_employment(employment=job, on=date(2024, 5, 1))
        assert self.given()["unit"] == town.factory_cell.code

    def test_the_street_cell_for_who_never_worked(self, town):
        homeless(town.factory_cell, locality=factories.locality(street_cell=town.street_cell))
        assert self.given()["unit"] == town.street_cell.code

    def test_nothing_where_the_register_does_not_know(self, town):
        person = homeless(town.street_cell, locality=factories.locality())
        assert self.given() == {"kind": "home"}
        start_employment(member=person, workplace=factories.workplace(), since=DAY)
        assert self.given() == {"kind": "home"}

    def test_no_cell_that_is_dissolved(self, town):
        homeless(town.factory_cell, locality=factories.locality(street_cell=town.street_cell))
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=DAY)
        assert self.given() == {"kind": "home"}

    def test_a_home_with_a_district_is_changed_to_the_cell(self, town):
        person = misplaced(town.district)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        assert self.given() == {"kind": "home", "to": town.factory_cell.code}

    def test_who_left_is_registered_no_more_from_that_day(self, town):
        person = factories.member(cell=town.street_cell)
        end_membership(member=person, on=DAY, reason="resigned")
        person.registrations.update(until=None)
        assert self.given() == {"on": "2024-01-01"}

    def test_the_answers_go_out_into_no_list(self, town):
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        assert "given" not in COLUMNS
        (line,) = list(csv_lines(findings(EVERYWHERE, timezone.localdate())))[1:]
        assert town.street_cell.code in line  # as the unit that has to mend it, once
        assert line.count(town.street_cell.code) == 1


def test_what_is_found_in_a_part_is_what_is_found_there_in_the_whole(town):
    """The rules start from the ground's own rows: they lose none by it, and find none besides."""
    other = factories.town()
    gone = homeless(town.street_cell)
    Registration.objects.create(  # the last home is in the other town, and ended too
        member=gone, unit=other.street_cell, since=date(2024, 2, 1), until=date(2024, 3, 1)
    )
    homeless(town.factory_cell)
    misplaced(other.district)
    Member.objects.create(
        family_name="Never", joined=DAY, locality=factories.locality(unit=town.district)
    )
    left = factories.member(cell=other.factory_cell)
    end_membership(member=left, on=DAY, reason="resigned")
    left.registrations.update(until=None)
    late = factories.member(cell=town.factory_cell)
    late.registrations.update(since=date(2020, 6, 1))
    for unit, kind in ((town.district, "residence"), (other.factory_cell, "residence")):
        guest = factories.member(cell=town.factory_cell)
        Registration.objects.create(member=guest, unit=unit, kind=kind, since=DAY)
    for on in (date(2020, 7, 1), date(2024, 2, 15), timezone.localdate()):
        whole = list(findings(EVERYWHERE, on))
        assert len(whole) >= (1 if on.year == 2020 else 5)
        for unit in Unit.objects.all():
            codes = set(
                Unit.objects.on_ground(Ground((unit.extent,))).values_list("code", flat=True)
            )
            part = list(findings(Ground((unit.extent,)), on))
            assert part == [finding for finding in whole if finding.unit in codes], unit
