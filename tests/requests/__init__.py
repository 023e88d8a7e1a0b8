"""Requests: who may ask for what, who decides, and what a decision does (A1, A2, A3, A6)."""
