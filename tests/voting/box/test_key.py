"""A teller's key, made by its page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from elections.brake import MOST_TRIES
from elections.models import PassphraseTry, TellerKey
from tests import factories
from tests.voting.box.opening import OTHER

pytestmark = pytest.mark.django_db


def make(client, **told):
    told = {"password": "password", "passphrase": OTHER, "repeated": OTHER, **told}
    return client.post(reverse("teller-key"), told)


@pytest.fixture
def newcomer(client, town):
    from districts.roles import TELLER, grant_role

    account = factories.account()
    grant_role(user=account, role=TELLER, unit=Unit.objects.get(pk=town.town.pk))
    client.force_login(account)
    return account


def test_a_teller_makes_a_key_by_the_page(client, newcomer, quick_keys):
    assert "You have no key yet" in client.get(reverse("teller-key")).content.decode()
    assert make(client).status_code == 302
    assert TellerKey.objects.get(account=newcomer).made_on == timezone.localdate()
    page = client.get(reverse("teller-key")).content.decode()
    assert "You have had a key since" in page
    assert "keep the key that they began with" in page


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"password": "wrong"}, "not the password of your account"),
        ({"password": ""}, "required"),
        ({"repeated": OTHER + "x"}, "The two passphrases differ"),
        ({"passphrase": "short", "repeated": "short"}, "at least 16 characters"),
        ({"passphrase": f"{OTHER} ", "repeated": f"{OTHER} "}, "space"),
    ],
)
def test_a_key_that_cannot_be_made_says_why_and_shows_nothing_again(
    client, newcomer, quick_keys, told, shown
):
    page = make(client, **told).content.decode()
    assert shown in page
    assert OTHER not in page
    assert not TellerKey.objects.exists()


def test_guessing_the_password_is_braked_like_the_passphrase(client, newcomer, quick_keys):
    for _one in range(MOST_TRIES):
        make(client, password="wrong")
    assert "wrong tries" in make(client).content.decode()
    assert not TellerKey.objects.exists()


def test_a_new_passphrase_does_not_count_as_a_try(client, newcomer, quick_keys):
    for _one in range(MOST_TRIES + 1):
        make(client, repeated="differs")
    assert not PassphraseTry.objects.exists()
    assert make(client).status_code == 302
