"""Owns the Scene: how monitors and windows stood when a picture was taken, and whether they still stand so."""

from __future__ import annotations

from dataclasses import dataclass

from actions.geometry import Monitor, Point, Rect

Standing = tuple[int, Rect]
"""A window's identifier, and the pixels of its content."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a desktop was made of at one moment.

    Attributes:
        monitors: every screen, with its place, size and scale.
        windows: every window that was shown, the topmost first.
        window: the window that was looked at, where only one was.
    """

    monitors: tuple[Monitor, ...]
    windows: tuple[Standing, ...] = ()
    window: int | None = None

    def holds(self, now: Scene, at: Point | None) -> bool:
        """Whether what matters for acting at a pixel stands as it did.

        That is every monitor, the window that was looked at, and the topmost one that has the pixel. What shows the same
        colours may have moved beneath the pixel, so comparing pictures is not enough.
        """
        if self.monitors != now.monitors or self._looked_at() != now._looked_at():
            return False
        return at is None or self._at(at) == now._at(at)

    def _looked_at(self) -> Standing | None:
        return next((standing for standing in self.windows if standing[0] == self.window), None)

    def _at(self, point: Point) -> Standing | None:
        return next((standing for standing in self.windows if standing[1].contains(point)), None)
