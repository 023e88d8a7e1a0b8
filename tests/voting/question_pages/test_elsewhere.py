"""Votes on the page of a unit, and the role of a teller."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts.models import HeldRole, Unit
from districts.roles import SECRETARY, TELLER, grant_role
from elections.panels import _of_unit
from elections.polls import close_poll
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.test_admin import page
from tests.voting import making
from tests.voting.office import TODAY, errors, section, sent

pytestmark = pytest.mark.django_db


def votes_of(client, unit):
    return section(page(client, Unit.objects.get(pk=unit.pk)), "unit_votes")


def test_a_unit_s_page_shows_its_votes_and_what_it_asks(client, town, secretary):
    factories.member(cell=town.street_cell)
    question = making.motion(town.district)
    poll = making.opened(question, town.street_cell, channels="paper")
    of_cell, of_district = votes_of(client, town.street_cell), votes_of(client, town.district)
    assert [row.poll for row in of_cell["rows"]] == [poll]
    assert of_cell["questions"] == []
    assert of_district["rows"] == []
    assert of_district["questions"] == [question]
    first = of_district["acts"][0][2]
    assert client.get(first).context_data["act"]["unit"].value() == town.district.code


@pytest.mark.parametrize("rows", [1, 3])
def test_a_unit_s_votes_take_as_many_queries_for_one_row_as_for_three(
    client, town, secretary, rows
):
    factories.member(cell=town.street_cell)
    for _one in range(rows):
        making.opened(making.motion(town.district), town.street_cell, channels="paper")
        closed = making.opened(making.motion(town.street_cell), town.street_cell, channels="paper")
        close_poll(poll=closed)
    request = client.get(reverse("admin:index")).wsgi_request
    unit = Unit.objects.get(pk=town.street_cell.pk)
    _of_unit(request, unit)
    with CaptureQueriesContext(connection) as asked:
        _of_unit(request, unit)
    assert len(asked) == 5, "\n".join(query["sql"] for query in asked)


def test_the_role_of_a_teller_opens_no_office(client, town):
    account = factories.account(member=factories.member(cell=town.street_cell))
    grant_role(user=account, role=TELLER, unit=Unit.objects.get(pk=town.district.pk))
    client.force_login(account)
    account.refresh_from_db()
    assert not account.is_staff
    question = making.motion(town.district)
    for name in ("admin:index", "admin:elections_question_changelist"):
        assert client.get(reverse(name)).status_code == 302
    assert page(client, question).status_code == 302


class TestTheRoleOfATeller:
    def test_a_secretary_gives_it_in_the_own_unit(self, client, town, secretary):
        account = factories.account(member=factories.member(cell=town.street_cell))
        given = {"role": "teller", "unit": town.district.code, "account": account.username}
        form = client.get(address(HeldRole, "give-role"))
        assert "A teller sees the rolls of votes alone" in form.content.decode()
        done(sent(client, HeldRole, "give-role", **given, on=TODAY().isoformat()))
        held = HeldRole.objects.get(account=account)
        assert (held.role, held.unit, held.given_by) == ("teller", town.district, secretary)

    def test_not_to_himself_or_herself(self, client, town):
        member = factories.member(cell=town.street_cell)
        own = factories.account(member=member)
        grant_role(user=own, role=SECRETARY, unit=Unit.objects.get(pk=town.district.pk))
        client.force_login(own)
        given = {"role": "teller", "unit": town.district.code, "account": own.username}
        answer = sent(client, HeldRole, "give-role", **given, on=TODAY().isoformat())
        assert refused(answer) == ["Nobody changes a role of his or her own."]

    def test_not_in_the_unit_of_others(self, client, town, secretary):
        account = factories.account(member=factories.member(cell=town.street_cell))
        given = {"role": "teller", "unit": town.area.code, "account": account.username}
        answer = sent(client, HeldRole, "give-role", **given, on=TODAY().isoformat())
        assert errors(answer, "unit")
