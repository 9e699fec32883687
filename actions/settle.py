"""Owns waiting until the screen has stopped changing: as long as needed, never longer than a budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from actions.desktop import Desktop
from actions.frame import Frame, Shot, changed_region, is_blink
from actions.geometry import Rect
from actions.look import frame_of, renewed

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
        before: what was seen before the action; while nothing differs from it, the reaction may be still to come. The
            frame carries its scene on: a later look tells whether the desktop still stands so.

    Raises:
        CaptureError: the pixels cannot be read.
    """
    began = still_since = looked = time.monotonic()
    # Compared with the first picture of the stillness, not with the last one, so that small steps add up.
    seen = first = start = desktop.screen.grab(view)
    old = before if before and before.view == view else None
    known, untouched = _compared(old, start) if old else (None, False)
    pause = _POLL
    # Stillness ends with a look, not with the clock: a process that got no time in between has seen nothing.
    while (reason := _reason(began, looked - still_since, PATIENCE if untouched else QUIET, budget, stop())) is None:
        time.sleep(pause)
        looked = time.monotonic()
        seen = desktop.screen.grab(view)
        same, now = _same(first, seen), time.monotonic()
        if not same:
            first, still_since, untouched = seen, now, False
        # Watching takes at most half of one core, however large the view.
        pause = max(_POLL, now - looked)
    frame = (
        renewed(desktop, known)
        if known and seen.raw == start.raw
        else frame_of(desktop, seen, before.scene if before else None)
    )
    return Settled(frame, time.monotonic() - began, reason)


def _compared(before: Frame, start: Shot) -> tuple[Frame | None, bool]:
    """-> (the frame if the shot has the very same pixels, whether nothing has happened since it was taken)."""
    now = Shot(start.rgb(), "RGB", start.view)
    return (before, True) if before.rgb == now.raw else (None, _same(before.shot(), now))


def _reason(
    began: float, still: float, quiet: float, budget: float, stopped: bool
) -> Literal["still", "budget", "stopped"] | None:
    if stopped:
        return "stopped"
    if still >= quiet:
        return "still"
    return "budget" if time.monotonic() - began >= budget else None


def _same(before: Shot, after: Shot) -> bool:
    return is_blink(changed_region(before, after))
