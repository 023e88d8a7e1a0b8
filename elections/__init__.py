"""Meetings, questions, votes, counting, bureaus and delegates."""
