"""Looking at the page of a row, and at the sections of it."""

from datetime import date

from django.urls import reverse

from districts.roles import grant_role
from tests import factories

DAY = date(2024, 1, 1)


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


def address(row, view="change", *arguments):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=[row.pk, *arguments])


def look(client, row):
    """The answer of a row's page."""
    answer = client.get(address(row))
    assert answer.status_code == 200
    return answer


def section(answer, template):
    """What stands in one section of a page, None where it is left out."""
    found = {one["template"]: one for one in answer.context_data["sections"]}
    return found.get(f"kartei/{template}.html")


def shown(answer):
    """The page without its menu."""
    return answer.content.decode().split('id="content-main"')[1]
