"""A row of each table, and who asks for it."""

from datetime import date

from audit.imports.models import ImportJob
from audit.models import Entry
from cells.requests import ask_to_leave
from districts.models import HeldRole
from districts.roles import AUDITOR, SECRETARY, TELLER, grant_role
from elections.meetings.feeds import renew_feed
from elections.models import Bureau
from elections.voting import check_off
from members.employments import start_employment
from members.models import Request
from tests import factories
from tests.meetings import making as meetings
from tests.nominations.making import called
from tests.voting import making


def a_row_of_each_table():
    """A row of each table, all of them in one district, and the accounts that ask."""
    town, elsewhere = factories.town(), factories.town()
    locality = factories.locality(unit=town.district, street_cell=town.street_cell)
    workplace = factories.workplace(locality=locality, cell=town.factory_cell)
    person = factories.member(cell=town.factory_cell, locality=locality)
    accounts = {
        "member": factories.account(member=person),
        "roleless": factories.account(is_staff=True),
        "auditor": factories.account(),
        "stranger": factories.account(),
        "secretary": factories.account(),
        "administrator": factories.account(is_staff=True, is_superuser=True),
        "teller": factories.account(),
        "another": factories.account(member=factories.member(cell=elsewhere.street_cell)),
        "closed": factories.account(member=factories.member(cell=town.factory_cell)),
    }
    grant_role(user=accounts["auditor"], role=AUDITOR, unit=town.district)
    grant_role(user=accounts["secretary"], role=SECRETARY, unit=town.district)
    grant_role(user=accounts["stranger"], role=SECRETARY, unit=elsewhere.town)
    grant_role(user=accounts["teller"], role=TELLER, unit=town.district)
    poll = making.opened(making.motion(town.district), town.factory_cell)
    meeting = meetings.begun(town.factory_cell)
    return accounts | {
        "meeting": meeting,
        "meeting code": meeting.code,
        "feed": renew_feed(member=person),
        "unit": town.factory_cell,
        "locality": locality,
        "workplace": workplace,
        "person": person,
        "registration": person.registrations.get(),
        "employment": start_employment(member=person, workplace=workplace, since=factories.JOINED),
        "asked": ask_to_leave(member=person, on=date(2024, 1, 1)),
        "question": poll.question,
        "poll": poll,
        "login": accounts["member"],
        "held": HeldRole.objects.get(account=accounts["auditor"]),
        "entry": Entry.objects.filter(unit=town.factory_cell.pk).first(),
        "job": ImportJob.objects.create(account=accounts["secretary"], state="checked"),
        "vote": check_off(poll=poll, member=person, by=accounts["teller"]),
        "code": poll.code,
        "called": called(town.district),
        "bureau": bureau_of(town.factory_cell),
    }


def bureau_of(unit):
    """A bureau of the unit, whatever its kind is."""
    return Bureau.objects.create(unit=unit, mandate="cell", size=3, since=factories.JOINED)


def key_of(row):
    """What stands for the row in an address."""
    return getattr(row, "pk", row)


def rows_at(unit):
    """A row of each table that is about this very unit, wherever in the tree it stands."""
    locality = factories.locality(unit=unit, street_cell=None)
    workplace = factories.workplace(locality=locality)
    person = factories.member(cell=factories.town().factory_cell)
    home = person.registrations.get()
    home.unit = unit
    home.save(update_fields=["unit"])
    asked = Request.objects.create(
        kind="exit", member=person, unit=unit, asked_on=factories.JOINED, due_on=factories.JOINED
    )
    holder = factories.account()
    held = grant_role(user=holder, role=AUDITOR, unit=unit)
    question = making.motion(unit)
    return {
        "meeting": meetings.meeting(unit),
        "question": question,
        "poll": making.put(question, unit, channels="paper"),
        "bureau": bureau_of(unit),
        "unit": unit,
        "locality": locality,
        "workplace": workplace,
        "person": person,
        "registration": home,
        "employment": start_employment(member=person, workplace=workplace, since=factories.JOINED),
        "asked": asked,
        "login": factories.account(member=person),
        "held": held,
        "entry": Entry.objects.get(table="roles", key=str(held.pk)),
    }
