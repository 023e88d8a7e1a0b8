"""Which cell a member belongs to, and what the cells do."""
