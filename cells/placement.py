"""To which cell a member belongs on a day, by which article, and why (A1, A2, A3, A6, A7).

Work decides: who works in a factory belongs to its own cell (A1) or to the one that covers it (A2);
who lost the work stays there until a detachment is granted (A6); everybody else belongs to the
street cell of the locality (A3); in a small place one joint cell takes the place of both (A7).
`cells.placement_sql` says it in one statement, for one member and for a million alike.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from audit.bulk import stream
from cells.placement_sql import advice_statement, newcomer_statement
from districts.models import Locality, Unit, Workplace
from members.belonging import Belonging, declare_belonging
from members.models import Member

_AT_ONCE = 500  # members that are asked for by number in one statement


class Why(StrEnum):
    """What says to which cell somebody belongs, or that nobody can tell."""

    OWN = "own"
    ATTACHED = "attached"
    JOINT_WORK = "joint-work"
    UNCOVERED = "uncovered"  # no cell is responsible for the workplace
    UNEMPLOYED = "unemployed"
    STREET = "street"
    JOINT_HOME = "joint-home"
    NO_STREET = "no-street"  # no street cell works in the locality
    NOWHERE = "nowhere"  # no locality is known

    @property
    def article(self) -> str:
        """The number of the article."""
        return _ARTICLES[self]

    @property
    def by_work(self) -> bool:
        """Whether a workplace says it, and not the locality of residence."""
        return self in _BY_WORK


_ARTICLES = {
    Why.OWN: "A1",
    Why.ATTACHED: "A2",
    Why.JOINT_WORK: "A7",
    Why.UNCOVERED: "A2",
    Why.UNEMPLOYED: "A6",
    Why.STREET: "A3",
    Why.JOINT_HOME: "A7",
    Why.NO_STREET: "A3",
    Why.NOWHERE: "A3",
}
_BY_WORK = {Why.OWN, Why.ATTACHED, Why.JOINT_WORK, Why.UNCOVERED, Why.UNEMPLOYED}


@dataclass(frozen=True, slots=True)
class Advice:
    """Where a member belongs: the number, why, the cell's key (None where nobody can tell).

    `place` is the key of the workplace or of the locality that says so; `since` the first day from
    which that alone would say it.
    """

    member: int
    why: Why
    cell: int | None
    place: int | None
    since: date

    @property
    def article(self) -> str:
        """The article that says so."""
        return self.why.article


def advise(members: Iterable[int] | None, on: date) -> Iterator[Advice]:
    """The advice for each of `members` who is one on the day `on`; None asks for everybody.

    One statement for everybody, and one for each few hundred numbers.
    """
    if members is None:
        yield from _advised(advice_statement(), {"on": on})
        return
    numbers = sorted(set(members))
    for start in range(0, len(numbers), _AT_ONCE):
        only = ", ".join(str(int(number)) for number in numbers[start : start + _AT_ONCE])
        yield from _advised(advice_statement(only=only), {"on": on})


def advice_for(member: Member, on: date) -> Advice | None:
    """The advice for one member; None if he or she is none on the day `on`."""
    return next(advise([member.pk], on), None)


def advice_by_residence(member: Member, on: date) -> Advice | None:
    """Where one member would belong without any work, as after a detachment (A3, A7)."""
    statement = advice_statement(only=str(int(member.pk)), without_work=True)
    return next(_advised(statement, {"on": on}), None)


def _advised(statement: str, given: Mapping[str, Any]) -> Iterator[Advice]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, given)
        for number, why, cell, place, since, _nothing in stream(cursor):
            yield Advice(number, Why(why), cell, place, as_day(since))


def as_day(value: Any) -> date:
    """What a database answers for an expression that is a day: SQLite tells it as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def sentences(advices: Iterable[Advice]) -> Mapping[int, str]:
    """One sentence of reason for each advice, by the members' numbers. Two queries for all."""
    told = list(advices)
    works = Workplace.objects.in_bulk({a.place for a in told if a.why.by_work and a.place})
    homes = Locality.objects.in_bulk({a.place for a in told if not a.why.by_work and a.place})
    return {
        advice.member: _reason(advice.why)
        % {"place": (works if advice.why.by_work else homes).get(advice.place or 0, "")}
        for advice in told
    }


def cells_of(advices: Iterable[Advice]) -> Mapping[int, Unit]:
    """The advised cells by their keys. One query."""
    found: dict[int, Unit] = Unit.objects.in_bulk({one.cell for one in advices if one.cell})
    return found


def _reason(why: Why) -> str:
    return {
        Why.OWN: _("Works at %(place)s, which has this cell of its own."),
        Why.ATTACHED: _("Works at %(place)s, which this cell covers, as it has none of its own."),
        Why.JOINT_WORK: _("Works at %(place)s, in a place with one joint cell for all."),
        Why.UNCOVERED: _("Works at %(place)s, for which no factory cell is responsible yet."),
        Why.UNEMPLOYED: _(
            "Last worked at %(place)s; who is out of work stays in the cell of that place."
        ),
        Why.STREET: _("Lives in %(place)s, where this cell works, and works in no factory."),
        Why.JOINT_HOME: _("Lives in %(place)s, which has one joint cell for all."),
        Why.NO_STREET: _("Lives in %(place)s, where no street cell works yet."),
        Why.NOWHERE: _("Works in no factory, and no locality of residence is known."),
    }[why]


class _Belongings:
    """What the members' app asks on a lower floor: see `members.belonging`."""

    def belongings(self, numbers: Collection[int], on: date) -> Mapping[int, Belonging]:
        """Where each of the members belongs. Four queries for a few hundred of them."""
        return _told(advise(numbers, on))

    def newcomer(
        self, workplace: Workplace | None, locality: Locality | None, on: date
    ) -> Belonging:
        """Where somebody belongs who joins on that day."""
        given = {
            "on": on,
            "workplace": workplace and workplace.pk,
            "locality": locality and locality.pk,
        }
        (belonging,) = _told(_advised(newcomer_statement(), given)).values()
        return belonging


def _told(asked: Iterable[Advice]) -> Mapping[int, Belonging]:
    advices = list(asked)
    why, cells = sentences(advices), cells_of(advices)
    return {
        advice.member: Belonging(cells.get(advice.cell or 0), advice.article, why[advice.member])
        for advice in advices
    }


declare_belonging(_Belongings())
