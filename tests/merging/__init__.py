"""Merging two numbers of one person: what moves, what stands, what is refused, what is kept."""
