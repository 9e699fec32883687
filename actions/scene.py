"""Owns the Scene: how monitors and windows stood when a picture was taken, and whether they still stand so."""

from __future__ import annotations

from dataclasses import dataclass

from actions.geometry import Monitor, Point, Rect

Standing = tuple[int, Rect]
"""Something on the desktop: the system's identifier, and its pixels."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a desktop was made of at one moment.

    Attributes:
        monitors: every screen, with its place, size and scale.
        stack: everything that takes clicks, popups and what cannot be seen included, the topmost first.
        window: the window that was looked at, where only one was.
    """

    monitors: tuple[Monitor, ...]
    stack: tuple[Standing, ...] = ()
    window: Standing | None = None

    def holds(self, now: Scene, at: Point | None) -> bool:
        """Whether what matters for acting at a pixel stands as it did.

        That is every monitor, the window that was looked at, and the topmost thing that has the pixel. What shows the
        same colours may have moved beneath the pixel, so comparing pictures is not enough.
        """
        if self.monitors != now.monitors or self.window != now.window:
            return False
        return at is None or self._at(at) == now._at(at)

    def _at(self, point: Point) -> Standing | None:
        return next((standing for standing in self.stack if standing[1].contains(point)), None)
