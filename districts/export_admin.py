"""Taking the register out, within the part that somebody may export: a download that is logged."""

import threading
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from audit.days import DayField
from audit.ground import Ground
from audit.tables import table_named, tables
from audit.tables.export import Exported
from audit.tables.noting import EVERYTHING, note_export
from audit.tables.streaming import Stream, archived, single
from districts.acts import DayInput
from districts.models import Unit
from districts.picking import Choice, PickField, declare_choice
from districts.roles import EXPORT, ROLES, roles_of
from districts.scope import ground_of, holds_any
from districts.transfer_tasks import tops

MOST_AT_ONCE = 2  # each holds one of the server's threads and two connections
_places = threading.BoundedSemaphore(MOST_AT_ONCE)
_EVERY_TABLE = ""


def _units(request: HttpRequest) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.on_ground(ground_of(request, EXPORT))
    return units


EXPORTED_UNIT = declare_choice(Choice("exported-unit", _units, permission=EXPORT))


class ExportForm(forms.Form):
    """What to take out: of which unit, as of which day, which table."""

    unit = PickField(
        EXPORTED_UNIT,
        label=gettext_lazy("Unit"),
        required=False,
        help_text=gettext_lazy(
            "With all below it. Leave it empty for everything that you may take out."
        ),
    )
    as_of = DayField(
        label=gettext_lazy("As of"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Leave it empty for the whole history."),
    )
    table = forms.ChoiceField(
        label=gettext_lazy("What"), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        own = tops(ground_of(request, EXPORT))
        super().__init__(data, initial={"unit": own[0].pk if len(own) == 1 else None})
        self.fields["unit"].ask(request)  # type: ignore[attr-defined]
        named = [(table.name, f"{_title(table)} ({table.file})") for table in tables()]
        everything = (_EVERY_TABLE, _("The register with its schema, as one zip"))
        self.fields["table"].choices = [everything, *named]  # type: ignore[attr-defined]


def may_export(request: HttpRequest) -> bool:
    """Whether the user may take anything out."""
    return holds_any(ground_of(request, EXPORT))


def export_view(request: HttpRequest) -> HttpResponseBase:
    """The form, and the download that it asks for."""
    if not may_export(request):
        raise PermissionDenied
    form = ExportForm(request.POST if request.method == "POST" else None, request=request)
    busy = False
    if form.is_bound and form.is_valid():
        if _places.acquire(blocking=False):
            return _download(request, form)
        busy = True
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Export"),
        "form": form,
        "media": form.media,
        "busy": busy,
        "today": timezone.localdate(),
    }
    status = 503 if busy else 200
    return TemplateResponse(request, "kartei/export.html", context, status=status)


def _download(request: HttpRequest, form: ExportForm) -> HttpResponseBase:
    """Stream what was chosen; logged before the first byte, and when all was written."""
    try:
        unit: Unit | None = form.cleaned_data["unit"]
        day, name = form.cleaned_data["as_of"], form.cleaned_data["table"]
        ground = Ground((unit.extent,)) if unit else ground_of(request, EXPORT)
        facts = _facts(request, form)
        about = unit.pk if unit else None
        note_export(facts, unit=about)
        write = (
            single(table_named(name), ground, day)
            if name
            else archived(ground, day, unit.code if unit else _extent(request))
        )

        def whole(written: Sequence[Exported]) -> None:
            note_export(facts, unit=about, written=written)

        called = _file_name(unit, form)
        stream = Stream(write, whole, _places.release)
    except BaseException:  # whatever it is, the place is free for the next download
        _places.release()
        raise
    kind = "text/csv; charset=utf-8" if name else "application/zip"
    response = StreamingHttpResponse(stream, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{called}"'
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _facts(request: HttpRequest, form: ExportForm) -> dict[str, Any]:
    unit, day, name = (form.cleaned_data[field] for field in ("unit", "as_of", "table"))
    return {
        "unit": unit.code if unit else _extent(request) or EVERYTHING,
        "as_of": day.isoformat() if day else None,
        "tables": [name] if name else [table.name for table in tables()],
        "scope": _scope(request),
    }


def _extent(request: HttpRequest) -> str:
    """The units of all that the user may take out; nothing for the whole organisation."""
    return ", ".join(unit.code for unit in tops(ground_of(request, EXPORT)))


def _scope(request: HttpRequest) -> list[str]:
    """The roles under which it is done."""
    user: Any = request.user
    if user.is_superuser:
        return ["administrator"]
    return [
        f"{role} of {unit.code if unit else EVERYTHING}"
        for role, unit in roles_of(user=user)
        if EXPORT in ROLES[role].permissions
    ]


def _file_name(unit: Unit | None, form: ExportForm) -> str:
    """Of codes and days alone, which are safe in a header."""
    day, name = form.cleaned_data["as_of"], form.cleaned_data["table"]
    parts = [name or "register", unit.code.replace("/", "-") if unit else "", str(day or "")]
    return "-".join(part for part in parts if part) + (".csv" if name else ".zip")


def _title(table: Any) -> str:
    return str(capfirst(table.model._meta.verbose_name_plural))
