"""Owns the door to Windows: its libraries with the types of what is called there, its structures, and DPI awareness.

Types are of fixed size, so that they are the same wherever they are looked at; handles and windows are pointers, which
ctypes would cut to 32 bits if it were not told (docs.python.org/3/library/ctypes.html, "argtypes"). Functions and
structures: learn.microsoft.com/windows/win32/api (winuser, processthreadsapi, securitybaseapi, dwmapi).
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from ctypes import c_int32, c_size_t, c_uint8, c_uint16, c_uint32, c_void_p, c_wchar_p
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from actions.errors import NoDesktop

INPUT_MOUSE, INPUT_KEYBOARD = 0, 1
KEYEVENTF_EXTENDEDKEY, KEYEVENTF_KEYUP, KEYEVENTF_UNICODE = 0x1, 0x2, 0x4
PER_MONITOR_AWARE_V2: Final = -4
"""DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2: a pixel is a pixel on every monitor, whatever its scale."""
_SCALED = (
    "Windows gives this program scaled pixels, so that clicks would land beside their targets: start Deskhand in a process "
    "of its own on Windows 10 (1703) or later, and clear “Override high DPI scaling” in its compatibility settings."
)


class POINT(ctypes.Structure):
    """A place in physical pixels."""

    _fields_: ClassVar = [("x", c_int32), ("y", c_int32)]


class RECT(ctypes.Structure):
    """A rectangle; right and bottom are one beyond."""

    _fields_: ClassVar = [("left", c_int32), ("top", c_int32), ("right", c_int32), ("bottom", c_int32)]


class MOUSEINPUT(ctypes.Structure):
    """A mouse event."""

    _fields_: ClassVar = [
        ("dx", c_int32),
        ("dy", c_int32),
        ("mouseData", c_int32),
        ("dwFlags", c_uint32),
        ("time", c_uint32),
        ("dwExtraInfo", c_size_t),
    ]


class KEYBDINPUT(ctypes.Structure):
    """A key event."""

    _fields_: ClassVar = [
        ("wVk", c_uint16),
        ("wScan", c_uint16),
        ("dwFlags", c_uint32),
        ("time", c_uint32),
        ("dwExtraInfo", c_size_t),
    ]


class _Event(ctypes.Union):
    _fields_: ClassVar = [("mi", MOUSEINPUT), ("ki", KEYBDINPUT)]


class INPUT(ctypes.Structure):
    """What SendInput takes an array of."""

    _anonymous_: ClassVar = ("event",)
    _fields_: ClassVar = [("type", c_uint32), ("event", _Event)]


class SidAndAttributes(ctypes.Structure):
    """TOKEN_MANDATORY_LABEL: where a token's integrity level is."""

    _fields_: ClassVar = [("Sid", c_void_p), ("Attributes", c_uint32)]


WINDOW_PROC: Final = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(c_int32, c_void_p, c_size_t)
"""What EnumWindows calls for each window."""

_Signature = tuple[tuple[Any, ...], Any]
SIGNATURES: Final[Mapping[str, Mapping[str, _Signature]]] = {
    "user32": {
        "SendInput": ((c_uint32, c_void_p, c_int32), c_uint32),
        "MapVirtualKeyW": ((c_uint32, c_uint32), c_uint32),
        "VkKeyScanExW": ((c_uint16, c_void_p), c_int32),
        "GetKeyboardLayout": ((c_uint32,), c_void_p),
        "GetSystemMetrics": ((c_int32,), c_int32),
        "GetCursorPos": ((c_void_p,), c_int32),
        "GetForegroundWindow": ((), c_void_p),
        "SetForegroundWindow": ((c_void_p,), c_int32),
        "ShowWindow": ((c_void_p, c_int32), c_int32),
        "IsIconic": ((c_void_p,), c_int32),
        "IsWindowVisible": ((c_void_p,), c_int32),
        "EnumWindows": ((WINDOW_PROC, c_size_t), c_int32),
        "GetWindowRect": ((c_void_p, c_void_p), c_int32),
        "GetClientRect": ((c_void_p, c_void_p), c_int32),
        "ClientToScreen": ((c_void_p, c_void_p), c_int32),
        "GetWindowLongW": ((c_void_p, c_int32), c_int32),
        "GetWindow": ((c_void_p, c_uint32), c_void_p),
        "GetAncestor": ((c_void_p, c_uint32), c_void_p),
        "WindowFromPoint": ((POINT,), c_void_p),
        "GetWindowTextW": ((c_void_p, c_wchar_p, c_int32), c_int32),
        "GetWindowThreadProcessId": ((c_void_p, c_void_p), c_uint32),
        "OpenInputDesktop": ((c_uint32, c_int32, c_uint32), c_void_p),
        "CloseDesktop": ((c_void_p,), c_int32),
        "GetUserObjectInformationW": ((c_void_p, c_int32, c_void_p, c_uint32, c_void_p), c_int32),
        "SetProcessDpiAwarenessContext": ((c_void_p,), c_int32),
        "SetThreadDpiAwarenessContext": ((c_void_p,), c_void_p),
        "GetThreadDpiAwarenessContext": ((), c_void_p),
        "AreDpiAwarenessContextsEqual": ((c_void_p, c_void_p), c_int32),
    },
    "kernel32": {
        "OpenProcess": ((c_uint32, c_int32, c_uint32), c_void_p),
        "GetCurrentProcessId": ((), c_uint32),
        "CloseHandle": ((c_void_p,), c_int32),
        "QueryFullProcessImageNameW": ((c_void_p, c_uint32, c_wchar_p, c_void_p), c_int32),
    },
    "advapi32": {
        "OpenProcessToken": ((c_void_p, c_uint32, c_void_p), c_int32),
        "GetTokenInformation": ((c_void_p, c_int32, c_void_p, c_uint32, c_void_p), c_int32),
        "GetSidSubAuthorityCount": ((c_void_p,), ctypes.POINTER(c_uint8)),
        "GetSidSubAuthority": ((c_void_p, c_uint32), ctypes.POINTER(c_uint32)),
    },
    "dwmapi": {"DwmGetWindowAttribute": ((c_void_p, c_uint32, c_void_p, c_uint32), c_int32)},
}
"""By library and function: the types of the arguments, and of the result."""


@dataclass(frozen=True, slots=True)
class Libraries:
    """Windows' libraries, each function with its types."""

    user32: ctypes.CDLL
    kernel32: ctypes.CDLL
    advapi32: ctypes.CDLL
    dwmapi: ctypes.CDLL


def libraries() -> Libraries:
    """Windows' libraries.

    Raises:
        NoDesktop: this is not Windows, or one that is too old.
    """
    if sys.platform == "win32":
        try:
            return Libraries(**{name: declared(ctypes.WinDLL(name), SIGNATURES[name]) for name in SIGNATURES})
        except (AttributeError, OSError) as error:
            raise NoDesktop(f"This Windows lacks what Deskhand needs (Windows 10 1703 or later): {error}") from error
    else:
        raise NoDesktop("Windows' own libraries are only on Windows.")


def declared(library: ctypes.CDLL, signatures: Mapping[str, _Signature]) -> ctypes.CDLL:
    """The library, once its functions know their types; raises AttributeError where it has no such function."""
    for name, (arguments, result) in signatures.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, result
    return library


def be_dpi_aware(user32: ctypes.CDLL) -> None:
    """See physical pixels on every monitor; to be called before anything else asks for a size or a place.

    The process may have been told otherwise already, by a manifest or a library; this thread, which looks and acts, can
    still be told (SetProcessDpiAwarenessContext: it fails once the default was set; SetThreadDpiAwarenessContext).

    Raises:
        NoDesktop: Windows does not let us.
    """
    if not user32.SetProcessDpiAwarenessContext(PER_MONITOR_AWARE_V2):
        user32.SetThreadDpiAwarenessContext(PER_MONITOR_AWARE_V2)
    now = user32.GetThreadDpiAwarenessContext()
    if not user32.AreDpiAwarenessContextsEqual(now, PER_MONITOR_AWARE_V2):
        raise NoDesktop(_SCALED)
