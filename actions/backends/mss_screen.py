"""Owns the eyes: mss, which reads the screen of X11, Windows and macOS."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from actions.errors import CaptureError, NoDesktop
from actions.frame import Shot
from actions.geometry import Monitor, Rect

if TYPE_CHECKING:
    from mss import MSS


class MssScreen:
    """The real screen."""

    name = "mss"

    def __init__(self) -> None:
        self._mss: MSS | None = None

    def open(self) -> None:
        """Connect; raises NoDesktop."""
        import mss

        try:
            self._mss = mss.MSS()
        except (mss.ScreenShotError, OSError) as error:
            raise NoDesktop(f"The screen cannot be read: {error}") from error

    def capabilities(self) -> frozenset[str]:
        """Any part of the desktop can be read."""
        return frozenset({"region_capture"})

    def close(self) -> None:
        """Let the connection go; safe to call twice."""
        if self._mss is not None:
            with contextlib.suppress(OSError):
                self._mss.close()
            self._mss = None

    def monitors(self) -> tuple[Monitor, ...]:
        """The screens, in mss's order; the first is taken for the primary."""
        found = self._connected().monitors
        shown = found[1:] or found[:1]
        return tuple(
            Monitor(str(index), Rect(at["left"], at["top"], at["width"], at["height"]), primary=index == 1)
            for index, at in enumerate(shown, 1)
        )

    def grab(self, view: Rect) -> Shot:
        """That part of the desktop; raises CaptureError."""
        import mss

        region = {"left": view.left, "top": view.top, "width": view.width, "height": view.height}
        try:
            shot = self._connected().grab(region)
        # mss asserts that there is an answer; a dead server gives none.
        except (mss.ScreenShotError, OSError, AssertionError) as error:
            raise CaptureError(f"The screen cannot be read at {view}: {error}") from error
        if (shot.width, shot.height) != (view.width, view.height):
            raise CaptureError(f"The system gave {shot.width}×{shot.height} pixels for {view.width}×{view.height}.")
        return Shot(shot.raw, "BGRX", view)

    def _connected(self) -> MSS:
        if self._mss is None:
            raise CaptureError("The screen was not opened.")
        return self._mss
