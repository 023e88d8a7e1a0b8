"""What is logged of bureaus and their seats."""

from audit.log import log_changes
from elections.bureaus.portfolios import portfolio_label
from elections.models import Announcement, Bureau, Seat

log_changes(
    Bureau,
    table="bureaus",
    key=lambda row: row.code,
    name=str,
    unit=lambda row: row.unit_id,
)
log_changes(
    Seat,
    table="seats",
    key=lambda row: f"{row.bureau.code}/{row.member_id}/{row.since.isoformat()}",
    unit=lambda row: row.bureau.unit_id,
    member=lambda row: row.member_id,
    words={"portfolio": portfolio_label},
)
log_changes(
    Announcement,
    table="announcements",
    key=lambda row: row.pk,
    name=str,
    unit=lambda row: row.bureau.unit_id,
    leave_out=("reached", "sent", "failed"),
)
