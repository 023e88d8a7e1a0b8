"""Who may see and change which part: the only place that turns a user into units."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BigIntegerField
from django.db.models.functions import Cast
from django.http import HttpRequest
from guardian.models import UserObjectPermission

from audit.ground import EVERYWHERE, Extent, Ground
from districts.models import Unit
from districts.roles import VIEW

NOWHERE = Ground()


def ground(user: AbstractBaseUser | AnonymousUser, permission: str = VIEW) -> Ground:
    """The ground on which `user` holds the permission: the units given, with all below them.

    One query; none for a superuser, who holds it everywhere, and none for somebody who has not
    logged in or is no longer active, who holds it nowhere.
    """
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    if getattr(user, "is_superuser", False):
        return EVERYWHERE
    units = Unit.objects.filter(pk__in=_given(user, permission)).order_by("tree_id", "lft")
    return Ground(tuple(_outermost(Extent(*row) for row in units.values_list(*_RANGE))))


def ground_of(request: HttpRequest, permission: str = VIEW) -> Ground:
    """The ground of the user who asks, looked up once in a request."""
    known: dict[str, Ground] = request.__dict__.setdefault("_grounds", {})
    if permission not in known:
        known[permission] = ground(request.user, permission)
    return known[permission]


def holds_any(ground: Ground) -> bool:
    """Whether there is any unit at all that `ground` can hold."""
    return ground.everywhere or bool(ground.extents)


def permits(request: HttpRequest) -> bool:
    """Whether the user who asks sees any part of the register; for links that lead there."""
    return holds_any(ground_of(request))


_RANGE = ("tree_id", "lft", "rght")


def _given(user: AbstractBaseUser, permission: str) -> Any:
    """The keys of the units on which guardian keeps the permission for `user`."""
    rows = UserObjectPermission.objects.filter(
        user=user,
        permission__codename=permission,
        permission__content_type__app_label=Unit._meta.app_label,
        permission__content_type__model=Unit._meta.model_name,
    )
    return rows.annotate(unit=Cast("object_pk", BigIntegerField())).values("unit")


def _outermost(extents: Iterable[Extent]) -> Iterable[Extent]:
    """Those that lie in no other one; `extents` come in the order of tree and left edge."""
    outer: Extent | None = None
    for extent in extents:
        if outer is None or extent.tree != outer.tree or extent.left > outer.right:
            outer = extent
            yield extent
