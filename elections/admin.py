"""What the votes put into the admin: questions, polls, and their parts of other pages."""

from elections import (  # noqa: F401  # declare themselves to the frames
    panels,
    poll_admin,
    question_admin,
)
