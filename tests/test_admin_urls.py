"""Every address of the program and everybody who may ask for it, in one table.

An address that is not in the table fails the test, so that none is open by mistake.
"""

from dataclasses import dataclass, fields
from datetime import date

import pytest
from django.contrib import admin
from django.urls import get_resolver, reverse

from audit.imports.models import ImportJob
from audit.models import Entry
from cells.requests import ask_to_leave
from districts.kinds import Kind
from districts.models import HeldRole, Unit
from districts.roles import AUDITOR, SECRETARY, TELLER, grant_role
from districts.scoped_admin import ScopedAdmin
from elections.meetings.feeds import renew_feed
from elections.models import Bureau
from elections.voting import check_off
from members.employments import start_employment
from members.models import Account, Request
from members.registrations import register_member
from tests import factories
from tests.meetings import making as meetings
from tests.nominations.making import called
from tests.voting import making

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Answers:
    """What everybody is answered: the status of a GET.

    A member who is no staff; staff without a role; the auditor of the district; the secretary of
    another town; the secretary of the district; the administrator; a teller of the district, who is
    no staff and is answered like a member where nothing else is said; another member, of a cell of
    another town, the same; the account of somebody whose membership has ended, like nobody.
    """

    nobody: int
    member: int
    roleless: int
    auditor: int
    stranger: int
    secretary: int
    administrator: int
    teller: int = 0
    another: int = 0
    closed: int = 0

    def __post_init__(self):
        object.__setattr__(self, "teller", self.teller or self.member)
        object.__setattr__(self, "another", self.another or self.member)
        object.__setattr__(self, "closed", self.closed or self.nobody)


LIST = Answers(302, 302, 403, 200, 200, 200, 200)
ROW = Answers(302, 302, 403, 200, 404, 200, 200)
ACT_ON_ROW = Answers(302, 302, 403, 403, 404, 200, 200)
ACT = Answers(302, 302, 403, 403, 200, 200, 200)
ADMINISTRATOR = Answers(302, 302, 403, 403, 403, 403, 200)
CLOSED = Answers(302, 302, 403, 403, 403, 403, 403)
CLOSED_ROW = Answers(302, 302, 403, 403, 404, 403, 403)
NO_SUCH_ACT = Answers(302, 302, 403, 403, 404, 404, 404)

STAFF = Answers(302, 302, 200, 200, 200, 200, 200)
OPEN = Answers(200, 302, 302, 302, 302, 302, 302)
EXPORTS = Answers(302, 302, 403, 200, 403, 403, 200)
NONE_BY_GET_IN_THE_OFFICE = Answers(302, 302, 405, 405, 405, 405, 405)
NONE_BY_GET = Answers(302, 405, 405, 405, 405, 405, 405)
NO_RESULT = Answers(302, 404, 404, 404, 404, 404, 404)
DOOR = Answers(302, 403, 403, 403, 403, 403, 200, teller=200)
OF_A_MEMBER = Answers(302, 200, 404, 404, 404, 404, 404, teller=404)
# Tellers, and whoever keeps the register there.
MEETING_DOORS = Answers(302, 403, 403, 403, 200, 200, 200, teller=200)
MEETING_DOOR = Answers(302, 403, 403, 403, 404, 200, 200, teller=200)


def of_table(name, *, row, add=CLOSED, change=ROW):
    """The addresses that every table of the admin has."""
    return {
        f"admin:{name}_changelist": ((), LIST),
        f"admin:{name}_add": ((), add),
        f"admin:{name}_change": ((row,), change),
        f"admin:{name}_history": ((row,), ROW),
        f"admin:{name}_delete": ((row,), CLOSED_ROW),
    }


# One's own account: what everybody sees who has logged in, what asks first who it is or whether
# there is a factor at all, and what is open to whoever comes.
OWN = Answers(302, 200, 200, 200, 200, 200, 200)
OF_AN_OFFICE = Answers(302, 302, 200, 200, 200, 200, 200, teller=200)
OWN_STEP = Answers(302, 302, 302, 302, 302, 302, 302)
NONE_OF_ONES_OWN = Answers(302, 404, 404, 404, 404, 404, 404)
ANYBODY = Answers(200, 200, 200, 200, 200, 200, 200)
ACCOUNTS = {
    OPEN: {"account_login": (), "invitation": ()},
    NONE_BY_GET: {"account_logout": ()},
    OF_AN_OFFICE: {"second-factor": ()},
    OWN: dict.fromkeys(
        (
            *("mfa_index", "account_reauthenticate", "mfa_list_webauthn"),
            *("account_change_password", "usersessions_list", "account-address"),
        ),
        (),
    ),
    OWN_STEP: dict.fromkeys(
        (
            *("mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
            *("mfa_activate_totp", "mfa_add_webauthn", "mfa_login_webauthn"),
            *("mfa_generate_recovery_codes", "account_set_password"),
        ),
        (),
    )
    | {"mfa_remove_webauthn": ("1",)},
    NONE_OF_ONES_OWN: dict.fromkeys(
        ("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"), ()
    ),
    ANYBODY: dict.fromkeys(
        (
            *("account_inactive", "account_reset_password", "account_reset_password_done"),
            "account_reset_password_from_key_done",
        ),
        (),
    )
    | {"account_reset_password_from_key": ("1", "none")},
    Answers(404, 302, 302, 302, 302, 302, 302): {"invitation-link": ("none",)},
    Answers(404, 404, 404, 404, 404, 404, 404): {"address-link": ("none",)},
}


TABLE = {
    "home": ((), Answers(302, 200, 302, 302, 302, 302, 302)),
    "login": ((), OPEN),
    "logout": ((), NONE_BY_GET),
    **{
        name: (keys, answers) for answers, names in ACCOUNTS.items() for name, keys in names.items()
    },
    "join": ((), ANYBODY),
    # Whoever has the link; there is none of that name.
    "application": (("none",), Answers(*[404] * 7)),
    "withdraw-application": (("none",), Answers(*[405] * 7)),
    "language": (("de",), Answers(*[302] * 7)),
    "admin:index": ((), STAFF),
    "find": ((), LIST),
    "found": (("forgotten",), LIST),
    "branch": (("unit",), ROW),
    "admin:login": ((), Answers(302, 403, 302, 302, 302, 302, 302)),
    "admin:logout": ((), Answers(302, 302, 405, 405, 405, 405, 405)),
    "admin:search": ((), STAFF),
    "admin:password_change": ((), OWN_STEP),
    "admin:password_change_done": ((), STAFF),
    "admin:jsi18n": ((), STAFF),
    "admin:autocomplete": ((), CLOSED),
    "admin:view_on_site": (("1", "1"), Answers(302, 302, 404, 404, 404, 404, 404)),
    "admin:app_list": (("members",), Answers(302, 302, 404, 200, 200, 200, 200)),
    **of_table("districts_unit", row="unit"),
    "admin:districts_unit_act": (("unit", "rename"), ACT_ON_ROW),
    "admin:districts_unit_list_act": (("found-root",), ADMINISTRATOR),
    "admin:districts_suggest": (("cell",), ACT),
    **of_table("districts_locality", row="locality", add=ACT),
    "admin:districts_locality_act": (("locality", "set-street-cell"), ACT_ON_ROW),
    "admin:districts_locality_list_act": (("none",), NO_SUCH_ACT),
    **of_table("districts_workplace", row="workplace", add=ACT),
    "admin:districts_workplace_act": (("workplace", "attach-workplace"), ACT_ON_ROW),
    "admin:districts_workplace_list_act": (("none",), NO_SUCH_ACT),
    **of_table("members_member", row="person"),
    "admin:members_member_act": (("person", "change-cell"), ACT_ON_ROW),
    "admin:members_member_list_act": (("admit",), ACT),
    "admin:members_member_doubles": ((), LIST),
    # There is none as long as nobody is invited by letter.
    "admin:members_member_letter": (("person",), Answers(302, 302, 403, 403, 404, 404, 404)),
    **of_table("members_registration", row="registration"),
    **of_table("members_employment", row="employment"),
    **of_table("members_request", row="asked"),
    "admin:members_request_act": (("asked", "grant"), ACT_ON_ROW),
    "admin:members_request_list_act": (("ask-admission",), ACT),
    **of_table("elections_question", row="question"),
    "admin:elections_question_act": (("question", "put-question"), ACT_ON_ROW),
    "admin:elections_question_list_act": (("raise-motion",), ACT),
    # There is no result as long as one poll is not published.
    "admin:elections_question_result": (
        ("question",),
        Answers(302, 302, 403, 404, 404, 404, 404),
    ),
    **of_table("elections_poll", row="poll"),
    "admin:elections_poll_act": (("poll", "open-poll"), ACT_ON_ROW),
    "admin:elections_poll_list_act": (("none",), NO_SUCH_ACT),
    **of_table("elections_meeting", row="meeting"),
    "admin:elections_meeting_act": (("meeting", "invite-everybody"), ACT_ON_ROW),
    "admin:elections_meeting_list_act": (("plan-meeting",), ACT),
    "admin:elections_meeting_letters": (("meeting",), ACT_ON_ROW),
    "admin:elections_meeting_minutes": (("meeting",), ROW),
    "admin:elections_meeting_delegates": (("meeting",), ROW),
    "admin:elections_meeting_credentials": (("meeting",), ACT_ON_ROW),
    "admin:elections_poll_roll": (("poll",), ROW),
    **of_table("elections_bureau", row="bureau"),
    "admin:elections_bureau_act": (("bureau", "leave-seat"), ACT_ON_ROW),
    "admin:elections_bureau_list_act": (("none",), NO_SUCH_ACT),
    "admin:elections_poll_printed_roll": (("poll",), ROW),
    **of_table("members_account", row="login"),
    "admin:members_account_act": (("login", "grant-role"), ACT_ON_ROW),
    "admin:members_account_list_act": (("none",), NO_SUCH_ACT),
    **of_table("districts_heldrole", row="held"),
    **of_table("audit_entry", row="entry"),
    "admin:audit_entry_export": ((), EXPORTS),
    "admin:audit_entry_heads": ((), LIST),
    "admin:audit_entry_check": ((), NONE_BY_GET_IN_THE_OFFICE),
    "admin:districts_heldrole_act": (("held", "revoke-role"), ACT_ON_ROW),
    "admin:districts_heldrole_list_act": (("give-role",), ACT),
    "imports": ((), ACT),
    "import": (("job",), Answers(302, 302, 403, 403, 404, 200, 200)),
    "export": ((), Answers(302, 302, 403, 200, 403, 403, 200)),
    "coverage": ((), LIST),
    "findings": ((), LIST),
    "findings_csv": ((), LIST),
    "rules": ((), LIST),
    "rule": (("unit-open",), LIST),
    "tell": ((), DOOR),
    "teller-key": ((), DOOR),
    "door": (("code",), DOOR),
    "check-off": (("code",), NONE_BY_GET),
    "take-back": (("code", "vote"), Answers(302, 403, 403, 403, 403, 403, 404, teller=200)),
    "papers": (("code",), DOOR),
    "box": (("code",), DOOR),
    "receipt-code": ((), NONE_BY_GET),
    "meetings": ((), Answers(302, 200, 200, 200, 200, 200, 200)),
    "meeting": (
        ("meeting code",),
        Answers(302, 200, 404, 200, 404, 200, 200, teller=404, another=404),
    ),
    "meeting-ics": (
        ("meeting code",),
        Answers(302, 200, 404, 200, 404, 200, 200, teller=404, another=404),
    ),
    # The code is a member's own.
    "meeting-pass": (
        ("meeting code",),
        Answers(302, 200, 404, 404, 404, 404, 404, teller=404, another=404),
    ),
    "calendar-link": ((), NONE_BY_GET),
    # Whoever has the link: nobody logs in for it.
    "meeting-feed": (("feed",), Answers(200, 200, 200, 200, 200, 200, 200)),
    "meeting-doors": ((), MEETING_DOORS),
    "meeting-door": (("meeting code",), MEETING_DOOR),
    "meeting-list": (("meeting code",), MEETING_DOOR),
    "meeting-counts": (("meeting code",), MEETING_DOOR),
    "meeting-present": (("meeting code",), NONE_BY_GET),
    "meeting-take-back": (("meeting code",), NONE_BY_GET),
    "meeting-guests": (("meeting code",), NONE_BY_GET),
    # Members of the unit that looks for candidates.
    "nominations": (
        ("called",),
        Answers(302, 200, 404, 404, 404, 404, 404, teller=404, another=404),
    ),
    "nominate": (("called",), NONE_BY_GET),
    "answer-nomination": (("called",), NONE_BY_GET),
    "my-page": ((), Answers(302, 200, 200, 200, 200, 200, 200)),
    # Everybody's own; an account of nobody's has none.
    "requests": ((), OF_A_MEMBER),
    "ask": (("address",), OF_A_MEMBER),
    "withdraw": (("asked",), NONE_BY_GET),
    "my-data": ((), OF_A_MEMBER),
    "my-data-file": ((), OF_A_MEMBER),
    "votes": ((), Answers(302, 200, 200, 200, 200, 200, 200)),
    "vote": (("code",), Answers(302, 200, 404, 404, 404, 404, 404, teller=404, another=404)),
    "board": (("code",), Answers(302, 200, 404, 200, 404, 200, 200, another=404)),
    # The poll is open: there is no result, and there are no files.
    "result": (("code",), NO_RESULT),
    "poll-files": (("code",), NO_RESULT),
    "question-files": (("question",), NO_RESULT),
    "poll-file": (("code", "poll.json"), NO_RESULT),
    "question-result": (("question",), NO_RESULT),
}
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


@pytest.fixture
def rows():
    return a_row_of_each_table()


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


@pytest.mark.parametrize("role", ["auditor", "secretary"])
@pytest.mark.parametrize(
    ("where", "seen"),
    [("own", True), ("below", True), ("sister", False), ("above", False), ("elsewhere", False)],
)
def test_a_row_outside_the_own_units_is_not_there(client, role, where, seen):
    town = factories.town()
    units = {
        "own": town.district,
        "below": town.street_cell,
        "sister": factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk)),
        "above": town.area,
        "elsewhere": factories.town().district,
    }
    rows = rows_at(Unit.objects.get(pk=units[where].pk))
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=town.district.pk))
    client.force_login(account)
    wrong = {}
    for name, (arguments, answers) in TABLE.items():
        if not set(arguments) & rows.keys():
            continue
        keys = [rows[key].pk if key in rows else key for key in arguments]
        expected = getattr(answers, role) if seen else outside(answers)
        status = client.get(reverse(name, args=keys)).status_code
        if status != expected:
            wrong[name] = (status, expected)
    assert not wrong


def outside(answers):
    """What is answered about a row outside: it is not there, unless nobody may do this at all."""
    return answers.stranger


# A member with two registrations (A4): each row, and the answer to the secretary of the district of
# residence, of the factory cell's district, and of a third one.
TWO_REGISTRATIONS = {
    ("change", "person"): (200, 200, 404),
    ("history", "person"): (200, 200, 404),
    ("change", "home"): (404, 200, 404),
    ("change", "residence"): (200, 404, 404),
    ("change", "employment"): (404, 200, 404),
    ("change", "factory cell"): (404, 200, 404),
    ("change", "workplace"): (404, 200, 404),
    ("change", "street cell"): (200, 404, 404),
    ("register-residence", "person"): (200, 200, 404),
    ("assign-street-cell", "person"): (200, 200, 404),
    ("take-back", "person"): (200, 200, 404),
    ("move-house", "person"): (200, 200, 404),
    ("change-cell", "person"): (200, 200, 404),
    ("start-employment", "person"): (403, 200, 404),
    ("end-employment", "person"): (403, 200, 404),
}


@pytest.mark.parametrize("who", [0, 1, 2], ids=["residence", "home", "third"])
def test_the_rows_of_a_member_with_two_registrations(client, rows, who):
    there = factories.town()
    person, cell = rows["person"], Unit.objects.get(pk=rows["unit"].pk)
    register_member(member=person, unit=there.street_cell, since=factories.JOINED, kind="residence")
    named = {
        "person": person,
        "home": person.registrations.get(kind="home"),
        "residence": person.registrations.get(kind="residence"),
        "employment": rows["employment"],
        "factory cell": cell,
        "workplace": rows["workplace"],
        "street cell": there.street_cell,
    }
    districts = (there.district, cell.parent, factories.town().district)
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=Unit.objects.get(pk=districts[who].pk))
    client.force_login(account)
    wrong = {}
    for (view, name), answers in TWO_REGISTRATIONS.items():
        row = named[name]
        stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        if view in ("change", "history"):
            address = reverse(f"{stem}_{view}", args=[row.pk])
        else:
            address = reverse(f"{stem}_act", args=[row.pk, view])
        status = client.get(address).status_code
        if status != answers[who]:
            wrong[view, name] = (status, answers[who])
    assert not wrong


@pytest.mark.parametrize("role", ["auditor", "stranger", "roleless"])
def test_who_may_not_change_a_row_cannot_do_so_by_post_either(client, rows, role):
    client.force_login(rows[role])
    for name, arguments in (
        ("districts_unit_act", (rows["unit"].pk, "rename")),
        ("members_member_act", (rows["person"].pk, "end-membership")),
        ("members_member_change", (rows["person"].pk,)),
        ("districts_locality_change", (rows["locality"].pk,)),
        ("members_account_change", (rows["login"].pk,)),
        ("members_request_act", (rows["asked"].pk, "grant")),
        ("members_request_act", (rows["asked"].pk, "refuse")),
        ("elections_question_act", (rows["question"].pk, "close-all")),
        ("elections_poll_act", (rows["poll"].pk, "close-poll")),
        ("elections_poll_act", (rows["poll"].pk, "annul-poll")),
    ):
        answer = client.post(reverse(f"admin:{name}", args=arguments), {"on": "2024-01-01"})
        assert answer.status_code in (403, 404), name


def test_the_unit_above_and_the_sister_are_not_there(client, rows):
    sister = factories.unit(Kind.DISTRICT, rows["unit"].parent.parent)
    client.force_login(rows["secretary"])
    for unit in (rows["unit"].parent.parent, sister):
        for view in ("change", "history"):
            address = reverse(f"admin:districts_unit_{view}", args=[unit.pk])
            assert client.get(address).status_code == 404
        act = reverse("admin:districts_unit_act", args=[unit.pk, "rename"])
        assert client.post(act, {"title_of_unit": "Mine", "on": "2024-01-01"}).status_code == 404
    own = reverse("admin:districts_unit_change", args=[rows["unit"].parent.pk])
    assert client.get(own).status_code == 200


@pytest.mark.parametrize("role", ["secretary", "administrator"])
def test_nobody_is_offered_deletion(client, rows, role):
    client.force_login(rows[role])
    for name in ("unit", "person", "locality", "workplace", "login"):
        row = rows[name]
        stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        page = client.get(reverse(f"{stem}_change", args=[row.pk])).content.decode()
        assert "/delete/" not in page
        listed = client.get(reverse(f"{stem}_changelist")).content.decode()
        assert "delete_selected" not in listed
        assert client.post(reverse(f"{stem}_delete", args=[row.pk])).status_code == 403
        row.refresh_from_db()


def test_an_act_that_does_not_exist_is_not_there(client, rows):
    client.force_login(rows["secretary"])
    address = reverse("admin:members_member_act", args=[rows["person"].pk, "abolish"])
    assert client.get(address).status_code == 404


def test_the_admin_s_own_autocomplete_keeps_to_the_scope(client, rows):
    client.force_login(rows["stranger"])
    asked = {"app_label": "members", "model_name": "registration", "field_name": "unit", "term": ""}
    answer = client.get(reverse("admin:autocomplete"), asked)
    assert answer.status_code == 200
    assert str(rows["unit"].pk) not in {row["id"] for row in answer.json()["results"]}
