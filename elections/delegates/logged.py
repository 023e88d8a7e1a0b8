"""What is logged of delegates: how seats were apportioned, and who was sent."""

from audit.log import log_changes
from districts.changes import no_news
from elections.models import Apportionment, Delegate, Delegation

log_changes(
    Apportionment,
    table="apportionments",
    key=lambda row: row.meeting.code,
    name=str,
    unit=lambda row: row.meeting.unit_id,
    leave_out=("table",),
)
log_changes(
    Delegation,
    table="delegations",
    key=lambda row: f"{row.apportionment.meeting.code}/{row.unit.code}",
    name=str,
    unit=lambda row: row.unit_id,
)
log_changes(
    Delegate,
    table="delegates",
    key=lambda row: f"{row.apportionment.meeting.code}/{row.member_id}/{row.since.isoformat()}",
    unit=lambda row: row.delegation.unit_id,
    member=lambda row: row.member_id,
)

no_news("delegations")  # one for each unit, beside the apportionment
