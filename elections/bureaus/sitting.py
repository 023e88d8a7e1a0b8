"""Constituting a bureau, taking and leaving seats, sharing out the work: acts (A8, A11, A13)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from audit.rulebook import statutes
from districts.kinds import CELLS, FACTORY_CELLS
from districts.models import HeldRole, Unit
from districts.roles import SECRETARY, revoke_role
from elections.bureaus.lawful import (
    Strength,
    mandate_blockers,
    strength_blockers,
    worsened,
)
from elections.candidates import homes_of
from elections.models import Bureau, Question, Seat
from elections.questions import is_below
from members.models import Account, Member, Registration
from members.registrations import lock_unit

HOME = Registration.Kind.HOME
A_DAY = timedelta(days=1)


class CannotConstitute(Refused):
    """A bureau that could not be constituted."""


class CannotChangeSeat(Refused):
    """A seat that could not be taken, shared out or left, or a bureau that could not end."""


@dataclass(frozen=True, slots=True)
class Place:
    """Who takes a seat, and the work that falls to it; empty until it is shared out."""

    member: Member
    portfolio: str = ""


# What stands -------------------------------------------------------------------------------------


def strength_of(members: Iterable[int], on: date) -> Strength:
    """How many these are on the day `on`, and how many of a factory or joint cell. One query."""
    numbers = set(members)
    homes = homes_of(numbers, on)
    factory = sum(home.unit.kind in FACTORY_CELLS for home in homes.values())
    return Strength(len(numbers), factory)


def holders(bureau: Bureau, on: date) -> list[int]:
    """The numbers of the members who hold its seats on the day `on`. One query.

    Who is no member any more holds none, though the seat may not have been given up yet.
    """
    seats = bureau.seats.filter(since__lte=on).exclude(until__lte=on).exclude(member__left__lte=on)
    return list(seats.values_list("member", flat=True))


def sitting_bureau(unit: Unit) -> Bureau | None:
    """The bureau that leads the unit now, if there is one."""
    return Bureau.objects.sitting().filter(unit=unit).first()


# Constituting ------------------------------------------------------------------------------------


@recorded("constitute-bureau")
def constitute_bureau(
    *,
    unit: Unit,
    mandate: str,
    places: Sequence[Place],
    on: date,
    size: int = 0,
    question: Question | None = None,
    befell: str = Bureau.Ending.SUCCEEDED,
    confirm_by: date | None = None,
    larger_because: str = "",
) -> Bureau:
    """Constitute the bureau of `unit` from the day `on`; one that sits ends on that day.

    `size` is the number of seats that the election was called for, as many as `places` unless it
    is given; `befell` says why the one that sits ends. `confirm_by` is the day by which an
    appointed committee is confirmed (A14), `larger_because` why it has so many (A15). Raises
    `CannotConstitute` with all that is unlawful about it (A8, A11, A12, A13).
    """
    unit = lock_unit(unit)
    called = size or len(places)
    found = constituting_blockers(unit=unit, mandate=mandate, places=places, on=on, called=called)
    if mandate == Bureau.Mandate.APPOINTED and confirm_by is None:
        found.append(Blocker(_("An appointed committee has a day to be confirmed by."), "A14"))
    refuse_if(found, CannotConstitute)
    before = sitting_bureau(unit)
    if before is not None:
        end_bureau(bureau=before, on=on, ending=befell)
    bureau = Bureau(
        unit=unit,
        mandate=mandate,
        question=question,
        size=called,
        since=on,
        confirm_by=confirm_by,
        larger_because=larger_because,
    )
    refuse_if(field_blockers(bureau), CannotConstitute)
    bureau.save(force_insert=True)
    for place in places:
        _seat(bureau, place, on, CannotConstitute)
    return bureau


def constituting_blockers(
    *, unit: Unit, mandate: str, places: Sequence[Place], on: date, called: int
) -> list[Blocker]:
    """All that keeps these from leading the unit from that day (A8, A9, A11, A12, A13)."""
    members = [place.member for place in places]
    found = [*_day_blockers(on)]
    if not unit.is_open(on):
        found.append(Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}, "A9"))
    found += mandate_blockers(unit.kind, mandate)
    strength = strength_of([member.pk for member in members], on)
    found += strength_blockers(unit.kind, strength, called=called)
    if len({member.pk for member in members}) < len(members):
        found.append(Blocker(_("Nobody takes two seats.")))
    if sum(place.portfolio == "chair" for place in places) > 1:
        found.append(Blocker(_("A bureau has one chair."), "A8"))
    before = sitting_bureau(unit)
    if before is not None and on <= before.since:
        reason = _("The bureau that sits was constituted on %(day)s, not before that day.")
        found.append(Blocker(reason % {"day": day_in_words(before.since)}))
    for member in members:
        found += seat_blockers(unit=unit, member=member, on=on)
    return found


def seat_blockers(*, unit: Unit, member: Member, on: date) -> Iterator[Blocker]:
    """All that keeps the member from a seat in the bureau of `unit` from that day (A8, A11)."""
    yield from seats_blockers(unit=unit, members=[member], on=on)


def seats_blockers(*, unit: Unit, members: Sequence[Member], on: date) -> Iterator[Blocker]:
    """The same for several members. One query for all of them, and another one for a cell's."""
    homes = homes_of([member.pk for member in members], on)
    elsewhere = _seats_elsewhere(unit, members) if unit.kind in CELLS else {}
    article = "A8" if unit.kind in CELLS else "A11"
    for member in members:
        told = {"member": member, "unit": unit}
        if not member.is_present(on):
            yield Blocker(_("%(member)s is no member on that day.") % told)
            continue
        home, others = homes.get(member.pk), elsewhere.get(member.pk, [])
        if statutes().candidates_from_below and not (home and is_below(home.unit, unit)):
            yield Blocker(_("%(member)s is not at home in %(unit)s or below it.") % told, article)
        if others and len(others) >= statutes().cell_bureaus_each:
            reason = _("%(member)s sits on the bureau of %(other)s already.")
            yield Blocker(reason % {**told, "other": others[0]}, "A8")


def _seats_elsewhere(cell: Unit, members: Sequence[Member]) -> dict[int, list[Unit]]:
    """The other cells on whose bureaus these members sit, by their numbers."""
    seats = Seat.objects.held().filter(member__in=members, bureau__unit__kind__in=CELLS)
    found: dict[int, list[Unit]] = {}
    for seat in seats.exclude(bureau__unit=cell).select_related("bureau__unit"):
        found.setdefault(seat.member_id, []).append(seat.bureau.unit)
    return found


def _day_blockers(on: date) -> Iterator[Blocker]:
    if on > timezone.localdate():
        yield Blocker(_("This is recorded when it has happened: the day is still to come."))


def _seat(
    bureau: Bureau,
    place: Place,
    on: date,
    error: type[Refused],
    question: Question | None = None,
) -> Seat:
    seat = Seat(
        bureau=bureau,
        member=place.member,
        portfolio=place.portfolio,
        question=question,
        since=on,
    )
    refuse_if(field_blockers(seat), error)
    try:
        with transaction.atomic():
            seat.save(force_insert=True)
    except IntegrityError as clash:
        again = _("Somebody else changed this at the same moment. Please look again and repeat.")
        raise error(Blocker(again)) from clash
    return seat


# Seats -------------------------------------------------------------------------------------------


def lock_bureau(bureau: Bureau) -> Bureau:
    """The bureau afresh, locked to the end of the transaction."""
    rows = Bureau.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=bureau.pk)


@recorded("take-seat")
def take_seat(
    *,
    bureau: Bureau,
    member: Member,
    on: date,
    portfolio: str = "",
    question: Question | None = None,
) -> Seat:
    """Give the member a seat in a bureau that sits, by a by-election where `question` names one.

    Raises `CannotChangeSeat` (A8, A11, A13).
    """
    bureau = lock_bureau(bureau)
    refuse_if(taking_blockers(bureau=bureau, member=member, on=on), CannotChangeSeat)
    return _seat(bureau, Place(member, portfolio), on, CannotChangeSeat, question)


def taking_blockers(
    *, bureau: Bureau, member: Member, on: date, leaving: int | None = None
) -> list[Blocker]:
    """All that keeps the member from taking a seat in the bureau on that day.

    A seat that leaves the bureau unlawful is refused only where it makes things worse: one that
    mends a part of what is wrong is welcome (A13). `leaving` is the number of somebody who is
    about to give up a seat.
    """
    found = [*_sitting_blockers(bureau, on), *seat_blockers(unit=bureau.unit, member=member, on=on)]
    held = [number for number in holders(bureau, on) if number != leaving]
    if member.pk in held:
        return [*found, already_sits(member)]
    before, after = strength_of(held, on), strength_of([*held, member.pk], on)
    found += worsened(bureau.unit.kind, before, after, called=bureau.size)
    if after.size > bureau.size and before.size >= bureau.size:
        reason = _("All %(size)s seats for which the election was called are held.")
        found.append(Blocker(reason % {"size": bureau.size}))
    return found


def already_sits(member: Member) -> Blocker:
    """That the member has a seat on the bureau, and takes no second one."""
    return Blocker(_("%(member)s sits on the bureau already.") % {"member": member})


def _sitting_blockers(bureau: Bureau, on: date) -> Iterator[Blocker]:
    yield from _day_blockers(on)
    if bureau.until is not None:
        reason = _("This bureau has led no more since %(day)s.")
        yield Blocker(reason % {"day": day_in_words(bureau.until)})
    if on < bureau.since:
        reason = _("The bureau was constituted on %(day)s only.")
        yield Blocker(reason % {"day": day_in_words(bureau.since)})


@recorded("leave-seat")
def leave_seat(*, seat: Seat, on: date, ending: str) -> Seat:
    """End the seat from the day `on`, and the secretary's role on the unit with it.

    What the bureau loses by it is no bar: the finding says it from that day (A8, A11, A13). Raises
    `CannotChangeSeat`.
    """
    bureau = lock_bureau(seat.bureau)
    seat = Seat.objects.select_related("member").get(pk=seat.pk)
    found = [*_day_blockers(on)]
    if seat.until is not None:
        reason = _("%(member)s has held this seat no more since %(day)s.")
        told = {"member": seat.member, "day": day_in_words(seat.until)}
        found.append(Blocker(reason % told))
    if on <= seat.since:
        reason = _("The seat was taken on %(day)s: it can be given up from %(next)s on.")
        told = {"day": day_in_words(seat.since), "next": day_in_words(seat.since + A_DAY)}
        found.append(Blocker(reason % told))
    refuse_if(found, CannotChangeSeat)
    return _end(seat, bureau.unit, on, ending)


def _end(seat: Seat, unit: Unit, on: date, ending: str) -> Seat:
    seat.until, seat.ending = on, ending
    seat.save(update_fields=["until", "ending"])
    account = Account.objects.filter(member=seat.member_id).first()
    if account is not None:
        held = HeldRole.objects.filter(account=account, role=SECRETARY, unit=unit)
        if held.exclude(until__lte=on).exists():
            revoke_role(user=account, role=SECRETARY, unit=unit, on=on)
    return seat


@recorded("share-out")
def share_out(*, seat: Seat, portfolio: str) -> Seat:
    """Say what work falls to the seat (A8). Raises `CannotChangeSeat`."""
    lock_bureau(seat.bureau)
    seat = Seat.objects.select_related("member", "bureau").get(pk=seat.pk)
    seat.portfolio = portfolio
    found = field_blockers(seat)
    if seat.until is not None:
        found.append(Blocker(_("This seat is held no more.")))
    refuse_if(found, CannotChangeSeat)
    seat.save(update_fields=["portfolio"])
    return seat


@recorded("end-bureau")
def end_bureau(*, bureau: Bureau, on: date, ending: str) -> Bureau:
    """End the bureau and all its seats from the day `on`. Raises `CannotChangeSeat`."""
    bureau = lock_bureau(bureau)
    found = [*_sitting_blockers(bureau, on)]
    if on == bureau.since:
        reason = _("It leads for a day at least: it can be ended from %(day)s on.")
        found.append(Blocker(reason % {"day": day_in_words(on + A_DAY)}))
    refuse_if([*found, *_later_seats(bureau, on)], CannotChangeSeat)
    return close_bureau(bureau, on, ending)


def _later_seats(bureau: Bureau, on: date) -> Iterator[Blocker]:
    for seat in bureau.seats.filter(until__isnull=True, since__gte=on).select_related("member"):
        reason = _("%(member)s took a seat on %(day)s, not before that day.")
        told = {"member": seat.member, "day": day_in_words(seat.since)}
        yield Blocker(reason % told)


def close_bureau(bureau: Bureau, on: date, ending: str) -> Bureau:
    """End a bureau of which nothing stands in the way, as a part of another act."""
    for seat in bureau.seats.filter(until__isnull=True):
        _end(seat, bureau.unit, on, Seat.Ending.TERM)
    bureau.until, bureau.ending = on, ending
    bureau.save(update_fields=["until", "ending"])
    return bureau
