"""The tables of the app, in and out: each part of it declares its own."""

from elections import result_tables as _of_results  # noqa: F401  # declare themselves
from elections.bureaus import tables as _of_bureaus  # noqa: F401
from elections.delegates import tables as _of_delegates  # noqa: F401
from elections.emergency import tables as _of_emergencies  # noqa: F401
from elections.meetings import tables as _of_meetings  # noqa: F401
