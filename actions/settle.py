"""Owns waiting until the screen has stopped changing: as long as needed, never longer than a budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from actions.desktop import Desktop
from actions.frame import Frame, changed_box, image_from_rgb, is_blink
from actions.geometry import Rect
from actions.look import frame_of

QUIET: Final = 0.1
"""Seconds without change after which a screen counts as still."""
PATIENCE: Final = 0.3
"""Seconds that a screen which has not changed at all since the action is given to begin."""
_POLL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Settled:
    """The screen at the end of the wait, how long it took, and why it ended."""

    frame: Frame
    seconds: float
    reason: Literal["still", "budget", "stopped"]


def settle(
    desktop: Desktop, view: Rect, stop: Callable[[], bool], budget: float = 2.0, *, before: Frame | None = None
) -> Settled:
    """Wait until these pixels show the same for a little while; a blinking text cursor does not count.

    Args:
        desktop: the machine.
        view: the pixels to watch.
        stop: ends the wait at once.
        budget: most seconds to wait.
        before: what was seen before the action; while nothing differs from it, the reaction may be still to come.

    Raises:
        CaptureError: the pixels cannot be read.
    """
    began = still_since = time.monotonic()
    # Compared with the first picture of the stillness, not with the last one, so that small steps add up.
    seen = first = desktop.screen.grab(view)
    untouched = before is not None and before.view == view and _same(before.rgb, seen, view)
    while (reason := _reason(began, still_since, PATIENCE if untouched else QUIET, budget, stop())) is None:
        looking = time.monotonic()
        seen = desktop.screen.grab(view)
        same, now = _same(first, seen, view), time.monotonic()
        if not same:
            first, still_since, untouched = seen, now, False
        # Watching takes at most half of one core, however large the view.
        time.sleep(max(_POLL, now - looking))
    return Settled(frame_of(desktop, seen, view), time.monotonic() - began, reason)


def _reason(
    began: float, still_since: float, quiet: float, budget: float, stopped: bool
) -> Literal["still", "budget", "stopped"] | None:
    now = time.monotonic()
    if stopped:
        return "stopped"
    if now - still_since >= quiet:
        return "still"
    return "budget" if now - began >= budget else None


def _same(before: bytes, after: bytes, view: Rect) -> bool:
    if before == after:
        return True
    return is_blink(changed_box(image_from_rgb(before, view), image_from_rgb(after, view), view))
