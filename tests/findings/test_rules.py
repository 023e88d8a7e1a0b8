"""The page of each rule, which says what it asks and where it stands."""

import pytest
from django.urls import reverse

from audit.rulebook import ARTICLES, rules
from districts import surveys
from tests import factories
from tests.findings.making import REPORT, homeless

pytestmark = pytest.mark.django_db


class TestRules:
    def test_all_articles_and_all_rules_are_listed(self, client, town, secretary):
        content = client.get("/admin/rules/").content.decode()
        for article in ARTICLES:
            assert f'id="{article}"' in content
        for rule in rules():
            assert reverse("rule", args=[rule.name]) in content

    @pytest.mark.parametrize("name", [rule.name for rule in rules()])
    def test_each_has_a_page(self, client, town, secretary, name):
        answer = client.get(reverse("rule", args=[name]))
        assert answer.status_code == 200
        assert "Nothing is against this rule." in answer.content.decode()

    def test_it_counts_the_findings_of_the_ground_and_leads_to_them(self, client, town, secretary):
        homeless(town.street_cell)
        homeless(factories.town().street_cell)
        answer = client.get("/admin/rules/home-registration/")
        assert answer.context_data["report"].number == 1
        content = answer.content.decode()
        assert f"{REPORT}?rule=home-registration" in content
        assert "“Register”" in content

    def test_there_is_none_by_another_name(self, client, town, secretary):
        assert client.get("/admin/rules/unheard-of/").status_code == 404

    def test_the_numbers_of_the_organisation_are_shown(self, client, town, secretary, settings):
        settings.STATUTES = {"meeting_interval_days": 14}
        content = client.get("/admin/rules/").content.decode()
        assert "<dd>14</dd>" in content
        assert "<dd>31</dd>" not in content

    def test_a_large_part_is_told_as_it_was_found(self, client, town, administrator, large):
        address = "/admin/rules/home-registration/"
        assert "being looked through" in client.get(address).content.decode()
        homeless(town.street_cell)
        surveys.survey_register()
        assert client.get(address).context_data["report"].number == 1
