"""Owns what an X session says of itself: whether it is locked, and whether it is one of Wayland's.

X has no word for "locked": a locker is a window that holds the keyboard and takes what is typed for a password. The screen
savers of GNOME, KDE, Cinnamon, MATE and Xfce say it on D-Bus; another locker (slock, xsecurelock) goes unnoticed here.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Final

from actions.backends.arrival import Condition, Fresh
from actions.backends.bus import BUS, BUS_PATH, Bus, session_address
from actions.backends.mss_screen import MssScreen
from actions.backends.x11 import is_xwayland, open_display
from actions.errors import NoDesktop

LOCKED: Final = "The screen is locked, or its screen saver is on: unlock it, then start the run again."
WAYLAND: Final = (
    "This is a Wayland session: Deskhand cannot see or work it yet. Log in with “Xorg” or “X11” chosen at the login "
    "screen."
)
SAVERS: Final = (
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
)
"""Each has GetActive, as gnome-screensaver documents it (doc/dbus-interface.xml) and the others took it over."""


class X11Session:
    """The session that DISPLAY belongs to."""

    def __init__(self) -> None:
        self._bus = Bus(session_address())
        self._locked = Fresh(self._ask)

    def sight(self) -> str | None:
        """Why it cannot be seen and worked: it is locked."""
        return self._locked()

    def reach(self, *, keyboard: bool) -> str | None:  # noqa: ARG002
        """As `sight`: X lets everybody reach everything."""
        return self._locked()

    def ask_for_more(self) -> None:
        """There is nothing that the person could be asked for."""

    def conditions(self) -> tuple[Condition, ...]:
        """Whether it is locked."""
        if all(self._active(name, path) is None for name, path in SAVERS):
            return (Condition("Screen lock", "not known: no screen saver answers on D-Bus"),)
        why = self._ask()
        return (Condition("Screen lock", "locked" if why else "not locked", not why, why or ""),)

    def close(self) -> None:
        """Let the bus go; safe to call twice."""
        self._bus.close()

    def _active(self, name: str, path: str) -> int | None:
        return self._bus.ask(name, path, f"{name}.GetActive")

    def _ask(self) -> str | None:
        active = [name for name, path in SAVERS if self._active(name, path)]
        here = display_name(os.environ.get("DISPLAY", ""))
        return LOCKED if any(self._display(name) in {None, here} for name in active) else None

    def _display(self, name: str) -> str | None:
        """The display that a screen saver covers. A person's may be locked while a run works on a virtual one."""
        process = self._bus.ask(BUS, BUS_PATH, f"{BUS}.GetConnectionUnixProcessID", name)
        try:
            variables = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
        except OSError:
            return None
        found = (value[8:] for value in variables if value.startswith(b"DISPLAY="))
        return next((display_name(os.fsdecode(value)) for value in found), None)


def display_name(value: str) -> str:
    """A display without what may be left out: that it is local, and the number of its only screen."""
    return re.sub(r"^(?:unix)?(:\d+)(?:\.\d+)?$", r"\1", value)


def wayland() -> str | None:
    """Why DISPLAY is not the desktop: it only serves a Wayland session's older programs."""
    with contextlib.suppress(NoDesktop):
        # Where nothing answers, python-xlib would leave a socket open; mss does not, and is quick to tell.
        with contextlib.closing(MssScreen()) as eyes:
            eyes.open()
        with contextlib.closing(open_display()) as display:
            return WAYLAND if is_xwayland(display) else None
    return None
