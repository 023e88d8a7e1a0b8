"""Delegates: seats in proportion to membership, who is sent, and who of them is there (A12)."""
