"""The rules of the app: each part of it declares its own."""

from elections.bureaus import rules as _of_bureaus  # noqa: F401  # declare themselves
from elections.bureaus import seat_rules as _of_seats  # noqa: F401
from elections.delegates import rules as _of_delegates  # noqa: F401
from elections.emergency import rules as _of_emergencies  # noqa: F401
from elections.meetings import rules as _of_meetings  # noqa: F401
