"""The log: every change is in it, sealed, and nothing can be taken out of it unnoticed."""
