"""Who may see and change which part: the only place that turns a user into units."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from guardian.models import UserObjectPermission

from audit.ground import EVERYWHERE, Extent, Ground
from audit.periods import in_force
from districts.models import HeldRole, Regime, Unit
from districts.roles import PERMISSIONS, ROLES, VIEW

NOWHERE = Ground()


def ground(user: AbstractBaseUser | AnonymousUser, permission: str = VIEW) -> Ground:
    """The ground on which `user` holds the permission today: the units of the roles that hold it,
    with all below them.

    One query; none for a superuser, who holds it everywhere, and none for somebody who has not
    logged in or is no longer active, who holds it nowhere.
    """
    return grounds(user)[permission]


def grounds(user: AbstractBaseUser | AnonymousUser) -> Mapping[str, Ground]:
    """The grounds of `user` by permission. One query for all of them."""
    return _looked_up(user)[0]


def _looked_up(user: Any) -> tuple[Mapping[str, Ground], bool]:
    """The grounds by permission, and whether an emergency may stand anywhere. One query."""
    if not user.is_authenticated or not user.is_active:
        return dict.fromkeys(PERMISSIONS, NOWHERE), True
    if getattr(user, "is_superuser", False):
        return dict.fromkeys(PERMISSIONS, EVERYWHERE), True
    rows = _held(user.pk, timezone.localdate())
    found = {}
    for place, permission in enumerate(PERMISSIONS, start=4):
        holding = (row for row in rows if row[place] and permission in ROLES[row[0]].permissions)
        found[permission] = _joined([row[1:4] for row in holding])
    return found, not rows or bool(rows[0][-1])


def _joined(ranges: Sequence[tuple[Any, ...]]) -> Ground:
    """The ground of several units, in the order of the tree; no tree stands for everything."""
    if any(tree is None for tree, _left, _right in ranges):
        return EVERYWHERE
    return Ground(tuple(outermost(Extent(*one) for one in ranges if one[0] is not None)))


def ground_of(request: HttpRequest, permission: str = VIEW) -> Ground:
    """The ground of the user who asks, looked up once in a request for all permissions."""
    return _known(request)[0][permission]


def emergency_may_stand(request: HttpRequest) -> bool:
    """Whether a unit may be in an emergency, as the look-up of the user's roles says beside (A14).

    It says so for certain only of who holds a role: of others, and of a superuser, it says yes.
    """
    return _known(request)[1]


def _known(request: HttpRequest) -> tuple[Mapping[str, Ground], bool]:
    known: tuple[Mapping[str, Ground], bool] | None = request.__dict__.get("_grounds")
    if known is None:
        known = request.__dict__["_grounds"] = _looked_up(request.user)
    return known


def holds_any(ground: Ground) -> bool:
    """Whether there is any unit at all that `ground` can hold."""
    return ground.everywhere or bool(ground.extents)


def permits(request: HttpRequest) -> bool:
    """Whether the user who asks sees any part of the register; for links that lead there."""
    return holds_any(ground_of(request))


_RANGE = ("unit__tree_id", "unit__lft", "unit__rght")


# Stand in the statement for who asks and for the day, and are nobody's number and no day of ours.
_SOMEBODY, _SOME_DAY = -1, date.min


def _held(user: int, on: date) -> list[tuple[Any, ...]]:
    """The user's roles in force, each with what guardian or Django keeps of the permissions too.

    Every request of an office asks for them, and to put the query together takes longer than to
    carry it out: that is done once.
    """
    sql, values = _statement(connection.vendor)
    given = {_day(_SOME_DAY): _day(on), _SOMEBODY: user}
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(value, value) for value in values])
        return list(cursor.fetchall())


def _day(day: date) -> Any:
    """The day as the database takes it."""
    return connection.ops.adapt_datefield_value(day)


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The statement for one kind of database, and its values."""
    held = HeldRole.objects.filter(in_force(_SOME_DAY), account=_SOMEBODY)
    held = held.annotate(
        **{permission: Exists(_kept(_SOMEBODY, permission)) for permission in PERMISSIONS},
        emergency=Exists(Unit.objects.filter(regime=Regime.EMERGENCY)),
    ).order_by("unit__tree_id", "unit__lft")
    sql, values = held.values_list(
        "role", *_RANGE, *PERMISSIONS, "emergency"
    ).query.sql_with_params()
    return sql, tuple(values)


def _kept(user: int, permission: str) -> QuerySet[Permission]:
    """The permission itself, if it is kept for `user` on the outer role's unit or everywhere."""
    on_the_unit = UserObjectPermission.objects.filter(
        user=user,
        permission=OuterRef("pk"),
        object_pk=Cast(OuterRef(OuterRef("unit")), CharField()),
    )
    everywhere = Q(user=user)
    return Permission.objects.filter(
        Exists(on_the_unit) | everywhere,
        codename=permission,
        content_type__app_label=Unit._meta.app_label,
        content_type__model=Unit._meta.model_name,
    )


def outermost(extents: Iterable[Extent]) -> Iterator[Extent]:
    """Those that lie in no other one; `extents` come in the order of tree and left edge."""
    outer: Extent | None = None
    for extent in extents:
        if outer is None or extent.tree != outer.tree or extent.left > outer.right:
            outer = extent
            yield extent
