"""What the app puts into the admin: questions, polls, bureaus, and their parts of other pages."""

from elections import (  # noqa: F401  # declare themselves to the frames
    panels,
    poll_admin,
    question_admin,
)
from elections.bureaus import admin  # noqa: F401  # bureaus do so too
