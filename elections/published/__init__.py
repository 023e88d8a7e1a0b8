"""What a poll publishes when it is closed: plain files from which anybody can repeat the count.

`files_of` writes them, `read_files` reads them, and `differences` says all that does not agree in
them; the same for a question that was put to several units. No database is asked.
"""

from elections.published.poll import PublishedPoll
from elections.published.question import (
    is_question,
    question_differences,
    question_files,
    together,
)
from elections.published.reading import UnreadablePoll, files_at, poll_of, read_files
from elections.published.verifying import differences
from elections.published.writing import files_of, manifest_digest
from elections.tallying import PaperTotals

__all__ = [
    "PaperTotals",
    "PublishedPoll",
    "UnreadablePoll",
    "differences",
    "files_at",
    "files_of",
    "is_question",
    "manifest_digest",
    "poll_of",
    "question_differences",
    "question_files",
    "read_files",
    "together",
]
