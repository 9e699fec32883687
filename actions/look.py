"""Owns looking: which pixels of the desktop a run shows its model, and the Frame of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from actions.desktop import Desktop, Window
from actions.errors import CaptureError
from actions.frame import Frame, Shot, frame_from_rgb
from actions.geometry import Monitor, Rect, bounds
from actions.scene import Scene, Standing


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
    return sight_of(target, desktop)[0]


def sight_of(target: CaptureTarget, desktop: Desktop) -> tuple[Rect, Scene]:
    """What `view_of` says, and how the desktop stands, asked at the same moment.

    Raises:
        CaptureError: as `view_of`.
    """
    monitors, stack = desktop.screen.monitors(), desktop.windows.stack()
    whole = bounds(tuple(monitor.rect for monitor in monitors))
    window = window_of(target, desktop) if target.kind == "window" else None
    if target.kind == "monitor":
        wanted: Rect | None = _monitor(target.name, monitors).rect
    elif target.kind == "desktop":
        wanted = whole
    else:
        wanted = window.rect if window else target.region
    view = wanted and wanted.intersection(whole)
    if view is None:
        raise CaptureError(f"Nothing of {target.name or f'the {target.kind}'} is on the desktop.")
    return view, Scene(monitors, stack, (window.id, window.rect) if window else None)


def scene_of(desktop: Desktop, window: int | None = None) -> Scene:
    """How the desktop stands now; `window` is the one that was looked at, where only one was.

    Raises:
        CaptureError: the desktop does not answer.
    """
    return Scene(desktop.screen.monitors(), desktop.windows.stack(), _standing(desktop, window))


def _standing(desktop: Desktop, number: int | None) -> Standing | None:
    shown = desktop.windows.all() if number is not None else ()
    return next(((window.id, window.rect) for window in shown if window.id == number), None)


def window_of(target: CaptureTarget, desktop: Desktop) -> Window:
    """The window that a target names: the one of exactly that title, or else the only one whose title has that part.

    Raises:
        CaptureError: there is none, or more than one; the text names those there are.
    """
    return _window_of(target, desktop.windows.all())


def _window_of(target: CaptureTarget, windows: tuple[Window, ...]) -> Window:
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
    view, scene = sight_of(target, desktop)
    return look_at(desktop, view, scene)


def look_at(desktop: Desktop, view: Rect, scene: Scene | None = None) -> Frame:
    """What these pixels of the desktop show now; `scene` is how it stood before, so that no later change goes unseen.

    Raises:
        CaptureError: they cannot be read.
    """
    return frame_of(desktop, desktop.screen.grab(view), scene)


def frame_of(desktop: Desktop, shot: Shot, scene: Scene | None = None) -> Frame:
    """A frame of what was just grabbed, with the window that has the keyboard and the place of the pointer now."""
    frame = frame_from_rgb(shot.rgb(), shot.view, time.time(), _active(desktop), scene)
    return replace(frame, pointer=desktop.input.position())


def renewed(desktop: Desktop, frame: Frame) -> Frame:
    """A frame of what was just seen to look as it did: it shares the pixels, and has the window and pointer of now."""
    return replace(frame, taken_at=time.time(), active=_active(desktop), pointer=desktop.input.position())


def _active(desktop: Desktop) -> int | None:
    window = desktop.windows.active()
    return window.id if window else None


def _monitor(name: str, monitors: tuple[Monitor, ...]) -> Monitor:
    named = [monitor for monitor in monitors if not name or monitor.name.casefold() == name.casefold()]
    if not named:
        names = ", ".join(monitor.name for monitor in monitors)
        raise CaptureError(f"There is no monitor “{name}”; the monitors are: {names}.")
    return next((monitor for monitor in named if monitor.primary), named[0])
