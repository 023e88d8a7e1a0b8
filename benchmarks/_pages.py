"""The office's pages as a district's secretary asks for them, and a member's own first page.

Seconds and queries of each, as JSON.

Works on the register in `DATABASE_URL` and takes back what it wrote. The arguments are the codes of
districts: the seconds are those of the first, the queries the most that any of them asks, since a
page asks more where something is wrong. Without any, the members of each district are told.
"""

import json
import sys
from collections.abc import Callable

from _common import best, connection
from django.db import transaction
from django.db.models import Count
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.periods import in_force
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.models import Account, Member, Registration

TIMES = 30
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def sizes() -> dict[str, int]:
    """The members with their home in a cell of each district, by the district's code."""
    homes = Registration.objects.filter(in_force(timezone.localdate()), kind="home")
    rows = homes.filter(unit__parent__kind="district", unit__parent__dissolved=None).order_by()
    return dict(rows.values_list("unit__parent__code").annotate(Count("pk")))


def plain_member(district: Unit) -> Member:
    """Somebody in the district with one registration and one employment, as most have."""
    members = Member.objects.filter(registrations__unit__parent=district, left=None)
    counted = members.annotate(
        places=Count("registrations", distinct=True), jobs=Count("employments", distinct=True)
    )
    return counted.filter(places=1, jobs=1, earlier_memberships=None).order_by("number")[0]


def logged_in(account: Account) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    return client


def pages(client: Client, district: Unit) -> dict[str, Callable[[], object]]:
    person = plain_member(district)
    member = reverse("admin:members_member_change", args=[person.pk])
    own = logged_in(Account.objects.create_user(f"the measured member {person.pk}", member=person))
    return {
        "first page": lambda: client.get(reverse("admin:index")),
        "members' list": lambda: client.get(reverse("admin:members_member_changelist")),
        "units' list": lambda: client.get(reverse("admin:districts_unit_changelist")),
        "a member's page": lambda: client.get(member),
        "a member's own first page": lambda: own.get(reverse("home")),
        "a search by name": lambda: client.post(reverse("find"), {"q": "ann"}, follow=True),
    }


def answered(work: Callable[[], object]) -> Callable[[], object]:
    status = work().status_code  # the first is slower than all others: it warms the caches
    if status != 200:
        raise SystemExit(f"a page answered {status}")
    return work


def queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
        return len(asked)  # the next request forgets them


def asked_by(code: str) -> dict[str, Callable[[], object]]:
    """The pages of the secretary of the district, and those of a member of it."""
    district = Unit.objects.get(code=code)
    secretary = Account.objects.create_user(f"the measured secretary of {code}")
    grant_role(user=secretary, role=SECRETARY, unit=district)
    every = pages(logged_in(secretary), district)
    return {name: answered(work) for name, work in every.items()}


def main(codes: list[str]) -> dict[str, dict[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as a server does by itself in the first hours
    with transaction.atomic(), override_settings(STORAGES=PLAIN):
        first, *others = (asked_by(code) for code in codes)
        found: dict[str, dict[str, float]] = {
            name: {
                "seconds": best(work, TIMES),
                "queries": max(queries(every[name]) for every in (first, *others)),
            }
            for name, work in first.items()
        }
        transaction.set_rollback(True)
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:]) if sys.argv[1:] else sizes()))
