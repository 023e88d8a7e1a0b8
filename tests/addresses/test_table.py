"""The table of the addresses: it holds every one, and everybody is answered as it says."""

from dataclasses import fields

import pytest
from django.contrib import admin
from django.urls import get_resolver, reverse

from districts.scoped_admin import ScopedAdmin
from members.models import Account
from tests import factories
from tests.addresses.making import key_of
from tests.addresses.table import TABLE, Answers

pytestmark = pytest.mark.django_db

# Older forms of a row's address, which Django sends on, and those that lead nowhere.
NAMELESS = {"admin:None", "None"}


def addresses(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, namespace + inner)
        else:
            yield f"{namespace}{pattern.name}"


def test_every_address_is_in_the_table():
    assert set(addresses(get_resolver())) - NAMELESS == set(TABLE)


def test_every_table_of_the_admin_takes_its_rows_through_the_scope():
    for table in admin.site._registry.values():
        assert isinstance(table, ScopedAdmin), table
        assert type(table).get_queryset is ScopedAdmin.get_queryset, table


@pytest.mark.parametrize("role", [field.name for field in fields(Answers)])
def test_everybody_is_answered_as_the_table_says(client, rows, role):
    wrong = {}
    for name, (arguments, answers) in TABLE.items():
        keys = [key_of(rows[key]) if key in rows else key for key in arguments]
        if role != "nobody":
            client.force_login(rows[role])
        if role == "closed":  # it was logged in before, and is so no more
            Account.objects.filter(pk=rows[role].pk).update(closes_on=factories.JOINED)
        status = client.get(reverse(name, args=keys)).status_code
        if status != getattr(answers, role):
            wrong[name] = (status, getattr(answers, role))
    assert not wrong
