"""The second registration in the office: its acts, both lists, and who sees what of whom (A4)."""
