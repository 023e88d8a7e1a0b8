"""The way in and out, the members' own page, the secretaries' first one, and what goes wrong."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.views.defaults import server_error

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.membership import end_membership
from members.registrations import register_member
from tests import factories

pytestmark = pytest.mark.django_db


def enter(client, account, **given):
    return client.post(reverse("login"), {"login": account.email, "password": "password"} | given)


def test_a_member_logs_in_and_comes_to_the_own_page(client, town):
    person = factories.member(cell=town.street_cell, given_name="Eva", family_name="Novak")
    account = factories.account(member=person)
    assert enter(client, account)["Location"] == reverse("home")
    content = client.get(reverse("home")).content.decode()
    for told in ("Eva Novak", f"Member number {person.pk}", town.street_cell.name):
        assert told in content


def test_a_secretary_logs_in_and_comes_to_the_office(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    enter(client, account)
    assert client.get(reverse("home"))["Location"] == reverse("admin:index")


def test_the_wrong_password_lets_nobody_in(client):
    answer = enter(client, factories.account(), password="wrong")
    assert answer.status_code == 200
    assert "The e-mail address or the password is not right" in answer.content.decode()


def test_an_account_that_sleeps_lets_nobody_in(client):
    assert enter(client, factories.account(is_active=False)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [("/admin/members/member/", "/admin/members/member/"), ("https://example.org/", "/")],
)
def test_the_login_leads_to_the_page_that_was_asked_for_but_never_elsewhere(client, asked, led_to):
    assert enter(client, factories.account(), next=asked)["Location"] == led_to


def test_the_admin_sends_whoever_has_not_logged_in_to_the_one_login(client):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('login')}?next=/admin/"


def test_the_admin_tells_a_member_that_it_is_not_open(client, town):
    client.force_login(factories.account(member=factories.member(cell=town.street_cell)))
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.status_code == 403
    assert "not open to you" in answer.content.decode()


def test_out_is_by_post_and_leads_to_the_login(client):
    client.force_login(factories.account())
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert client.get(reverse("home")).status_code == 302


def test_the_own_page_shows_both_registrations_home_first(client, town):
    other = factories.town()
    person = factories.member(cell=town.factory_cell)
    register_member(member=person, unit=other.street_cell, since=factories.JOINED, kind="residence")
    client.force_login(factories.account(member=person))
    content = client.get(reverse("home")).content.decode()
    assert content.index(town.factory_cell.name) < content.index(other.street_cell.name)


def test_the_own_page_of_somebody_who_left_and_of_nobody(client, town):
    person = factories.member(cell=town.street_cell)
    end_membership(member=person, on=factories.JOINED.replace(year=2023), reason="resigned")
    client.force_login(factories.account(member=person))
    content = client.get(reverse("home")).content.decode()
    assert "The membership ended on" in content
    assert town.street_cell.name not in content
    client.force_login(factories.account())
    assert "belongs to no member" in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_the_own_page_takes_as_many_queries_for_one_row_as_for_three(
    client, town, times, django_assert_num_queries
):
    person = factories.member(cell=town.factory_cell)
    if times > 1:
        register_member(
            member=person, unit=town.street_cell, since=factories.JOINED, kind="residence"
        )
    client.force_login(factories.account(member=person))
    with django_assert_num_queries(17):
        client.get(reverse("home"))


# The secretaries' first page ------------------------------------------------------------------


def test_the_first_page_has_the_search_and_the_units_with_their_counts(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    factories.member(cell=town.street_cell)
    page = client.get(reverse("admin:index"))
    content = page.content.decode()
    for unit in (town.district, town.factory_cell, town.street_cell):
        assert unit.name in content
    assert town.area.name not in content
    assert f"{reverse('admin:members_member_changelist')}?unit={town.street_cell.pk}" in content
    assert 'name="q"' in content
    assert reverse("admin:members_member_list_act", args=["admit"]) in content


def test_who_holds_many_units_sees_them_in_one_tree(client):
    account = factories.account()
    towns = [factories.town() for _number in range(4)]
    for town in towns:
        grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    content = client.get(reverse("admin:index")).content.decode()
    for town in towns:
        assert town.district.name in content
        assert town.street_cell.name in content
        assert town.area.name not in content


def test_the_administrator_sees_the_towns(client, town):
    lone = factories.unit(Kind.LOCAL_GROUP)
    Unit.objects.filter(pk=lone.pk).update(dissolved=factories.JOINED)
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    content = client.get(reverse("admin:index")).content.decode()
    assert town.town.name in content
    assert town.area.name in content
    assert lone.name not in content


def test_who_holds_no_role_is_told_so(client):
    client.force_login(factories.account(is_staff=True))
    assert "it holds no role on a unit" in client.get(reverse("admin:index")).content.decode()


# What goes wrong ------------------------------------------------------------------------------


def test_an_address_that_leads_nowhere_is_told_in_plain_words(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_mistake_of_ours_is_told_in_plain_words_without_a_database(rf):
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_messages_are_kept_in_the_session_and_not_in_a_cookie(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    address = reverse("admin:districts_unit_act", args=[town.street_cell.pk, "rename"])
    given = {"title_of_unit": "Other", "on": "2024-01-01", "reason": "So."}
    seen = client.post(address, given).context_data["preview"].seen
    answer = client.post(address, given | {"seen": seen})
    assert len(list(get_messages(answer.wsgi_request))) == 1
    assert "messages" not in answer.cookies
