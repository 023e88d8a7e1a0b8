"""Filters of the admin's lists: by state, and by the unit that rows lie in or below."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.acts import Text
from districts.kinds import CELLS
from districts.models import Unit
from districts.scope import ground_of

MOST_UNITS = 60  # that stand in a filter's list; of more, the upper ones


class StateFilter(SimpleListFilter):
    """Rows of the present unless somebody asks for others; a search looks at all."""

    parameter_name = "state"
    present: ClassVar[Text]
    others: ClassVar[tuple[tuple[str, Text], ...]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return self.others

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": self.present}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            searching = request.GET.get(SEARCH_VAR, "").strip()
            return queryset if searching else self.narrow(queryset, "present")
        return self.narrow(queryset, str(self.value()))

    def narrow(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        """Those of `rows` in `state`, which is 'present' or one of `others`."""
        raise NotImplementedError


class OpenUnits(StateFilter):
    """Open, dissolved, or both."""

    title = _("state")
    present = _("Open")
    others = (("dissolved", _("Dissolved")), ("all", _("Both")))

    def narrow(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        today = timezone.localdate()
        if state == "present":
            return rows.exclude(dissolved__lte=today)
        return rows.filter(dissolved__lte=today) if state == "dissolved" else rows


class BelowUnit(SimpleListFilter):
    """Rows in a unit or below it; the list offers the units above the cells."""

    title = _("unit, with all below it")
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return offered_units(request)

    def has_output(self) -> bool:
        # A filter without output is not applied either.
        return len(self.lookup_choices) > 1 or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        unit = chosen_unit(request)
        return self.narrow(queryset, Ground((unit.extent,)) if unit else Ground())

    def narrow(self, rows: QuerySet[Any], ground: Ground) -> QuerySet[Any]:
        """Those of `rows` that lie in `ground`."""
        return rows.filter(ground.holds())


def offered_units(request: HttpRequest) -> list[tuple[str, str]]:
    """The units above the cells that a list can be narrowed to, and the one that it is."""
    upper = Unit.objects.on_ground(ground_of(request)).exclude(kind__in=CELLS)
    upper = upper.exclude(dissolved__lte=timezone.localdate())
    found = list(upper[: MOST_UNITS + 1])
    if len(found) > MOST_UNITS:
        found = list(upper.filter(level__lte=1)[:MOST_UNITS])
    least = min((unit.level for unit in found), default=0)
    offered = [(str(unit.pk), f"{'· ' * (unit.level - least)}{unit.name}") for unit in found]
    chosen = chosen_unit(request)
    if chosen and chosen not in found:
        offered.append((str(chosen.pk), str(chosen)))
    return offered


def chosen_unit(request: HttpRequest) -> Unit | None:
    """The unit that a list is narrowed to, if there is one and the user may see it."""
    wanted = request.GET.get(BelowUnit.parameter_name, "")
    if not wanted.isdecimal():
        return None
    found: Unit | None = Unit.objects.on_ground(ground_of(request)).filter(pk=wanted[:18]).first()
    return found
