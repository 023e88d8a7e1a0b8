"""Giving and taking roles: never wider than one's own, never one's own, and only for a time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from districts.kinds import Kind
from districts.models import HeldRole, Unit
from districts.roles import (
    AUDITOR,
    CHANGE,
    EXPORT,
    SECRETARY,
    VIEW,
    CannotChangeRole,
    grant_role,
    revoke_role,
    roles_of,
)
from districts.scope import ground, holds_any
from members.membership import end_membership
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def giver(town):
    """The secretary of the district."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    return account


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


# Dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (0, None, True),
        (-30, None, True),
        (-30, 1, True),
        (-30, 0, False),
        (1, None, False),
        (-30, -10, False),
    ],
)
def test_a_role_holds_from_its_first_day_to_before_its_last(town, since, until, holds):
    account = factories.account()
    end = None if until is None else today(until)
    grant_role(user=account, role=SECRETARY, unit=town.district, since=today(since), until=end)
    assert holds_any(ground(account)) is holds


def test_what_was_held_stays_in_the_list(town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district, since=today(-9))
    revoke_role(user=account, role=SECRETARY, unit=town.district)
    held = HeldRole.objects.get(account=account)
    assert (held.since, held.until) == (today(-9), today())
    assert roles_of(user=account) == []


def test_a_role_that_ends_later_holds_until_then(town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    revoke_role(user=account, role=SECRETARY, unit=town.district, on=today(5))
    account.refresh_from_db()
    assert holds_any(ground(account))
    assert account.is_staff
    HeldRole.objects.update(since=today(-9), until=today())
    assert not holds_any(ground(account))


def test_the_same_role_is_held_once(town):
    account = factories.account()
    for unit in (town.district, None):
        first = grant_role(user=account, role=SECRETARY, unit=unit)
        assert grant_role(user=account, role=SECRETARY, unit=unit) == first
        with pytest.raises(IntegrityError), transaction.atomic():
            HeldRole.objects.create(account=account, role=SECRETARY, unit=unit, since=today(-50))


def test_roles_end_with_the_membership(town):
    person = factories.member(cell=town.factory_cell)
    account = factories.account(member=person)
    grant_role(user=account, role=SECRETARY, unit=town.district)
    grant_role(user=account, role=AUDITOR, unit=None)
    end_membership(member=person, on=today(), reason="excluded")
    account.refresh_from_db()
    assert not holds_any(ground(account))
    assert not account.is_staff
    assert set(HeldRole.objects.values_list("until", flat=True)) == {today()}


def test_roles_end_on_the_day_that_the_membership_will_end(town):
    person = factories.member(cell=town.factory_cell)
    account = factories.account(member=person)
    grant_role(user=account, role=SECRETARY, unit=town.district)
    end_membership(member=person, on=today(7), reason="resigned")
    assert holds_any(ground(account))
    assert HeldRole.objects.get().until == today(7)


def test_who_is_no_member_is_given_no_role(town):
    person = factories.member(cell=town.factory_cell)
    account = factories.account(member=person)
    end_membership(member=person, on=today(), reason="resigned")
    with pytest.raises(CannotChangeRole, match="ends with the membership"):
        grant_role(user=account, role=SECRETARY, unit=town.district)


def test_a_dissolved_unit_has_no_roles_to_give(town):
    Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=date(2024, 1, 1))
    cell = Unit.objects.get(pk=town.street_cell.pk)
    with pytest.raises(CannotChangeRole, match="A9: "):
        grant_role(user=factories.account(), role=SECRETARY, unit=cell)


# Never wider than one's own ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "where", "lawful"),
    [
        (SECRETARY, "district", True),
        (SECRETARY, "street_cell", True),
        (SECRETARY, "area", False),
        (SECRETARY, "town", False),
        (SECRETARY, "sister", False),
        (SECRETARY, None, False),
        (AUDITOR, "district", False),  # a secretary does not export
        (AUDITOR, None, False),
    ],
)
@pytest.mark.parametrize("act", [grant_role, revoke_role])
def test_nobody_gives_or_takes_a_role_that_is_wider_than_his_own(
    town, giver, role, where, lawful, act
):
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    units = {"sister": sister, None: None}
    unit = units[where] if where in units else Unit.objects.get(pk=getattr(town, where).pk)
    account = factories.account()
    if act is revoke_role:
        grant_role(user=account, role=role, unit=unit)
    if lawful:
        act(user=account, role=role, unit=unit, by=giver)
    else:
        with pytest.raises(CannotChangeRole, match="wider"):
            act(user=account, role=role, unit=unit, by=giver)
    held = holds_any(ground(account))
    assert held is (lawful if act is grant_role else not lawful)


def test_an_auditor_gives_nothing_and_both_roles_together_give_both(town):
    account, both = factories.account(), factories.account()
    grant_role(user=both, role=AUDITOR, unit=town.district)
    with pytest.raises(CannotChangeRole, match="wider"):
        grant_role(user=account, role=AUDITOR, unit=town.street_cell, by=both)
    grant_role(user=both, role=SECRETARY, unit=town.district)
    grant_role(user=account, role=AUDITOR, unit=town.street_cell, by=both)
    assert holds_any(ground(account, EXPORT))


def test_a_role_that_has_ended_gives_nothing_any_more(town, giver):
    HeldRole.objects.filter(account=giver).update(since=today(-9), until=today())
    with pytest.raises(CannotChangeRole, match="wider"):
        grant_role(user=factories.account(), role=SECRETARY, unit=town.street_cell, by=giver)


@pytest.mark.parametrize("role", [SECRETARY, AUDITOR])
def test_nobody_changes_a_role_of_his_own(town, giver, role):
    boss = factories.account(is_superuser=True, is_staff=True)
    for account in (giver, boss):
        with pytest.raises(CannotChangeRole, match="of his or her own"):
            grant_role(user=account, role=role, unit=town.street_cell, by=account)
        with pytest.raises(CannotChangeRole, match="of his or her own"):
            revoke_role(user=account, role=role, unit=town.district, by=account)
    assert roles_of(user=giver) == [(SECRETARY, town.district)]


def test_who_gave_a_role_is_kept(town, giver):
    account = factories.account()
    held = grant_role(user=account, role=SECRETARY, unit=town.street_cell, by=giver)
    assert held.given_by == giver


# The whole organisation -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "permission", "holds"),
    [
        (SECRETARY, VIEW, True),
        (SECRETARY, CHANGE, True),
        (SECRETARY, EXPORT, False),
        (AUDITOR, VIEW, True),
        (AUDITOR, CHANGE, False),
        (AUDITOR, EXPORT, True),
    ],
)
def test_a_role_on_the_whole_organisation_holds_everywhere(town, role, permission, holds):
    account = factories.account()
    grant_role(user=account, role=role, unit=None)
    assert ground(account, permission).everywhere is holds
    revoke_role(user=account, role=role, unit=None)
    assert not holds_any(ground(account, permission))


def test_the_whole_organisation_takes_one_query_too(town, django_assert_num_queries):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=None)
    grant_role(user=account, role=SECRETARY, unit=town.district)
    with django_assert_num_queries(1):
        assert ground(account).everywhere


@pytest.mark.parametrize("missing", ["guardian", "row"])
def test_a_role_needs_both_its_dated_row_and_guardian_s_permission(town, missing):
    from guardian.models import UserObjectPermission

    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    if missing == "guardian":
        UserObjectPermission.objects.all().delete()
    else:
        HeldRole.objects.all().delete()
    assert not holds_any(ground(account))


# The pages --------------------------------------------------------------------------------------


def send(client, address, **given):
    sent = {"on": today().isoformat(), "reason": "Elected.", **given}
    answer = client.post(address, sent)
    context = answer.context_data if answer.status_code == 200 else None
    preview = (context or {}).get("preview")
    return client.post(address, {**sent, "seen": preview.seen}) if preview else answer


def test_the_office_is_handed_to_a_successor_from_the_list_of_roles(client, town, giver):
    person = factories.member(cell=town.street_cell, family_name="Nachfolger")
    successor = factories.account(member=person)
    client.force_login(giver)
    address = reverse("admin:districts_heldrole_list_act", args=["give-role"])
    form = client.get(address).context_data["act"]
    assert form["unit"].value() == f"{town.district}"
    answer = send(
        client, address, account="Nachfolger", role=SECRETARY, unit=town.district.code, until=""
    )
    assert answer.status_code == 302
    assert roles_of(user=successor) == [(SECRETARY, town.district)]


def test_the_account_of_somebody_outside_is_not_there_to_be_given_a_role(client, town, giver):
    stranger = factories.account(member=factories.member(cell=factories.town().street_cell))
    client.force_login(giver)
    address = reverse("admin:districts_heldrole_list_act", args=["give-role"])
    answer = send(client, address, account=stranger.username, role=SECRETARY, unit="")
    assert "Nothing that you may choose here" in answer.content.decode()
    assert roles_of(user=stranger) == []


def test_a_wider_role_is_refused_on_the_page(client, town, giver):
    account = factories.account(member=factories.member(cell=town.street_cell))
    client.force_login(giver)
    address = reverse("admin:members_account_act", args=[account.pk, "grant-role"])
    answer = send(client, address, role=AUDITOR, unit=town.district.code)
    assert "wider than his or her own" in answer.content.decode()
    assert roles_of(user=account) == []


def test_the_last_day_comes_after_the_first(client, town, giver):
    account = factories.account(member=factories.member(cell=town.street_cell))
    client.force_login(giver)
    address = reverse("admin:members_account_act", args=[account.pk, "grant-role"])
    answer = send(
        client,
        address,
        role=SECRETARY,
        unit=town.district.code,
        until=today(-1).isoformat(),
    )
    assert "later day than the start" in answer.content.decode()


def test_the_list_shows_the_roles_of_the_ground_and_those_that_ended_when_asked(
    client, town, giver
):
    other = factories.town()
    auditor, stranger, boss = factories.account(), factories.account(), factories.account()
    mine = grant_role(user=auditor, role=AUDITOR, unit=town.street_cell)
    gone = grant_role(user=stranger, role=SECRETARY, unit=town.street_cell, since=today(-3))
    revoke_role(user=stranger, role=SECRETARY, unit=town.street_cell)
    grant_role(user=stranger, role=SECRETARY, unit=other.district)
    grant_role(user=boss, role=AUDITOR, unit=None)
    own = HeldRole.objects.get(account=giver)
    client.force_login(giver)
    address = reverse("admin:districts_heldrole_changelist")

    def listed(**asked):
        return set(client.get(address, asked).context_data["cl"].result_list)

    assert listed() == {own, mine}
    assert listed(state="ended") == {gone}
    assert listed(state="all") == {own, mine, gone}
    grant_role(user=auditor, role=AUDITOR, unit=None)
    client.force_login(auditor)
    assert len(listed(state="all")) == 6


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_role_as_for_three(
    client, town, giver, rows, django_assert_num_queries
):
    for _one in range(rows):
        grant_role(user=factories.account(), role=SECRETARY, unit=town.street_cell, by=giver)
    client.force_login(giver)
    with django_assert_num_queries(5):
        client.get(reverse("admin:districts_heldrole_changelist"))
