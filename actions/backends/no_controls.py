"""Owns what is said where windows do not tell of their controls: nothing, so that each of them is asked about."""

from __future__ import annotations

from actions.control import Reading
from actions.desktop import Window
from actions.geometry import Point


class NoControls:
    """Cannot read any."""

    name = "none"

    def open(self) -> None:
        """Nothing to connect to."""

    def capabilities(self) -> frozenset[str]:
        """Nothing."""
        return frozenset()

    def close(self) -> None:
        """Nothing to let go."""

    def read(self, window: Window, at: Point | None) -> Reading | None:
        """Nothing."""
        del window, at
        return None
