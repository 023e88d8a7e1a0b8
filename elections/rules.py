"""The rules on who leads: each part of the app declares its own."""

from elections.bureaus import rules as bureaus  # noqa: F401  # declares itself to the rulebook
