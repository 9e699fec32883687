"""Processes and threads that work while the window stays awake."""
