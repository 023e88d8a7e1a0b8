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

_LOST = _("Lost second factors, for another secretary")
_LEFT = _("Accounts of people who left")


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


class WhatWaits(SimpleListFilter):
    """Accounts about which somebody has to decide, as the first page counts them."""

    title = _("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("lost", _LOST), ("left", _LEFT))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "lost":
            return to_be_reset(queryset)
        return of_who_left(queryset, timezone.localdate()) if self.value() == "left" else queryset


def _accounts_that_wait(what: str) -> str:
    return f"{reverse('admin:members_account_changelist')}?{WhatWaits.parameter_name}={what}"


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
    Waiting("second-factors", _LOST, _to_be_reset, lambda: _accounts_that_wait("lost"), order=20)
)
declare_waiting(
    Waiting(
        "accounts-of-who-left", _LEFT, _of_who_left, lambda: _accounts_that_wait("left"), order=90
    )
)
