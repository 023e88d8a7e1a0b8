"""The list of all roles: who may see and change what, since when, and given by whom."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.acts_admin import ActingAdmin
from districts.filters import StateFilter
from districts.models import HeldRole


class StandingRoles(StateFilter):
    """Roles that hold today or later, ended ones, or both."""

    title = _("state")
    present = _("Not ended")
    others = (("ended", _("Ended")), ("all", _("Both")))

    def narrow(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        ended = Q(until__lte=timezone.localdate())
        if state == "present":
            return rows.exclude(ended)
        return rows.filter(ended) if state == "ended" else rows


@admin.register(HeldRole)
class HeldRoleAdmin(ActingAdmin):
    """Roles on the units of the user's ground; they change by acts."""

    list_display = ("account", "role", "where", "since", "until", "given_by")
    list_select_related = ("account", "unit", "given_by")
    list_filter: ClassVar[Any] = (StandingRoles, "role")
    search_fields = ("account__username", "unit__code", "unit__name")
    search_help_text = _("User name, or code or name of the unit")
    sortable_by = ("since", "until")
    ordering = ("unit__tree_id", "unit__lft", "account__username", "since")
    fieldsets = ((None, {"fields": ("account", "role", "where", ("since", "until"), "given_by")}),)

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds("unit__"))

    @admin.display(description=_("unit"))
    def where(self, held: HeldRole) -> Any:
        return held.unit or _("the whole organisation")
