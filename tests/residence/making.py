"""Days, and what is registered and found on them."""

from datetime import date

from audit.ground import EVERYWHERE
from audit.rulebook import findings, rule_named

DAY = date(2024, 1, 1)
ON = date(2024, 3, 1)
LATER = date(2024, 6, 1)
RULE = rule_named("residence-registration")


def residences(member):
    rows = member.registrations.filter(kind="residence").order_by("since")
    return [(row.unit, row.since, row.until) for row in rows.select_related("unit")]


def found(on=LATER, ground=EVERYWHERE):
    broken = findings(ground, on, among=[RULE])
    return [(one.unit, one.subject, one.since) for one in broken]
