"""What goes with a unit that is dissolved: its emergency ends (A14)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.refusals import Blocker
from districts.models import Regime, Unit
from districts.units import blocks_dissolution, follows_dissolution
from elections.emergency.declaring import standing_emergency


@blocks_dissolution
def emergency_blocks_dissolution(unit: Unit, on: date) -> Iterator[Blocker]:
    """A unit is not dissolved before its emergency was declared."""
    emergency = standing_emergency(unit)
    if emergency is not None and on <= emergency.since:
        reason = _("The emergency of %(unit)s was declared on %(day)s.")
        yield Blocker(reason % {"unit": unit, "day": day_in_words(emergency.since)}, "A14")


@follows_dissolution
def end_with_unit(unit: Unit, on: date) -> None:
    """A unit that is no more is in no emergency."""
    emergency = standing_emergency(unit)
    if emergency is not None:
        emergency.until = on
        emergency.save(update_fields=["until"])
    elif unit.regime != Regime.EMERGENCY:
        return
    unit.regime, unit.regime_since = Regime.NORMAL, on
    unit.save(update_fields=["regime", "regime_since"])
