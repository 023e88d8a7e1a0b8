"""The second registration (A4): with the district where a member of a factory cell lives.

What it is follows from two things, the home cell and the locality of residence. So the acts that
change either call `settle_residence`, which ends and opens what it must on that day. Whoever may do
such an act does this with it, also in another district: that a member has gone from there, or has
come to live there, is what the other bureau is to be told under A4, and it decides nothing in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from audit.ground import Ground
from audit.log import apart
from audit.periods import in_force
from districts.kinds import FACTORY_CELLS, Kind
from districts.models import Locality, Unit
from members.models import EarlierMembership, Member, Registration

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE


def district_of_residence(*, home: Unit, lives: Unit | None) -> Unit | None:
    """The unit with which a member with this home is to be registered too, if there is one (A4).

    `lives` is the district or local group of the locality of residence. None for who is in a street
    cell, and for who lives in the home cell's own district, which knows the member already.
    """
    if home.kind not in FACTORY_CELLS or lives is None or lives.pk == home.parent_id:
        return None
    return lives


def is_registered_in(residence: Registration, district: Unit) -> bool:
    """Whether it is with this district or local group, or with one of its street cells (A4)."""
    unit = residence.unit
    return unit.pk == district.pk or (
        unit.kind == Kind.STREET_CELL and unit.parent_id == district.pk
    )


def is_lawful_beside(residence: Registration, home: Unit) -> bool:
    """Whether somebody with this home may be registered there as a resident (A4)."""
    same = home.parent_id in (residence.unit_id, residence.unit.parent_id)
    return home.kind in FACTORY_CELLS and not same


# Who is meant -----------------------------------------------------------------------------------


def homes_elsewhere(ground: Ground, on: date) -> QuerySet[Registration]:
    """The homes in the factory cells of `ground` of those who live in another district."""
    homes = Registration.objects.filter(in_force(on), ground.holds("unit__"), kind=HOME)
    registered = Registration.objects.filter(member=OuterRef("member"), kind=RESIDENCE)
    lives_elsewhere = Q(member__locality__unit__isnull=False) & ~Q(
        member__locality__unit=F("unit__parent")
    )
    return homes.filter(
        lives_elsewhere | Exists(registered.filter(in_force(on))), unit__kind__in=FACTORY_CELLS
    )


def homes_without_residence(ground: Ground, on: date) -> QuerySet[Registration]:
    """The homes in the factory cells of `ground` of those who are not registered where they live.

    Asked from the homes on: the localities and residences are those of these members alone.
    """
    there = Q(unit=OuterRef("member__locality__unit")) | Q(
        unit__kind=Kind.STREET_CELL, unit__parent=OuterRef("member__locality__unit")
    )
    registered = Registration.objects.filter(in_force(on), member=OuterRef("member"))
    earlier = EarlierMembership.objects.filter(in_force(on), member=OuterRef("member"))
    present = in_force(on, since="joined", until="left", prefix="member__")
    open_there = in_force(on, since="founded", until="dissolved", prefix="member__locality__unit__")
    return Registration.objects.filter(
        in_force(on),
        ground.holds("unit__"),
        open_there,
        present | Exists(earlier),
        ~Q(member__locality__unit=F("unit__parent")),
        ~Exists(registered.filter(there, kind=RESIDENCE)),
        kind=HOME,
        unit__kind__in=FACTORY_CELLS,
    )


# What follows from a change ---------------------------------------------------------------------


def settle_residence(*, member: Member, on: date) -> None:
    """End and open registrations of residence as home and locality ask it from `on` (A4).

    The member is locked by the act that calls. What is registered from a later day is settled for
    each day on which something changes. On a day without a home nothing is settled; without a known
    locality nothing tells where somebody is to be registered, and only what the home forbids ends.
    """
    homes = list(_standing(member, HOME, on))
    residences = list(_standing(member, RESIDENCE, on))
    if not residences and not any(home.unit.kind in FACTORY_CELLS for home in homes):
        return
    lives = place_of(member)
    days = {on, *(row.since for row in (*homes, *residences) if row.since > on)}
    with apart("settle-residence"):
        for day in sorted(days):
            home = next((home for home in homes if home.holds(day)), None)
            if home is not None and member.is_present(day):
                _settle_day(member, home.unit, lives, day)


def _settle_day(member: Member, home: Unit, lives: Locality | None, day: date) -> None:
    district = district_of_residence(home=home, lives=lives.unit if lives else None)
    held = next((row for row in _standing(member, RESIDENCE, day) if row.holds(day)), None)
    if held is not None and not _may_stay(held, home, lives, district):
        _end(held, day)
        held = None
    if held is None and district is not None and _locked(district).is_open(day):
        later = member.registrations.filter(kind=RESIDENCE, since__gt=day).order_by("since")
        until = later.values_list("since", flat=True).first()
        Registration.objects.create(
            member=member, unit=district, kind=RESIDENCE, since=day, until=until
        )


def _may_stay(
    held: Registration, home: Unit, lives: Locality | None, district: Unit | None
) -> bool:
    if not is_lawful_beside(held, home):
        return False
    return lives is None or (district is not None and is_registered_in(held, district))


def _end(registration: Registration, on: date) -> None:
    """One that began on that very day never held for a day: it is struck out."""
    if registration.since == on:
        registration.delete()
    else:
        registration.until = on
        registration.save(update_fields=["until"])


def _locked(unit: Unit) -> Unit:
    """The unit afresh, so that it is not dissolved before the registration stands."""
    locked: Unit = Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
    return locked


def _standing(member: Member, kind: str, on: date) -> QuerySet[Registration]:
    rows = member.registrations.filter(kind=kind).not_ended(on).order_by("since")
    return rows.select_related("unit")


def place_of(member: Member) -> Locality | None:
    """Where the member lives, as the row says now."""
    if member.locality_id is None:
        return None
    return Locality.objects.select_related("unit").get(pk=member.locality_id)


# What it did, in words ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Before:
    """The registrations of residence that a member had before an act, to tell what it did."""

    member: Member
    rows: dict[int, tuple[Unit, date | None]]

    def told(self, say: Callable[..., str]) -> list[str]:
        """What has ended and what was opened since, each put into words by `say`. One query."""
        now = _by_key(self.member)
        texts = []
        for key, (unit, until) in self.rows.items():
            end = now[key].until if key in now else None
            if key not in now:
                text = _("The registration as a resident with %(unit)s never came to hold.")
                texts.append(say(text, unit=unit))
            elif end is not None and end != until:
                text = _("No longer registered as a resident with %(unit)s from %(day)s.")
                texts.append(say(text, unit=unit, day=end))
        for key, row in now.items():
            if key not in self.rows:
                text = _("Registered as a resident with %(unit)s from %(day)s.")
                texts.append(say(text, unit=row.unit, day=row.since))
        return texts


def before(member: Member) -> Before:
    """Remember the member's registrations of residence. One query."""
    rows = _by_key(member).items()
    return Before(member, {key: (row.unit, row.until) for key, row in rows})


def _by_key(member: Member) -> dict[int, Registration]:
    rows = Registration.objects.filter(member=member.pk, kind=RESIDENCE).select_related("unit")
    return {row.pk: row for row in rows.order_by("since")}
