"""Owns how the window gets out of the way while the model works on the whole desktop: a slim panel at the edge."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from agent.intents import StartRun

WIDTH = 416


class Slim:
    """Makes a window slim, and as it was.

    Attributes:
        before: how the window was, as Qt keeps it; None while it is not slim.
    """

    def __init__(self, window: QWidget, before: QByteArray | None = None) -> None:
        self._window = window
        self.before = before

    def shrink(self) -> None:
        """Stand at the right edge of the screen, as high as it allows."""
        window = self._window
        if self.before is not None:
            return
        self.before = window.saveGeometry()
        window.showNormal()
        room, frame, inner = window.screen().availableGeometry(), window.frameGeometry(), window.geometry()
        beside, above = frame.width() - inner.width(), inner.top() - frame.top()
        height = room.height() - (frame.height() - inner.height())
        window.setGeometry(room.right() + 1 - WIDTH - beside // 2, room.top() + above, WIDTH, height)

    def restore(self) -> None:
        """Be as before."""
        if self.before is not None:
            self._window.restoreGeometry(self.before)
            self.before = None


def is_in_the_way(request: StartRun) -> bool:
    """Whether a run works where the window stands: inside one window or a region it does not."""
    return request.capture.kind in {"desktop", "monitor"} and not request.dry_run
