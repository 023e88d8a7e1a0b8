"""Meetings: planned, called together, attended, written down (A10, A11, A12)."""
