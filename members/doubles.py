"""Finding people who may stand in the register twice.

The database finds candidates, by sets; `members.likeness` judges each of them, so that the answer
is the same on every database. Whoever left counts too: an admission under a new number instead of a
readmission is the classic case.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.ground import Ground
from districts.scope import holds_any
from members.likeness import SIMILAR, Known, Likeness, likeness, plain_email
from members.models import Member, NotTheSame

# What more people than this have in common says nothing: an office's e-mail, a day that stands for
# an unknown one.
COMMON = 100
MOST_PAIRS = 5_000  # that a page sorts through
_SLACK = 0.001  # PostgreSQL compares rounded numbers; the last word has an exact one


@dataclass(frozen=True, slots=True)
class Double:
    """A member who may be the person that was asked about, and why."""

    member: Member
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers that may be one person's, the older one first, and why."""

    number: int
    other: int
    likeness: Likeness


def doubles_of(person: Known, ground: Ground) -> list[Double]:
    """Those in `ground` who are likely the same person, the likeliest first.

    Four queries at most, none of which looks through the register. Whoever is outside of the ground
    is not told of, nor whose name is veiled: that would find a name out (A14).
    """
    found = {
        row.pk: told
        for row in _candidates(person)
        if (told := likeness(person, known_of(row))) and row.pk != person.number
    }
    if not found:
        return []
    members = Member.objects.on_ground(ground, timezone.localdate(), among=list(found)).unveiled()
    doubles = [Double(member, found[member.pk]) for member in members]
    return sorted(doubles, key=lambda one: (-one.likeness.strength, one.member.pk))


def known_of(member: Member) -> Known:
    """What likeness is told by, of a member."""
    return Known(member.pk, member.search, member.born, member.email)


def _candidates(person: Known) -> Iterable[Member]:
    namesakes = Member.objects.filter(search=person.search)
    if person.born is not None:
        namesakes = namesakes.filter(born=None)
        same_day = Member.objects.filter(born=person.born)
        yield from _unless_common(_similarly_named(person.search, same_day))
    yield from namesakes.order_by()[:MOST_PAIRS]
    if person.email:
        addressed = Member.objects.exclude(email="").annotate(plain=Lower("email"))
        yield from _unless_common(addressed.filter(plain=plain_email(person.email)))


def _unless_common(rows: QuerySet[Member]) -> list[Member]:
    found = list(rows.order_by()[: COMMON + 1])
    return found if len(found) <= COMMON else []


def _similarly_named(search: str, rows: QuerySet[Member]) -> QuerySet[Member]:
    """Those of `rows` whose names the database knows to be similar; all where it cannot tell."""
    if connection.vendor != "postgresql":
        return rows
    near = rows.annotate(near=TrigramSimilarity("search", search))
    return near.filter(near__gte=float(SIMILAR) - _SLACK)


def sentence_on(double: Double) -> str:
    """Why a member may be the person that was asked about, for whoever may see that member."""
    told = double.likeness
    day, mail = told.same_day, told.same_email
    if told.same_name and day:
        text = _("%(member)s has the same name and was born on the same day%(left)s.")
    elif told.same_name and mail:
        text = _("%(member)s has the same name and the same e-mail%(left)s.")
    elif told.same_name:
        text = _("%(member)s has the same name%(left)s; a date of birth is missing.")
    elif day and mail:
        text = _("%(member)s was born on the same day and has the same e-mail%(left)s.")
    elif day:
        text = _("%(member)s has a similar name and was born on the same day%(left)s.")
    else:
        text = _("%(member)s has the same e-mail%(left)s.")
    left = double.member.left
    gone = _(" (left on %(day)s)") % {"day": day_in_words(left)} if left else ""
    return text % {"member": double.member, "left": gone}


# All pairs of a part of the register -------------------------------------------------------------

_HERE = """
WITH here AS MATERIALIZED (
    SELECT number, search, born, email, LOWER(email) AS plain,
        COUNT(*) OVER (PARTITION BY born) AS born_then,
        COUNT(*) OVER (PARTITION BY search) AS named_so,
        COUNT(*) OVER (PARTITION BY LOWER(email)) AS addressed_so
    FROM members_member WHERE number IN ({here})
)
"""
_PAIRS = """
SELECT a.number, a.search, a.born, a.email, b.number, b.search, b.born, b.email
FROM here AS a {others}
"""
_HERE_TOO = "JOIN here AS b ON {alike} AND b.number <> a.number"
_ANYWHERE = "JOIN members_member AS b ON {alike} AND b.number <> a.number"
# PostgreSQL cannot know how few each of them finds, and would rather read through the register.
_ANYWHERE_ONE_BY_ONE = """
CROSS JOIN LATERAL (
    SELECT * FROM members_member AS b WHERE {alike} AND b.number <> a.number LIMIT {most}
) AS b
"""
_ALIKE = (
    "a.born = b.born AND a.born_then <= {most} AND {near}",
    "a.search = b.search AND a.born = b.born AND a.born_then > {most}",
    "a.search = b.search AND a.born IS NULL AND a.named_so <= {most}",
    "a.search = b.search AND b.born IS NULL AND a.named_so <= {most}",
    "a.plain = LOWER(b.email) AND b.email <> '' AND a.addressed_so <= {most}",
)


def likely_pairs(here: Ground, ground: Ground, on: date | None = None) -> list[Pair]:
    """The pairs of likely doubles with one of them in `here` and both in `ground`, likeliest first.

    Without those who were found to be two people. At most four queries; what they cost follows
    from the people in `here`, unless `ground` is wider: then those born on the same days, too.
    """
    on, found = on or timezone.localdate(), {}
    if not holds_any(here):
        return []
    for one, other in _rows(here, within=here == ground, on=on):
        first, second = (one, other) if one.number < other.number else (other, one)
        if (told := likeness(first, second)) is not None:
            found[first.number, second.number] = Pair(first.number, second.number, told)
    if found and here != ground:
        mine = _of(ground, {number for pair in found for number in pair}, on)
        found = {key: pair for key, pair in found.items() if mine.issuperset(key)}
    for apart in _told_apart(found):
        found.pop(apart, None)
    return sorted(found.values(), key=lambda pair: (-pair.likeness.strength, pair.number))


def _rows(here: Ground, *, within: bool, on: date) -> Iterable[tuple[Known, Known]]:
    numbers = Member.objects.on_ground(here, on).order_by().values("pk")
    inner, parameters = numbers.query.sql_with_params()
    postgres = connection.vendor == "postgresql"
    near = f"similarity(a.search, b.search) >= {float(SIMILAR) - _SLACK}" if postgres else "1 = 1"
    others = _HERE_TOO if within else _ANYWHERE_ONE_BY_ONE if postgres else _ANYWHERE
    pairs = " UNION ".join(
        _PAIRS.format(
            others=others.format(alike=alike.format(most=COMMON, near=near), most=MOST_PAIRS)
        )
        for alike in _ALIKE
    )
    statement = f"{_HERE.format(here=inner)} {pairs} LIMIT {2 * MOST_PAIRS}"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return ((_known(row[:4]), _known(row[4:])) for row in rows)


def _known(row: Sequence[Any]) -> Known:
    number, search, born, email = row
    return Known(number, search, date.fromisoformat(born) if isinstance(born, str) else born, email)


def _of(ground: Ground, numbers: Collection[int], on: date) -> set[int]:
    members = Member.objects.on_ground(ground, on, among=list(numbers))
    return set(members.order_by().values_list("pk", flat=True))


def _told_apart(pairs: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    rows = NotTheSame.objects.filter(member__in={first for first, _second in pairs})
    return list(rows.values_list("member", "other"))
