"""The first page of somebody who has nothing to look after yet."""

from datetime import date

import pytest
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.models import Member
from tests import factories
from tests.home.looking import fresh, home

pytestmark = pytest.mark.django_db


def test_an_account_without_a_role_is_told_so_and_shown_nothing(client, town):
    client.force_login(factories.account(is_staff=True))
    content = home(client)
    assert "it holds no role on a unit" in content
    assert "k-office" not in content
    assert town.town.name not in content


def test_an_empty_register_invites_to_found_the_first_unit(client, administrator):
    content = home(client)
    assert reverse("admin:districts_unit_list_act", args=["found-root"]) in content
    assert "Found the first unit" in content
    assert "Nobody is registered here yet" in content
    assert "Admit the first member" not in content  # to which cell?
    assert "<svg" not in content


def test_a_district_without_cells_invites_to_found_one(client):
    town = factories.town()
    district = factories.unit(Kind.DISTRICT, fresh(town.area))
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=district)
    client.force_login(account)
    content = home(client)
    assert reverse("admin:districts_unit_act", args=[district.pk, "found"]) in content
    assert "Nothing stands below it yet" in content


def test_a_cell_of_one_s_own_is_not_asked_to_found_units(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.street_cell)
    client.force_login(account)
    assert "Nothing stands below it yet" not in home(client)


def test_a_district_without_members_invites_to_admit_the_first(client, town, secretary):
    content = home(client)
    assert "Nobody is registered here yet" in content
    assert "Admit the first member" in content


def test_a_role_on_units_that_are_dissolved_shows_none(client, town, secretary):
    inside = [town.district.pk, town.factory_cell.pk, town.street_cell.pk]
    Unit.objects.filter(pk__in=inside).update(dissolved=date(2024, 1, 1))
    content = home(client)
    assert "are dissolved, or none was founded yet" in content
    assert Member.objects.count() == 0
