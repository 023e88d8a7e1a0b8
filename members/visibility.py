"""What a unit of residence may not see of a member whose home is elsewhere (A4).

It knows the name, how to reach the member, and its own registration: neither the work nor the cell
at home nor what that cell does.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audit.ground import Ground
from districts.scope import ground_of
from members.models import Member, Registration

HOME = Registration.Kind.HOME


def at_home(ground: Ground, on: date) -> QuerySet[Member]:
    """The members whose home the ground is on the day `on`, of those it answers for.

    Their home is registered there, now or from a later day on; or it was there when they left; or
    it was the last one; or they were never registered anywhere and live there.
    """
    if ground.everywhere:
        return Member.objects.all()
    homes = Registration.objects.filter(member=OuterRef("member"), kind=HOME)
    last = ~Exists(homes.filter(since__gt=OuterRef("since")))
    there = Registration.objects.filter(ground.holds("unit__"), kind=HOME).filter(
        Q(until__isnull=True) | Q(until__gt=on) | Q(until__gte=F("member__left")) | last
    )
    anywhere = Registration.objects.filter(member=OuterRef("pk"))
    nowhere = Member.objects.filter(ground.holds("locality__unit__")).exclude(Exists(anywhere))
    keys = there.order_by().values("member").union(nowhere.order_by().values("pk"))
    return Member.objects.filter(pk__in=keys)


def sees_home(request: HttpRequest, member: Member) -> bool:
    """Whether the user who asks sees the member's work and home cell. Looked up once."""
    ground = ground_of(request)
    if ground.everywhere:
        return True
    known: dict[int, bool] = request.__dict__.setdefault("_sees_home", {})
    if member.pk not in known:
        mine = at_home(ground, timezone.localdate()).filter(pk=member.pk)
        known[member.pk] = mine.exists()
    return known[member.pk]


def seen_registrations(
    request: HttpRequest, registrations: Iterable[Registration]
) -> list[Registration]:
    """Those of `registrations` that the user who asks may see: with all their units looked up.

    Whoever has the member at home sees them all, a unit of residence its own alone.
    """
    ground = ground_of(request)
    return [
        one
        for one in registrations
        if ground.has(one.unit.tree_id, one.unit.lft) or sees_home(request, one.member)
    ]
