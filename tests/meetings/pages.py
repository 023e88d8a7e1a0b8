"""Asking for the pages of the meetings, and filling in their forms."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from districts.roles import grant_role
from tests import factories


def logged_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


def page(client, name, *keys, **asked):
    answer = client.get(reverse(name, args=keys), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def office(meeting, act=""):
    if act:
        return reverse("admin:elections_meeting_act", args=[meeting.pk, act])
    return reverse("admin:elections_meeting_change", args=[meeting.pk])


def send(client, address, **filled):
    """Fill in the form of an act, look at what it will do, and do it."""
    filled = {"perform": "1", **filled}
    answer = client.post(address, filled)
    if answer.status_code == 302:
        return answer
    preview = answer.context["preview"]
    assert preview is not None, answer.context["act"].errors or answer.context["act"].refused
    return client.post(address, {**filled, "seen": preview.seen})


def queries(client, address):
    client.get(address)  # what is looked up once in a process
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def in_days(number):
    return timezone.now() + timedelta(days=number)
