"""The rules on committees that were appointed in an emergency (A14, A15)."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, rule, statutes
from elections.bureaus.strengths import leading
from elections.models import Bureau, Emergency


def _appointed(ground: Ground, on: date) -> QuerySet[Bureau]:
    """The appointed committees that led on the day `on`."""
    return leading(ground, on).filter(mandate=Bureau.Mandate.APPOINTED)


def _unconfirmed(ground: Ground, on: date) -> QuerySet[Bureau]:
    """Those that no delegate meeting had confirmed by the day `on`."""
    waiting = Q(confirmed_on__isnull=True) | Q(confirmed_on__gt=on)
    return _appointed(ground, on).filter(waiting)


@rule(
    "A14",
    "committee-confirmed",
    sentence=_("An appointed committee is confirmed by its day, or another one is elected."),
    remedy=_("Let the delegate meeting confirm the committee, or elect another."),
    explanation=_(
        "A committee is appointed from above because those who could elect one cannot meet. It "
        "leads on loan: at the first opportunity the delegates meet and confirm it, or elect "
        "another. The finding stands from the day after the last one for that, until the "
        "confirmation is recorded or an elected committee succeeds."
    ),
    mend="confirm-committee",
)
def overdue_confirmations(ground: Ground, on: date) -> Iterator[Breach]:
    """Appointed committees whose day for the confirmation has passed. One query."""
    overdue = _unconfirmed(ground, on).filter(confirm_by__lt=on).order_by("unit__code")
    for code, key, last in overdue.values_list("unit__code", "pk", "confirm_by"):
        yield Breach(code, f"bureau {key}", last + timedelta(days=1) if last else None)


@rule(
    "A14",
    "appointed-in-emergency",
    sentence=_("A committee is appointed only while an emergency of its unit stands."),
    remedy=_("Let the delegate meeting confirm the committee, or elect another."),
    explanation=_(
        "To appoint those who lead is the exception that only an emergency allows, and a body "
        "above declares that before it appoints. A committee that was appointed without one "
        "lacks its mandate until the delegates give it: let them confirm it, or elect another."
    ),
    mend="confirm-committee",
)
def appointed_without_emergency(ground: Ground, on: date) -> Iterator[Breach]:
    """Committees that no emergency covered on the day of their appointment. One query."""
    declared = Emergency.objects.filter(unit=OuterRef("unit"), since__lte=OuterRef("since"))
    covered = declared.filter(Q(until__isnull=True) | Q(until__gt=OuterRef("since")))
    rows = _unconfirmed(ground, on).filter(~Exists(covered)).order_by("unit__code")
    for code, key, since in rows.values_list("unit__code", "pk", "since"):
        yield Breach(code, f"bureau {key}", since)


@rule(
    "A15",
    "committee-small",
    sentence=_("An appointed committee has the fewest seats, or a reason for more."),
    remedy=_("Give the reason for its size."),
    explanation=_(
        "The fewer know of each other, the less one arrest gives away. Under illegality an area "
        "committee is therefore as small as it lawfully can be; where the work asks for more, "
        "the reason is kept."
    ),
    mend="give-reason",
)
def larger_committees(ground: Ground, on: date) -> Iterator[Breach]:
    """Appointed committees with more than the fewest seats and no reason kept. One query."""
    rows = _appointed(ground, on).filter(size__gt=statutes().committee_least, larger_because="")
    found = rows.order_by("unit__code").values_list("unit__code", "pk", "since")
    for code, key, since in found:
        yield Breach(code, f"bureau {key}", since)
