"""The accounts in the admin, and the acts that give them roles on units and take them away."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from audit.ground import Ground
from districts.acts import Act, Outcome, Text, act_on, sentence
from districts.acts_admin import ActingAdmin
from districts.picking import UNIT, Choice, PickField, declare_choice
from districts.roles import CHANGE, ROLES, grant_role, revoke_role, roles_of
from districts.scope import ground_of
from members.models import Account, Member
from members.names import search_words


def _members(request: HttpRequest) -> QuerySet[Member]:
    return Member.objects.on_ground(ground_of(request, CHANGE), timezone.localdate())


MEMBER = declare_choice(Choice("member", _members, key="number", words=("search",)))


admin.site.unregister(Group)  # roles on units take the place of groups


@admin.register(Account)
class AccountAdmin(UserAdmin, ActingAdmin):  # type: ignore[type-arg]
    """Accounts: looked at by the secretaries of their members, kept by the administrator."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "member", "is_staff", "is_active", "last_login")
    list_select_related = ("member",)
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "member__search")
    search_help_text = lazy("User name, or part of the member's name")
    sortable_by = ("username",)
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "email", "member")}),
        (lazy("Access"), {"fields": (("is_active", "is_staff"), ("last_login", "date_joined"))}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2", "member")}),)
    editable = ("username", "password", "email", "member", "is_active")
    picks = {"member": MEMBER}

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        if ground.everywhere:
            return rows
        return rows.filter(member__in=Member.objects.on_ground(ground, timezone.localdate()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request):
            return super().get_fieldsets(request, obj)
        looked_at = ("username", "member", ("is_active", "is_staff"), ("last_login", "date_joined"))
        return ((None, {"fields": looked_at}),)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        named = Member.objects.none()
        if search_words(search_term):
            named = Member.objects.named(search_term)
        text = search_term.strip()
        return queryset.filter(Q(username__icontains=text) | Q(member__in=named)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return ground_of(request, CHANGE).everywhere

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ground_of(request, CHANGE).everywhere

    def facts(self, request: HttpRequest, obj: Account) -> Iterable[tuple[Text, Any, str]]:
        for role, unit in roles_of(user=obj):
            address = reverse("admin:districts_unit_change", args=[unit.pk])
            yield ROLES[role].label, unit, address


@act_on(Account)
class GrantRole(Act):
    """Give the account a role on a unit."""

    name = "grant-role"
    title = lazy("Give a role")
    explanation = lazy(
        "The account sees the unit and all below it from now on. A secretary changes what is "
        "there, an auditor exports it."
    )
    icon = "key"

    role = forms.ChoiceField(
        label=lazy("Role"),
        choices=[(name, role.label) for name, role in ROLES.items()],
        widget=UnfoldAdminSelectWidget,
    )
    unit = PickField(UNIT, label=lazy("On which unit"), help_text=lazy("Its code or name."))

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Decided on")

    def perform(self, target: Account) -> Outcome:
        role, unit = self.cleaned_data["role"], self.cleaned_data["unit"]
        grant_role(user=target, role=role, unit=unit)
        text = _("%(role)s of %(unit)s, as decided on %(day)s.")
        values = {"role": str(ROLES[role].label).capitalize(), "unit": unit}
        return Outcome(target, sentence(text, day=self.day, **values), [target, unit])


@act_on(Account)
class RevokeRole(Act):
    """Take a role on a unit from the account."""

    name = "revoke-role"
    title = lazy("Take a role away")
    explanation = lazy(
        "The account no longer holds the role. With the last role goes the way into this part of "
        "the program."
    )
    icon = "key_off"
    grave = True

    held = forms.ChoiceField(label=lazy("Which role"), widget=UnfoldAdminSelectWidget)

    @classmethod
    def applies_to(cls, target: Account, on: date) -> bool:
        return bool(roles_of(user=target))

    def adapt(self) -> None:
        self._roles = {
            f"{role}-{unit.pk}": (role, unit) for role, unit in roles_of(user=self.target)
        }
        held: Any = self.fields["held"]
        held.choices = [
            (key, f"{ROLES[role].label}: {unit}") for key, (role, unit) in self._roles.items()
        ]
        self.fields["on"].label = lazy("Decided on")

    def perform(self, target: Account) -> Outcome:
        role, unit = self._roles[self.cleaned_data["held"]]
        revoke_role(user=target, role=role, unit=unit)
        text = _("No longer %(role)s of %(unit)s, as decided on %(day)s.")
        values = {"role": ROLES[role].label, "unit": unit}
        return Outcome(target, sentence(text, day=self.day, **values), [target, unit])
