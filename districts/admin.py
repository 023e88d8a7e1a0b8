"""The ground in the admin: units, localities, workplaces."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.days import day_in_words
from audit.ground import Ground
from districts import home, place_acts, unit_acts  # noqa: F401  # declare themselves to frames
from districts.acts import Text
from districts.acts_admin import ActingAdmin
from districts.filters import BelowUnit, OpenUnits, chosen_unit
from districts.models import Locality, Regime, Unit, Workplace
from districts.panels import Figure, figures
from districts.picking import (
    FACTORY_CELL,
    LEADER,
    OWN_LOCALITY,
    STREET_CELL,
    SUGGESTED,
    choice_named,
)
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from districts.unit_page import count_figures, path_of, prepare_page

admin.site.index_title = _("Start")

POSITION: Any = (_("Position"), {"fields": (("latitude", "longitude"),)})


def _column(figure: Figure) -> Callable[[Any], SafeString]:
    title: Any = figure.title

    @admin.display(description=title)
    def column(unit: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', figure.address(unit), unit.figures[figure.name])

    column.__name__ = figure.name
    return column


@admin.register(Unit)
class UnitAdmin(ActingAdmin):
    """Units: found, renamed, moved and dissolved by acts; only the position is set by hand."""

    list_select_related = ("parent",)
    list_filter = (OpenUnits, "kind", BelowUnit)
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    ordering = ("tree_id", "lft")
    sortable_by = ("code", "name", "founded")
    editable = ("latitude", "longitude")

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return rows.filter(ground.holds())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.suggest_view)
        return [path("suggest/<slug:name>/", view, name="districts_suggest"), *super().get_urls()]

    def prepare(self, shown: list[Any]) -> None:
        count_figures(shown)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = [_column(figure) for figure in figures()]
        return ["name", "code", "kind", "stands_under", *columns, "founded", "dissolved"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (POSITION,)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        narrowed = {"narrowed_to": chosen_unit(request)}
        return super().changelist_view(request, narrowed | (extra_context or {}))

    @admin.display(description=_("stands under"))
    def stands_under(self, unit: Unit) -> str | None:
        return unit.parent.name if unit.parent else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (unit := kwargs.get("obj")) is not None:
            prepare_page(unit)
            context["path"] = path_of(request, unit)
        return super().render_change_form(request, context, *args, **kwargs)

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        for figure in figures():
            yield figure.title, obj.figures[figure.name], figure.address(obj)
        below = obj.get_descendants().exclude(dissolved__lte=timezone.localdate()).count()
        if below:
            yield _("Open units below it"), below, f"{self._list_address()}?unit={obj.pk}"
        yield _("Kind"), obj.get_kind_display(), ""
        yield _("Code"), obj.code, ""
        yield _("Founded"), day_in_words(obj.founded), ""
        if obj.dissolved:
            yield _("Dissolved"), day_in_words(obj.dissolved), ""
        if obj.contact:
            yield _("How to reach it"), obj.contact, ""
        if obj.regime == Regime.EMERGENCY:
            yield _("Emergency since (A14)"), day_in_words(obj.regime_since), ""

    def suggest_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Rows of a declared choice that hold what somebody has typed so far."""
        choice = choice_named(name)
        if not holds_any(ground_of(request, choice.permission if choice else CHANGE)):
            raise PermissionDenied
        if choice is None:
            raise Http404
        rows = choice.like(request, request.GET.get("q", "")[:100])[:SUGGESTED]
        return JsonResponse({"rows": [choice.label(row) for row in rows]})


class PlaceAdmin(ActingAdmin):
    """Places, kept by whoever keeps the register of the units that work there."""

    search_help_text = _("Code, name or postcode")
    units: ClassVar[tuple[str, ...]] = ()  # what reaches the units that it belongs to

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        if ground.everywhere:
            return rows
        # Sets of keys to look up: conditions joined by "or" would be tried on every place.
        everything = self.model._default_manager.order_by().values("pk")
        first, *others = (everything.filter(ground.holds(unit)) for unit in self.units)
        return rows.filter(pk__in=first.union(*others))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return holds_any(ground_of(request, CHANGE))


@admin.register(Locality)
class LocalityAdmin(PlaceAdmin):
    """Localities."""

    list_display = ("name", "postcode", "code", "unit", "street_cell")
    list_select_related = ("unit", "street_cell")
    search_fields = ("code", "postcode", "name")
    sortable_by = ("code", "name", "postcode")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": ("code", ("postcode", "name"), "unit", "street_cell")}),
        POSITION,
    )
    editable = ("postcode", "name", "unit", "street_cell", "latitude", "longitude")
    picks = {"unit": LEADER, "street_cell": STREET_CELL}
    units = ("unit__", "street_cell__")

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "unit" and not ground_of(request, CHANGE).everywhere:
            field.required = True  # without it the place would be out of the user's own sight
        return field


@admin.register(Workplace)
class WorkplaceAdmin(PlaceAdmin, ActingAdmin):
    """Workplaces."""

    list_display = ("name", "code", "branch", "locality", "cell", "coverage")
    list_select_related = ("locality", "cell")
    search_fields = ("code", "name", "branch", "locality__postcode", "locality__name")
    sortable_by = ("code", "name", "branch")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": (("code", "name"), "branch", "locality", ("cell", "coverage"))}),
        POSITION,
    )
    editable = ("name", "branch", "locality", "cell", "coverage", "latitude", "longitude")
    picks = {"locality": OWN_LOCALITY, "cell": FACTORY_CELL}
    units = ("cell__", "locality__unit__", "locality__street_cell__")

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        cell = obj.cell
        if cell is None:
            yield _("Responsible cell"), _("none"), ""
            return
        seen = ground_of(request).has(cell.tree_id, cell.lft)
        address = reverse("admin:districts_unit_change", args=[cell.pk]) if seen else ""
        yield _("Responsible cell"), cell, address
        yield _("Coverage"), obj.get_coverage_display(), ""
