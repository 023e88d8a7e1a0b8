"""Who may see and change which part: the only place that turns a user into units."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from guardian.models import UserObjectPermission

from audit.ground import EVERYWHERE, Extent, Ground
from audit.periods import in_force
from districts.models import HeldRole, Unit
from districts.roles import ROLES, VIEW

NOWHERE = Ground()


def ground(user: AbstractBaseUser | AnonymousUser, permission: str = VIEW) -> Ground:
    """The ground on which `user` holds the permission today: the units of the roles that hold it,
    with all below them.

    One query; none for a superuser, who holds it everywhere, and none for somebody who has not
    logged in or is no longer active, who holds it nowhere.
    """
    return _ground(user, permission)[0]


def _ground(user: Any, permission: str) -> tuple[Ground, frozenset[str]]:
    """The ground, and the names of the roles that it comes from; all of them for a superuser."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE, frozenset()
    if getattr(user, "is_superuser", False):
        return EVERYWHERE, frozenset(ROLES)
    rows = list(_held(user, permission).values_list("role", *_RANGE))
    roles = frozenset(role for role, *_range in rows)
    if any(tree is None for _role, tree, _left, _right in rows):
        return EVERYWHERE, roles
    return Ground(tuple(_outermost(Extent(*row) for _role, *row in rows))), roles


def ground_of(request: HttpRequest, permission: str = VIEW) -> Ground:
    """The ground of the user who asks, looked up once in a request."""
    known: dict[str, Ground] = request.__dict__.setdefault("_grounds", {})
    if permission not in known:
        known[permission], roles = _ground(request.user, permission)
        request.__dict__.setdefault("_roles", {})[permission] = roles
    return known[permission]


def holds_any(ground: Ground) -> bool:
    """Whether there is any unit at all that `ground` can hold."""
    return ground.everywhere or bool(ground.extents)


def offers(request: HttpRequest, permission: str) -> bool:
    """Whether a role by which the user sees anything holds the permission; for the menu.

    No query of its own: every page looks up what the user sees. The pages ask `ground_of`.
    """
    ground_of(request)
    roles = request.__dict__["_roles"][VIEW]
    return any(permission in ROLES[role].permissions for role in roles)


def permits(request: HttpRequest) -> bool:
    """Whether the user who asks sees any part of the register; for links that lead there."""
    return holds_any(ground_of(request))


_RANGE = ("unit__tree_id", "unit__lft", "unit__rght")


def _held(user: Any, permission: str) -> QuerySet[HeldRole]:
    """The roles in force today that hold the permission, where guardian or Django keeps it too."""
    kept = Permission.objects.filter(
        codename=permission,
        content_type__app_label=Unit._meta.app_label,
        content_type__model=Unit._meta.model_name,
    )
    on_units = UserObjectPermission.objects.filter(user=user, permission__in=kept)
    units = on_units.annotate(unit=Cast("object_pk", BigIntegerField())).values("unit")
    names = [name for name, role in ROLES.items() if permission in role.permissions]
    held = HeldRole.objects.filter(in_force(timezone.localdate()), account=user, role__in=names)
    return held.filter(
        Q(unit__in=units) | Q(unit=None, account__user_permissions__in=kept)
    ).order_by("unit__tree_id", "unit__lft")


def _outermost(extents: Iterable[Extent]) -> Iterable[Extent]:
    """Those that lie in no other one; `extents` come in the order of tree and left edge."""
    outer: Extent | None = None
    for extent in extents:
        if outer is None or extent.tree != outer.tree or extent.left > outer.right:
            outer = extent
            yield extent
