"""Fills an empty register with the demonstration, many rows at once."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from audit.bulk import analyse, copy_rows, reset_sequence
from audit.log import Draft, note, recorded
from audit.models import Entry
from districts.kinds import CELLS
from districts.models import Locality, Unit, Workplace
from districts.tree import lock_new_trees, number_trees
from members.demo.additions import add_all
from members.demo.breaches import make_breaches
from members.demo.ground import GroundPlan, Plot, Position
from members.demo.people import Person, people
from members.demo.waiting import make_requests
from members.models import EarlierMembership, Employment, Member, Registration, Request
from members.registrations import HOME, RESIDENCE

LEAST_MEMBERS = 200  # fewer do not fill the cells that the breaches need
MAIN = Employment.Standing.MAIN.value
_BATCH = 20_000
_FIRST_DAY = -30_000  # nobody here was born before

_PLACED = ("latitude", "longitude")
_UNIT = (
    *("id", "code", "name", "kind", "parent_id", "founded", "dissolved", "regime"),
    *(*_PLACED, "tree_id", "level", "lft", "rght", "contact"),
)
_LOCALITY = ("id", "code", "postcode", "name", "unit_id", "street_cell_id", *_PLACED)
_WORKPLACE = ("id", "code", "name", "branch", "locality_id", "cell_id", "coverage", *_PLACED)
_MEMBER = (
    *("number", "family_name", "given_name", "search", "born", "email", "phone", "address"),
    *("locality_id", "joined", "left", "left_reason"),
)
_EARLIER = ("member_id", "since", "until", "reason")
_EMPLOYMENT = ("member_id", "workplace_id", "since", "until", "standing")
_REQUEST = (
    *(
        "number",
        "member_id",
        "unit_id",
        "cell_id",
        "asked_on",
        "due_on",
        "decided_on",
        "takes_effect",
    ),
    *("kind", "state", "basis", "reason", "decision_reason"),
    *("family_name", "given_name", "email", "phone", "address"),
)
_DETACHED = ("detachment", "granted", "articles", "Out of work for long", "", *("",) * 5)
_REGISTRATION = ("member_id", "unit_id", "kind", "since", "until")


class RegisterInUse(Exception):
    """The register holds units or people already."""


@recorded("demo")
def load_demonstration(
    *, members: int, seed: int, day: date, advance: Callable[[int], object] = lambda _loaded: None
) -> None:
    """Fill the register with `members` people as they stand on `day`; the same seed, the same town.

    Calls `advance` with the number of people that each batch loaded. Raises `RegisterInUse`.
    """
    lock_new_trees()
    if Unit.objects.exists() or Locality.objects.exists() or Member.objects.exists():
        raise RegisterInUse
    chance = Random(seed)  # noqa: S311  # nosec B311  # invented people need no secret
    calendar = _Calendar(day)
    ground = GroundPlan(members, chance)
    _load_ground(ground, calendar)
    for batch in _ahead(people(ground, members, chance)):
        _load_people(batch, calendar)
        advance(len(batch))
    for model in (Unit, Locality, Workplace, Member, Request):
        reset_sequence(model)
    tables = (
        *(Unit, Locality, Workplace, Member, EarlierMembership, Employment, Registration),
        Request,
    )
    analyse(*(model._meta.db_table for model in tables))
    make_breaches(day)
    make_requests(day)
    reset_sequence(Request)
    add_all(day)
    facts = {"members": members, "seed": seed, "day": day.isoformat()}
    note(Draft(what=Entry.What.IMPORTED, table="demonstration", facts=facts), act="demo")


def _ahead(everybody: Iterator[Person]) -> Iterator[list[Person]]:
    """The people in batches; the next one is thought up while the database takes the last."""
    with ThreadPoolExecutor(1) as thinker:
        coming = thinker.submit(lambda: list(islice(everybody, _BATCH)))
        while batch := coming.result():
            coming = thinker.submit(lambda: list(islice(everybody, _BATCH)))
            yield batch


class _Calendar:
    """Turns days counted from the day that is shown into dates as the database takes them."""

    def __init__(self, day: date) -> None:
        days = range(_FIRST_DAY, 400)
        self._dates = [(day + timedelta(days=number)).isoformat() for number in days]

    def __call__(self, number: int) -> str:
        return self._dates[number - _FIRST_DAY]

    def end(self, number: int | None) -> str | None:
        """The same for a period that may be open."""
        return None if number is None else self(number)


def _contact(plot: Plot) -> str:
    """How to reach the bureaus above the cells; the cells' own meet at work."""
    if plot.kind in CELLS:
        return ""
    return f"{plot.code.lower()}@example.org, Tuesdays 18:00 to 20:00, house by the lock"


def _load_ground(ground: GroundPlan, calendar: _Calendar) -> None:
    plots = sorted(ground.units, key=lambda plot: plot.code)
    places = number_trees(((plot.id, plot.parent) for plot in plots), {}, 1)
    units = (
        (
            *(plot.id, plot.code, plot.name, plot.kind, plot.parent, calendar(plot.founded)),
            *(calendar.end(plot.dissolved), "normal", *_degrees(plot.position), *places[plot.id]),
            _contact(plot),
        )
        for plot in ground.units
    )
    copy_rows(Unit._meta.db_table, _UNIT, units)
    localities = (
        (
            *(spot.id, spot.code, spot.postcode, spot.name, spot.unit, spot.street_cell),
            *_degrees(spot.position),
        )
        for spot in ground.localities
    )
    copy_rows(Locality._meta.db_table, _LOCALITY, localities)
    workplaces = (
        (
            *(works.id, works.code, works.name, works.branch, works.locality, works.cell),
            *(works.coverage, *_degrees(works.position)),
        )
        for works in ground.workplaces
    )
    copy_rows(Workplace._meta.db_table, _WORKPLACE, workplaces)


def _degrees(position: Position) -> tuple[str, str]:
    return f"{position[0]:.6f}", f"{position[1]:.6f}"


def _load_people(batch: Iterable[Person], calendar: _Calendar) -> None:
    tables: tuple[tuple[Any, tuple[str, ...], Iterator[tuple[Any, ...]]], ...] = (
        (Member, _MEMBER, (_member(person, calendar) for person in batch)),
        (EarlierMembership, _EARLIER, _earlier(batch, calendar)),
        (Employment, _EMPLOYMENT, _employments(batch, calendar)),
        (Registration, _REGISTRATION, _registrations(batch, calendar)),
        (Request, _REQUEST, _detachments(batch, calendar)),
    )
    for model, columns, rows in tables:
        copy_rows(model._meta.db_table, columns, rows)


def _member(person: Person, day: _Calendar) -> tuple[Any, ...]:
    name = person.name
    return (
        *(person.number, name.family, name.given, name.key, day(person.born), person.email),
        *(person.phone, person.address, person.locality, day(person.joined)),
        *(day.end(person.left), person.left_reason),
    )


def _earlier(batch: Iterable[Person], day: _Calendar) -> Iterator[tuple[Any, ...]]:
    for person in batch:
        for since, until, reason in person.earlier:
            yield person.number, day(since), day(until), reason


def _employments(batch: Iterable[Person], day: _Calendar) -> Iterator[tuple[Any, ...]]:
    for person in batch:
        for workplace, since, until in person.employments:
            yield person.number, workplace, day(since), day.end(until), MAIN


def _detachments(batch: Iterable[Person], day: _Calendar) -> Iterator[tuple[Any, ...]]:
    """The requests of those who left a factory cell for a street cell, granted (A6)."""
    for person in batch:
        if person.detached is not None:
            unit, cell, since = person.detached
            days = (since - 40, since - 10, since - 15, since)
            yield person.number, person.number, unit, cell, *map(day, days), *_DETACHED


def _registrations(batch: Iterable[Person], day: _Calendar) -> Iterator[tuple[Any, ...]]:
    for person in batch:
        for kind, periods in ((HOME, person.homes), (RESIDENCE, person.residences)):
            for unit, since, until in periods:
                yield person.number, unit, kind.value, day(since), day.end(until)
