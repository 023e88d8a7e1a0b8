"""The rulebook and the rules of the two lower floors: each breach found, by article and day."""

import csv
import json
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import ARTICLES, Finding, Statutes, findings, rule, rules, statutes
from districts.models import Unit
from members.membership import end_membership
from members.models import Member, Registration
from members.registrations import end_registration, register_member
from tests import factories

DAY = date(2024, 1, 1)
NOW = date(2024, 7, 1)


def found(on: date = NOW, ground: Ground = EVERYWHERE) -> list[tuple[str, str, str, date | None]]:
    return [(one.rule, one.unit, one.subject, one.since) for one in findings(ground, on)]


class TestRulebook:
    def test_the_statutes_numbers(self, settings):
        settings.STATUTES = {}
        assert statutes() == Statutes()
        assert (Statutes().bureau_least, Statutes().bureau_most) == (3, 5)
        assert Statutes().prolonged_unemployment_months == 6

    def test_an_organisation_sets_its_own(self, settings):
        settings.STATUTES = {"confirmation_days": 14}
        assert statutes().confirmation_days == 14

    @pytest.mark.parametrize("numbers", [{"quorum": 3}, {"bureau_least": 0}, {"bureau_most": "5"}])
    def test_what_it_cannot_set(self, settings, numbers):
        settings.STATUTES = numbers
        with pytest.raises(ImproperlyConfigured):
            statutes()

    def test_every_rule_has_an_article_a_sentence_and_a_remedy(self):
        assert len(ARTICLES) == 18
        for declared in rules():
            assert declared.article in ARTICLES
            assert str(declared.sentence).endswith(".")
            assert str(declared.remedy).endswith(".")

    def test_no_article_no_rule_and_no_name_twice(self):
        with pytest.raises(ValueError, match="article"):
            rule("A19", "new", sentence="", remedy="")
        with pytest.raises(ValueError, match="two rules"):
            rule("A9", "unit-parent", sentence="", remedy="")


@pytest.mark.django_db
class TestOrder:
    """A table gives its rows as they lie there, a hash as it falls: neither is an order to tell."""

    @pytest.mark.parametrize("everywhere", [True, False])
    def test_members_in_other_cells_come_by_their_numbers(self, everywhere):
        town = factories.town()
        people = [factories.member(cell=town.factory_cell) for _one in range(12)]
        for person in reversed(people):  # each change puts the row at the end of its table
            Member.objects.filter(pk=person.pk).update(locality=None)
            person.registrations.update(unit=town.street_cell)
        ground = EVERYWHERE if everywhere else Ground((town.town.extent,))
        told = [one[2] for one in found(ground=ground) if one[0] == "locality-known"]
        assert told == [f"member {person.pk}" for person in people]

    @pytest.mark.postgres
    def test_members_come_by_their_numbers_though_few_are_asked_about_at_once(self, monkeypatch):
        with connection.cursor() as cursor:  # as it plans for many: by a hash
            cursor.execute("SET LOCAL enable_sort = off")
        monkeypatch.setattr("members.rules._AT_ONCE", 2)
        town = factories.town()
        people = [factories.member(cell=town.street_cell) for _one in range(12)]
        Registration.objects.all().delete()
        for person in reversed(people):
            Member.objects.filter(pk=person.pk).update(locality=None)
        told = [one[2] for one in found() if one[0] == "home-registration"]
        assert told == [f"member {person.pk}" for person in people]

    @pytest.mark.parametrize("rule", ["unit-open", "registered-as-member"])
    def test_of_a_member_s_two_registrations_the_home_comes_first(self, rule):
        town, other = factories.town(), factories.town()
        people = [factories.member(cell=town.factory_cell) for _one in range(3)]
        for unit in (other.district, town.factory_cell):
            if rule == "unit-open":
                Unit.objects.filter(pk=unit.pk).update(dissolved=DAY)
        for person in people:
            Registration.objects.create(
                member=person, unit=other.district, kind="residence", since=factories.JOINED
            )
            person.registrations.filter(kind="home").update(unit=town.factory_cell)
        if rule == "registered-as-member":
            Member.objects.update(left=DAY, left_reason="resigned")
        codes = [town.factory_cell.code, other.district.code] * 3
        for ground in (EVERYWHERE, Ground((town.town.extent, other.town.extent))):
            assert [one[1] for one in found(ground=ground) if one[0] == rule] == codes


@pytest.mark.django_db
class TestRules:
    @pytest.fixture
    def town(self) -> factories.Town:
        return factories.town()

    def test_a_lawful_town_has_no_findings(self, town):
        member = factories.settled(cell=town.factory_cell)
        register_member(member=member, unit=factories.town().district, since=DAY, kind="residence")
        assert found() == []

    def test_wrong_parents(self, town):
        Unit.objects.filter(pk=town.area.pk).update(kind="local_group")
        assert found() == [
            ("unit-parent", unit.code, f"unit {unit.code}", factories.FOUNDED)
            for unit in (town.area, town.district)
        ]

    def test_open_below_dissolved(self, town):
        Unit.objects.filter(pk=town.district.pk).update(dissolved=DAY)
        names = [(one[0], one[1], one[3]) for one in found()]
        assert names == [
            ("unit-above-open", town.factory_cell.code, DAY),
            ("unit-above-open", town.street_cell.code, DAY),
        ]
        assert found(on=date(2023, 12, 31)) == []

    def test_older_than_its_parent(self, town):
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        assert [one[:2] for one in found()] == [("unit-above-older", town.factory_cell.code)]

    def test_a_joint_cell_in_a_district(self, town):
        cell = factories.unit("joint_cell", town.district)
        factories.unit("joint_cell", factories.unit("local_group"))
        assert [one[:2] for one in found()] == [("joint-cell-place", cell.code)]

    def test_no_home(self, town):
        member = factories.settled(cell=town.factory_cell)
        end_registration(registration=member.registrations.get(), on=DAY)
        code = town.factory_cell.code
        assert found() == [("home-registration", code, f"member {member.pk}", DAY)]
        assert found(on=date(2023, 12, 31)) == []
        assert found(ground=Ground((town.district.extent,))) == found()
        assert found(ground=Ground((factories.town().district.extent,))) == []
        assert found(ground=Ground()) == []

    def test_never_a_home(self, town):
        locality = factories.locality(unit=town.district, street_cell=town.street_cell)
        member = Member.objects.create(family_name="X", joined=DAY, locality=locality)
        code = town.district.code
        assert found() == [("home-registration", code, f"member {member.pk}", DAY)]
        assert found(ground=Ground((town.district.extent,))) == found()

    def test_a_home_that_is_no_cell(self, town):
        member = factories.member(cell=town.factory_cell)
        member.registrations.update(unit=town.district)
        assert found() == [
            ("home-in-a-cell", town.district.code, f"member {member.pk}", factories.JOINED)
        ]

    def test_a_home_in_a_dissolved_cell(self, town):
        member = factories.member(cell=town.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(dissolved=DAY)
        assert found() == [("unit-open", town.factory_cell.code, f"member {member.pk}", DAY)]

    def test_registered_after_leaving(self, town):
        member = factories.member(cell=town.factory_cell)
        end_membership(member=member, on=DAY, reason="resigned")
        member.registrations.update(until=None)
        code = town.factory_cell.code
        assert found() == [("registered-as-member", code, f"member {member.pk}", DAY)]

    def test_residence_in_a_factory_cell(self, town):
        member = factories.settled(cell=town.factory_cell)
        other = factories.town().factory_cell
        Registration.objects.create(member=member, unit=other, kind="residence", since=DAY)
        assert found() == [("residence-unit", other.code, f"member {member.pk}", DAY)]

    def test_residence_of_a_street_cells_member(self, town):
        member = factories.settled(cell=town.street_cell)
        other = factories.town().district
        Registration.objects.create(member=member, unit=other, kind="residence", since=DAY)
        assert found() == [("residence-of-factory-members", other.code, f"member {member.pk}", DAY)]

    @pytest.mark.parametrize("place", ["district", "street_cell"])
    def test_residence_in_the_home_district(self, town, place):
        member = factories.settled(cell=town.factory_cell)
        unit = getattr(town, place)
        Registration.objects.create(member=member, unit=unit, kind="residence", since=DAY)
        assert found() == [("residence-in-another-district", unit.code, f"member {member.pk}", DAY)]


def check(*options: str) -> tuple[str, int]:
    out, status = StringIO(), 0
    try:
        call_command("check_rules", *options, stdout=out, stderr=StringIO())
    except SystemExit as stop:
        status = int(stop.code or 0)
    return out.getvalue(), status


@pytest.mark.django_db
class TestCommand:
    def test_nothing_found(self):
        factories.town()
        assert check() == ("No findings.\n", 0)
        assert check("--format", "json") == ("[]\n", 0)

    def test_found_in_every_format(self):
        town = factories.town()
        member = factories.member(cell=town.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(dissolved=DAY)
        text, status = check()
        assert status == 1
        assert text.startswith(f"A1 unit-open: {town.factory_cell.code}: member {member.pk} since")
        table, status = check("--format", "csv")
        assert status == 1
        (row,) = csv.DictReader(StringIO(table))
        assert (row["article"], row["since"]) == ("A1", "2024-01-01")
        listed, status = check("--format", "json")
        assert status == 1
        assert Finding(**(json.loads(listed)[0] | {"since": DAY})) == next(
            iter(findings(EVERYWHERE, NOW))
        )

    def test_by_unit_and_day(self):
        town, other = factories.town(), factories.town()
        factories.settled(cell=town.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(dissolved=DAY)
        assert check("--unit", town.area.code)[1] == 1
        assert check("--unit", other.area.code)[1] == 0
        assert check("--as-of", "2023-12-31")[1] == 0
        with pytest.raises(CommandError, match="no unit"):
            check("--unit", "NONE")
        with pytest.raises(CommandError, match="no day"):
            check("--as-of", "31.12.2023")
