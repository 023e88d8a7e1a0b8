"""Imports that stay: their files, what they would change, and what became of them."""
