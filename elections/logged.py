"""What is logged of questions and polls. No ballot is, and no vote that was cast online."""

from audit.log import log_changes
from districts.changes import no_news
from elections.bureaus import logged as _of_bureaus  # noqa: F401  # declares itself to the log
from elections.delegates import logged as _of_delegates  # noqa: F401  # the same
from elections.emergency import logged as _of_emergencies  # noqa: F401  # declares itself too
from elections.meetings import logged as _of_meetings  # noqa: F401  # declares itself to the log
from elections.models import (
    CheckOff,
    Choice,
    Composition,
    PaperCount,
    Poll,
    PollTeller,
    Question,
    TellerKey,
)
from elections.nominating import logged as _of_nominations  # noqa: F401  # the same
from members.logged import home_of

log_changes(
    Question,
    table="questions",
    key=lambda row: row.pk,
    name=lambda row: row.title,
    unit=lambda row: row.unit_id,
)
log_changes(
    Choice,
    table="choices",
    key=lambda row: f"{row.question_id}/{row.number}",
    unit=lambda row: row.question.unit_id,
    member=lambda row: row.member_id,
)
log_changes(
    Composition,
    table="compositions",
    key=lambda row: f"{row.question_id}/{row.name}",
    unit=lambda row: row.question.unit_id,
)
log_changes(
    Poll,
    table="polls",
    key=lambda row: row.code,
    name=str,
    unit=lambda row: row.unit_id,
    leave_out=("public_key",),
    secret=("seed",),
)
log_changes(
    PollTeller,
    table="poll_tellers",
    key=lambda row: f"{row.poll.code}/{row.account_id}",
    unit=lambda row: row.poll.unit_id,
    member=lambda row: row.account.member_id,
    leave_out=("wrapped",),
)
log_changes(
    TellerKey,
    table="teller_keys",
    key=lambda row: row.account_id,
    unit=lambda row: home_of(row.account.member_id),
    member=lambda row: row.account.member_id,
    leave_out=("public", "wrapped"),
)
log_changes(
    CheckOff,
    table="check_offs",
    key=lambda row: f"{row.poll.code}/{row.member_id}",
    unit=lambda row: row.poll.unit_id,
    member=lambda row: row.member_id,
)
log_changes(
    PaperCount,
    table="paper_counts",
    key=lambda row: f"{row.poll.code}/{row.by_id}",
    unit=lambda row: row.poll.unit_id,
    leave_out=("ballots", "totals"),
)

no_news("check_offs")  # one for each who comes to the door
