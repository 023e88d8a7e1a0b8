"""The frame of every table in the admin: rows through the scope, nothing deleted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db.models import DateField, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit import wording
from audit.days import DayField
from audit.ground import Ground
from audit.log import recording
from audit.models import Entry
from districts.acts import DayInput
from districts.log import as_seen, entries_of, seen_entries
from districts.paging import BoundedPaginator
from districts.picking import Choice, PickField
from districts.roles import CHANGE, VIEW
from districts.scope import ground_of, holds_any

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.admin import ModelAdmin
    from unfold.views import ChangeList


ENTRIES_PER_PAGE = 50


class ScopedList(ChangeList):
    """A page of rows; `prepare` looks up for all of them at once what their columns show."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # rows that are not shown are not counted
        self.result_list: Any = list(self.result_list)
        self.model_admin.prepare(self.result_list)  # type: ignore[attr-defined]

    def url_for_result(self, result: Any) -> str:
        address: str = self.model_admin.address_of(result)  # type: ignore[attr-defined]
        return address


class ScopedAdmin(ModelAdmin):  # type: ignore[type-arg]
    """A table whose rows come through the scope of the user who asks.

    A row outside of it is not there (404); a user without the role is turned away (403). Only the
    fields in `editable` are changed by hand, and only they are saved; all others change by acts.
    `picks` names the choice that each foreign key among them is picked from.
    """

    editable: ClassVar[tuple[str, ...]] = ()
    picks: ClassVar[Mapping[str, Choice]] = {}
    list_per_page = 100
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = BoundedPaginator
    formfield_overrides: ClassVar[Any] = {DateField: {"widget": DayInput, "form_class": DayField}}
    list_disable_select_all = True  # what is done to many is done to a page that was looked at

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        """Those of `rows` that lie in `ground`."""
        raise NotImplementedError

    def prepare(self, shown: list[Any]) -> None:
        """Put on the rows of a page what its columns need: as many queries for one as for all."""

    def address_of(self, row: Any) -> str:
        """Where a row of the list leads."""
        meta = row._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ScopedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.on_ground(super().get_queryset(request), ground_of(request, VIEW))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model:
        if not self.has_view_permission(request):
            raise PermissionDenied
        # Django takes an empty parameter for the name of a field.
        row: Model | None = super().get_object(request, object_id, from_field or None)
        if row is None:
            raise Http404
        return row

    def has_module_permission(self, request: HttpRequest) -> bool:
        return holds_any(ground_of(request, VIEW))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, VIEW, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, CHANGE, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _permits(self, request: HttpRequest, permission: str, row: Any) -> bool:
        """Whether the user holds the permission somewhere, or where `row` lies (looked up once)."""
        ground = ground_of(request, permission)
        if row is None or row.pk is None or ground.everywhere or not holds_any(ground):
            return holds_any(ground)
        known: dict[Any, bool] = request.__dict__.setdefault("_permitted", {})
        key = (self.model, row.pk, permission)
        if key not in known:
            rows = self.on_ground(self.model._default_manager.all(), ground)
            known[key] = rows.filter(pk=row.pk).exists()
        return known[key]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(self.readonly_fields)
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [
            name
            for name in shown
            if name not in self.editable or not self._may_pick(request, obj, name)
        ]

    def _may_pick(self, request: HttpRequest, obj: Any, name: str) -> bool:
        """Whether what the field holds now is the user's to change."""
        if name not in self.picks or getattr(obj, f"{name}_id") is None:
            return True
        return self.picks[name].rows(request).filter(pk=getattr(obj, f"{name}_id")).exists()

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name not in self.picks:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        field = PickField(
            self.picks[db_field.name],
            label=capfirst(db_field.verbose_name),
            help_text=db_field.help_text,
            required=not db_field.blank,
        )
        field.ask(request)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what was changed by hand and nothing else of the row."""
        if not change:
            obj.save(force_insert=True)
            return
        changed = [
            field.name for field in obj._meta.concrete_fields if field.name in form.changed_data
        ]
        if changed:
            obj.save(update_fields=changed)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form that is sent is one act, logged like any other."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with recording("by-hand"):
            return super().changeform_view(request, *args, **kwargs)

    def entries_of(self, row: Any) -> QuerySet[Entry]:
        """The entries of the log about a row of this table."""
        return entries_of(row)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """What the log says about the row, as far as the user may see it."""
        row = self.get_object(request, object_id)
        entries = seen_entries(self.entries_of(row), ground_of(request), few=True)
        page = BoundedPaginator(entries.order_by("-id"), ENTRIES_PER_PAGE).get_page(
            request.GET.get("p")
        )
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(row),
            "opts": self.opts,
            "entries": [
                (entry, wording.title(entry), list(wording.changes(entry)))
                for entry in as_seen(list(page))
            ],
            "page": page,
            "back": self.address_of(row),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django's own list of actions is not kept: the log is."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See `log_addition`."""
