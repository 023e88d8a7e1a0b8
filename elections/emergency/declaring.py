"""Declaring the emergency of a unit and ending it: two acts of a body above (A14)."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.models import Regime, Unit
from elections.models import Bureau, Emergency
from members.registrations import lock_unit


class CannotDeclare(Refused):
    """An emergency that could not be declared or ended."""


@recorded("declare-emergency")
def declare_emergency(*, unit: Unit, by: Unit, on: date, reason: str) -> Emergency:
    """Declare the emergency of `unit` from the day `on`, by the unit `by` above it.

    Raises `CannotDeclare` with all that stands in the way (A9, A14).
    """
    unit = lock_unit(unit)
    refuse_if(declaring_blockers(unit=unit, by=by, on=on, reason=reason), CannotDeclare)
    emergency = Emergency(unit=unit, declared_by=by, since=on, reason=reason.strip())
    refuse_if(field_blockers(emergency), CannotDeclare)
    emergency.save(force_insert=True)
    unit.regime, unit.regime_since = Regime.EMERGENCY, on
    unit.save(update_fields=["regime", "regime_since"])
    return emergency


def declaring_blockers(*, unit: Unit, by: Unit, on: date, reason: str) -> Iterator[Blocker]:
    """All that keeps `by` from declaring the emergency of `unit` from that day (A9, A14)."""
    yield from above_blockers(unit=unit, by=by)
    yield from day_blockers(on)
    if not unit.is_open(on):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}, "A9")
    if not reason.strip():
        yield Blocker(_("An emergency is declared for a reason."), "A14")
    last = Emergency.objects.filter(unit=unit).order_by("-since").first()
    if last is not None and last.until is None:
        told = _("The emergency of %(unit)s was declared already, from %(day)s on.")
        yield Blocker(told % {"unit": unit, "day": day_in_words(last.since)}, "A14")
    elif last is not None and last.until is not None and on < last.until:
        told = _("The last emergency of %(unit)s ended on %(day)s, not before that day.")
        yield Blocker(told % {"unit": unit, "day": day_in_words(last.until)}, "A14")


def above_blockers(*, unit: Unit, by: Unit) -> Iterator[Blocker]:
    """Why `by` has no say in the emergency of `unit`: it does not stand above it (A14)."""
    if not is_above(by, unit):
        reason = _("%(by)s does not stand above %(unit)s: this is for a body above.")
        yield Blocker(reason % {"by": by, "unit": unit}, "A14")


def is_above(above: Unit, unit: Unit) -> bool:
    """Whether `above` stands above `unit`; asks nothing."""
    within = above.lft < unit.lft and unit.rght < above.rght
    return bool(above.tree_id == unit.tree_id and within)


def day_blockers(on: date) -> Iterator[Blocker]:
    """What happened is recorded, what is to come is not."""
    if on > timezone.localdate():
        yield Blocker(_("This is recorded when it has happened: the day is still to come."))


def standing_emergency(unit: Unit) -> Emergency | None:
    """The emergency of the unit that nobody has ended, if there is one."""
    return Emergency.objects.standing().filter(unit=unit).select_related("declared_by").first()


@recorded("end-emergency")
def end_emergency(*, unit: Unit, on: date) -> Emergency | None:
    """End the emergency of `unit` on the day `on`, the first that it holds no more.

    Answers with the declaration that ended; None where only the regime came in with the unit, from
    an export into an empty register. Raises `CannotDeclare`, also while an appointed committee
    waits for its confirmation (A14).
    """
    unit = lock_unit(unit)
    refuse_if(ending_blockers(unit=unit, on=on), CannotDeclare)
    emergency = standing_emergency(unit)
    if emergency is not None:
        emergency.until = on
        emergency.save(update_fields=["until"])
    unit.regime, unit.regime_since = Regime.NORMAL, on
    unit.save(update_fields=["regime", "regime_since"])
    return emergency


def ending_blockers(*, unit: Unit, on: date) -> Iterator[Blocker]:
    """All that keeps the emergency of `unit` from ending on that day (A14)."""
    yield from day_blockers(on)
    standing = standing_emergency(unit)
    since = standing.since if standing else unit.regime_since
    if since is None or (standing is None and unit.regime != Regime.EMERGENCY):
        yield Blocker(_("No emergency of %(unit)s was declared.") % {"unit": unit}, "A14")
    elif on <= since:
        reason = _("The emergency began on %(day)s only; it lasts a day at least.")
        yield Blocker(reason % {"day": day_in_words(since)}, "A14")
    for committee in Bureau.objects.unconfirmed().filter(unit=unit):
        reason = _(
            "The committee that was appointed on %(day)s waits for its confirmation: let the "
            "delegate meeting confirm it, or elect another."
        )
        yield Blocker(reason % {"day": day_in_words(committee.since)}, "A14")
