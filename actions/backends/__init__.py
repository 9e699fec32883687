"""The machine: which library or platform is behind the desktop's four parts, chosen in a declared order."""

from __future__ import annotations

import contextlib
import os
import sys

from actions.desktop import Desktop
from actions.errors import ActionError, NoDesktop

_WAYLAND = (
    "This is a Wayland session without X: Deskhand cannot see or work it yet. Log in with “Xorg” or “X11” chosen at the "
    "login screen."
)
_NOT_YET = "Deskhand works on X11 so far; Windows and macOS follow. `deskhand run --dry-run` works everywhere."


def open_desktop(*, dry_run: bool = False, shell: int | None = None) -> Desktop:
    """The desktop's parts, opened. In a dry run the hands only write down; the eyes are real where there is a screen.

    Args:
        dry_run: do nothing.
        shell: the process whose windows are our own, which are neither seen nor hit.

    Raises:
        NoDesktop: there is none to work with; the text says what to do.
    """
    from actions.backends.dry_run import dry_desktop

    if dry_run:
        with contextlib.suppress(NoDesktop):
            return _dry_with_eyes(shell)
        return dry_desktop()
    if why := refusal():
        raise NoDesktop(why)
    return _opened(_x11(shell))


def refusal() -> str | None:
    """Why there is no desktop to work with here, in a sentence that says what to do; None where there is one."""
    if sys.platform in {"win32", "darwin"}:
        return _NOT_YET
    if os.environ.get("DISPLAY"):
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return _WAYLAND
    return "There is no screen: start Deskhand in a desktop session, or set DISPLAY."


def close_desktop(desktop: Desktop) -> None:
    """Close all parts, whatever state they are in."""
    for part in reversed(desktop.parts()):
        with contextlib.suppress(ActionError, OSError):
            part.close()


def _x11(shell: int | None) -> Desktop:
    from actions.backends.mss_screen import MssScreen
    from actions.backends.pyautogui_input import PyautoguiInput
    from actions.backends.pynput_listener import PynputListener
    from actions.backends.x11 import ensure_authority
    from actions.backends.x11_glass import GlassScreen
    from actions.backends.x11_own import Ours
    from actions.backends.x11_windows import X11Windows

    ensure_authority()
    ours = Ours(shell) if shell is not None else None
    screen = GlassScreen(MssScreen(), ours) if ours else MssScreen()
    return Desktop(screen, PyautoguiInput(ours), X11Windows(ours), PynputListener())


def _dry_with_eyes(shell: int | None) -> Desktop:
    from actions.backends.dry_run import dry_desktop

    if why := refusal():
        raise NoDesktop(why)
    real = _x11(shell)
    real.screen.open()
    try:
        real.windows.open()
    except NoDesktop:
        real.screen.close()
        raise
    return dry_desktop(eyes=(real.screen, real.windows))


def _opened(desktop: Desktop) -> Desktop:
    try:
        for part in desktop.parts():
            part.open()
    except ActionError:
        close_desktop(desktop)
        raise
    return desktop
