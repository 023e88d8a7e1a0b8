"""What waits for a decision about people: members in no cell, accounts, lost second factors."""

from datetime import date
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.panels import Waiting, declare_waiting
from members.models import Account, FactorReset, Member, Registration


def in_no_cell(members: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Those of `members` who have not left and have no home registration, now or planned (A1)."""
    homes = Registration.objects.filter(member=OuterRef("pk"), kind=Registration.Kind.HOME)
    stand = homes.filter(Q(until__isnull=True) | Q(until__gt=on))
    return members.exclude(left__lte=on).filter(~Exists(stand))


def of_who_left(accounts: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Those of `accounts` that still let somebody in whose membership has ended.

    An act or a file that ends a membership closes the account: these are from before it did.
    """
    return accounts.filter(is_active=True, member__left__lte=on).exclude(closes_on__lte=on)


def to_be_reset(accounts: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `accounts` whose second factor one secretary asked to reset; another one can."""
    asked = FactorReset.objects.filter(account=OuterRef("pk"), ended_at=None)
    return accounts.filter(Exists(asked.filter(valid_until__gt=timezone.now())))


class ToBeReset(SimpleListFilter):
    """Accounts whose second factor waits for a second secretary."""

    title = _("second factor")
    parameter_name = "factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("lost", _("Lost, waits for another secretary")),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return to_be_reset(queryset) if self.value() == "lost" else queryset


class OfWhoLeft(SimpleListFilter):
    """Accounts that still let somebody in whose membership has ended."""

    title = _("member")
    parameter_name = "member"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("left", _("Left, and may still log in")),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() == "left"
        return of_who_left(queryset, timezone.localdate()) if chosen else queryset


def _in_no_cell(ground: Ground, on: date) -> int:
    return in_no_cell(Member.objects.on_ground(ground, on), on).count()


def _of_who_left(ground: Ground, on: date) -> int:
    """For the administrator alone: nobody else can close an account."""
    return of_who_left(Account.objects.all(), on).count() if ground.everywhere else 0


declare_waiting(
    Waiting(
        "in-no-cell",
        _("Members in no cell"),
        _in_no_cell,
        lambda: f"{reverse('admin:members_member_changelist')}?state=nowhere",
        order=10,
    )
)


def _to_be_reset(ground: Ground, on: date) -> int:
    accounts = Account.objects.all()
    if not ground.everywhere:
        accounts = accounts.filter(member__in=Member.objects.on_ground(ground, on))
    return to_be_reset(accounts).count()


declare_waiting(
    Waiting(
        "second-factors",
        _("Lost second factors, for another secretary"),
        _to_be_reset,
        lambda: f"{reverse('admin:members_account_changelist')}?factor=lost",
        order=20,
    )
)
declare_waiting(
    Waiting(
        "accounts-of-who-left",
        _("Accounts of people who left"),
        _of_who_left,
        lambda: f"{reverse('admin:members_account_changelist')}?member=left",
        order=90,
    )
)
