"""Requests as pages: asking, the list, deciding, and what other pages say of them."""
