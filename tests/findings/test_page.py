"""The page of the findings: for whom, by which unit, and since when."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from districts import surveys
from districts.models import KeptFinding, Unit
from districts.roles import AUDITOR
from tests import factories
from tests.findings.making import DAY, FILE, REPORT, homeless, listed, log_in, misplaced

pytestmark = pytest.mark.django_db


class TestPage:
    def test_the_findings_of_the_ground_and_no_others(self, client, town, secretary):
        mine = homeless(town.street_cell)
        homeless(factories.town().street_cell)
        assert listed(client.get(REPORT)) == [f"member {mine.pk}"]

    def test_nothing_found_is_said(self, client, town, secretary):
        answer = client.get(REPORT)
        assert listed(answer) == []
        assert "Nothing found" in answer.content.decode()

    def test_it_names_the_subject_the_unit_the_article_and_the_remedy(
        self, client, town, secretary
    ):
        person = homeless(town.street_cell, family_name="Müller", given_name="Jürgen")
        content = client.get(REPORT).content.decode()
        assert f"Müller, Jürgen ({person.pk})" in content
        assert reverse("admin:members_member_change", args=[person.pk]) in content
        assert reverse("admin:districts_unit_change", args=[town.street_cell.pk]) in content
        assert reverse("rule", args=["home-registration"]) in content
        assert "Every member has one open home registration." in content
        assert "Register the member with the cell that he or she belongs to." in content
        assert "2024-01-01" in content

    def test_the_act_that_mends_it_is_filled_in(self, client, town, secretary):
        locality = factories.locality(street_cell=town.street_cell)
        person = homeless(town.factory_cell, locality=locality)
        (one,) = client.get(REPORT).context_data["findings"]
        act = reverse("admin:members_member_act", args=[person.pk, "register"])
        assert one.mend.url == f"{act}?kind=home&unit={town.street_cell.code}"
        form = client.get(one.mend.url).content.decode()
        assert f'value="{town.street_cell.code}"' in form

    def test_an_auditor_is_offered_no_act(self, client, town):
        log_in(client, AUDITOR, town.district)
        homeless(town.street_cell)
        (one,) = client.get(REPORT).context_data["findings"]
        assert one.mend is None
        assert one.subject_address

    def test_a_unit_is_moved_by_its_own_act(self, client, town, administrator):
        Unit.objects.filter(pk=town.district.pk).update(dissolved=DAY)
        page = client.get(REPORT, {"rule": "unit-above-open"}).context_data["findings"]
        act = reverse("admin:districts_unit_act", args=[town.factory_cell.pk, "move"])
        assert page[0].mend.url == act
        assert page[0].subject == str(town.factory_cell)

    def test_of_a_past_day_nothing_is_to_be_mended(self, client, town, secretary):
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        (one,) = client.get(REPORT, {"day": "2024-02-01"}).context_data["findings"]
        assert one.mend is None
        assert listed(client.get(REPORT, {"day": "2023-12-31"})) == []

    def test_it_is_narrowed_to_a_unit_a_rule_and_an_article(self, client, town, secretary):
        person = homeless(town.street_cell)
        other = misplaced(town.district)
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        both = [f"member {other.pk}", f"member {person.pk}"]
        assert listed(client.get(REPORT, {"unit": town.street_cell.pk})) == both[1:]
        assert listed(client.get(REPORT, {"rule": "home-in-a-cell"})) == both[:1]
        assert listed(client.get(REPORT, {"rule": "A1"})) == both
        assert listed(client.get(REPORT, {"rule": "A9"})) == [f"unit {town.factory_cell.code}"]
        assert listed(client.get(REPORT, {"rule": "A9", "unit": town.street_cell.pk})) == []

    @pytest.mark.parametrize("unit", ["0", "x", "-1", "9" * 30, "foreign"])
    @pytest.mark.parametrize("address", [REPORT, FILE])
    def test_a_unit_that_is_not_there(self, client, town, secretary, unit, address):
        unit = factories.town().district.pk if unit == "foreign" else unit
        assert client.get(address, {"unit": unit}).status_code == 404
        assert not Entry.objects.filter(what="exported").exists()

    @pytest.mark.parametrize(
        "asked", [{"day": "2024-02-31"}, {"day": "x"}, {"rule": "nope"}, {"rule": "A19"}]
    )
    @pytest.mark.parametrize("address", [REPORT, FILE])
    def test_what_is_not_understood_is_said(self, client, town, secretary, asked, address):
        homeless(town.street_cell)
        answer = client.get(address, asked)
        assert answer.status_code == 200
        assert "Please look at the fields marked above." in answer.content.decode()
        assert answer.context_data["report"] is None
        assert not Entry.objects.filter(what="exported").exists()

    def test_many_are_paged_and_the_pages_keep_what_is_asked(
        self, client, town, secretary, monkeypatch
    ):
        monkeypatch.setattr("districts.findings_admin.FINDINGS_PER_PAGE", 2)
        people = [homeless(town.street_cell) for _one in range(5)]
        first = client.get(REPORT, {"rule": "A1"})
        assert len(listed(first)) == 2
        assert "?rule=A1&amp;p=2" in first.content.decode()
        assert "5 findings" in first.content.decode()
        last = client.get(REPORT, {"rule": "A1", "p": "3"})
        assert listed(last) == [max(f"member {person.pk}" for person in people)]
        assert listed(client.get(REPORT, {"p": "nonsense"})) == listed(client.get(REPORT))

    def test_a_large_part_says_as_of_when(self, client, town, administrator, large):
        assert "Being counted" in client.get(REPORT).content.decode()
        homeless(town.street_cell)
        surveys.survey_register()
        answer = client.get(REPORT)
        assert len(listed(answer)) == 1
        assert "As of " in answer.content.decode()
        assert "Too much for a page" in client.get(REPORT, {"day": "2024-01-01"}).content.decode()

    def test_a_finding_of_a_rule_that_is_no_more_is_passed_over(
        self, client, town, administrator, large
    ):
        survey = surveys.survey_register()
        KeptFinding.objects.create(
            survey=survey, unit=town.district, rule="gone", article_number=1, subject="member 1"
        )
        answer = client.get(REPORT)
        assert answer.status_code == 200
        assert listed(answer) == []

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize("kept", [False, True])
    def test_it_takes_as_many_queries_for_one_finding_as_for_three(
        self, client, town, secretary, number, kept, monkeypatch
    ):
        for cell in (town.street_cell, town.factory_cell, town.street_cell)[:number]:
            homeless(cell)
        surveys.survey_register()
        if kept:
            monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
        client.get(REPORT)
        with CaptureQueriesContext(connection) as asked:
            client.get(REPORT)
        # Session, account, ground, the choice of units; the findings; what they are about.
        expected = 4 + (3 if kept else factories.rule_queries() + 3) + 3
        assert len(asked) == expected

    def test_the_findings_stand_beside_the_units_with_a_link(self, client, town, secretary):
        homeless(town.street_cell)
        for address in (reverse("admin:index"), reverse("admin:districts_unit_changelist")):
            content = client.get(address).content.decode()
            assert f"{REPORT}?unit={town.district.pk}" in content

    def test_it_is_a_page_to_look_at_alone(self, client, town, secretary):
        for address in (REPORT, FILE, "/admin/rules/", "/admin/rules/unit-open/"):
            assert client.post(address).status_code == 405
