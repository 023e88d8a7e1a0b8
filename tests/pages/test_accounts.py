"""From a member's page to the account, and what the account's page says of its address."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from elections.emergency.declaring import declare_emergency
from members.models import AddressChange
from tests import factories
from tests.admin_acts.performing import address
from tests.request_pages.making import TODAY, log_in
from tests.test_admin import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(town):
    return factories.member(cell=town.street_cell, email="eva@example.org")


@pytest.fixture
def secretary(client, town):
    return log_in(client, town.district)


@pytest.fixture
def account(person):
    return factories.account(member=person, email="eva@home.example")


def offered(client, row):
    return {link.url for link in page(client, row).context_data["acts"]}


def facts(client, row):
    told = page(client, row).context_data["facts"]
    return {str(name): (str(value), link) for name, value, link in told}


def test_an_invitation_is_offered_only_where_it_is_not_refused(client, person, secretary):
    mail, letter = address(person, "invite-to-portal"), address(person, "invite-by-letter")
    assert {mail, letter} <= offered(client, person)
    person.email = ""
    person.save()
    assert {mail, letter} & offered(client, person) == {letter}
    factories.account(member=person)
    assert not {mail, letter} & offered(client, person)


def test_the_member_s_page_leads_to_the_account(client, person, secretary):
    assert "Account" not in facts(client, person)
    account = factories.account(member=person)
    there = reverse("admin:members_account_change", args=[account.pk])
    assert facts(client, person)["Account"] == (str(account), there)
    assert client.get(there).status_code == 200


def test_the_account_s_page_says_with_what_it_logs_in(client, account, secretary):
    assert facts(client, account) == {"Logs in with": ("eva@home.example", "")}
    account.email = ""
    account.save()
    assert facts(client, account)["Logs in with"] == ("no e-mail address", "")


def test_it_says_whether_a_new_address_was_confirmed(client, account, secretary):
    change = AddressChange.objects.create(
        account=account,
        address="eva@work.example",
        stage=AddressChange.Stage.NEW,
        valid_until=timezone.now() + timedelta(days=1),
    )
    (told, _link) = facts(client, account)["New address to log in with"]
    assert told.startswith("eva@work.example: not confirmed yet; the new address has a link until")
    change.valid_until = timezone.now()
    change.save()
    (told, _link) = facts(client, account)["New address to log in with"]
    assert told == "eva@work.example: not confirmed, and the link has run out"


def test_in_an_emergency_no_address_is_told_that_names_somebody(client, town, account):
    unit, above = (Unit.objects.get(pk=one.pk) for one in (town.district, town.town))
    declare_emergency(unit=unit, by=above, on=TODAY(), reason="Arrests.")
    client.force_login(factories.account(is_superuser=True, is_staff=True))
    assert "Logs in with" not in facts(client, account)
    assert "eva@home.example" not in page(client, account).content.decode()
