"""The people's tables: members, their former numbers, memberships, registrations, employments."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from audit.tables.declaration import Problem, Reserved
from members.models import EarlierMembership, Employment, FormerNumber, Member, Registration
from members.names import search_key


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
        checks=(_no_former_numbers,),
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
        ),
        rows=_employments,
        replaced=True,
    )
)
