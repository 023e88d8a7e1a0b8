"""Counting votes: pure calculation, exact, without Django and without a database.

Each method is a function from a `Contest` to a `Report`. The same contest and the same seed give
the same report wherever it is counted, so that anybody can repeat a count from the published
ballots.
"""
