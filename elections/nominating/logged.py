"""What is logged of nominations: the call, who was nominated, and the answers."""

from audit.log import log_changes
from districts.changes import no_news
from elections.models import Nomination, NominationCall

log_changes(
    NominationCall,
    table="nomination_calls",
    key=lambda row: row.question_id,
    name=str,
    unit=lambda row: row.question.unit_id,
)
log_changes(
    Nomination,
    table="nominations",
    key=lambda row: f"{row.question_id}/{row.member_id}",
    unit=lambda row: row.question.unit_id,
    member=lambda row: row.member_id,
)

no_news("nominations")  # one for each who is nominated
