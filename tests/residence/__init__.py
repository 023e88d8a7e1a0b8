"""The second registration (A4): when it is due, what a move ends and opens, and the acts on it."""
