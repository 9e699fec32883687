"""Owns what Windows says of the session: whether its own desktop takes input, and which windows have more rights.

While it is locked or asks for an administrator, another desktop has the input, which OpenInputDesktop does not open or
names otherwise (learn.microsoft.com, "Desktops": Default, ScreenSaver and Winlogon). Input for a window of a higher
integrity level is dropped, and neither the result nor the last error says so (SendInput, remarks).
"""

from __future__ import annotations

import ctypes
from ctypes import c_uint32, c_void_p
from typing import Final

from actions.backends.arrival import Condition
from actions.backends.win32 import POINT, Libraries, SidAndAttributes, libraries

HIGH: Final = 0x3000
"""SECURITY_MANDATORY_HIGH_RID, an administrator's; ordinary programs have 0x2000."""
_UOI_NAME, _READ_OBJECTS, _GA_ROOT = 2, 0x0001, 2
_QUERY_LIMITED, _TOKEN_QUERY, _TOKEN_INTEGRITY = 0x1000, 0x0008, 25
_SECURE: Final = (
    "Windows is locked, or asks for an administrator's consent on its secure desktop, where no program can look or act: "
    "unlock it or answer there, then start the run again."
)
_SAVER: Final = "Windows shows its screen saver: move the mouse, then start the run again."


def shown(desktop: str | None) -> str | None:
    """What is said to a person when the input goes to a desktop of that name, or to one that may not be opened."""
    match desktop:
        case "Default":
            return None
        case None | "Winlogon":
            return _SECURE
        case "ScreenSaver" | "Screen-saver":
            return _SAVER
        case _:
            return f"Windows shows another desktop, “{desktop}”: go back to your own, then start the run again."


def out_of_reach(title: str, theirs: int | None, ours: int) -> str | None:
    """What is said to a person for a window of that integrity level, None for one that may not be asked.

    A process of another account may not be asked (OpenProcessToken, remarks), so what is not known counts as higher
    unless we have an administrator's rights ourselves.
    """
    if (theirs is None and ours >= HIGH) or (theirs is not None and theirs <= ours):
        return None
    return (
        f"“{title or 'This window'}” runs as administrator, and Windows drops what programs with fewer rights do to it: "
        "work in another window, let the person do this step, or start Deskhand as administrator."
    )


class Win32Session:
    """The session of the person who is logged in.

    Args:
        windows: Windows' libraries.
    """

    def __init__(self, windows: Libraries | None = None) -> None:
        self._windows = windows or libraries()
        own = self._windows.kernel32.GetCurrentProcessId()
        self._ours = self._level(own) or 0

    def sight(self) -> str | None:
        """Why it cannot be seen and worked: another desktop has the input."""
        return shown(self._input_desktop())

    def reach(self, *, keyboard: bool) -> str | None:
        """Why an event does not arrive: as `sight`, or the window has more rights than we."""
        if why := self.sight():
            return why
        user32 = self._windows.user32
        window = user32.GetForegroundWindow() if keyboard else self._under_pointer()
        if not window:
            return None
        process = c_uint32()
        user32.GetWindowThreadProcessId(window, ctypes.byref(process))
        level = self._level(process.value)
        return None if level == self._ours else out_of_reach(self._title(window), level, self._ours)

    def ask_for_more(self) -> None:
        """There is nothing that the person could be asked for."""

    def conditions(self) -> tuple[Condition, ...]:
        """Whether it is locked, and with which rights we run."""
        why = self.sight()
        rights = "administrator" if self._ours >= HIGH else "ordinary: windows that run as administrator are refused"
        lock = Condition("Screen lock", "locked, or not in sight" if why else "not locked", not why, why or "")
        return (lock, Condition("Rights", rights))

    def close(self) -> None:
        """Nothing is held."""

    def _input_desktop(self) -> str | None:
        user32 = self._windows.user32
        if not (handle := user32.OpenInputDesktop(0, 0, _READ_OBJECTS)):
            return None
        try:
            name = ctypes.create_unicode_buffer(256)
            size = ctypes.sizeof(name)
            found = user32.GetUserObjectInformationW(handle, _UOI_NAME, ctypes.byref(name), size, None)
            return name.value if found else None
        finally:
            user32.CloseDesktop(handle)

    def _under_pointer(self) -> int | None:
        user32, at = self._windows.user32, POINT()
        user32.GetCursorPos(ctypes.byref(at))
        window = user32.WindowFromPoint(at)
        root: int | None = user32.GetAncestor(window, _GA_ROOT) if window else None
        return root

    def _title(self, window: int) -> str:
        text = ctypes.create_unicode_buffer(256)
        self._windows.user32.GetWindowTextW(window, text, 256)
        return text.value

    def _level(self, process: int) -> int | None:
        """The integrity level of a process, the last part of its label; None where it may not be asked."""
        kernel32, advapi32 = self._windows.kernel32, self._windows.advapi32
        handle, token = kernel32.OpenProcess(_QUERY_LIMITED, 0, process), c_void_p()
        if not handle:
            return None
        try:
            if not advapi32.OpenProcessToken(handle, _TOKEN_QUERY, ctypes.byref(token)):
                return None
            room, needed = ctypes.create_string_buffer(256), c_uint32()
            size = ctypes.sizeof(room)
            got = advapi32.GetTokenInformation(token, _TOKEN_INTEGRITY, room, size, ctypes.byref(needed))
            if not got:
                return None
            sid = SidAndAttributes.from_buffer(room).Sid
            last = advapi32.GetSidSubAuthorityCount(sid)[0] - 1
            return int(advapi32.GetSidSubAuthority(sid, last)[0])
        finally:
            if token.value:
                kernel32.CloseHandle(token)
            kernel32.CloseHandle(handle)
