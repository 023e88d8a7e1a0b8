"""Roles on units: named sets of object permissions, given to a user for a unit and all below it.

Each role holds a permission that no other role holds, so the roles that somebody has on a unit can
be read back from the permissions.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_user_perms, remove_perm

from districts.models import Unit

VIEW, CHANGE, EXPORT = "view_register", "change_register", "export_register"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what it is called and what it permits on the unit and on all below it."""

    label: str | Promise
    permissions: frozenset[str]


SECRETARY, AUDITOR = "secretary", "auditor"
ROLES: dict[str, Role] = {
    SECRETARY: Role(_("secretary"), frozenset({VIEW, CHANGE})),
    AUDITOR: Role(_("auditor"), frozenset({VIEW, EXPORT})),
}


class UnknownRole(ValueError):
    """A role that the program does not know; the message names those that it does."""

    def __init__(self, role: str) -> None:
        super().__init__(f"there is no role {role!r}; known are {', '.join(sorted(ROLES))}")


@transaction.atomic
def grant_role(*, user: AbstractUser, role: str, unit: Unit) -> None:
    """Give `user` the role on `unit` and let him or her into the admin. Raises `UnknownRole`."""
    for permission in _role(role).permissions:
        assign_perm(permission, user, unit)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


@transaction.atomic
def revoke_role(*, user: AbstractUser, role: str, unit: Unit) -> None:
    """Take the role on `unit` from `user`, and the way into the admin with the last of them.

    What another role of the user on this unit permits stays. Raises `UnknownRole`.
    """
    others = [ROLES[name].permissions for name in roles_on(user=user, unit=unit) if name != role]
    for permission in _role(role).permissions.difference(*others):
        remove_perm(permission, user, unit)
    if user.is_staff and not user.is_superuser and not _holds_any_role(user):
        user.is_staff = False
        user.save(update_fields=["is_staff"])


def roles_on(*, user: AbstractUser, unit: Unit) -> list[str]:
    """The names of the roles that `user` holds on this very unit, not on one above it."""
    held = set(get_user_perms(user, unit))
    return [name for name, role in ROLES.items() if role.permissions <= held]


def roles_of(*, user: AbstractUser) -> list[tuple[str, Unit]]:
    """The roles that `user` holds, each with its unit, in the order of the tree."""
    rows = UserObjectPermission.objects.filter(
        user=user,
        permission__content_type__app_label=Unit._meta.app_label,
        permission__content_type__model=Unit._meta.model_name,
    ).values_list("object_pk", "permission__codename")
    held: dict[int, set[str]] = {}
    for key, permission in rows:
        held.setdefault(int(key), set()).add(permission)
    return [
        (name, unit)
        for unit in Unit.objects.filter(pk__in=held)
        for name, role in ROLES.items()
        if role.permissions <= held[unit.pk]
    ]


def _role(name: str) -> Role:
    if name not in ROLES:
        raise UnknownRole(name)
    return ROLES[name]


def _holds_any_role(user: AbstractUser) -> bool:
    held = UserObjectPermission.objects.filter(user=user, permission__codename=VIEW)
    return bool(held.exists())
