"""The pages of the acts: one frame for all of them, for one row, for several, and for none yet.

An act is asked for, looked at and confirmed: first its form, then what it will change and what is
unusual about it, then it is done.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import wording
from audit.log import Draft
from audit.refusals import Blocker, Refused
from districts.acts import Act, Link, Text, acts_among, acts_on, carry_out, rehearse
from districts.log import as_seen
from districts.scoped_admin import ScopedAdmin
from districts.sections import sections_of
from districts.what_if import Consequences, consequences

BULK_MOST = 500
_PERFORM = "perform"  # the field that tells a filled form from the first look at one
_SEEN = "seen"  # the field that says which form's consequences were looked at
LOOKED_AHEAD = 50  # of several rows, those whose changes are shown beforehand


@dataclass(frozen=True, slots=True)
class Result:
    """How an act on one of several rows ended: with a sentence, or refused."""

    row: Model
    sentence: str = ""
    blockers: tuple[Blocker, ...] = ()
    changes: Sequence[tuple[str, str, Sequence[wording.Change]]] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act will do: the changes by row, what is unusual, and the form that was looked at."""

    seen: str
    unusual: Sequence[str] = ()
    changes: Sequence[tuple[str, str, Sequence[wording.Change]]] = ()
    rows: Sequence["Result"] = ()
    unseen: int = 0
    foretold: Sequence[str] = ()
    consequences: Consequences | None = None


class ActingAdmin(ScopedAdmin):
    """A table whose rows change by acts; their links stand above the row and above the list."""

    list_before_template = "kartei/list_panel.html"
    change_form_outer_before_template = "kartei/row_panel.html"

    def facts(self, request: HttpRequest, obj: Any) -> Iterable[tuple[Text, Any, str]]:
        """What to know about the row at a glance: a name, a value, and an address or nothing."""
        return ()

    def may_act(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the user may do acts here at all; each act refuses what it must by itself."""
        return self.has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, self.opts.label_lower.replace(".", "_")
        return [
            path("act/<slug:act>/", view(self.list_act_view), name=f"{name}_list_act"),
            path("<path:object_id>/act/<slug:act>/", view(self.act_view), name=f"{name}_act"),
            *super().get_urls(),
        ]

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """The page of an act on one row."""
        target = self.get_object(request, object_id)
        if not self.may_act(request, target):
            raise PermissionDenied
        return self._page(request, _permitted(request, acts_on(self.model), act), target)

    def list_act_view(self, request: HttpRequest, act: str) -> HttpResponse:
        """The page of an act on no row there is yet."""
        if not self.may_act(request):
            raise PermissionDenied
        return self._page(request, _permitted(request, acts_among(self.model), act), None)

    def _page(self, request: HttpRequest, declared: type[Act], target: Any) -> HttpResponse:
        act = declared(
            request.POST if request.method == "POST" else None, request=request, target=target
        )
        preview = None
        if request.method == "POST" and act.is_valid():
            try:
                preview = self._preview(request, act, target)
                if preview is None:
                    outcome = carry_out(act, target)
                    messages.success(request, outcome.sentence)
                    return HttpResponseRedirect(outcome.address or self.address_of(outcome.shown))
            except Refused as refused:
                act.refused = refused.blockers
        back = self.address_of(target) if target else self._list_address()
        return self._render(
            request, act, back=back, subtitle=str(target) if target else None, preview=preview
        )

    def _preview(self, request: HttpRequest, act: Act, target: Any) -> Preview | None:
        """What to look at before the act is done, None where it was looked at. Raises `Refused`."""
        unusual = [str(text) for text in act.unusual(target)]
        if _confirmed(request, act, unusual) or not (act.looked_at or unusual):
            return None
        drafts = rehearse(act, target)
        foretold = [str(text) for text in act.foretold(target)]
        return Preview(
            _fingerprint(request, act),
            unusual,
            _told(drafts),
            foretold=foretold,
            consequences=consequences(request, act, [target]),
        )

    def _render(self, request: HttpRequest, act: Act, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "kartei/act.html",
            {
                **self.admin_site.each_context(request),
                "title": act.title,
                "opts": self.opts,
                "act": act,
                "media": act.media,
                "facts": list(act.facts()),
                "foreseen": () if act.is_bound else tuple(act.foreseen()),
                "perform": _PERFORM,
                "seen": _SEEN,
                **context,
            },
        )

    # Several rows at once ----------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = dict(super().get_actions(request))
        if self.may_act(request):
            for name, act in acts_on(self.model).items():
                if act.bulk and act.permitted(request):
                    actions[name] = (_bulk_action(act), name, act.title)
        return actions

    def act_on_several(
        self, request: HttpRequest, rows: QuerySet[Any], declared: type[Act]
    ) -> HttpResponse | None:
        """The page of an act on the chosen `rows`: each is done or refused for itself."""
        chosen = list(rows[: BULK_MOST + 1])
        if len(chosen) > BULK_MOST:
            text = _("At most %(most)s can be chosen at once.") % {"most": BULK_MOST}
            messages.error(request, text)
            return None
        data = request.POST if _PERFORM in request.POST else None
        act = declared(data, request=request)
        results: Sequence[Result] = ()
        preview = None
        if data is not None and act.is_valid():
            preview = self._preview_of_several(request, act, chosen)
            if preview is None:
                results = [self._one_of_several(request, act, row) for row in chosen]
                chosen = [result.row for result in results if result.blockers]
                if not chosen:
                    for result in results:
                        messages.success(request, f"{result.row}: {result.sentence}")
                    return HttpResponseRedirect(request.get_full_path())
        return self._render(
            request,
            act,
            back=request.get_full_path(),
            chosen=chosen,
            results=results,
            checkbox=ACTION_CHECKBOX_NAME,
            preview=preview,
        )

    def _preview_of_several(
        self, request: HttpRequest, act: Act, chosen: Sequence[Any]
    ) -> Preview | None:
        unusual = list(dict.fromkeys(str(text) for row in chosen for text in act.unusual(row)))
        keys = [str(row.pk) for row in chosen]
        if _confirmed(request, act, unusual, keys):
            return None
        ahead = [self._foreseen(request, act, row) for row in chosen[:LOOKED_AHEAD]]
        unseen = max(len(chosen) - LOOKED_AHEAD, 0)
        mine = [row for row in chosen if self.may_act(request, row)]
        return Preview(
            _fingerprint(request, act, keys),
            unusual,
            rows=ahead,
            unseen=unseen,
            consequences=consequences(request, act, mine),
        )

    def _foreseen(self, request: HttpRequest, act: Act, row: Any) -> Result:
        if not self.may_act(request, row):
            return _outside(row)
        try:
            told = _told(rehearse(act, row))
        except Refused as refused:
            return Result(row, blockers=refused.blockers)
        return Result(row, changes=told)

    def _one_of_several(self, request: HttpRequest, act: Act, row: Any) -> Result:
        if not self.may_act(request, row):
            return _outside(row)
        try:
            return Result(row, carry_out(act, row).sentence)
        except Refused as refused:
            return Result(row, blockers=refused.blockers)

    # The links to the acts ---------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        links = []
        if self.may_act(request):
            links = [
                Link(act.title, act.icon, reverse(self._route("list_act"), args=[name]))
                for name, act in acts_among(self.model).items()
                if act.permitted(request)
            ]
        return super().changelist_view(request, {"acts": links} | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None:
            context["facts"] = list(self.facts(request, obj))
            context["acts"] = self._links(request, obj)
            context["history"] = reverse(self._route("history"), args=[obj.pk])
            context["sections"] = sections_of(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _links(self, request: HttpRequest, obj: Any) -> list[Link]:
        if not self.may_act(request, obj):
            return []
        today = timezone.localdate()
        return [
            Link(act.title, act.icon, reverse(self._route("act"), args=[obj.pk, name]), act.grave)
            for name, act in acts_on(self.model).items()
            if act.permitted(request) and act.applies_to(obj, today)
        ]

    def _route(self, view: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _list_address(self) -> str:
        return reverse(self._route("changelist"))


def _permitted(request: HttpRequest, acts: Mapping[str, type[Act]], name: str) -> type[Act]:
    if name not in acts:
        raise Http404
    if not acts[name].permitted(request):
        raise PermissionDenied
    return acts[name]


def _outside(row: Any) -> Result:
    reason = _("%(row)s lies outside the part that you may change.") % {"row": row}
    return Result(row, blockers=(Blocker(reason),))


def _told(drafts: Iterable[Draft]) -> list[tuple[str, str, list[wording.Change]]]:
    told = as_seen(list(drafts))
    return [(wording.title(draft), draft.key, list(wording.changes(draft))) for draft in told]


def _confirmed(
    request: HttpRequest, act: Act, unusual: Sequence[str], keys: Sequence[str] = ()
) -> bool:
    """Whether this very form was looked at, and what is unusual has a reason."""
    if request.POST.get(_SEEN) != _fingerprint(request, act, keys):
        return False
    if unusual and not act.cleaned_data["reason"].strip():
        act.add_error("reason", _("Please say why: this is unusual."))
        return False
    return True


def _fingerprint(request: HttpRequest, act: Act, keys: Sequence[str] = ()) -> str:
    """What tells one filled form from another; the reason may still be added."""
    filled = [(name, request.POST.getlist(name)) for name in act.fields if name != "reason"]
    return hashlib.sha256(json.dumps([filled, list(keys)]).encode()).hexdigest()


def _bulk_action(act: type[Act]) -> Callable[..., Any]:
    def action(admin: ActingAdmin, request: HttpRequest, rows: QuerySet[Any]) -> Any:
        return admin.act_on_several(request, rows, act)

    return action
