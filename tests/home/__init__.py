"""The first page: the tree of units, what waits, the charts, the last changes, and empty ones."""
