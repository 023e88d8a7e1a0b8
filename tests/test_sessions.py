"""Who a request is from: the session and the account, by statements that are planned once."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.prepared import Prepared
from config.sessions import Accounts, SessionStore
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    account = factories.account()
    client.force_login(account)
    return client, account


def stays(client) -> bool:
    """Whether the person is still known: who is not is sent to the login."""
    return client.get(reverse("votes")).status_code == 200


def test_a_session_leads_to_its_account(signed_in):
    client, account = signed_in
    assert stays(client)
    held = SessionStore(client.session.session_key)
    assert held[SESSION_KEY] == str(account.pk)
    assert Accounts().get_user(account.pk) == account


def test_a_session_that_has_ended_leads_to_nobody(signed_in):
    client, _account = signed_in
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    held = SessionStore(client.session.session_key)
    assert dict(held.items()) == {}
    assert held.session_key is None
    assert not stays(client)


def test_a_session_that_was_taken_away_leads_to_nobody(signed_in):
    client, _account = signed_in
    Session.objects.all().delete()
    assert not stays(client)


def test_an_account_that_was_closed_or_is_gone_is_nobody(signed_in):
    client, account = signed_in
    account.is_active = False
    account.save()
    assert Accounts().get_user(account.pk) is None
    assert not stays(client)
    assert Accounts().get_user(account.pk + 1) is None


def test_a_new_password_ends_the_session(signed_in):
    client, account = signed_in
    account.set_password("another one, and long")
    account.save()
    assert not stays(client)


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_planned_once_for_each_connection():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps its plans by itself.")
    doubled = Prepared("doubled_in_a_test", "bigint", sql="SELECT 2 * %s")

    def run(value: int) -> int:
        with connection.cursor() as cursor:
            doubled.run(cursor, [value])
            (answer,) = cursor.fetchone()
            return answer

    assert [run(2), run(3)] == [4, 6]
    connection.close()  # as after a restart of the database
    assert run(4) == 8
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'doubled%'")
        assert cursor.fetchone() == (1,)
