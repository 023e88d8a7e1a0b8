"""The acts as pages: what each does, what it refuses and why, and what the history keeps."""
