"""The page of a unit and of a member: what stands there and for whom; looks are logged."""
