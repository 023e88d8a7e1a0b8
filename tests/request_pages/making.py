"""People who ask for something, and what a page shows before and after."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cells.requests import ask_for_transfer
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.employments import end_employment, start_employment
from tests import factories
from tests.admin_acts.performing import address

TODAY = timezone.localdate


def log_in(client, unit, role=SECRETARY, **fields):
    account = factories.account(**fields)
    grant_role(user=account, role=role, unit=unit and Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


def out_of_work(town, street, days):
    """Somebody who lost the work in the factory so many days ago."""
    found = factories.member(cell=town.factory_cell, locality=street)
    works = factories.workplace(cell=town.factory_cell)
    job = start_employment(member=found, workplace=works, since=factories.JOINED)
    end_employment(employment=job, on=TODAY() - timedelta(days=days))
    return found


def another(town, kind=Kind.STREET_CELL, **fields):
    return factories.unit(kind, Unit.objects.get(pk=town.district.pk), **fields)


def exception(town, member, on=None):
    return ask_for_transfer(
        member=member,
        cell=another(town),
        on=on or TODAY(),
        exception=True,
        reason="Cares for the mother.",
    )


def section(answer, name):
    found = [one for one in answer.context_data["sections"] if name in one["template"]]
    return found[0] if found else None


def panel(client, name):
    panels = client.get(reverse("admin:index")).context_data["panels"]
    found = [one for one in panels if name in one["template"]]
    return found[0] if found else None


def foreseen(client, row, act):
    return [str(one) for one in client.get(address(row, act)).context_data["foreseen"]]


def sent(client, row, act, **given):
    """The answer to a form that is done as it is sent."""
    return client.post(address(row, act), {"on": TODAY().isoformat(), "reason": "", **given})
