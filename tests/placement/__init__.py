"""To which cell a member belongs."""
