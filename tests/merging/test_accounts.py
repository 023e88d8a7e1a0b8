"""The accounts of both numbers: which one stays, and who may close the other."""

import pytest

from districts.models import HeldRole
from districts.roles import AUDITOR, SECRETARY, grant_role, roles_of
from districts.scope import ground
from members.membership import end_membership
from members.merging import CannotMerge, merge_members
from members.models import Member
from tests import factories
from tests.merging.making import ON, day


def test_of_two_accounts_the_kept_number_s_stays_and_the_other_is_closed(town, pair):
    keep, gone = pair
    mine, theirs = factories.account(member=keep), factories.account(member=gone)
    grant_role(user=mine, role=AUDITOR, unit=town.district)
    grant_role(user=theirs, role=SECRETARY, unit=town.town)
    merge_members(keep=keep, gone=gone, on=ON)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.member, mine.is_active) == (keep, True)
    assert roles_of(user=mine) == [(AUDITOR, town.district)]
    assert ground(mine, "change_register").extents == ()
    assert (theirs.member, theirs.is_active, theirs.is_staff) == (None, False, False)
    assert roles_of(user=theirs) == []
    assert ground(theirs).extents == ()


def test_a_lone_account_moves_with_its_roles_as_they_are(town, pair):
    keep, gone = pair
    theirs = factories.account(member=gone)
    grant_role(user=theirs, role=SECRETARY, unit=town.district)
    before = list(HeldRole.objects.values())
    merge_members(keep=keep, gone=gone, on=ON)
    theirs.refresh_from_db()
    assert (theirs.member, theirs.is_active) == (keep, True)
    assert list(HeldRole.objects.values()) == before


def test_the_kept_number_s_lone_account_gains_nothing(town, pair):
    keep, gone = pair
    mine = factories.account(member=keep)
    grant_role(user=mine, role=AUDITOR, unit=town.street_cell)
    before = list(HeldRole.objects.values())
    merge_members(keep=keep, gone=gone, on=ON)
    assert list(HeldRole.objects.values()) == before
    assert ground(mine).extents == ground(mine, "export_register").extents
    assert ground(mine, "change_register").extents == ()


def test_roles_that_ended_with_a_membership_do_not_come_back_with_the_merged_one(town, pair):
    keep, gone = pair
    mine = factories.account(member=keep)
    grant_role(user=mine, role=SECRETARY, unit=town.district, since=day("2021-01-01"))
    end_membership(member=keep, on=day("2022-01-01"), reason="excluded")
    assert roles_of(user=mine) == []
    merged = merge_members(keep=keep, gone=gone, on=ON)
    assert merged.is_present(ON)
    assert roles_of(user=mine) == []
    assert ground(mine).extents == ()


def test_the_account_of_somebody_who_is_no_member_afterwards_holds_no_role(town, pair):
    keep, gone = pair
    for one in pair:
        end_membership(member=one, on=day("2023-06-01"), reason="resigned")
    stray = factories.account(member=None)
    grant_role(user=stray, role=SECRETARY, unit=town.district)
    stray.member = gone
    stray.save()
    merge_members(keep=keep, gone=Member.objects.get(pk=gone.pk), on=ON)
    assert roles_of(user=stray) == []


@pytest.mark.parametrize("unit", ["town", "district", "street_cell"])
def test_nobody_closes_an_account_whose_role_is_wider_than_his_or_her_own(town, pair, unit):
    keep, gone = pair
    factories.account(member=keep)
    theirs, by = factories.account(member=gone), factories.account()
    grant_role(user=theirs, role=SECRETARY, unit=getattr(town, unit))
    grant_role(user=by, role=SECRETARY, unit=town.district)
    if unit == "town":
        with pytest.raises(CannotMerge, match="wider than his or her own"):
            merge_members(keep=keep, gone=gone, on=ON, by=by)
        theirs.refresh_from_db()
        assert theirs.is_active
    else:
        merge_members(keep=keep, gone=gone, on=ON, by=by)
        assert roles_of(user=theirs) == []


def test_nobody_closes_his_or_her_own_account(town, pair):
    keep, gone = pair
    factories.account(member=keep)
    by = factories.account(member=gone)
    with pytest.raises(CannotMerge, match="your own"):
        merge_members(keep=keep, gone=gone, on=ON, by=by)


def test_a_secretary_does_not_close_an_administrator_s_account(town, pair):
    keep, gone = pair
    factories.account(member=keep)
    factories.account(member=gone, is_staff=True, is_superuser=True)
    by = factories.account()
    grant_role(user=by, role=SECRETARY, unit=town.town)
    with pytest.raises(CannotMerge, match="administrator"):
        merge_members(keep=keep, gone=gone, on=ON, by=by)
