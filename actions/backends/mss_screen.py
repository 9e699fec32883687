"""Owns the eyes: mss, which reads the screen of X11, Windows and macOS."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actions.errors import CaptureError, NoDesktop
from actions.frame import Shot
from actions.geometry import Monitor, Rect

if TYPE_CHECKING:
    from mss import MSS
    from mss.screenshot import ScreenShot


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
        if self._mss is None:
            return
        import mss

        with contextlib.suppress(mss.ScreenShotError, OSError):
            self._mss.close()
        self._mss = None

    def monitors(self) -> tuple[Monitor, ...]:
        """The screens as they are now, named by their number in the system's order; the primary first."""
        # mss asks the system once in its life, and never grabs more than it was told then.
        self.close()
        self.open()
        found = self._found()
        shown = found[1:] or found[:1]
        main = next((at for at in shown if at.get("is_primary")), shown[0])
        monitors = (Monitor(str(index), _rect(at), primary=at is main) for index, at in enumerate(shown, 1))
        return tuple(sorted(monitors, key=lambda monitor: not monitor.primary))

    def grab(self, view: Rect) -> Shot:
        """That part of the desktop; raises CaptureError."""
        whole = _rect(self._found()[0])
        if view.intersection(whole) != view:
            raise CaptureError(f"{_words(view)} is not all on the screen, which is {_words(whole)}.")
        shot = self._shot(view)
        if (shot.width, shot.height) != (view.width, view.height):
            raise CaptureError(f"The system gave {shot.width}×{shot.height} pixels for {view.width}×{view.height}.")
        return Shot(shot.raw, "BGRX", view)

    def _shot(self, place: Rect) -> ScreenShot:
        """What mss gives for a place in the system's own unit."""
        import mss

        region = {"left": place.left, "top": place.top, "width": place.width, "height": place.height}
        try:
            return self._connected().grab(region)
        # mss asserts that there is an answer; a dead server gives none.
        except (mss.ScreenShotError, OSError, AssertionError) as error:
            raise CaptureError(f"The screen cannot be read: {error}") from error

    def _found(self) -> Sequence[Mapping[str, Any]]:
        """What mss was told when it asked: all screens together, and then each."""
        import mss

        try:
            return self._connected().monitors
        except (mss.ScreenShotError, OSError, AssertionError) as error:
            raise CaptureError(f"The screen cannot be read: {error}") from error

    def _connected(self) -> MSS:
        if self._mss is None:
            raise CaptureError("The screen was not opened.")
        return self._mss


def _rect(at: Mapping[str, Any]) -> Rect:
    return Rect(at["left"], at["top"], at["width"], at["height"])


def _words(rect: Rect) -> str:
    return f"{rect.width}×{rect.height} at ({rect.left}, {rect.top})"
