"""The machine: which library or platform is behind the desktop's parts, chosen in a declared order."""

from __future__ import annotations

import contextlib
import os
import sys

from actions.backends.arrival import CheckedInput, CheckedScreen, Condition, Session
from actions.desktop import Desktop
from actions.errors import ActionError, NoDesktop

_PLATFORM: str = sys.platform if sys.platform in {"win32", "darwin"} else "x11"


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
    return _opened(_real(shell))


def refusal() -> str | None:
    """Why there is no desktop to work with here, in a sentence that says what to do; None where there is one."""
    if why := _absence():
        return why
    try:
        with contextlib.closing(_session()) as session:
            return session.sight()
    except NoDesktop as error:
        return str(error)


def conditions() -> tuple[Condition, ...]:
    """What the platform says of the person's session, for `doctor`; nothing where there is none."""
    if _absence():
        return ()
    try:
        with contextlib.closing(_session()) as session:
            return session.conditions()
    except NoDesktop:
        return ()


def desktop_name() -> str:
    """What the desktop is called where there is one."""
    return {"win32": "Windows", "darwin": "macOS"}.get(_PLATFORM) or f"X11 on {os.environ.get('DISPLAY', '')}"


def close_desktop(desktop: Desktop) -> None:
    """Close all parts, whatever state they are in."""
    for part in reversed(desktop.parts()):
        with contextlib.suppress(ActionError, OSError):
            part.close()


def _absence() -> str | None:
    """Why there is nothing to ask for a desktop."""
    if _PLATFORM != "x11" or os.environ.get("DISPLAY"):
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        from actions.backends.x11_session import WAYLAND

        return WAYLAND
    return "There is no screen: start Deskhand in a desktop session, or set DISPLAY."


def _session() -> Session:
    """The platform's session; raises NoDesktop where it is none that can be worked."""
    match _PLATFORM:
        case "win32":
            from actions.backends.win32_session import Win32Session

            return Win32Session()
        case "darwin":
            from actions.backends.quartz_session import QuartzSession

            return QuartzSession()
        case _:
            from actions.backends.x11 import ensure_authority
            from actions.backends.x11_session import X11Session, wayland

            ensure_authority()
            if why := wayland():
                raise NoDesktop(why)
            return X11Session()


def _real(shell: int | None) -> Desktop:
    """The platform's parts, not opened yet, each look and each event after a question to the session.

    Raises:
        NoDesktop: there is no desktop, or it is locked, or a permission is missing; on macOS the person is asked for it.
    """
    if why := _absence():
        raise NoDesktop(why)
    session = _session()
    if why := session.sight():
        session.ask_for_more()
        session.close()
        raise NoDesktop(why)
    parts = _parts(shell)
    return Desktop(
        CheckedScreen(parts.screen, session),
        CheckedInput(parts.input, session),
        parts.windows,
        parts.listener,
        parts.system,
        parts.controls,
    )


def _parts(shell: int | None) -> Desktop:
    from actions.backends.pynput_listener import PynputListener

    match _PLATFORM:
        case "win32":
            from actions.backends.mss_screen import MssScreen
            from actions.backends.no_controls import NoControls
            from actions.backends.no_system import NoSystem
            from actions.backends.win32 import be_dpi_aware, libraries
            from actions.backends.win32_input import win32_hands
            from actions.backends.win32_windows import Win32Windows

            # Before mss and pyautogui, which ask for less; nothing in this process asks for a size before that.
            be_dpi_aware(libraries().user32)
            return Desktop(MssScreen(), win32_hands(), Win32Windows(), PynputListener(), NoSystem(), NoControls())
        case "darwin":
            from actions.backends.no_controls import NoControls
            from actions.backends.no_system import NoSystem
            from actions.backends.quartz_input import quartz_hands
            from actions.backends.quartz_screen import QuartzScreen
            from actions.backends.quartz_windows import QuartzWindows

            return Desktop(QuartzScreen(), quartz_hands(), QuartzWindows(), PynputListener(), NoSystem(), NoControls())
        case _:
            from actions.backends.atspi_controls import AtspiControls
            from actions.backends.freedesktop_system import FreedesktopSystem
            from actions.backends.mss_screen import MssScreen
            from actions.backends.pyautogui_input import PyautoguiInput
            from actions.backends.x11_glass import GlassScreen
            from actions.backends.x11_own import Ours
            from actions.backends.x11_windows import X11Windows

            ours = Ours(shell) if shell is not None else None
            screen = GlassScreen(MssScreen(), ours) if ours else MssScreen()
            hands, windows = PyautoguiInput(ours), X11Windows(ours)
            return Desktop(screen, hands, windows, PynputListener(), FreedesktopSystem(), AtspiControls())


def _dry_with_eyes(shell: int | None) -> Desktop:
    from actions.backends.dry_run import dry_desktop

    real = _real(shell)
    real.screen.open()
    try:
        real.windows.open()
    except NoDesktop:
        real.screen.close()
        raise
    return dry_desktop(eyes=(real.screen, real.windows, real.controls))


def _opened(desktop: Desktop) -> Desktop:
    try:
        for part in desktop.parts():
            part.open()
    except ActionError:
        close_desktop(desktop)
        raise
    return desktop
