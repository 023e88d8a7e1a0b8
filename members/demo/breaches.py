"""A few breaches of the articles, so that findings show: as many however large the town is."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from districts.kinds import Kind
from districts.models import Coverage, Unit, Workplace
from members.models import Employment, Leaving, Member, Registration
from members.registrations import HOME, RESIDENCE


def make_breaches(day: date) -> None:
    """Break A1 to A4, A6 and A7 in the first districts, for people who have been there for a while.

    A9 is broken by the ground itself, which has a cell below a dissolved district.
    """
    first, second, *_others = Unit.objects.filter(kind=Kind.DISTRICT).order_by("code")
    _without_home(first, day)
    _with_the_district(first, day)
    _in_a_closed_cell(first, day)
    _left_but_registered(first, day)
    _residence_of_a_street_member(first, second, day)
    _residence_in_a_factory_cell(first, second, day)
    _without_residence(day)
    _in_another_cell(first, day)
    joint = second.children.filter(kind=Kind.FACTORY_CELL, dissolved=None).order_by("code").last()
    Unit.objects.filter(pk=joint.pk).update(kind=Kind.JOINT_CELL)


def _without_home(district: Unit, day: date) -> None:
    for home in settled(district, Kind.FACTORY_CELL, day)[:2]:
        Registration.objects.filter(pk=home.pk).update(until=day - timedelta(days=20))


def _with_the_district(district: Unit, day: date) -> None:
    home = settled(district, Kind.STREET_CELL, day)[0]
    Registration.objects.filter(pk=home.pk).update(unit=district)


def _in_a_closed_cell(district: Unit, day: date) -> None:
    """Two members stayed behind in a street cell that was dissolved half a year ago."""
    closed = Unit.objects.create(
        code=f"{district.code}-S99",
        name="Streets behind the old lock",
        kind=Kind.STREET_CELL,
        parent=district,
        founded=district.founded + timedelta(days=60),
        dissolved=day - timedelta(days=180),
        latitude=district.latitude,
        longitude=district.longitude,
    )
    for home in settled(district, Kind.STREET_CELL, day)[:2]:
        Registration.objects.filter(pk=home.pk).update(unit=closed)


def _left_but_registered(district: Unit, day: date) -> None:
    home = settled(district, Kind.STREET_CELL, day)[0]
    Member.objects.filter(pk=home.member_id).update(
        left=day - timedelta(days=10), left_reason=Leaving.RESIGNED
    )


def _residence_of_a_street_member(district: Unit, other: Unit, day: date) -> None:
    home = settled(district, Kind.STREET_CELL, day)[0]
    since = day - timedelta(days=100)
    Registration.objects.create(member=home.member, unit=other, kind=RESIDENCE, since=since)


def _residence_in_a_factory_cell(district: Unit, other: Unit, day: date) -> None:
    home = settled(district, Kind.FACTORY_CELL, day)[0]
    cell = other.children.filter(kind=Kind.FACTORY_CELL).order_by("code")[0]
    since = day - timedelta(days=100)
    Registration.objects.create(member=home.member, unit=cell, kind=RESIDENCE, since=since)


def _in_another_cell(district: Unit, day: date) -> None:
    """Four who stand elsewhere than work or residence say, and one of whom neither is known."""
    factories = settled(district, Kind.FACTORY_CELL, day).order_by("-member")
    at_work, jobless, nearby = factories.filter(
        member__employments__until=None,
        member__employments__workplace__coverage=Coverage.OWN,
    )[:3]
    moved, lost = settled(district, Kind.STREET_CELL, day).order_by("-member")[:2]
    cells = district.children.filter(kind=Kind.STREET_CELL, dissolved=None).order_by("code")
    street = cells.exclude(pk=moved.unit_id)[0]
    Employment.objects.filter(member=jobless.member_id).update(until=day - timedelta(days=90))
    for home in (at_work, jobless, moved):
        Registration.objects.filter(pk=home.pk).update(unit=street)
    shop = _repair_shop(nearby.unit)
    Employment.objects.filter(member=nearby.member_id, until=None).update(workplace=shop)
    Member.objects.filter(pk=lost.member_id).update(locality=None, address="")


def _repair_shop(not_of: Unit) -> Workplace:
    """A small workshop that a factory cell other than `not_of` covers."""
    cells = Unit.objects.filter(kind=Kind.FACTORY_CELL, dissolved=None).exclude(pk=not_of.pk)
    cell = cells.order_by("code")[0]
    return Workplace.objects.create(
        code=f"{cell.code}-W2",
        name="Repair shop at the old lock",
        branch="repairs",
        locality=cell.workplaces.order_by("code")[0].locality,
        cell=cell,
        coverage=Coverage.ATTACHED,
        latitude=cell.latitude,
        longitude=cell.longitude,
    )


def _without_residence(day: date) -> None:
    """Somebody works in one district and lives in another, whose bureau was not told."""
    homes = Registration.objects.filter(
        member=OuterRef("member"), kind=HOME, until=None, since__lt=day, unit__dissolved=None
    )
    residences = Registration.objects.filter(
        Exists(homes.filter(unit__kind=Kind.FACTORY_CELL)), kind=RESIDENCE, until=None
    )
    residences.filter(unit__kind=Kind.STREET_CELL).earliest("member").delete()


def settled(district: Unit, kind: Kind, day: date) -> QuerySet[Registration]:
    """Homes in cells of the district that have stood for a year, of people not broken yet."""
    return (
        Registration.objects.filter(kind=HOME, unit__kind=kind, unit__parent=district, until=None)
        .filter(since__lte=day - timedelta(days=365), member__left=None)
        .exclude(unit__dissolved__isnull=False)
        .exclude(member__registrations__kind=RESIDENCE)
        .order_by("member")
    )
