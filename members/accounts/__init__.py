"""Accounts: how one comes to be, who gets in with it, and how it is closed."""
