"""Who looked at a member's page is kept in the log: what the register holds is not idle reading."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.ground import Ground
from audit.log import Draft, note
from audit.models import Entry
from audit.periods import in_force
from districts.models import HeldRole
from districts.roles import ROLES
from members.logged import home_of
from members.models import Member

_ADMINISTRATOR, _EVERYWHERE = "administrator", "(everything)"
SAME_LOOK = timedelta(minutes=1)  # a page that is loaded again meanwhile, as after each act


def note_look(request: HttpRequest, member: Member) -> None:
    """Log that the user who asks looks at the member's page, and by which roles.

    The administrator's looks are logged like everybody's. Of looks that follow each other within a
    minute the first is kept.
    """
    account: Any = request.user
    seen = Entry.objects.filter(
        member=member.pk,
        actor=account.pk,
        what=Entry.What.LOOKED,
        at__gte=timezone.now() - SAME_LOOK,
    )
    if seen.exists():
        return
    number = member.pk
    note(
        Draft(
            what=Entry.What.LOOKED,
            table="members",
            key=str(number),
            member=number,
            unit=home_of(number),
            facts={"scope": roles_covering(account, member)},
        ),
        act="look",
    )


def roles_covering(account: Any, member: Member) -> list[str]:
    """The roles of the account that reach the member today, as 'secretary D-01'.

    One query, and one for each role that is held on a unit: people hold one or two.
    """
    today = timezone.localdate()
    held = HeldRole.objects.filter(in_force(today), account=account).select_related("unit")
    scope = [_ADMINISTRATOR] if account.is_superuser else []
    for role in held.order_by("pk"):
        if role.unit is None:
            scope.append(f"{role.role} {_EVERYWHERE}")
            continue
        reached = Member.objects.on_ground(Ground((role.unit.extent,)), today)
        if reached.filter(pk=member.pk).exists():
            scope.append(f"{role.role} {role.unit.code}")
    return scope


def scope_in_words(scope: Iterable[str]) -> str:
    """Such roles in the reader's language, as the log keeps them for all."""
    return ", ".join(map(_role_in_words, scope))


def _role_in_words(kept: str) -> str:
    name, _space, unit = kept.partition(" ")
    if name == _ADMINISTRATOR:
        return _("administrator")
    role = str(ROLES[name].label) if name in ROLES else name
    return f"{role} ({_('the whole organisation')})" if unit == _EVERYWHERE else f"{role} {unit}"
