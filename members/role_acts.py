"""Giving and taking roles as pages: never wider than one's own, and never one's own."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminSelectWidget

from audit.days import DayField
from audit.refusals import Blocker
from districts.acts import Act, DayInput, Outcome, Text, act_among, act_on, sentence
from districts.models import HeldRole
from districts.picking import UNIT, Choice, PickField, declare_choice
from districts.roles import CHANGE, ROLES, changing_blockers, grant_role, revoke_role
from districts.scope import ground_of
from members.models import Account, Member
from members.veil import hides


def seen_roles(request: HttpRequest, account: Account | None = None) -> QuerySet[HeldRole]:
    """The roles that hold today or will, on units that the user who asks sees."""
    standing = Q(until__isnull=True) | Q(until__gt=timezone.localdate())
    roles = HeldRole.objects.filter(ground_of(request).holds("unit__"), standing)
    if account is not None:
        roles = roles.filter(account=account)
    return roles.select_related("unit", "account")


def seen_accounts(request: HttpRequest) -> QuerySet[Account]:
    """The accounts of the members in the user's ground; all for whoever holds everything."""
    ground = ground_of(request, CHANGE)
    if ground.everywhere:
        return Account.objects.all()
    members = Member.objects.on_ground(ground, timezone.localdate())
    return Account.objects.filter(member__in=members)


def _of_the_unveiled(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Without those of veiled members, whose names are searched too (A14)."""
    hidden = hides("member")
    return accounts if hidden is None else accounts.exclude(hidden)


ACCOUNT = declare_choice(
    Choice(
        "account",
        seen_accounts,
        key="username",
        words=("username", "member__search"),
        by_name=_of_the_unveiled,
    )
)


class Giving(Act):
    """The fields of a role to give."""

    role = forms.ChoiceField(
        label=lazy("Role"),
        choices=[(name, role.label) for name, role in ROLES.items()],
        widget=UnfoldAdminSelectWidget,
    )
    unit = PickField(UNIT, label=lazy("On which unit"), help_text=lazy("Its code or name."))
    until = DayField(
        label=lazy("Until"),
        required=False,
        widget=DayInput,
        help_text=lazy("The first day that it no longer holds. Empty until it is taken away."),
    )
    title = lazy("Give a role")
    explanation = lazy(
        "From that day it holds for the unit and all below it. A secretary sees the register there "
        "and changes it, an auditor sees it and exports it. A teller sees the rolls of votes "
        "alone, checks off at the door and opens boxes. Nobody gives a role that is wider than "
        "his or her own."
    )
    icon = "key"

    def adapt(self) -> None:
        self.fields["on"].label = lazy("From")
        ground = ground_of(self.request, CHANGE)
        if ground.everywhere:
            self.fields["unit"].required = False
            self.fields["unit"].help_text = lazy(
                "Its code or name; empty for the whole organisation."
            )
        elif len(ground.extents) == 1:
            (extent,) = ground.extents
            own = UNIT.rows(self.request).filter(tree_id=extent.tree, lft=extent.left).first()
            self.fields["unit"].initial = own and own.pk

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("on"), given.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end must be a later day than the start."))
        return given

    def give(self, account: Account) -> Outcome:
        """Give the account the role."""
        given = self.cleaned_data
        held = grant_role(
            user=account,
            role=given["role"],
            unit=given["unit"],
            since=self.day,
            until=given["until"],
            by=self.request.user,
        )
        text = _("%(account)s: %(role)s from %(day)s.")
        values = {"account": account, "role": held}
        return Outcome(self.target or held, sentence(text, day=self.day, **values))


@act_on(Account)
class GrantRole(Giving):
    """Give the account a role on a unit."""

    name = "grant-role"

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Account"), self.target

    def perform(self, target: Account) -> Outcome:
        return self.give(target)


@act_among(HeldRole)
class GiveRole(Giving):
    """Give somebody a role, as when the office is handed to a successor."""

    name = "give-role"
    account = PickField(
        ACCOUNT, label=lazy("To whom"), help_text=lazy("The user name, or a part of the name.")
    )

    def adapt(self) -> None:
        super().adapt()
        self.order_fields(["account", *(name for name in self.fields if name != "account")])

    def perform(self, target: None) -> Outcome:
        return self.give(self.cleaned_data["account"])


@act_on(HeldRole)
class RevokeRole(Act):
    """Take a role away."""

    name = "revoke-role"
    title = lazy("Take the role away")
    explanation = lazy(
        "From that day the account no longer holds the role. With the last role goes the way into "
        "this part of the program."
    )
    icon = "key_off"
    grave = True

    @classmethod
    def applies_to(cls, target: HeldRole, on: date) -> bool:
        return target.until is None or target.until > on

    def adapt(self) -> None:
        self.fields["on"].label = lazy("First day without the role")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Account"), self.target.account
        yield lazy("Role"), self.target

    def foreseen(self) -> Iterator[Blocker]:
        held = self.target
        yield from changing_blockers(
            user=held.account, role=held.role, unit=held.unit, by=self.request.user
        )

    def perform(self, target: HeldRole) -> Outcome:
        revoke_role(
            user=target.account,
            role=target.role,
            unit=target.unit,
            on=self.day,
            by=self.request.user,
        )
        text = _("%(account)s: no longer %(role)s from %(day)s.")
        values = {"account": target.account, "role": target}
        return Outcome(target, sentence(text, day=self.day, **values))
