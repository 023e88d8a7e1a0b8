"""What waits for somebody, with its number."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE
from districts import panels
from districts.panels import Waiting, waiting_for
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.membership import end_membership
from members.models import Account, FactorReset, Member, Registration
from tests import factories
from tests.home.looking import ground_on, home, panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(monkeypatch):
    """What is declared to wait, emptied for the test."""
    declared = []
    monkeypatch.setattr(panels, "_waiting", declared)
    return declared


def test_what_waits_is_counted_in_its_order_and_nothing_else(waiting, town):
    for name, number, order in (("late", 2, 90), ("none", 0, 1), ("soon", 1, 10)):
        waiting.append(Waiting(name, name, lambda _g, _d, n=number: n, lambda: "/", order))
    found = waiting_for(EVERYWHERE, timezone.localdate())
    assert [(one.name, number) for one, number in found] == [("soon", 1), ("late", 2)]


def test_what_waits_is_counted_on_the_ground_that_one_may_change(waiting, client, town):
    asked = []
    waiting.append(
        Waiting("all", "All", lambda ground, _day: asked.append(ground) or 7, lambda: "/x")
    )
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    grant_role(user=account, role=AUDITOR, unit=town.area)
    client.force_login(account)
    assert '<a href="/x"><strong>7</strong> <span>All</span></a>' in home(client)
    assert asked == [ground_on(town.district)]


def test_nothing_waits_in_friendly_words(waiting, client, town, secretary):
    assert "Nothing waits for you." in home(client)


def test_the_auditor_decides_nothing(client, town):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    client.force_login(auditor)
    content = home(client)
    assert "Waits for a decision" not in content
    assert "Admit" not in content
    assert "Membership" in content


def test_members_in_no_cell_wait_and_the_number_is_that_of_the_list(client, town, secretary):
    placed = factories.member(cell=town.street_cell)
    factories.member(cell=factories.town().street_cell).registrations.update(until=date(2024, 1, 1))
    left = factories.member(cell=town.street_cell)
    end_membership(member=left, on=date(2024, 1, 1), reason="resigned")
    planned = factories.member(cell=town.street_cell)
    planned.registrations.update(since=timezone.localdate() + timedelta(days=9))
    lost = factories.member(cell=town.street_cell)
    lost.registrations.update(until=date(2024, 1, 1))
    [(title, number, address)] = panel(client, "waiting")["waiting"]
    assert (str(title), number) == ("Members in no cell", 1)
    rows = list(client.get(address).context_data["cl"].result_list)
    assert rows == [lost]
    assert placed not in rows


def test_accounts_of_who_left_wait_for_the_administrator_alone(client, town, secretary):
    left = factories.member(cell=town.street_cell)
    open_one = factories.account(member=left)
    factories.account(member=factories.member(cell=town.street_cell))
    gone = factories.member(cell=town.street_cell)
    factories.account(member=gone, is_active=False)
    # As it could be before an act and a file closed the account.
    ended = Member.objects.filter(pk__in=(left.pk, gone.pk))
    ended.update(left=date(2024, 1, 1), left_reason="resigned")
    Registration.objects.filter(member__in=ended).update(until=date(2024, 1, 1))
    assert panel(client, "waiting")["waiting"] == []
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    [(title, number, address)] = panel(client, "waiting")["waiting"]
    assert (str(title), number) == ("Accounts of people who left", 1)
    assert list(client.get(address).context_data["cl"].result_list) == [open_one]
    assert Account.objects.count() > 1


def test_a_lost_second_factor_waits_for_another_secretary(client, town, secretary):
    lost = factories.account(member=factories.member(cell=town.street_cell))
    factories.account(member=factories.member(cell=town.street_cell))
    first = factories.account()
    valid_until = timezone.now() + timedelta(days=7)
    FactorReset.objects.create(account=lost, asked_by=first, valid_until=valid_until)
    [(title, number, address)] = panel(client, "waiting")["waiting"]
    assert (str(title), number) == ("Lost second factors, for another secretary", 1)
    shown = client.get(address).context_data["cl"]
    assert list(shown.result_list) == [lost]
    assert [str(one.title) for one in shown.filter_specs].count("what waits") == 1
