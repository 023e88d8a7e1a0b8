"""What the app puts into the admin: its tables, and their parts of other pages."""

from elections import (  # noqa: F401  # declare themselves to the frames
    panels,
    poll_admin,
    question_admin,
    withdrawing_acts,
)
from elections.bureaus import admin as _bureaus  # noqa: F401
from elections.emergency import pages as _emergencies  # noqa: F401
from elections.emergency import panels as _emergency_panels  # noqa: F401
from elections.meetings import admin as _meetings  # noqa: F401
from elections.meetings import panels as _meeting_panels  # noqa: F401
from elections.nominating import sections as _nominations  # noqa: F401
