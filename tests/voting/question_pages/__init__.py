"""Questions as pages: raising, changing, composing, putting them to units, and the list."""
