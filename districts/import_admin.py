"""Bringing files in: upload, look at the differences, accept. All or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.imports.models import ImportJob, ImportRow
from audit.imports.running import start
from audit.imports.storing import MOST_SENT, forget_files, forget_old, receive
from audit.tables import table_named, tables
from audit.tables.declaration import Table, imported_tables
from audit.tables.sources import CannotImport
from districts.paging import BoundedPaginator
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from districts.transfer_tasks import dispatch, part_of, plan_forgetting, tops
from districts.veil import veiled_ground

JOBS_SHOWN = 20
ROWS_PER_PAGE = 50
REFRESHED_AFTER = 2  # seconds
_KINDS = (ImportRow.Kind.WRONG, ImportRow.Kind.CHANGED, ImportRow.Kind.NEW)


class RowPaginator(BoundedPaginator):
    """Pages through as many rows as are kept of an import."""

    most = 1_000_000


@dataclass(frozen=True, slots=True)
class TableCounts:
    """A line of the overview: a table's rows by kind, each with the address of its rows."""

    title: str
    file: str
    cells: list[tuple[str, int, str, bool]]
    unchanged: int


def may_import(request: HttpRequest) -> bool:
    """Whether the user may bring files in at all."""
    return holds_any(ground_of(request, CHANGE))


def imports_view(request: HttpRequest) -> HttpResponse:
    """The form to upload files, and the imports of before."""
    if not may_import(request):
        raise PermissionDenied
    refused = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_address(_received(request)))
        except CannotImport as error:
            refused = str(error)
    jobs = _visible(request).prefetch_related("files").select_related("account")
    context = {
        "title": _("Import"),
        "refused": refused,
        "jobs": [(job, _address(job)) for job in jobs[:JOBS_SHOWN]],
        "mine": _units_of(request),
        "columns": [
            (table.file, [column.name for column in table.columns]) for table in imported_tables()
        ],
        "computed": _computed(),
        "most": MOST_SENT >> 20,
    }
    return _page(request, "kartei/imports.html", context)


def _received(request: HttpRequest) -> ImportJob:
    uploads = request.FILES.getlist("files")
    if not uploads:
        raise CannotImport(_("Choose the files first."))
    forget_old()
    job = receive(account=request.user, uploads=uploads)
    plan_forgetting()
    start(job, ImportJob.State.UPLOADED)
    dispatch(job)
    return job


def import_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is, what it would change row by row, what became of it."""
    if not may_import(request):
        raise PermissionDenied
    job = _visible(request).select_related("account").filter(pk=pk).first()
    if job is None:
        raise Http404
    if request.method == "POST":
        return _act(request, job)
    own = job.account_id == request.user.pk
    seen = _part_is_the_same(request, job) if own else _sees_others(request)
    context = {
        "title": _("Import"),
        "job": job,
        "own": own,
        "files": list(job.files.all()),
        "mine": _units_of(request),
        "seen": seen,
        "refresh": REFRESHED_AFTER if job.is_running and not job.is_silent else None,
        "percent": _percent(job),
        "step": _step(job),
        "summary": _summary(job, seen=seen),
        "back": reverse("imports"),
        "computed": _computed(),
        **(_rows(request, job) if seen else {}),
    }
    return _page(request, "kartei/import.html", context)


def _act(request: HttpRequest, job: ImportJob) -> HttpResponse:
    """Accept, check again, or give up; only whoever uploaded the files accepts."""
    action = request.POST.get("action", "")
    own = job.account_id == request.user.pk
    if not own and action != "drop":
        raise PermissionDenied
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        started = _started(request, job, action)
    if started:
        dispatch(job)
    return HttpResponseRedirect(_address(job))


def _started(request: HttpRequest, job: ImportJob, action: str) -> bool:
    """Do what the button says as things stand now: whether a run was started."""
    if action == "accept" and job.may_be_accepted and request.POST.get("seen") == job.digest:
        start(job, ImportJob.State.ACCEPTED)
        return True
    if action == "again" and (job.state == ImportJob.State.CHECKED or job.is_silent):
        start(job, ImportJob.State.UPLOADED)
        return True
    if action == "drop" and not job.is_final:
        job.attempt += 1  # a run that is under way keeps nothing
        job.state = ImportJob.State.DROPPED
        job.ended = timezone.now()
        job.save(update_fields=["attempt", "state", "ended"])
        forget_files(job)
        job.rows.all().delete()
        return False
    messages.warning(request, _("Meanwhile this import stands where the page shows it now."))
    return False


# What is shown -------------------------------------------------------------------------------


def _computed() -> str:
    """The files that an import passes over."""
    return ", ".join(table.file for table in tables() if table.exported_only)


def _visible(request: HttpRequest) -> QuerySet[ImportJob]:
    """The imports of the user; all of them for whoever holds everything."""
    if ground_of(request, CHANGE).everywhere:
        return ImportJob.objects.all()
    return ImportJob.objects.filter(account=request.user.pk)


def _part_is_the_same(request: HttpRequest, job: ImportJob) -> bool:
    """Whether the user holds today what he or she held when the rows were looked at."""
    held = ground_of(request, CHANGE)
    return held.everywhere or job.part == part_of(held)


def _sees_others(request: HttpRequest) -> bool:
    """Whether the user sees the rows of others' imports, in which any name may stand (A14)."""
    return ground_of(request, CHANGE).everywhere and not veiled_ground().extents


def _units_of(request: HttpRequest) -> list[Any]:
    return tops(ground_of(request, CHANGE))


def _percent(job: ImportJob) -> int | None:
    read = job.progress.get("read")
    return min(100, 100 * read // job.size) if read and job.size else None


def _step(job: ImportJob) -> str:
    """What happens just now, in words."""
    table = job.progress.get("table", "")
    if job.is_waiting or not table:
        return ""
    file = table_named(table).file
    return {
        "reading": _("Reading %(file)s"),
        "checking": _("Checking %(file)s against the register"),
        "changing": _("Comparing %(file)s with the register"),
    }[job.progress["step"]] % {"file": file}


def _summary(job: ImportJob, *, seen: bool) -> list[TableCounts]:
    kept = set()
    if seen:
        found = job.rows.order_by().values_list("table", "kind").annotate(Count("pk"))
        kept = {(table, kind) for table, kind, _number in found}
    shown = []
    for table in tables():
        if table.name in job.counts:
            counts = job.counts[table.name]
            cells = [
                (
                    kind.value,
                    counts[kind.value],
                    _query(table=table.name, kind=kind.value),
                    (table.name, kind.value) in kept,
                )
                for kind in _KINDS
            ]
            shown.append(TableCounts(_title(table), table.file, cells, counts["unchanged"]))
    return shown


def _rows(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    """A page of the rows: of the table and kind that were chosen, or the first that there are."""
    kind, name = request.GET.get("kind", ""), request.GET.get("table", "")
    rows = job.rows.all()
    if kind not in ImportRow.Kind.values:
        kind = ImportRow.Kind.WRONG if job.problems else ""
    if kind:
        rows = rows.filter(kind=kind)
    known = {table.name: table for table in tables()}
    if name in known:
        rows = rows.filter(table=name)
    page = RowPaginator(rows.order_by("pk"), ROWS_PER_PAGE).get_page(request.GET.get("p"))
    shown = list(page)
    names = _names(request, shown, known)
    veiled = _veiled(shown, known)
    return {
        "rows": [
            (
                row,
                known.get(row.table),
                names.get((row.table, row.key.split("/")[0]), ""),
                _told(row, known.get(row.table), veiled=(row.table, row.key) in veiled),
            )
            for row in shown
        ],
        "page": page,
        "query": urlencode({"table": name, "kind": kind}) + "&",
        "narrowed": bool(request.GET.get("kind") or request.GET.get("table")),
    }


def _names(
    request: HttpRequest, rows: list[ImportRow], known: dict[str, Table]
) -> dict[tuple[str, str], str]:
    """What the changed rows are about, by table and the first part of the key. A query a table."""
    keys: dict[str, set[str]] = {}
    for row in rows:
        if row.kind == ImportRow.Kind.CHANGED and row.table in known:
            keys.setdefault(row.table, set()).add(row.key.split("/")[0])
    names = {}
    for name, wanted in keys.items():
        table = known[name]
        about = table if len(table.key) == 1 else table.column(table.key[0]).target or table
        held = about.rows(ground_of(request, CHANGE), None)
        field = about.key_column.field.attname
        for found in held.filter(**{f"{field}__in": wanted}):
            names[name, str(getattr(found, field))] = str(found)
    return names


def _veiled(rows: list[ImportRow], known: dict[str, Table]) -> set[tuple[str, str]]:
    """The rows that the user may not see whole since an emergency, by table and key (A14)."""
    found = set()
    for name in {row.table for row in rows} & set(known):
        table = known[name]
        hidden = table.veiled.rows() if table.veiled else None
        if hidden is not None:
            path = table.key_column.path
            keys = [row.key for row in rows if row.table == name and row.key]
            there = hidden.filter(**{f"{path}__in": keys}).order_by().values_list(path, flat=True)
            found |= {(name, str(key)) for key in there}
    return found


def _told(
    row: ImportRow, table: Table | None, *, veiled: bool
) -> Iterable[tuple[str, str, str, str]]:
    """The cells of a row: the column, its label, and what stands before and after."""
    hidden = table.veiled.columns if veiled and table and table.veiled else ()
    labels = {}
    if table is not None:
        labels = {
            column.name: str(capfirst(getattr(column.field, "verbose_name", column.name)))
            for column in table.columns
        }
    for name, before, after in row.cells:
        if name in hidden:
            before = after = "…"
        yield name, labels.get(name, name), before, after


def _title(table: Table) -> str:
    return str(capfirst(table.model._meta.verbose_name_plural))


def _query(**values: str) -> str:
    return f"?{urlencode(values)}#rows"


def _address(job: ImportJob) -> str:
    return reverse("import", args=[job.pk])


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    request.current_app = admin.site.name
    return TemplateResponse(request, template, admin.site.each_context(request) | context)
