"""Tests of the counting, which is pure calculation: none of them needs a database."""
