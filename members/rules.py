"""The rules on registrations that need no placement (A1, A3, A4).

Each starts from the ground's own registrations: a district's findings cost what the district costs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import in_force
from audit.rulebook import Breach, Share, rule
from districts.kinds import FACTORY_CELLS
from districts.models import Unit
from members.belonging import belongings
from members.models import EarlierMembership, Member, Registration
from members.registrations import HOME, LAWFUL_UNITS, RESIDENCE
from members.residence import homes_without_residence
from members.suspects import suspects

_AT_ONCE = 500  # members whose belonging is looked up together

Few = Collection[int] | None  # the numbers of those who alone are asked about; None for everybody
FewCheck = Callable[..., Iterator[Breach]]
_checks: dict[str, FewCheck] = {}


def look_at_members(ground: Ground, on: date) -> Iterator[tuple[str, Breach]]:
    """The breaches of all rules here, each with its rule's name.

    In a part of the register each rule asks for itself. For the whole of it all members are seen
    once, and the rules are asked about the few of whom one may be broken.
    """
    if not ground.everywhere:
        for name, check in _checks.items():
            yield from ((name, breach) for breach in check(ground, on, None))
        return
    numbers = suspects(on)
    while few := list(islice(numbers, _AT_ONCE)):
        for name, check in _checks.items():
            yield from ((name, breach) for breach in check(ground, on, few))


def of_members(article: str, name: str, **told: Any) -> Callable[[FewCheck], FewCheck]:
    """Declare the decorated check as a rule that shares the look at the members."""

    def declare(check: FewCheck) -> FewCheck:
        _checks[name] = check
        rule(article, name, **told)(Share(look_at_members, name))
        return check

    return declare


@of_members(
    "A1",
    "home-registration",
    sentence=_("Every member has one open home registration."),
    remedy=_("Register the member with the cell that he or she belongs to."),
    explanation=_(
        "Everybody has exactly one home in the organisation: the cell where he or she is "
        "counted, works along and votes. Who has none belongs nowhere and is told of no "
        "meeting. The cell is that of the factory, or the street cell for those who work in "
        "none; where the register knows it, it is filled in already. Ask the member before "
        "you register him or her."
    ),
    mend="register",
)
def without_home(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Present members without a home registration in force.

    The unit is the last home cell, or else the district of residence.
    """
    homes = Registration.objects.filter(member=OuterRef("pk"), kind=HOME)
    homeless = Member.objects.present(on).filter(~Exists(homes.in_force(on)))
    if among is not None:
        homeless = homeless.filter(pk__in=among)
    if not ground.everywhere:
        homeless = homeless.filter(pk__in=_known_here(ground, on))
    yield from _with_cells(_homeless_of(ground, on, homeless), "unit", on)


def _homeless_of(ground: Ground, on: date, homeless: QuerySet[Member]) -> Iterator[Breach]:
    """Those of `homeless` whose last home the ground is, or else who live there.

    Asked of a few at a time: the database would look up everybody's last home first.
    """
    homes = Registration.objects.filter(member=OuterRef("pk"), kind=HOME, until__lte=on)
    last = homes.order_by("-until")
    numbers = homeless.order_by("pk").values_list("pk", flat=True).iterator()
    while chunk := list(islice(numbers, _AT_ONCE)):
        members = Member.objects.filter(pk__in=chunk).annotate(
            ended=Subquery(last.values("until")[:1]), cell=Subquery(last.values("unit")[:1])
        )
        if not ground.everywhere:
            here = Unit.objects.filter(ground.holds()).order_by().values("pk")
            members = members.filter(
                Q(cell__in=here) | Q(cell__isnull=True, locality__unit__in=here)
            )
        codes = Unit.objects.filter(pk=OuterRef("cell")).values("code")
        rows = members.order_by("pk").values_list(
            "pk", "joined", "ended", Subquery(codes), "locality__unit__code"
        )
        for number, joined, ended, cell, district in rows:
            unit = cell or district or ""
            yield Breach(unit, f"member {number}", ended or joined, {"kind": HOME})


def _known_here(ground: Ground, on: date) -> QuerySet[Any, Any]:
    """The numbers of those who had a home in `ground` once, or live there: few to look through."""
    once = Registration.objects.filter(ground.holds("unit__"), kind=HOME, until__lte=on)
    residents = Member.objects.filter(ground.holds("locality__unit__"))
    return once.order_by().values("member").union(residents.order_by().values("pk"))


@of_members(
    "A1",
    "home-in-a-cell",
    sentence=_("A member's home registration is with a cell."),
    remedy=_("Register the member with a cell below this unit."),
    explanation=_(
        "The cell is the base of everything, and nobody is a member of a district or an area "
        "directly. Such an entry mostly stands for somebody whose cell was not known yet. "
        "Change it to the cell of the factory, or to the street cell of those who work in "
        "none."
    ),
    mend="change-cell",
)
def home_outside_cells(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Home registrations in force with a unit that is no cell."""
    registrations = _in_force(ground, on, HOME, among).exclude(unit__kind__in=LAWFUL_UNITS[HOME])
    yield from _with_cells(_breaches(registrations, kind=HOME), "to", on)


@of_members(
    "A1",
    "unit-open",
    sentence=_("A registration is with an open unit."),
    remedy=_("Register the member with an open cell."),
    explanation=_(
        "A dissolved unit meets no more, and a unit that is not founded yet does not meet "
        "either: who is registered there is reached by nobody. Change the registration to an "
        "open cell, that of the factory or of the street."
    ),
    mend="change-cell",
)
def in_closed_units(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Registrations in force with a unit that is dissolved, or not founded yet."""
    registrations = _in_force(ground, on, None, among).filter(
        Q(unit__dissolved__lte=on) | Q(unit__founded__gt=on)
    )
    rows = registrations.order_by("member", "kind").values_list(
        "unit__code", "member", "since", "unit__dissolved", "kind"
    )

    def found() -> Iterator[Breach]:
        for code, number, since, dissolved, kind in rows.iterator():
            # A dissolution that is still to come is not what closed the unit on that day.
            closed = dissolved if dissolved is not None and dissolved <= on else since
            yield Breach(code, f"member {number}", max(since, closed), {"kind": kind})

    yield from _with_cells(found(), "to", on)


@of_members(
    "A1",
    "registered-as-member",
    sentence=_("Only members are registered with a unit."),
    remedy=_("End the registration on the day the membership ended."),
    explanation=_(
        "With a membership all registrations end, otherwise the cell counts people it no "
        "longer has and may call on them to vote. This one was left open, or the membership "
        "begins only later. End it on the day the membership ended; or, if the person is a "
        "member after all, readmit him or her."
    ),
    mend="end-leftover",
)
def not_members(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Registrations in force of people who are no members on that day."""
    # Whether each is a member is asked of the registrations at hand, not of all members.
    earlier = EarlierMembership.objects.filter(in_force(on), member=OuterRef("member"))
    registrations = _in_force(ground, on, None, among).filter(
        Q(member__joined__gt=on) | Q(member__left__lte=on), ~Exists(earlier)
    )
    rows = registrations.order_by("member", "kind").values_list(
        "unit__code", "member", "since", "member__left"
    )
    for code, number, since, left in rows.iterator():
        if left is None:
            yield Breach(code, f"member {number}", since)
        else:
            yield Breach(code, f"member {number}", max(since, left), {"on": left.isoformat()})


@of_members(
    "A4",
    "residence-registration",
    sentence=_("A member of a factory cell who lives in another district is registered there too."),
    remedy=_("Register the member with the district or local group where he or she lives."),
    explanation=_(
        "Who works in one district and lives in another belongs to the factory cell, and the "
        "bureau where he or she lives knows of it and may call on him or her there. Without the "
        "second registration it does not know that the member exists. The factory cell's own "
        "district reports the member: the registration is with the district or local group of "
        "the locality, which may then assign one of its street cells."
    ),
    mend="register-residence",
)
def not_registered_where_they_live(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Homes in factory cells of members who are not registered where they live.

    Since the home began, or the last registration there ended: no day of the move is known. The act
    that mends it knows the district from the locality, and has no answers to be given.
    """
    district = OuterRef("member__locality__unit")
    earlier = Registration.objects.filter(
        Q(unit=district) | Q(unit__parent=district),
        member=OuterRef("member"),
        kind=RESIDENCE,
        until__lte=on,
    )
    rows = homes_without_residence(ground, on).order_by("member")
    if among is not None:
        rows = rows.filter(member__in=among)
    ended = Subquery(earlier.order_by("-until").values("until")[:1])
    for code, number, since, last in rows.values_list(
        "unit__code", "member", "since", ended
    ).iterator():
        yield Breach(code, f"member {number}", max(since, last or since))


@of_members(
    "A4",
    "residence-unit",
    sentence=_("A registration of residence is with a district, local group or street cell."),
    remedy=_("Register the member with the district of residence, or one of its street cells."),
    explanation=_(
        "Who works in one district and lives in another is known to the bureau where he or "
        "she lives, which may assign him or her to one of its street cells. A factory cell or "
        "an area cannot do that. Change the registration to the district or local group of "
        "the place of residence, or to one of its street cells."
    ),
    mend="change-cell",
)
def residence_elsewhere(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Registrations of residence in force with another kind of unit."""
    registrations = _in_force(ground, on, RESIDENCE, among)
    unlawful = registrations.exclude(unit__kind__in=LAWFUL_UNITS[RESIDENCE])
    yield from _breaches(unlawful, kind=RESIDENCE)


@of_members(
    "A4",
    "residence-of-factory-members",
    sentence=_("Only a member of a factory cell is registered at the place of residence too."),
    remedy=_("End the registration of residence, or change the home cell."),
    explanation=_(
        "A second registration exists for one reason only: a factory cell that lies elsewhere "
        "than the home. Who is in a street cell belongs to the place of residence with that "
        "cell already, and would be counted there twice. End the registration of residence; "
        "or, if the member works in a factory, change the home cell to that of the factory."
    ),
    mend="end-registration",
)
def residence_without_factory(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Registrations of residence in force beside no home in a factory cell."""
    homes = Registration.objects.filter(
        member=OuterRef("member"), kind=HOME, unit__kind__in=FACTORY_CELLS
    )
    registrations = _in_force(ground, on, RESIDENCE, among).filter(
        ~Exists(homes.in_force(on)), member__in=Member.objects.present(on)
    )
    yield from _breaches(registrations)


@of_members(
    "A4",
    "residence-in-another-district",
    sentence=_("A registration of residence is with another district than that of the home cell."),
    remedy=_("End the registration of residence: the home cell's district knows the member."),
    explanation=_(
        "The second registration tells another district that a member lives there. Where home "
        "cell and residence lie in the same district, its bureau knows the member already. "
        "End the registration of residence; it was most likely left over from a move or from "
        "a change of job."
    ),
    mend="end-registration",
)
def residence_in_the_same_district(ground: Ground, on: date, among: Few = None) -> Iterator[Breach]:
    """Registrations of residence in force in the home cell's own district or local group."""
    homes = Registration.objects.filter(member=OuterRef("member"), kind=HOME).in_force(on)
    # One condition, so that the homes of these few are looked up and not everybody's.
    same = Q(unit__parent=OuterRef("unit__parent")) | Q(unit__parent=OuterRef("unit"))
    yield from _breaches(_in_force(ground, on, RESIDENCE, among).filter(Exists(homes.filter(same))))


def _in_force(ground: Ground, on: date, kind: str | None, among: Few) -> QuerySet[Registration]:
    registrations = Registration.objects.filter(ground.holds("unit__")).in_force(on)
    if among is not None:
        registrations = registrations.filter(member__in=among)
    return registrations if kind is None else registrations.filter(kind=kind)


def _breaches(registrations: QuerySet[Registration], **given: str) -> Iterator[Breach]:
    rows = registrations.order_by("member").values_list("unit__code", "member", "since")
    for code, number, since in rows.iterator():
        yield Breach(code, f"member {number}", since, given)


def _with_cells(breaches: Iterable[Breach], field: str, on: date) -> Iterator[Breach]:
    """The breaches, each with the cell that the member belongs to as the answer in `field`.

    Four queries for each few hundred of them; a registration of residence is left as it is.
    """
    coming = iter(breaches)
    while chunk := list(islice(coming, _AT_ONCE)):
        numbers = {int(breach.subject.removeprefix("member ")) for breach in chunk}
        known = belongings(numbers, on)
        for breach in chunk:
            belonging = known.get(int(breach.subject.removeprefix("member ")))
            if belonging and belonging.cell and breach.given.get("kind") == HOME:
                given = {**breach.given, field: belonging.cell.code}
                yield Breach(breach.unit, breach.subject, breach.since, given)
            else:
                yield breach
