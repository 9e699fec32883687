"""Owns waiting until the screen has stopped changing: as long as needed, never longer than a budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from actions.desktop import Desktop
from actions.frame import Frame, Shot, changed_region, is_blink
from actions.geometry import Rect, bounds
from actions.look import frame_of, renewed

BUDGET: Final = 3.5
"""Seconds after which even a screen that goes on changing is looked at: pages and dialogs take up to three."""
QUIET: Final = 0.1
"""Seconds without change after which a screen counts as still."""
PATIENCE: Final = 0.3
"""Seconds that a screen which has not changed at all since the action is given to begin."""
TICKING: Final = 1.0
"""Seconds after which something small that keeps changing at one place is a clock or a spinner, which never ends."""
_TICKER: Final = (160, 64)
"""The largest clock or spinner."""
_OFTEN: Final = 8
"""So many changes it must have been seen to make: a process that got no time in between has seen few."""
_POLL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Settled:
    """The screen at the end of the wait, how long it took, and why it ended."""

    frame: Frame
    seconds: float
    reason: Literal["still", "budget", "stopped"]


def settle(
    desktop: Desktop, view: Rect, stop: Callable[[], bool], budget: float = BUDGET, *, before: Frame | None = None
) -> Settled:
    """Wait until these pixels show the same for a little while.

    A blinking text cursor does not count, and a clock or a spinner not for long.

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
    pause, motion = _POLL, _Motion(began)
    # Stillness ends with a look, not with the clock: a process that got no time in between has seen nothing.
    while (reason := _reason(began, looked - still_since, PATIENCE if untouched else QUIET, budget, stop())) is None:
        if motion.ticks(looked):
            reason = "still"
            break
        time.sleep(pause)
        looked = time.monotonic()
        seen = desktop.screen.grab(view)
        region, now = changed_region(first, seen), time.monotonic()
        if region and not is_blink(region):
            motion.add(region, now)
            first, still_since, untouched = seen, now, False
        # Watching takes at most half of one core, however large the view.
        pause = max(_POLL, now - looked)
    frame = (
        renewed(desktop, known)
        if known and seen.raw == start.raw
        else frame_of(desktop, seen, before.scene if before else None)
    )
    return Settled(frame, time.monotonic() - began, reason)


class _Motion:
    """The changes since something large last changed."""

    def __init__(self, now: float) -> None:
        self._since, self._seen = now, list[Rect]()

    def add(self, region: Rect, now: float) -> None:
        """Take in a change."""
        self._seen.append(region)
        place = bounds(tuple(self._seen))
        if place.width > _TICKER[0] or place.height > _TICKER[1]:
            self._since = now
            self._seen.clear()

    def ticks(self, now: float) -> bool:
        """Whether only something small at one place has been changing, often and for long."""
        return len(self._seen) >= _OFTEN and now - self._since >= TICKING


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
