"""Owns what an X session says of itself: whether it is locked, and whether it is one of Wayland's.

X has no word for "locked": a locker is a window that holds the keyboard and takes what is typed for a password. Screen
savers and logind say it on D-Bus. A locker that tells neither of them (slock, xsecurelock) goes unnoticed here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Final

from actions.backends.arrival import Condition, Fresh
from actions.backends.bus import SYSTEM_ADDRESS, Bus, session_address
from actions.backends.x11 import is_xwayland, open_display
from actions.errors import NoDesktop

LOCKED: Final = "The screen is locked, or its screen saver is on: unlock it, then start the run again."
WAYLAND: Final = (
    "This is a Wayland session: Deskhand cannot see or work it yet. Log in with “Xorg” or “X11” chosen at the login "
    "screen."
)
_SAVERS: Final = (
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
)
"""Each has GetActive (GNOME, KDE, Cinnamon, MATE and Xfce document the same interface)."""
_LOGIND: Final = ("org.freedesktop.login1", "/org/freedesktop/login1/session/auto")
_HINT: Final = ("org.freedesktop.DBus.Properties.Get", "org.freedesktop.login1.Session", "LockedHint")


class X11Session:
    """The session that DISPLAY belongs to."""

    def __init__(self) -> None:
        self._person, self._system = Bus(session_address()), Bus(SYSTEM_ADDRESS)
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
        answers = self._answers()
        if all(answer is None for _, answer in answers):
            return (Condition("Screen lock", "nobody on D-Bus says whether the screen is locked"),)
        why = locked(answers)
        return (Condition("Screen lock", "locked" if why else "not locked", not why, why or ""),)

    def close(self) -> None:
        """Let the buses go; safe to call twice."""
        self._person.close()
        self._system.close()

    def _ask(self) -> str | None:
        return locked(self._answers())

    def _answers(self) -> list[tuple[str, bool | None]]:
        answers = [(name, self._person.ask(name, path, f"{name}.GetActive")) for name, path in _SAVERS]
        return [*answers, (_LOGIND[0], self._system.ask(*_LOGIND, *_HINT))]


def locked(answers: Sequence[tuple[str, bool | None]]) -> str | None:
    """What is said to a person, for what each of those who may know says; who does not answer does not count."""
    return LOCKED if any(answer for _, answer in answers) else None


def wayland() -> str | None:
    """Why DISPLAY is not the desktop: it only serves a Wayland session's older programs."""
    with contextlib.suppress(NoDesktop), contextlib.closing(open_display()) as display:
        return WAYLAND if is_xwayland(display) else None
    return None
