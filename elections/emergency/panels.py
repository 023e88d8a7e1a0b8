"""The emergency on the page of a unit, and what waits for a confirmation on the first page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Regime, Unit
from districts.panels import Waiting, declare_waiting
from districts.sections import Section, declare_section
from districts.veil import sees_into
from elections.emergency.declaring import standing_emergency
from elections.emergency.pages import units_above
from elections.models import Bureau

SOON = 7  # days before the last one, from which on the page warns


def _of_unit(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """Since when, by whom and why; who was appointed, and how many days are left. Three queries.

    No query where there is no emergency. The reason is for those with a role there.
    """
    if unit.regime != Regime.EMERGENCY:
        return None
    emergency = standing_emergency(unit)
    appointed = Bureau.objects.unconfirmed().filter(unit=unit).select_related("confirming")
    committee = appointed.first()
    by = emergency.declared_by if emergency else None
    return {
        "unit": unit,
        "by": by,
        "because": emergency.reason if emergency and sees_into(unit) else "",
        "veiled": not sees_into(unit),
        "committee": committee,
        **(_deadline(committee) if committee else {}),
        "confirm": _confirming(committee) if committee and units_above(request, unit) else "",
    }


def _deadline(committee: Bureau) -> dict[str, Any]:
    """The days that are left, below 0 where the last one has passed."""
    last = committee.confirm_by
    left = (last - timezone.localdate()).days if last else 0  # the database holds that there is one
    return {"left": left, "over": -left, "overdue": left < 0, "soon": 0 <= left <= SOON}


def _confirming(committee: Bureau) -> str:
    return reverse("admin:elections_bureau_act", args=[committee.pk, "confirm-committee"])


declare_section(Unit, Section("kartei/unit_emergency.html", _of_unit, order=2))
declare_waiting(
    Waiting(
        "committees-unconfirmed",
        _("Committees to be confirmed (A14)"),
        lambda ground, day: Bureau.objects.on_ground(ground).unconfirmed().count(),
        lambda: f"{reverse('admin:elections_bureau_changelist')}?state=unconfirmed",
        order=11,
    )
)
