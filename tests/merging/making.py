"""Days, and what the tests of merging ask of the register before and after."""

from datetime import date

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from districts.models import Unit
from members.models import EarlierMembership, Employment, Member, Registration

ON = date(2024, 6, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def homes(member: Member) -> list[tuple[Unit, date, date | None]]:
    rows = member.registrations.filter(kind="home").order_by("since").select_related("unit")
    return [(row.unit, row.since, row.until) for row in rows]


def breaches(*days: date) -> set[tuple[str, date]]:
    """Which rules are broken on which of the days, by anybody."""
    return {(finding.rule, one) for one in (days or (ON,)) for finding in findings(EVERYWHERE, one)}


def register(*but: int) -> list[list[tuple]]:
    """All rows about people, those of some left out."""
    models_of = (Registration, Employment, EarlierMembership)
    rows = [list(model.objects.exclude(member__in=but).values_list()) for model in models_of]
    return [list(Member.objects.exclude(pk__in=but).values_list()), *rows]
