"""Roles: named sets of permissions, held for a time on a unit with all below it, or on everything.

Guardian keeps the permissions on the unit itself, the dated row when they hold; `districts.scope`
asks for both. Each role holds a permission that no other role holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.shortcuts import assign_perm, remove_perm

from audit.log import recorded
from audit.periods import in_force
from audit.refusals import Blocker, Refused, refuse_if
from districts.models import HeldRole, Unit

VIEW, CHANGE, EXPORT = "view_register", "change_register", "export_register"
TELL = "tell_votes"
PERMISSIONS = (VIEW, CHANGE, EXPORT, TELL)


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what it is called and what it permits on the unit and on all below it.

    Who gives it holds as much, and keeps the register there; a role that sees nothing of the
    register is given by whoever keeps it.
    """

    label: str | Promise
    permissions: frozenset[str]

    @property
    def asked_of_giver(self) -> frozenset[str]:
        """What somebody must hold there to give or take it."""
        return (self.permissions if self.is_of_the_office else frozenset({VIEW})) | {CHANGE}

    @property
    def is_of_the_office(self) -> bool:
        """Whether it sees the register, and so leads into the admin."""
        return VIEW in self.permissions


SECRETARY, AUDITOR, TELLER = "secretary", "auditor", "teller"
ROLES: dict[str, Role] = {
    SECRETARY: Role(gettext_lazy("secretary"), frozenset({VIEW, CHANGE})),
    AUDITOR: Role(gettext_lazy("auditor"), frozenset({VIEW, EXPORT})),
    TELLER: Role(gettext_lazy("teller"), frozenset({TELL})),
}


class UnknownRole(ValueError):
    """A role that the program does not know; the message names those that it does."""

    def __init__(self, role: str) -> None:
        super().__init__(f"there is no role {role!r}; known are {', '.join(sorted(ROLES))}")


class CannotChangeRole(Refused):
    """A role that could not be given or taken."""


@recorded("grant-role")
def grant_role(
    *,
    user: Any,
    role: str,
    unit: Unit | None,
    since: date | None = None,
    until: date | None = None,
    by: Any = None,
) -> HeldRole:
    """Give `user` the role on `unit`, None for everything; one of the office lets into the admin.

    From today unless `since` says otherwise. `by` is who gives it, None for the program itself: he
    or she must hold what the role asks of its giver. Raises `UnknownRole`, `CannotChangeRole`.
    """
    permissions = _role(role).permissions
    since = since or timezone.localdate()
    refuse_if(granting_blockers(user=user, role=role, unit=unit, by=by, on=since), CannotChangeRole)
    same = HeldRole.objects.filter(account=user, role=role, unit=unit)
    held = same.filter(until=None, since__lte=since).first()
    if held is None:
        # One that begins later is overtaken by this one.
        for later in same.filter(since__gte=since):
            later.delete()
        held = HeldRole.objects.create(
            account=user, role=role, unit=unit, since=since, until=until, given_by=by
        )
    for permission in permissions:
        assign_perm(permission, user, unit) if unit else assign_perm(_named(permission), user)
    # The way into the admin, and the question for a second factor.
    entries = ["is_staff", "holds_office"] if ROLES[role].is_of_the_office else ["holds_office"]
    changed = [name for name in entries if not getattr(user, name)]
    if changed:
        for name in changed:
            setattr(user, name, True)
        user.save(update_fields=changed)
    return held


@recorded("revoke-role")
def revoke_role(
    *,
    user: Any,
    role: str,
    unit: Unit | None,
    on: date | None = None,
    by: Any = None,
) -> None:
    """Take the role on `unit` from `user` on the day `on`, today unless one is given.

    The way into the admin goes with the last role of the office. What another role of the user on
    this unit permits stays. Raises `UnknownRole`, `CannotChangeRole`.
    """
    _role(role)
    on = on or timezone.localdate()
    refuse_if(changing_blockers(user=user, role=role, unit=unit, by=by), CannotChangeRole)
    _end(HeldRole.objects.filter(account=user, role=role, unit=unit), on)
    _withdraw_permissions(user, unit)


@recorded("end-roles")
def end_roles(*, account: Any, on: date) -> None:
    """End all roles of the account on the day `on`, as when its membership ends."""
    units = {held.unit for held in _standing(account, on).select_related("unit")}
    _end(HeldRole.objects.filter(account=account), on)
    for unit in units:
        _withdraw_permissions(account, unit)


def _end(roles: QuerySet[HeldRole], on: date) -> None:
    for held in roles.filter(Q(until__isnull=True) | Q(until__gt=on)):
        held.until = max(on, held.since)
        held.save(update_fields=["until"])


def _withdraw_permissions(user: Any, unit: Unit | None) -> None:
    """Take what no standing role on the unit permits any more, and at last the way in."""
    today = timezone.localdate()
    standing = _standing(user, today)
    kept = {
        permission
        for name in standing.filter(unit=unit).values_list("role", flat=True)
        for permission in ROLES[name].permissions
    }
    for permission in frozenset().union(*(role.permissions for role in ROLES.values())) - kept:
        remove_perm(permission, user, unit) if unit else remove_perm(_named(permission), user)
    office = [name for name, role in ROLES.items() if role.is_of_the_office]
    changed = []
    if user.is_staff and not user.is_superuser and not standing.filter(role__in=office).exists():
        changed.append("is_staff")
    if user.holds_office and not standing.exists():
        changed.append("holds_office")
    if changed:
        for name in changed:
            setattr(user, name, False)
        user.save(update_fields=changed)


def granting_blockers(
    *, user: Any, role: str, unit: Unit | None, by: Any, on: date
) -> Iterator[Blocker]:
    """All that keeps `by` from giving `user` the role on `unit`."""
    yield from changing_blockers(user=user, role=role, unit=unit, by=by)
    if unit is not None and not unit.is_open(on):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}, "A9")
    account = type(user)._default_manager.select_related("member").get(pk=user.pk)
    if account.member is not None and not account.member.is_present(on):
        yield Blocker(_("A role ends with the membership, and there is none on that day."))


def changing_blockers(*, user: Any, role: str, unit: Unit | None, by: Any) -> Iterator[Blocker]:
    """All that keeps `by` from giving or taking this role: his or her own, or one that is wider."""
    if by is None:
        return
    if by.pk == user.pk:
        yield Blocker(_("Nobody changes a role of his or her own."))
    if not holds_all(by, ROLES[role].asked_of_giver, unit):
        reason = _("Nobody gives or takes a role that is wider than his or her own: %(role)s.")
        yield Blocker(reason % {"role": _where(role, unit)})


def holds_all(account: Any, permissions: Iterable[str], unit: Unit | None) -> bool:
    """Whether the account holds each of `permissions` on `unit`, on everything if it is None."""
    from districts.scope import ground  # it builds on this module

    for permission in permissions:
        held = ground(account, permission)
        if held.everywhere:
            continue
        if unit is None or not Unit.objects.on_ground(held).filter(pk=unit.pk).exists():
            return False
    return True


def _where(role: str, unit: Unit | None) -> str:
    return f"{ROLES[role].label}, {unit or _('the whole organisation')}"


def roles_on(*, user: Any, unit: Unit | None) -> list[str]:
    """The names of the roles that `user` holds today on this very unit, not on one above it."""
    held = set(
        HeldRole.objects.filter(
            in_force(timezone.localdate()), account=user, unit=unit
        ).values_list("role", flat=True)
    )
    return [name for name in ROLES if name in held]


def roles_of(*, user: Any) -> list[tuple[str, Unit | None]]:
    """The roles that `user` holds today or will later, each with its unit, None for everything."""
    standing = _standing(user, timezone.localdate()).select_related("unit")
    return [
        (held.role, held.unit) for held in standing.order_by("unit__tree_id", "unit__lft", "role")
    ]


def _standing(user: Any, on: date) -> QuerySet[HeldRole]:
    return HeldRole.objects.filter(Q(until__isnull=True) | Q(until__gt=on), account=user)


def _role(name: str) -> Role:
    if name not in ROLES:
        raise UnknownRole(name)
    return ROLES[name]


def _named(permission: str) -> str:
    return f"{Unit._meta.app_label}.{permission}"
