"""The accounts in the admin; `members.role_acts` has the acts on their roles."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.days import day_in_words
from audit.ground import Ground
from districts.acts import Text
from districts.acts_admin import ActingAdmin
from districts.picking import Choice, declare_choice
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from members.door_models import AddressChange
from members.models import Account, Member
from members.names import search_words
from members.role_acts import seen_roles
from members.veil import is_veiled, look_up
from members.waiting import WhatWaits


def _members(request: HttpRequest) -> QuerySet[Member]:
    return Member.objects.on_ground(ground_of(request, CHANGE), timezone.localdate())


MEMBER = declare_choice(Choice("member", _members, key="number", words=("search",)))


# Roles on units take the place of groups; what allauth keeps is nobody's but the account's own.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])


@admin.register(Account)
class AccountAdmin(ActingAdmin):
    """Accounts: looked at by the secretaries of their members, kept by the administrator.

    None is made here, and nobody sets another's password: an invitation makes an account.
    """

    list_display = ("username", "member", "is_staff", "is_active", "last_login")
    list_select_related = ("member",)
    list_filter = ("is_active", "is_staff", WhatWaits)
    search_fields = ("username", "member__search")
    search_help_text = lazy("User name, or part of the member's name")
    sortable_by = ("username",)
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "member")}),
        (
            lazy("Access"),
            {"fields": (("is_active", "is_staff"), ("closes_on", "last_login", "date_joined"))},
        ),
    )
    editable = ("username", "member", "is_active")
    picks = {"member": MEMBER}

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        if ground.everywhere:
            return rows
        return rows.filter(member__in=Member.objects.on_ground(ground, timezone.localdate()))

    def prepare(self, shown: list[Any]) -> None:
        """Whether the names are veiled, in one query."""
        look_up(account.member_id for account in shown if account.member_id)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        named = Member.objects.none()
        if search_words(search_term):
            named = Member.objects.named(search_term)
        text = search_term.strip()
        return queryset.filter(Q(username__icontains=text) | Q(member__in=named)), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ground_of(request, CHANGE).everywhere

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds_any(ground_of(request, CHANGE))  # each act looks at what the role would be

    def facts(self, request: HttpRequest, obj: Account) -> Iterable[tuple[Text, Any, str]]:
        if not is_veiled(obj.member_id):  # an address mostly tells the name (A14)
            yield from _addresses(obj)
        for held in seen_roles(request, account=obj):
            address = (
                reverse("admin:districts_unit_change", args=[held.unit_id]) if held.unit else ""
            )
            yield held.get_role_display(), held.unit or lazy("the whole organisation"), address


def _addresses(account: Account) -> Iterable[tuple[Text, Any, str]]:
    """The address that logs in, and the one that is to: it does once it has answered a link."""
    yield lazy("Logs in with"), account.email or lazy("no e-mail address"), ""
    change = AddressChange.objects.filter(account=account).first()
    if change is None:
        return
    if change.valid_until <= timezone.now():
        text = _("%(address)s: not confirmed, and the link has run out")
        yield lazy("New address to log in with"), text % {"address": change.address}, ""
        return
    text = _("%(address)s: not confirmed yet; %(whose)s has a link until %(day)s")
    day = day_in_words(timezone.localdate(change.valid_until))
    values = {"address": change.address, "whose": change.get_stage_display(), "day": day}
    yield lazy("New address to log in with"), text % values, ""
