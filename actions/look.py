"""Owns looking: which pixels of the desktop a run shows its model, and the Frame of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from actions.desktop import Desktop, Window
from actions.errors import CaptureError
from actions.frame import Frame, Shot, frame_from_rgb
from actions.geometry import Monitor, Rect, bounds


@dataclass(frozen=True, slots=True)
class CaptureTarget:
    """What the model is shown.

    Attributes:
        kind: everything; one monitor; one window, wherever it is; or a fixed region.
        name: the monitor's name (the primary if empty), or a part of the window's title.
        region: the physical pixels of a region.
    """

    kind: Literal["desktop", "monitor", "window", "region"] = "desktop"
    name: str = ""
    region: Rect | None = None


def view_of(target: CaptureTarget, desktop: Desktop) -> Rect:
    """The pixels of the desktop that the target covers now, without what hangs over the desktop's edge.

    Raises:
        CaptureError: there is no such monitor or window, or nothing of it is on the desktop.
    """
    whole = bounds(tuple(monitor.rect for monitor in desktop.screen.monitors()))
    wanted = _wanted(target, desktop)
    view = whole if target.kind == "desktop" else wanted and wanted.intersection(whole)
    if view is None:
        raise CaptureError(f"Nothing of {target.name or f'the {target.kind}'} is on the desktop.")
    return view


def _wanted(target: CaptureTarget, desktop: Desktop) -> Rect | None:
    match target.kind:
        case "monitor":
            return _monitor(target.name, desktop.screen.monitors()).rect
        case "window":
            return window_of(target, desktop).rect
        case "desktop" | "region":
            return target.region


def window_of(target: CaptureTarget, desktop: Desktop) -> Window:
    """The window that a target names: the one of exactly that title, or else the only one whose title has that part.

    Raises:
        CaptureError: there is none, or more than one; the text names those there are.
    """
    windows = desktop.windows.all()
    part = target.name.strip().casefold()
    exact = [window for window in windows if part and window.title.strip().casefold() == part]
    found = exact or [window for window in windows if part and part in window.title.casefold()]
    if len(found) == 1:
        return found[0]
    titles = ", ".join(f"“{window.title}”" for window in found or windows if window.title) or "none"
    if found:
        raise CaptureError(f"“{target.name}” could be any of {len(found)} windows: {titles}.")
    raise CaptureError(f"There is no window “{target.name}”; the windows are: {titles}.")


def look(desktop: Desktop, target: CaptureTarget) -> Frame:
    """What the target shows now.

    Raises:
        CaptureError: it cannot be seen.
    """
    return look_at(desktop, view_of(target, desktop))


def look_at(desktop: Desktop, view: Rect) -> Frame:
    """What these pixels of the desktop show now.

    Raises:
        CaptureError: they cannot be read.
    """
    return frame_of(desktop, desktop.screen.grab(view))


def frame_of(desktop: Desktop, shot: Shot) -> Frame:
    """A frame of what was just grabbed, with the window that has the keyboard now."""
    return frame_from_rgb(shot.rgb(), shot.view, time.time(), _active(desktop))


def renewed(desktop: Desktop, frame: Frame) -> Frame:
    """A frame of what was just seen to look as it did: it shares the pixels, and has the window of now."""
    return replace(frame, taken_at=time.time(), active=_active(desktop))


def _active(desktop: Desktop) -> int | None:
    window = desktop.windows.active()
    return window.id if window else None


def _monitor(name: str, monitors: tuple[Monitor, ...]) -> Monitor:
    named = [monitor for monitor in monitors if not name or monitor.name.casefold() == name.casefold()]
    if not named:
        names = ", ".join(monitor.name for monitor in monitors)
        raise CaptureError(f"There is no monitor “{name}”; the monitors are: {names}.")
    return next((monitor for monitor in named if monitor.primary), named[0])
