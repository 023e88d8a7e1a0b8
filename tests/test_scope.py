"""Roles on units, and the ground that they make."""

import pytest
from django.contrib.auth.models import AnonymousUser

from audit.ground import EVERYWHERE
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import (
    AUDITOR,
    CHANGE,
    EXPORT,
    ROLES,
    SECRETARY,
    VIEW,
    UnknownRole,
    grant_role,
    revoke_role,
    roles_of,
    roles_on,
)
from districts.scope import ground, holds_any
from districts.units import move_unit
from tests import factories

pytestmark = pytest.mark.django_db


def units_of(user, permission=VIEW):
    return set(Unit.objects.on_ground(ground(user, permission)))


@pytest.mark.parametrize(
    ("role", "permission", "held"),
    [
        (SECRETARY, VIEW, True),
        (SECRETARY, CHANGE, True),
        (SECRETARY, EXPORT, False),
        (AUDITOR, VIEW, True),
        (AUDITOR, CHANGE, False),
        (AUDITOR, EXPORT, True),
    ],
)
def test_a_role_permits_what_it_names_and_no_more(role, permission, held):
    town, user = factories.town(), factories.account()
    grant_role(user=user, role=role, unit=town.district)
    assert holds_any(ground(user, permission)) is held


def test_every_role_holds_something_that_no_other_holds():
    for name, role in ROLES.items():
        others = [other.permissions for key, other in ROLES.items() if key != name]
        assert role.permissions.difference(*others), name


def test_the_ground_is_the_unit_with_all_below_it_and_nothing_beside_or_above():
    town, other, user = factories.town(), factories.town(), factories.account()
    sister = factories.unit(Kind.DISTRICT, town.area)
    grant_role(user=user, role=SECRETARY, unit=town.district)
    assert units_of(user) == {town.district, town.factory_cell, town.street_cell}
    assert sister not in units_of(user)
    assert other.town not in units_of(user)


def test_several_roles_join_and_one_inside_another_adds_nothing():
    town, other, user = factories.town(), factories.town(), factories.account()
    for unit in (town.factory_cell, town.area, other.street_cell):
        grant_role(user=user, role=SECRETARY, unit=unit)
    assert len(ground(user).extents) == 2
    area = {town.area, town.district, town.factory_cell, town.street_cell}
    assert units_of(user) == {*area, other.street_cell}


def test_a_cell_founded_later_and_a_unit_moved_away_are_seen_to():
    town, user = factories.town(), factories.account()
    sister = factories.unit(Kind.DISTRICT, town.area)
    grant_role(user=user, role=SECRETARY, unit=town.district)
    new = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
    assert new in units_of(user)
    move_unit(unit=town.factory_cell, parent=sister, on=factories.JOINED)
    assert town.factory_cell not in units_of(user)


def test_the_ground_takes_one_query_however_many_roles(django_assert_num_queries):
    user = factories.account()
    for _number in range(2):
        grant_role(user=user, role=SECRETARY, unit=factories.town().district)
        with django_assert_num_queries(1):
            ground(user)


def test_nobody_holds_nothing_and_the_administrator_everything(django_assert_num_queries):
    town = factories.town()
    asleep = factories.account(is_active=False)
    grant_role(user=asleep, role=SECRETARY, unit=town.town)
    boss = factories.account(is_superuser=True)
    with django_assert_num_queries(0):
        assert ground(boss) == EVERYWHERE
        assert not holds_any(ground(AnonymousUser()))
        assert not holds_any(ground(asleep))
    assert not holds_any(ground(factories.account()))
    assert not Unit.objects.on_ground(ground(factories.account())).exists()


def test_granting_opens_the_admin_and_revoking_the_last_role_shuts_it():
    town, user = factories.town(), factories.account()
    assert not user.is_staff
    grant_role(user=user, role=SECRETARY, unit=town.district)
    grant_role(user=user, role=AUDITOR, unit=town.area)
    user.refresh_from_db()
    assert user.is_staff
    revoke_role(user=user, role=SECRETARY, unit=town.district)
    assert user.is_staff
    revoke_role(user=user, role=AUDITOR, unit=town.area)
    user.refresh_from_db()
    assert not user.is_staff
    assert not holds_any(ground(user))


def test_revoking_leaves_what_another_role_on_the_unit_permits():
    town, user = factories.town(), factories.account()
    grant_role(user=user, role=SECRETARY, unit=town.district)
    grant_role(user=user, role=AUDITOR, unit=town.district)
    assert roles_on(user=user, unit=town.district) == [SECRETARY, AUDITOR]
    revoke_role(user=user, role=SECRETARY, unit=town.district)
    assert roles_of(user=user) == [(AUDITOR, town.district)]
    assert holds_any(ground(user, EXPORT))
    assert not holds_any(ground(user, CHANGE))


def test_granting_twice_is_granting_once_and_revoking_what_is_not_held_does_nothing():
    town, user = factories.town(), factories.account()
    for _time in range(2):
        grant_role(user=user, role=SECRETARY, unit=town.district)
    revoke_role(user=user, role=AUDITOR, unit=town.district)
    assert roles_of(user=user) == [(SECRETARY, town.district)]
    revoke_role(user=user, role=SECRETARY, unit=town.district)
    assert roles_of(user=user) == []


def test_an_administrator_keeps_the_way_into_the_admin():
    town, boss = factories.town(), factories.account(is_superuser=True, is_staff=True)
    grant_role(user=boss, role=SECRETARY, unit=town.district)
    revoke_role(user=boss, role=SECRETARY, unit=town.district)
    assert boss.is_staff


@pytest.mark.parametrize("act", [grant_role, revoke_role])
def test_an_unknown_role_is_named_with_those_that_are_known(act):
    with pytest.raises(UnknownRole, match="no role 'king'; known are auditor, secretary"):
        act(user=factories.account(), role="king", unit=factories.town().town)
