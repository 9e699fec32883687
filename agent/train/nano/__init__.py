"""The embedded model: its shape, its lessons, and the one command that trains it."""
