"""The people's tables: members, their former numbers, memberships, registrations, employments."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from audit.tables.declaration import Problem, Reserved, Veiled
from members.accounts.closing import close_accounts_of_who_left
from members.models import (
    EarlierMembership,
    Employment,
    FormerNumber,
    Member,
    Registration,
    Request,
)
from members.names import ERASED, search_key
from members.veil import veiled_from_asker, veiled_requests


def _members(ground: Ground, day: date | None) -> QuerySet[Member]:
    members = Member.objects.on_ground(ground, day or timezone.localdate())
    return members if day is None else members.present(day)


def _at_home(ground: Ground) -> QuerySet[Member]:
    """The members of the ground whose home cell is not elsewhere: its units end memberships."""
    today = timezone.localdate()
    homes = Registration.objects.filter(member=OuterRef("pk"), kind=Registration.Kind.HOME)
    elsewhere = homes.not_ended(today).exclude(ground.holds("unit__"))
    return _members(ground, None).exclude(Exists(elsewhere))


def _former(ground: Ground, day: date | None) -> QuerySet[FormerNumber]:
    rows = FormerNumber.objects.all()
    if day is not None:
        rows = rows.filter(merged__lte=day)
    return rows if _whole(ground, day) else rows.filter(member__in=_members(ground, day))


def _earlier(ground: Ground, day: date | None) -> QuerySet[EarlierMembership]:
    rows = EarlierMembership.objects.all()
    if day is not None:
        rows = rows.filter(since__lte=day)
    return rows if _whole(ground, day) else rows.filter(member__in=_members(ground, day))


def _registrations(ground: Ground, day: date | None) -> QuerySet[Registration]:
    rows = Registration.objects.filter(ground.holds("unit__"))
    if day is not None:
        rows = rows.in_force(day)
    return rows if _whole(ground, day) else rows.filter(member__in=_members(ground, day))


def _employments(ground: Ground, day: date | None) -> QuerySet[Employment]:
    """The work of those whose home the ground is; a unit of residence learns nothing of it (A4)."""
    rows = Employment.objects.all()
    if day is not None:
        rows = rows.in_force(day)
    if _whole(ground, day):
        return rows
    if not ground.everywhere:
        home = Registration.objects.filter(
            ground.holds("unit__"), member=OuterRef("member"), kind=Registration.Kind.HOME
        ).not_ended(day or timezone.localdate())
        rows = rows.filter(Exists(home))
    return rows.filter(member__in=_members(ground, day))


def _requests(ground: Ground, day: date | None) -> QuerySet[Request]:
    rows = Request.objects.on_ground(ground)
    if day is not None:
        rows = rows.filter(asked_on__lte=day)
    if _whole(ground, day):
        return rows
    return rows.filter(Q(member=None) | Q(member__in=_members(ground, day)))


def _whole(ground: Ground, day: date | None) -> bool:
    return ground.everywhere and day is None


def _no_former_numbers(stage: Any) -> Iterator[Problem]:
    """A member whose number led to another one when the two were merged does not come back."""
    known = [f"SELECT number, member_id AS member FROM {FormerNumber._meta.db_table}"]
    if "former_numbers" in stage.beside:
        known.append(f"SELECT number, member FROM {stage.beside['former_numbers'].name}")
    rows = stage.query(
        f"SELECT s.line, s.number, f.member FROM {stage.name} AS s"
        f" JOIN ({' UNION '.join(known)}) AS f ON f.number = s.number"
    )
    for line, number, member in rows:
        message = gettext("is a former number: this person is number %(member)s now")
        yield line, "number", str(number), message % {"member": member}


def _no_veiled_names(stage: Any) -> Iterator[Problem]:
    """Numbers that stand for names in an emergency are no names: such a file is not taken in."""
    rows = stage.query(
        f"SELECT line, family_name FROM {stage.name} WHERE family_name = CAST(number AS text)"
    )
    for line, name in rows:
        yield line, "family_name", name, gettext("A14: is the number in place of a veiled name")


def _nobody_comes_back(stage: Any) -> Iterator[Problem]:
    """Whom the register has erased is not brought back by an older file."""
    known = f"SELECT number FROM {Member._meta.db_table} WHERE family_name = '{ERASED}'"
    rows = stage.query(
        f"SELECT line, family_name FROM {stage.name}"
        f" WHERE family_name <> '{ERASED}' AND number IN ({known})"
    )
    for line, name in rows:
        yield line, "family_name", name, gettext("was erased, and does not come back")


def _nobody_s_numbers(stage: Any) -> Iterator[Problem]:
    """A former number is no member's, and higher than the one that it leads to."""
    taken = f"SELECT 1 FROM {Member._meta.db_table} AS m WHERE m.number = s.number"
    rows = stage.query(f"SELECT line, number FROM {stage.name} AS s WHERE EXISTS ({taken})")
    for line, number in rows:
        yield line, "number", str(number), gettext("is a member's number in the register")
    rows = stage.query(f"SELECT line, number FROM {stage.name} WHERE number <= member")
    for line, number in rows:
        message = gettext("must be higher than the number that it leads to")
        yield line, "number", str(number), message


def _whose_requests(stage: Any) -> Iterator[Problem]:
    """A request is a member's, an application nobody's until it is granted."""
    of_nobody = "kind = 'admission' AND state <> 'granted'"
    rows = stage.query(
        f"SELECT line, member FROM {stage.name} WHERE (member IS NULL) <> ({of_nobody})"
    )
    for line, member in rows:
        if member is None:
            yield line, "member", "", gettext("is empty, and must not be")
        else:
            yield line, "member", str(member), gettext("must be empty until the person is admitted")


def _reserve_former_numbers() -> None:
    """Let the next member get a number above all former ones too."""
    highest = f"SELECT MAX(number) FROM {FormerNumber._meta.db_table}"
    members = Member._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"pg_get_serial_sequence('{members}', 'number')"
            cursor.execute(
                f"SELECT setval({sequence}, ({highest}))"
                f" WHERE ({highest}) > (SELECT last_value FROM {_sequence(cursor, sequence)})"
            )
            return
        cursor.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{members}', 0 WHERE NOT EXISTS"
            f" (SELECT 1 FROM sqlite_sequence WHERE name = '{members}')"
        )
        cursor.execute(
            f"UPDATE sqlite_sequence SET seq = MAX(seq, ({highest})) WHERE name = '{members}'"
        )


def _sequence(cursor: Any, expression: str) -> str:
    cursor.execute(f"SELECT {expression}")
    (name,) = cursor.fetchone()
    return str(name)


MEMBERS = declare(
    Table(
        name="members",
        model=Member,
        description=_("Everyone who is or was a member, under one number for life."),
        key=("number",),
        columns=(
            column(Member, "number", _("The member's number, which never changes.")),
            column(Member, "family_name", _("Family name, in any script.")),
            column(Member, "given_name", _("Given names.")),
            column(Member, "born", _("Date of birth.")),
            column(Member, "email", _("E-mail address.")),
            column(Member, "phone", _("Telephone number.")),
            column(Member, "address", _("Street and house number.")),
            column(Member, "locality", _("The locality of residence.")),
            column(Member, "joined", _("The first day of the present membership.")),
            column(
                Member,
                "left",
                _("The first day without membership; empty for members."),
                known_from="left",
            ),
            column(Member, "left_reason", _("Why the membership ended."), known_from="left"),
        ),
        rows=_members,
        reserved=Reserved(
            ("joined", "left", "left_reason"),
            _at_home,
            _("is for whoever keeps the register of the home cell"),
        ),
        checks=(_no_former_numbers, _no_veiled_names, _nobody_comes_back),
        finish=close_accounts_of_who_left,
        veiled=Veiled(
            veiled_from_asker,
            emptied=("given_name", "born", "email", "phone", "address", "locality"),
            keyed=("family_name",),
        ),
        derived={"search": (("family_name", "given_name"), search_key)},
    )
)

FORMER_NUMBERS = declare(
    Table(
        name="former_numbers",
        model=FormerNumber,
        description=_("Numbers under which somebody stood in the register a second time."),
        key=("number",),
        columns=(
            column(FormerNumber, "number", _("The number, which is never given again.")),
            column(FormerNumber, "member", _("The number of the member that it leads to.")),
            column(FormerNumber, "merged", _("The day on which the two were merged.")),
        ),
        rows=_former,
        checks=(_nobody_s_numbers,),
        finish=_reserve_former_numbers,
        replaced=True,
        adds_nothing=True,
    )
)

EARLIER_MEMBERSHIPS = declare(
    Table(
        name="earlier_memberships",
        model=EarlierMembership,
        description=_("Memberships that ended before a readmission."),
        key=("member", "since"),
        columns=(
            column(EarlierMembership, "member", _("The member's number.")),
            column(EarlierMembership, "since", _("The first day of that membership.")),
            column(EarlierMembership, "until", _("The first day without it.")),
            column(EarlierMembership, "reason", _("Why it ended.")),
        ),
        rows=_earlier,
        replaced=True,
    )
)

REGISTRATIONS = declare(
    Table(
        name="registrations",
        model=Registration,
        description=_("The units that members are registered with, and when (A1, A3, A4)."),
        key=("member", "kind", "since"),
        columns=(
            column(Registration, "member", _("The member's number.")),
            column(Registration, "kind", _("Whether it is the home cell or that of residence.")),
            column(Registration, "unit", _("The unit's code.")),
            column(Registration, "since", _("The first day.")),
            column(
                Registration,
                "until",
                _("The first day that it no longer holds; empty while it is open."),
                known_from="until",
            ),
        ),
        rows=_registrations,
        replaced=True,
    )
)

EMPLOYMENTS = declare(
    Table(
        name="employments",
        model=Employment,
        description=_("Where members work and worked, and when (A1, A6)."),
        key=("member", "workplace", "since"),
        columns=(
            column(Employment, "member", _("The member's number.")),
            column(Employment, "workplace", _("The workplace's code.")),
            column(Employment, "since", _("The first day.")),
            column(
                Employment,
                "until",
                _("The first day without that work; empty while it lasts."),
                known_from="until",
            ),
            column(
                Employment,
                "standing",
                _("Whether it is the main work, which decides, or a side job."),
            ),
        ),
        rows=_employments,
        replaced=True,
    )
)

_DECIDED = "decided_on"  # from when on an export knows what was decided

REQUESTS = declare(
    Table(
        name="requests",
        model=Request,
        description=_("What was asked of the organisation, and what was decided (A1, A3, A6)."),
        key=("number",),
        columns=(
            column(Request, "number", _("The request's number.")),
            column(Request, "kind", _("What is asked for.")),
            column(Request, "member", _("The member's number; empty for an applicant.")),
            column(Request, "unit", _("The unit that decides; empty for the whole organisation.")),
            column(Request, "cell", _("The cell that is asked for.")),
            column(Request, "asked_on", _("The day it was asked.")),
            column(Request, "due_on", _("The day by which it is decided.")),
            column(Request, "reason", _("Why it is asked.")),
            column(
                Request, "basis", _("Whether the articles say the same, or an exception is asked.")
            ),
            column(Request, "family_name", _("An applicant's family name.")),
            column(Request, "given_name", _("An applicant's given names.")),
            column(Request, "born", _("An applicant's date of birth.")),
            column(Request, "email", _("An applicant's e-mail address.")),
            column(Request, "phone", _("An applicant's telephone number.")),
            column(Request, "address", _("An applicant's street and house number, or a new one.")),
            column(Request, "locality", _("An applicant's locality of residence, or a new one.")),
            column(Request, "workplace", _("The workplace of new work, or of work that is lost.")),
            column(Request, "standing", _("Whether new work takes the place of the present one.")),
            column(Request, "holds_since", _("The day since when what is told holds.")),
            column(Request, "state", _("What became of it."), known_from=_DECIDED, before="asked"),
            column(Request, "decided_on", _("The day it was decided."), known_from=_DECIDED),
            column(Request, "decision_reason", _("Why it was decided so."), known_from=_DECIDED),
            column(
                Request,
                "takes_effect",
                _("The day from which what was granted holds."),
                known_from=_DECIDED,
            ),
        ),
        rows=_requests,
        veiled=Veiled(
            veiled_requests,
            emptied=(
                *("family_name", "given_name", "born", "email", "phone", "address", "locality"),
                *("reason", "decision_reason"),
            ),
        ),
        checks=(_whose_requests,),
        by_acts_alone=True,
    )
)
