"""What is logged of meetings: they, their agendas, and who came; no single invitation."""

from audit.log import log_changes
from districts.changes import no_news
from elections.models import AgendaItem, Attendance, CalendarFeed, Meeting
from members.logged import home_of

log_changes(
    Meeting,
    table="meetings",
    key=lambda row: row.code,
    name=str,
    unit=lambda row: row.unit_id,
    leave_out=("version", "changed_at", "rhythm"),
)
log_changes(
    AgendaItem,
    table="agenda_items",
    key=lambda row: f"{row.meeting.code}/{row.number}",
    unit=lambda row: row.meeting.unit_id,
)
log_changes(
    Attendance,
    table="attendances",
    key=lambda row: f"{row.meeting.code}/{row.member_id}",
    unit=lambda row: row.meeting.unit_id,
    member=lambda row: row.member_id,
)
log_changes(
    CalendarFeed,
    table="calendar_links",
    key=lambda row: row.member_id,
    unit=lambda row: home_of(row.member_id),
    member=lambda row: row.member_id,
    secret=("token_hash",),
)

no_news("attendances")  # one for each who comes to the door
no_news("agenda_items")
