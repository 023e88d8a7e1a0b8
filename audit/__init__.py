"""The rulebook, the tables in and out, and the log: what every app above declares itself to."""
