"""Doing the acts on the second registration by their pages, and looking at both lists."""

from datetime import date

from django.urls import reverse

from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from tests import factories

DAY = date(2024, 1, 1)
LIST = reverse("admin:members_member_changelist")


def log_in(client, unit, role=SECRETARY):
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


def address(row, view="change", *arguments):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=[row.pk, *arguments])


def perform(client, row, act, **given):
    """The answers to an act that was filled in, and to the same one confirmed."""
    sent = {"on": "2024-03-01", "reason": "Because.", **given}
    first = client.post(address(row, "act", act), sent)
    preview = (first.context_data or {}).get("preview") if first.status_code == 200 else None
    if preview is None:
        return first, first
    return first, client.post(address(row, "act", act), {**sent, "seen": preview.seen})


def said(client, row, act, **given):
    """What the page says when an act was done."""
    _preview, answer = perform(client, row, act, **given)
    assert answer.status_code == 302, answer.context_data["act"].refused
    (message,) = client.get(answer["Location"]).context["messages"]
    return str(message)


def refused(client, row, act, **given):
    """What stood in the way of an act."""
    _first, answer = perform(client, row, act, **given)
    assert answer.status_code == 200
    return [str(blocker) for blocker in answer.context_data["act"].refused]


def offered(client, row):
    """The acts that the page of a row offers."""
    links = client.get(address(row)).context_data["acts"]
    return {link.url.rstrip("/").rsplit("/", 1)[-1] for link in links}


def section(client, unit):
    """What stands in the section of both lists, None where it is left out."""
    found = {one["template"]: one for one in client.get(address(unit)).context_data["sections"]}
    return found.get("kartei/unit_residence.html")


def residences(member):
    rows = member.registrations.filter(kind="residence").order_by("since")
    return [(row.unit, row.since.isoformat()) for row in rows.select_related("unit")]


def shown(answer):
    return answer.content.decode().split('id="content-main"')[1]
