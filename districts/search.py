"""The one search of the office: people, units and workplaces, all through the scope.

What somebody looks for is mostly a name, and names stand in no address: the search is sent as a
form and kept in the session, and the address of its results names it by a random token. So
reloading and going back work as everywhere else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.days import day_in_words
from districts.acts import Text
from districts.models import Unit, Workplace
from districts.paging import BoundedPaginator
from districts.scope import permits
from districts.spelling import loose

FEW = 10  # of each kind, where several kinds are shown
PAGE = 50
LONGEST = 100
_KEPT = 20  # searches of one session
_SESSION = "searches"


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is searched: its rows come through the scope of its list.

    `exact` narrows them to those whose number or code is the text, `like` to those that hold all
    its words; `details` says of a page of rows what tells them apart.
    """

    name: str
    model: type[Model]
    title: Text
    icon: str
    exact: Callable[[QuerySet[Any], str], QuerySet[Any]]
    like: Callable[[QuerySet[Any], str], QuerySet[Any]]
    details: Callable[[Sequence[Any]], Mapping[Any, Iterable[str | Promise]]]
    label: Callable[[Any], str]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found."""

    label: str
    details: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in one table; `more` says that these are not all."""

    source: Source
    hits: Sequence[Hit]
    more: bool = False
    page: Any = None


_sources: list[Source] = []


def declare_source(source: Source) -> Source:
    """Let the search look in one more table."""
    _sources.append(source)
    return source


def find_view(request: HttpRequest, token: str = "") -> HttpResponse:
    """The search: sent as a form, shown under a token; what fits alone is gone to at once."""
    if not permits(request):
        raise PermissionDenied
    if request.method == "POST":
        return _start(request, _clean(request.POST.get("q", "")))
    text = request.session.get(_SESSION, {}).get(token, "")
    if not text:
        return _page(request, forgotten=bool(token))
    only = next((one for one in _sources if one.name == request.GET.get("only")), None)
    if only is not None:
        return _page(request, text=text, groups=[_whole(request, only, text)], alone=True)
    groups = [group for source in _in_order() if (group := _some(request, source, text)).hits]
    if len(groups) == 1 and len(groups[0].hits) == 1:
        return HttpResponseRedirect(groups[0].hits[0].address)
    return _page(request, text=text, groups=groups, nothing=not groups)


def _start(request: HttpRequest, text: str) -> HttpResponse:
    if not text:
        return redirect("find")
    exact = [
        hit
        for source in _sources
        for hit in _hits(request, source, source.exact(_rows(request, source), text)[:2])
    ]
    if len(exact) == 1:
        return HttpResponseRedirect(exact[0].address)
    token = token_urlsafe(9)
    kept = list(request.session.get(_SESSION, {}).items())[1 - _KEPT :]
    request.session[_SESSION] = dict([*kept, (token, text)])
    return redirect("found", token)


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:LONGEST]  # PostgreSQL takes no NUL


def _in_order() -> list[Source]:
    return sorted(_sources, key=lambda source: source.order)


def _rows(request: HttpRequest, source: Source) -> QuerySet[Any]:
    return admin.site.get_model_admin(source.model).get_queryset(request)


def _hits(request: HttpRequest, source: Source, rows: Iterable[Any]) -> list[Hit]:
    found: list[Any] = list(rows)
    told = source.details(found) if found else {}
    table: Any = admin.site.get_model_admin(source.model)
    return [
        Hit(
            source.label(row),
            tuple(str(text) for text in told[row.pk] if text),
            table.address_of(row),
        )
        for row in found
    ]


def _some(request: HttpRequest, source: Source, text: str) -> Group:
    rows = list(source.like(_rows(request, source), text)[: FEW + 1])
    return Group(source, _hits(request, source, rows[:FEW]), more=len(rows) > FEW)


def _whole(request: HttpRequest, source: Source, text: str) -> Group:
    rows = source.like(_rows(request, source), text)
    page = BoundedPaginator(rows, PAGE).get_page(request.GET.get("p"))
    return Group(source, _hits(request, source, page), page=page)


def _page(request: HttpRequest, **found: Any) -> HttpResponse:
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Find"),
        "finds_here": True,  # no second box in the header
        **found,
    }
    return TemplateResponse(request, "kartei/search.html", context)


# What this app lets be found -------------------------------------------------------------------


def named_like(rows: QuerySet[Any], text: str, *fields: str) -> QuerySet[Any]:
    """Those of `rows` whose code or one of `fields` holds each word, accented or not."""
    for word in text.split():
        part = Q(code__icontains=word)
        for field in fields:
            part |= Q(**{f"{field}__iregex": loose(word)})
        rows = rows.filter(part)
    return rows


def _coded(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(code__in={text, text.upper()})


def _units(units: Sequence[Unit]) -> Mapping[Any, Iterable[str | Promise]]:
    return {
        unit.pk: (
            unit.code,
            unit.get_kind_display(),
            "" if unit.dissolved is None else _("dissolved on %s") % day_in_words(unit.dissolved),
        )
        for unit in units
    }


def _workplaces(places: Sequence[Workplace]) -> Mapping[Any, Iterable[str | Promise]]:
    return {place.pk: (place.code, place.branch, str(place.locality)) for place in places}


declare_source(
    Source(
        name="units",
        model=Unit,
        title=gettext_lazy("Units"),
        icon="account_tree",
        exact=_coded,
        like=lambda rows, text: named_like(rows, text, "name"),
        details=_units,
        label=lambda unit: str(unit.name),
        order=20,
    )
)
declare_source(
    Source(
        name="workplaces",
        model=Workplace,
        title=gettext_lazy("Workplaces"),
        icon="factory",
        exact=_coded,
        like=lambda rows, text: named_like(
            rows.select_related("locality"), text, "name", "locality__name"
        ),
        details=_workplaces,
        label=lambda place: str(place.name),
        order=30,
    )
)
