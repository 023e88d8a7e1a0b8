"""Polls as pages: their steps, one by one and all at once, what waits, and the roll."""
