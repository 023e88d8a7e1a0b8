"""Whether a member's name is veiled from the user who asks: see `districts.veil` (A14).

A member is veiled whose home is in a unit in an emergency. Everybody sees his or her own name.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.utils import timezone

from audit.ground import Ground
from districts.veil import Look, current_look

if TYPE_CHECKING:
    from members.models import Member, Registration, Request


def is_veiled(number: int | None) -> bool:
    """Whether the user who asks may not see the name of the member with this number.

    One query for each that nobody has prepared for by `look_up`.
    """
    look = current_look()
    if look is None or number is None or not look.veiled.extents:
        return False
    if number not in look.known:
        _learn(look, [number])
    return look.known[number]


def look_up(numbers: Iterable[int]) -> None:
    """Find at once whose names are veiled: for a list, before it is shown. One query at most."""
    look = current_look()
    if look is not None and look.veiled.extents:
        _learn(look, [number for number in numbers if number not in look.known])


def _learn(look: Look, numbers: list[int]) -> None:
    if not numbers:
        return
    rows = veiled_homes(look.veiled).filter(member__in=numbers).order_by()
    hidden = set(rows.values_list("member", flat=True)) - {_own(look)}
    look.known.update((number, number in hidden) for number in numbers)


def veiled_homes(ground: Ground) -> "QuerySet[Registration]":
    """The home registrations by which members belong to `ground`, or belonged at last."""
    from members.models import Registration  # which is built on this module

    there = Registration.objects.filter(ground.holds("unit__"), kind=Registration.Kind.HOME)
    homes = Registration.objects.filter(member=OuterRef("member"), kind=Registration.Kind.HOME)
    last = ~Exists(homes.filter(since__gt=OuterRef("since")))
    today = timezone.localdate()
    return there.filter(Q(until__isnull=True) | Q(until__gt=today) | last)


def _own(look: Look) -> int | None:
    user: Any = look.request.user
    return user.member_id if user.is_authenticated else None


def veiled_from_asker() -> "QuerySet[Member] | None":
    """The members whose names the user who asks may not see; None where there are none."""
    from members.models import Member

    look = current_look()
    if look is None or not look.veiled.extents:
        return None
    hidden = veiled_homes(look.veiled).order_by().values("member")
    return Member.objects.filter(pk__in=hidden).exclude(pk__in=[_own(look) or 0])


def hides(member: str) -> Exists | None:
    """The condition that the user who asks may not see the name of a row's member, by the number.

    None where all names are seen. `member` is the row's field that holds the number. It is asked
    of each row, so that a few rows cost little however many are veiled.
    """
    look = current_look()
    if look is None or not look.veiled.extents:
        return None
    own = _own(look)
    homes = veiled_homes(look.veiled).filter(member=OuterRef(member))
    return Exists(homes if own is None else homes.exclude(member=own))


def in_order_of_names(member: str = "") -> list[Any]:
    """What to order rows by, so that lists go by name and tell nothing of one that is veiled.

    The veiled come first, by their numbers. `member` is the way from a row to its member, empty
    for members themselves.
    """
    path = f"{member}__" if member else ""
    hidden = hides(f"{path}pk")
    order: Any = f"{path}search"
    if hidden is not None:
        told = When(hidden, then=Value(""))
        order = Case(told, default=F(order), output_field=TextField()).asc()
    return [order, f"{path}number"]


def veiled_requests() -> "QuerySet[Request] | None":
    """The requests of these members, and what applicants ask of the units themselves (A14)."""
    from members.models import Request

    hidden, look = hides("member"), current_look()
    if hidden is None or look is None:
        return None
    there = look.veiled.holds("unit__") | look.veiled.holds("cell__")
    applied = Q(member__isnull=True) & there
    return Request.objects.filter(hidden | applied)
