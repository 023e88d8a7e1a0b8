"""Nominations: the call for them, who is nominated, what he or she answers, and the closing."""
