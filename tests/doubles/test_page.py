"""The page of the pairs."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members import doubles_admin
from tests import factories
from tests.doubles.making import PAGE, person, shown


def test_the_page_shows_the_pair_side_by_side_with_what_to_do(client, town, secretary):
    one = person(town.street_cell)
    other = person(town.factory_cell, "Nowak", joined=date(2023, 1, 1))
    answer, pairs = shown(client)
    assert pairs == [[one.pk, other.pk]]
    page = answer.content.decode()
    for text in ("similar name", "born on the same day", "1990-05-01", str(town.factory_cell)):
        assert text in page
    assert f"/admin/members/member/{one.pk}/act/merge/?other={other.pk}" in page
    assert f"/admin/members/member/{one.pk}/act/not-the-same/?other={other.pk}" in page


def test_the_auditor_sees_the_pair_and_no_button(client, town):
    account = factories.account()
    grant_role(user=account, role=AUDITOR, unit=town.district)
    client.force_login(account)
    one, other = person(town.street_cell), person(town.street_cell)
    answer, pairs = shown(client)
    assert pairs == [[one.pk, other.pk]]
    assert "/act/" not in answer.content.decode()
    act = reverse("admin:members_member_act", args=[one.pk, "merge"])
    assert client.post(act, {"other": other.pk}).status_code == 403


def test_nobody_outside_shows(client, town, secretary):
    elsewhere = factories.town()
    person(town.street_cell)
    person(elsewhere.street_cell, email="secret@x.org")
    answer, pairs = shown(client)
    assert pairs == []
    page = answer.content.decode()
    assert "Nobody seems to be here twice" in page
    assert "Eva" not in page
    assert client.get(f"{PAGE}?unit={elsewhere.district.pk}").status_code == 404
    assert client.get(f"{PAGE}?unit=x").status_code == 404


def test_the_page_asks_as_often_for_one_pair_as_for_three(client, town, secretary):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert shown(client)[1]
        return len(asked)

    person(town.street_cell)
    person(town.street_cell)
    assert queries() == 10
    person(town.street_cell)
    assert queries() == 10


def test_pages_follow_each_other(client, town, secretary, monkeypatch):
    monkeypatch.setattr(doubles_admin, "PAIRS_PER_PAGE", 2)
    for _each in "123":
        person(town.street_cell)
    answer, first = shown(client)
    assert len(first) == 2
    assert "Page 1 of 2: 3 pairs" in answer.content.decode()
    second = shown(client, f"{PAGE}?p=2")[1]
    assert len(second) == 1
    assert second[0] not in first
    assert shown(client, f"{PAGE}?p=x")[1] == first


def test_a_wide_ground_is_looked_at_in_parts_and_still_compared_with_all(client, town, monkeypatch):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.area)
    client.force_login(account)
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    cell = factories.unit(Kind.STREET_CELL, sister)
    one, other = person(town.street_cell), person(cell)
    monkeypatch.setattr(doubles_admin, "MOST_PEOPLE", 1)
    answer, pairs = shown(client)
    assert pairs == []
    page = answer.content.decode()
    assert "Too many people" in page
    assert f'href="?unit={sister.pk}"' in page
    assert shown(client, f"{PAGE}?unit={sister.pk}")[1] == [[one.pk, other.pk]]
