"""People: employments, registrations, and their accounts."""
