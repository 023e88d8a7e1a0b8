"""What is logged of emergencies."""

from audit.log import log_changes
from elections.models import Emergency

log_changes(
    Emergency,
    table="emergencies",
    key=lambda row: f"{row.unit.code}/{row.since.isoformat()}",
    name=str,
    unit=lambda row: row.unit_id,
)
