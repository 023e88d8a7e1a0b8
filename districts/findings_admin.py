"""The pages of the findings and of the rules, for everybody who holds a role."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget

from audit.days import DayField
from audit.ground import Ground
from audit.log import Draft, recording
from audit.models import Entry
from audit.rulebook import ARTICLES, Rule, findings, numbers_of, rule_named, rules
from districts.acts import DayInput, acts_on
from districts.filters import chosen_unit, offered_units
from districts.findings import Report, csv_lines, report, shown, told
from districts.models import Unit
from districts.paging import BoundedPaginator
from districts.scope import ground_of, holds_any

FINDINGS_PER_PAGE = 50


class Narrowing(forms.Form):
    """What the report is narrowed to: a unit with all below it, an article or a rule, a day."""

    unit = forms.ChoiceField(
        label=lazy("Unit, with all below it"), required=False, widget=UnfoldAdminSelectWidget
    )
    rule = forms.ChoiceField(
        label=lazy("Article or rule"), required=False, widget=UnfoldAdminSelectWidget
    )
    day = DayField(label=lazy("As of"), required=False, widget=DayInput)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        unit: Any = self.fields["unit"]
        unit.choices = [("", _("All that is yours")), *offered_units(request)]
        rule: Any = self.fields["rule"]
        rule.choices = [("", _("All rules")), *_by_article()]

    @property
    def on(self) -> date:
        """The day that is asked for, today unless another is."""
        return self.cleaned_data["day"] or timezone.localdate()

    @property
    def among(self) -> list[Rule] | None:
        """The rules that are asked for, None for all."""
        wanted = self.cleaned_data["rule"]
        if not wanted:
            return None
        return [rule for rule in rules() if wanted in (rule.name, rule.article)]


def _by_article() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for article in ARTICLES:
        declared = [rule for rule in rules() if rule.article == article]
        if declared:
            whole = (article, _("All of %(article)s") % {"article": article})
            named = [(rule.name, str(rule.sentence)) for rule in declared]
            yield f"{article}: {ARTICLES[article]}", [whole, *named]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of the report: the unit, the ground, and the rest as a form."""

    unit: Unit | None
    ground: Ground
    form: Narrowing

    @property
    def query(self) -> str:
        """The same as the query of an address, without the page."""
        asked = self.form.data
        return urlencode({name: value for name in self.form.fields if (value := asked.get(name))})


def _asked(request: HttpRequest) -> Asked:
    """What is asked for. Raises `Http404` for a unit out of sight, and `PermissionDenied`."""
    ground = ground_of(request)
    if not holds_any(ground):
        raise PermissionDenied
    unit = chosen_unit(request)
    if request.GET.get("unit") and unit is None:
        raise Http404
    return Asked(unit, Ground((unit.extent,)) if unit else ground, Narrowing(request))


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


@require_safe
def findings_view(request: HttpRequest) -> HttpResponse:
    """All that is against the articles in the user's part, by unit and rule."""
    asked = _asked(request)
    found = None
    if asked.form.is_valid():
        found = report(asked.ground, asked.form.on, among=asked.form.among)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "title": _("Findings"),
        "form": asked.form,
        "unit": asked.unit,
        "query": asked.query,
        "past": asked.form.is_valid() and asked.form.on != today,
        "narrowed": bool(asked.query),
        "report": found,
    }
    if found is not None:
        page = _page_of(request, found)
        rows = [finding for row in page if (finding := told(row)) is not None]
        listed = shown(request, rows, mendable=asked.form.on == today)
        context |= {"page": page, "findings": listed, "by_rule": _links(asked, found)}
    return _page(request, "kartei/findings.html", **context)


def _page_of(request: HttpRequest, found: Report) -> Page[Any]:
    class Paginator(BoundedPaginator):
        count = found.number
        is_cut = False

    return Paginator(found.rows, FINDINGS_PER_PAGE).get_page(request.GET.get("p"))


def _links(asked: Asked, found: Report) -> list[tuple[Rule, int, str]]:
    """The rules that have findings, how many, and the report narrowed to each."""
    kept = {name: value for name in ("unit", "day") if (value := asked.form.data.get(name))}
    return [
        (rule, number, "?" + urlencode({**kept, "rule": rule.name}))
        for rule, number in found.by_rule
    ]


@require_safe
def findings_csv_view(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The same as a file, rule by rule as `check_rules` writes it. It is noted in the log.

    Whoever sees the findings may take them along: they name members by number alone.
    """
    asked = _asked(request)
    if not asked.form.is_valid():
        return findings_view(request)
    on, among = asked.form.on, asked.form.among
    _note_download(request, asked)
    lines = csv_lines(findings(asked.ground, on, among=among))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    about = f"-{asked.unit.code}".replace("/", "_") if asked.unit else ""
    answer["Content-Disposition"] = f'attachment; filename="findings{about}-{on}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _note_download(request: HttpRequest, asked: Asked) -> None:
    """One entry for each unit whose findings go out, one alone for the whole organisation."""
    if asked.unit:
        units: Sequence[int | None] = [asked.unit.pk]
    elif asked.ground.everywhere:
        units = [None]
    else:
        tops = [(extent.tree, extent.left) for extent in asked.ground.extents]
        mine = Unit.objects.on_ground(asked.ground).filter(lft__in=[left for _tree, left in tops])
        units = [unit.pk for unit in mine if (unit.tree_id, unit.lft) in tops]
    facts = {"as_of": asked.form.on.isoformat()}
    if rule := asked.form.cleaned_data["rule"]:
        facts["rule"] = rule
    with recording("export-findings") as running:
        for unit in units:
            running.drafts.append(
                Draft(what=Entry.What.EXPORTED, table="findings", unit=unit, facts=facts)
            )


# The rules ----------------------------------------------------------------------------------------


@require_safe
def rules_view(request: HttpRequest) -> HttpResponse:
    """All articles, each with the numbers that it leaves open and with its rules."""
    if not holds_any(ground_of(request)):
        raise PermissionDenied
    articles = [
        (article, words, numbers_of(article), [one for one in rules() if one.article == article])
        for article, words in ARTICLES.items()
    ]
    return _page(request, "kartei/rules.html", title=_("Rules"), articles=articles)


@require_safe
def rule_view(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: why the article asks it, what to do, and what the user's part has against it."""
    if not holds_any(ground_of(request)):
        raise PermissionDenied
    rule = rule_named(name)
    if rule is None:
        raise Http404
    found = report(ground_of(request), timezone.localdate(), among=[rule])
    return _page(
        request,
        "kartei/rule.html",
        title=_("Rule"),
        subtitle=name,
        rule=rule,
        words=ARTICLES[rule.article],
        numbers=numbers_of(rule.article),
        mend=_title_of_act(rule.mend),
        report=found,
        address=f"{reverse('findings')}?{urlencode({'rule': rule.name})}",
    )


def _title_of_act(name: str) -> Any:
    """What the button of the act says, whatever it is done to."""
    for model in admin.site._registry:
        if act := acts_on(model).get(name):
            return act.title
    return ""
