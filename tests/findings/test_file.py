"""The findings as a file."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command

from audit.models import Entry
from districts.findings import COLUMNS
from districts.roles import AUDITOR, grant_role
from tests import factories
from tests.findings.making import FILE, homeless, log_in, misplaced

pytestmark = pytest.mark.django_db


def text_of(answer):
    return b"".join(answer.streaming_content).decode()


class TestFile:
    def test_it_is_what_the_command_writes(self, client, town, administrator):
        homeless(town.street_cell)
        misplaced(town.district)
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("check_rules", format="csv", stdout=out)
        answer = client.get(FILE)
        assert text_of(answer) == out.getvalue()
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer["Content-Disposition"]

    def test_it_holds_article_since_remedy_and_the_sentence_and_no_name(
        self, client, town, secretary
    ):
        person = homeless(town.street_cell, family_name="Müller")
        text = text_of(client.get(FILE))
        (row,) = csv.DictReader(StringIO(text))
        assert tuple(row) == COLUMNS
        assert row["article"] == "A1"
        assert row["since"] == "2024-01-01"
        assert row["unit"] == town.street_cell.code
        assert row["subject"] == f"member {person.pk}"
        assert row["sentence"] == "Every member has one open home registration."
        assert "Müller" not in text

    def test_it_keeps_to_the_ground_and_to_what_is_asked(self, client, town, secretary):
        person = homeless(town.street_cell)
        misplaced(town.district)
        homeless(factories.town().street_cell)
        assert text_of(client.get(FILE)).count("\n") == 3
        narrowed = text_of(client.get(FILE, {"unit": town.street_cell.pk, "rule": "A1"}))
        assert [row["subject"] for row in csv.DictReader(StringIO(narrowed))] == [
            f"member {person.pk}"
        ]
        assert text_of(client.get(FILE, {"day": "2020-06-01"})).count("\n") == 1

    def test_each_is_noted_with_its_unit(self, client, town):
        auditor = log_in(client, AUDITOR, town.district)
        client.get(FILE, {"day": "2024-02-01", "rule": "A1"})
        entry = Entry.objects.get(what="exported")
        assert (entry.table, entry.act) == ("findings", "export-findings")
        assert (entry.unit, entry.member, entry.actor) == (town.district.pk, None, auditor.pk)
        assert entry.facts == {"as_of": "2024-02-01", "rule": "A1"}
        client.get(FILE, {"unit": town.street_cell.pk})
        assert Entry.objects.filter(what="exported", unit=town.street_cell.pk).count() == 1

    def test_of_two_units_each_is_noted(self, client, town):
        other = factories.town()
        account = log_in(client, AUDITOR, town.district)
        grant_role(user=account, role=AUDITOR, unit=other.factory_cell)
        client.get(FILE)
        noted = Entry.objects.filter(what="exported").values_list("unit", flat=True)
        assert set(noted) == {town.district.pk, other.factory_cell.pk}

    def test_the_whole_is_noted_once(self, client, town, administrator):
        client.get(FILE)
        assert Entry.objects.get(what="exported").unit is None

    def test_a_large_part_goes_out_as_it_is_now(self, client, town, administrator, large):
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        assert text_of(client.get(FILE)).count("\n") == 2
        assert text_of(client.get(FILE, {"day": "2023-12-31"})).count("\n") == 1
