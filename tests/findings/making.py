"""People with whom something is wrong, and the pages that tell of it."""

from datetime import date

from districts.models import Unit
from districts.roles import grant_role
from members.registrations import end_registration
from tests import factories

DAY = date(2024, 1, 1)
REPORT, FILE = "/admin/findings/", "/admin/findings/csv/"


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


class NoThread:
    """A thread that is only counted."""

    started = 0

    def __init__(self, **_options):
        pass

    def start(self):
        NoThread.started += 1

    def join(self, _seconds):
        pass


def homeless(cell, **fields):
    """A member of `cell` whose home registration ended: a finding of the cell."""
    person = factories.member(cell=cell, **fields)
    end_registration(registration=person.registrations.get(), on=DAY)
    return person


def misplaced(unit):
    """A member whose home registration is with a unit that is no cell: a finding of the unit."""
    person = factories.member(cell=Unit.objects.cells().order_by("pk").first())
    person.registrations.update(unit=unit)
    return person


def subjects(found):
    return [finding.subject for finding in found]


def listed(answer):
    return [one.finding.subject for one in answer.context_data["findings"]]
