"""The log as a page: filtered by person, unit, act and day, taken out as CSV, proved whole."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe
from django_tasks_db.models import DBTaskResult

from audit import wording
from audit.chain import heads, log_faults
from audit.ground import Ground
from audit.heads import MOST, UnreadableHeads, heads_from_csv, heads_to_csv
from audit.log import ORGANISATION, Draft, note
from audit.models import Chain, Entry
from districts.log import as_seen, seen_entries
from districts.models import Unit
from districts.roles import EXPORT, VIEW
from districts.scope import ground_of, holds_any
from districts.scoped_admin import ScopedAdmin
from members.log_export import entry_lines
from members.log_filter import LogFilter

PER_PAGE = 50
QUICK = 20_000  # entries beyond which a look from the browser begins at the head that was kept

admin.site.unregister(Entry)
admin.site.unregister(DBTaskResult)  # its rows are nobody's part of the register


@admin.register(Entry)
class EntryAdmin(ScopedAdmin):
    """The log of the user's ground, to read."""

    fieldsets = (
        (None, {"fields": ("at", "actor_name", "told", "sentence", "reason", "before_and_after")}),
        (lazy("About"), {"fields": ("member", "place_of_unit", "act_title", "whole", "facts")}),
        (lazy("Seal"), {"fields": (("chain", "place"), "digest")}),
    )

    def on_ground(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        return seen_entries(rows, ground, few=True)

    def entries_of(self, row: Any) -> QuerySet[Entry]:
        """All that the same act did."""
        return Entry.objects.filter(act_id=row.act_id)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The entry, with what the user may see of it."""
        found: Any = super().get_object(request, object_id, from_field)
        entries: list[Entry] = [found]
        return as_seen(entries)[0]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("export/", view(require_safe(self.export_view)), name="audit_entry_export"),
            path("heads/", view(require_safe(self.heads_view)), name="audit_entry_heads"),
            path("check/", view(require_POST(self.check_view)), name="audit_entry_check"),
            *super().get_urls(),
        ]

    # The page ----------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The entries that the form asks for, newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = LogFilter(request)
        entries = form.narrow(ground_of(request)).order_by("-id")
        shown = list(entries[: PER_PAGE + 1])
        context = {
            "title": _("Log"),
            "form": form,
            "entries": [_told(entry) for entry in as_seen(shown[:PER_PAGE])],
            "older": form.query(before=shown[PER_PAGE - 1].pk) if len(shown) > PER_PAGE else "",
            "newest": form.query() if form.cleaned_data.get("before") else "",
            "export": form.query() if holds_any(ground_of(request, EXPORT)) else None,
            **(extra_context or {}),
        }
        return self._render(request, "kartei/log.html", context)

    def _render(self, request: HttpRequest, template: str, context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        common = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, common | context)

    @admin.display(description=lazy("what"))
    def told(self, entry: Entry) -> str:
        return f"{wording.title(entry)} {entry.key}".strip()

    @admin.display(description=lazy("before and after"))
    def before_and_after(self, entry: Entry) -> str:
        return "\n".join(
            f"{change.label}: {change.before or '…'} → {change.after or '…'}"
            for change in wording.changes(entry)
        )

    @admin.display(description=lazy("unit"))
    def place_of_unit(self, entry: Entry) -> str:
        unit = Unit.objects.filter(pk=entry.unit).first() if entry.unit else None
        return str(unit) if unit else ""

    @admin.display(description=lazy("all of it"))
    def whole(self, entry: Entry) -> SafeString:
        address = reverse("admin:audit_entry_history", args=[entry.pk])
        return format_html('<a href="{}">{}</a>', address, _("What the same act did"))

    @admin.display(description=lazy("act"))
    def act_title(self, entry: Entry) -> str:
        return str(LogFilter.titles().get(entry.act, entry.act))

    # Taking it out -----------------------------------------------------------------------------

    def export_view(self, request: HttpRequest) -> Any:
        """What the form asks for as CSV, of the part that the user may export; noted in the log."""
        ground = ground_of(request, EXPORT)
        if not holds_any(ground):
            raise PermissionDenied
        form = LogFilter(request)
        entries = form.narrow(ground).order_by("id")
        facts = {"table": "log", "asked": form.query()}
        note(
            Draft(what=Entry.What.EXPORTED, table="log", unit=_unit_of(ground), facts=facts),
            act="export-log",
        )
        answer = StreamingHttpResponse(entry_lines(entries), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="log.csv"'
        return answer

    # Proving it --------------------------------------------------------------------------------

    def heads_view(self, request: HttpRequest) -> HttpResponse:
        """The heads of the chains that the user's ground is in, to be kept elsewhere."""
        chains = _chains_of(ground_of(request, VIEW))
        if not chains:
            raise PermissionDenied
        lines = heads_to_csv(head for head in heads() if head.chain in chains)
        answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
        name = f"log-heads-{timezone.localdate().isoformat()}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Check the chains of the user's ground, against heads that were kept if they are sent."""
        chains = _chains_of(ground_of(request, VIEW))
        if not chains:
            raise PermissionDenied
        try:
            kept = _sent_heads(request)
        except UnreadableHeads as error:
            messages.error(request, _("These are no heads: %(why)s.") % {"why": error})
            return HttpResponseRedirect(reverse("admin:audit_entry_changelist"))
        foreign = [head for head in kept if head.chain not in chains]
        long = Chain.objects.filter(pk__in=chains, length__gt=QUICK).exists()
        context = {
            "title": _("Is the log whole?"),
            "faults": list(log_faults(kept, chains, quick=long and bool(kept))),
            "kept": len(kept) - len(foreign),
            "foreign": len(foreign),
            "quick": long and bool(kept),
            "length": sum(head.length for head in heads() if head.chain in chains),
        }
        return self._render(request, "kartei/log_check.html", context)


def _told(entry: Entry) -> Any:
    return entry, wording.title(entry), list(wording.changes(entry))


def _unit_of(ground: Ground) -> int | None:
    """The unit that an export is of, where it is one unit with all below it."""
    if len(ground.extents) != 1:
        return None
    (extent,) = ground.extents
    found: Unit | None = Unit.objects.filter(tree_id=extent.tree, lft=extent.left).first()
    return found.pk if found else None


def _chains_of(ground: Ground) -> set[int]:
    """The chains that entries about `ground` stand in."""
    if not holds_any(ground):
        return set()
    if ground.everywhere:
        return {head.chain for head in heads()} | {ORGANISATION}
    trees = {extent.tree for extent in ground.extents}
    roots = Unit.objects.filter(parent=None, tree_id__in=trees)
    return {ORGANISATION, *roots.values_list("pk", flat=True)}


def _sent_heads(request: HttpRequest) -> list[Any]:
    sent = request.FILES.get("heads")
    if sent is None:
        return []
    try:
        return heads_from_csv(sent.read(MOST + 1).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableHeads(_("the file is not written in UTF-8")) from error
