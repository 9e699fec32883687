"""Owns the windows of Windows: what is shown, what takes clicks, who has the keyboard.

A window can be "visible" and yet not be there: cloaked (DWMWA_CLOAKED: on another virtual desktop, or a suspended
application's), or transparent to the mouse (WS_EX_TRANSPARENT with WS_EX_LAYERED). Places are physical pixels, as long as
the thread is aware of each monitor's scale (win32.be_dpi_aware).
"""

from __future__ import annotations

import ctypes
import ntpath
from collections.abc import Callable
from ctypes import c_uint32
from typing import Final

from actions.backends.win32 import POINT, RECT, WINDOW_PROC, Libraries, be_dpi_aware, libraries
from actions.desktop import Window
from actions.errors import CaptureError, ExecutionError
from actions.geometry import Point, Rect
from actions.scene import Standing

_GWL_EXSTYLE, _GW_OWNER, _GA_ROOT, _SW_RESTORE, _CLOAKED = -20, 4, 2, 9, 14
_TRANSPARENT, _TOOL, _APP, _LAYERED = 0x20, 0x80, 0x40000, 0x80000
_QUERY_LIMITED: Final = 0x1000


def takes_clicks(style: int) -> bool:
    """Whether a shown window of that extended style is not passed through by the mouse."""
    through = _TRANSPARENT | _LAYERED
    return style & through != through


def is_a_persons(style: int, title: str, *, owned: bool) -> bool:
    """Whether a shown window is one that a person would name: as those that Alt+Tab offers."""
    return bool(title) and (bool(style & _APP) or not (owned or style & _TOOL))


class Win32Windows:
    """The windows of the desktop that has the input.

    Args:
        load: gets Windows' libraries.
    """

    name = "win32"

    def __init__(self, load: Callable[[], Libraries] = libraries) -> None:
        self._load = load
        self._libraries: Libraries | None = None

    def open(self) -> None:
        """Get ready; raises NoDesktop."""
        self._libraries = self._load()
        be_dpi_aware(self._libraries.user32)

    def capabilities(self) -> frozenset[str]:
        """Windows can be captured and watched."""
        return frozenset({"window_capture"})

    def close(self) -> None:
        """Let the libraries go; safe to call twice."""
        self._libraries = None

    def all(self) -> tuple[Window, ...]:
        """The windows that a person would name, the topmost first; raises CaptureError."""
        user32 = self._known().user32
        found = []
        for window in self._shown():
            style, owned = self._style(window), bool(user32.GetWindow(window, _GW_OWNER))
            if is_a_persons(style, self._title(window), owned=owned) and (known := self._window(window)):
                found.append(known)
        return tuple(found)

    def stack(self) -> tuple[Standing, ...]:
        """Everything shown that takes clicks, its borders included, the topmost first; raises CaptureError."""
        clicked = (window for window in self._shown() if takes_clicks(self._style(window)))
        placed = ((window, self._outer(window)) for window in clicked)
        return tuple((window, rect) for window, rect in placed if rect)

    def at(self, point: Point) -> Window | None:
        """The window that shows a pixel; raises CaptureError."""
        user32 = self._known().user32
        found = user32.WindowFromPoint(POINT(point.x, point.y))
        return self._window(user32.GetAncestor(found, _GA_ROOT) or found) if found else None

    def active(self) -> Window | None:
        """The window that has the keyboard; None while Windows hands it over; raises CaptureError."""
        found = self._known().user32.GetForegroundWindow()
        return self._window(found) if found else None

    def popup(self) -> Window | None:
        """None: menus are not told apart from windows here, whose controls cannot be read either."""
        return None

    def own(self) -> tuple[Standing, ...]:
        """None: our own windows are not told apart here yet."""
        return ()

    def own_active(self) -> bool:
        """Never, as no window counts as ours."""
        return False

    def activate(self, number: int) -> None:
        """Ask for the keyboard to be given to a window; Windows grants it to whoever made the last input event."""
        if self._libraries is None:
            raise ExecutionError("The windows were not opened.")
        if self._libraries.user32.IsIconic(number):
            self._libraries.user32.ShowWindow(number, _SW_RESTORE)
        self._libraries.user32.SetForegroundWindow(number)

    def _shown(self) -> list[int]:
        """All that are shown on this desktop, the topmost first, as EnumWindows goes."""
        user32 = self._known().user32
        found: list[int] = []

        def note(window: int, _: int) -> int:
            found.append(window)
            return 1

        if not user32.EnumWindows(WINDOW_PROC(note), 0):
            raise CaptureError("Windows does not tell what windows there are; another desktop may have the input.")
        return [window for window in found if user32.IsWindowVisible(window) and not self._cloaked(window)]

    def _cloaked(self, window: int) -> bool:
        cloaked = c_uint32()
        size = ctypes.sizeof(cloaked)
        failed = self._known().dwmapi.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), size)
        return not failed and bool(cloaked.value)

    def _window(self, window: int) -> Window | None:
        rect = self._content(window)
        return Window(window, self._title(window), self._application(window), rect) if rect else None

    def _style(self, window: int) -> int:
        return int(self._known().user32.GetWindowLongW(window, _GWL_EXSTYLE))

    def _title(self, window: int) -> str:
        text = ctypes.create_unicode_buffer(512)
        self._known().user32.GetWindowTextW(window, text, 512)
        return text.value

    def _application(self, window: int) -> str:
        """The name of its program's file, without the ending; empty where Windows does not tell."""
        user32, kernel32 = self._known().user32, self._known().kernel32
        process, size = c_uint32(), c_uint32(1024)
        user32.GetWindowThreadProcessId(window, ctypes.byref(process))
        if not (handle := kernel32.OpenProcess(_QUERY_LIMITED, 0, process.value)):
            return ""
        try:
            path = ctypes.create_unicode_buffer(size.value)
            told = kernel32.QueryFullProcessImageNameW(handle, 0, path, ctypes.byref(size))
            return ntpath.splitext(ntpath.basename(path.value))[0] if told else ""
        finally:
            kernel32.CloseHandle(handle)

    def _outer(self, window: int) -> Rect | None:
        rect = RECT()
        if not self._known().user32.GetWindowRect(window, ctypes.byref(rect)):
            return None
        return _rect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)

    def _content(self, window: int) -> Rect | None:
        user32, rect, corner = self._known().user32, RECT(), POINT()
        if not user32.GetClientRect(window, ctypes.byref(rect)) or not user32.ClientToScreen(
            window, ctypes.byref(corner)
        ):
            return None
        return _rect(corner.x, corner.y, rect.right, rect.bottom)

    def _known(self) -> Libraries:
        if self._libraries is None:
            raise CaptureError("The windows were not opened.")
        return self._libraries


def _rect(left: int, top: int, width: int, height: int) -> Rect | None:
    """None for a window without pixels, such as one that is minimised or only receives messages."""
    return Rect(left, top, width, height) if width > 0 and height > 0 else None
