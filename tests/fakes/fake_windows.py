"""A Windows made of data, called through ctypes with the types that the product declares, so that they are tried, too."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_int32, c_uint8, c_uint32, c_void_p, c_wchar, c_wchar_p
from dataclasses import dataclass, field
from types import SimpleNamespace

from actions.backends.win32 import INPUT, INPUT_MOUSE, POINT, RECT, SIGNATURES, Libraries, SidAndAttributes, declared

AWARE = ctypes.c_void_p(-4).value
HANDLE = 0xFFFF_FFFF_0000  # does not fit into 32 bits, as no handle need


@dataclass
class Shown:
    """A window."""

    rect: tuple[int, int, int, int]
    title: str = ""
    process: int = 20
    style: int = 0
    visible: bool = True
    cloaked: bool = False
    owner: int = 0
    border: int = 0
    iconic: bool = False


@dataclass
class FakeWindows:
    """What the system would say, and what it was sent."""

    windows: dict[int, Shown] = field(default_factory=dict)
    foreground: int = 0
    cursor: tuple[int, int] = (0, 0)
    desktop: str | None = "Default"
    levels: dict[int, int | None] = field(default_factory=lambda: {1: 0x2000, 20: 0x2000})
    programs: dict[int, str] = field(default_factory=dict)
    swapped: bool = False
    keys: dict[str, int] = field(default_factory=dict)
    awareness: tuple[bool, bool] = (True, True)
    takes_input: bool = True
    sent: list[tuple] = field(default_factory=list)
    open_handles: int = 0
    aware: int = 0

    def libraries(self) -> Libraries:
        """Its libraries, as `win32.libraries` gives the real ones."""
        return Libraries(**{name: declared(self._library(name), SIGNATURES[name]) for name in SIGNATURES})

    def _library(self, library: str) -> SimpleNamespace:
        functions = {}
        for name, (arguments, result) in SIGNATURES[library].items():
            deed = getattr(self, name)
            if isinstance(result, type(POINTER(c_uint8))):  # no callback can have such a result
                functions[name] = SimpleCall(deed)
            else:  # a buffer to write to comes as its address
                types = [c_void_p if kind is c_wchar_p else kind for kind in arguments]
                functions[name] = CFUNCTYPE(result, *types)(deed)
        return SimpleNamespace(**functions)

    # ---------------------------------------------------------------------------------------------------------- input

    def SendInput(self, count, address, size):
        assert size == ctypes.sizeof(INPUT)
        if not self.takes_input:
            return 0
        for event in (INPUT * count).from_address(address):
            if event.type == INPUT_MOUSE:
                self.sent.append(("mouse", event.mi.dwFlags, event.mi.mouseData))
            else:
                self.sent.append(("key", event.ki.wVk, event.ki.wScan, event.ki.dwFlags))
        return count

    def MapVirtualKeyW(self, code, kind):
        assert kind == 0
        return code + 1000

    def VkKeyScanExW(self, unit, layout):
        assert layout == HANDLE + 7
        return self.keys.get(chr(unit), 0xFFFF)

    def GetKeyboardLayout(self, thread):
        return HANDLE + thread

    def GetSystemMetrics(self, what):
        return int(self.swapped) if what == 23 else 0

    def GetCursorPos(self, address):
        at = POINT.from_address(address)
        at.x, at.y = self.cursor
        return 1

    # -------------------------------------------------------------------------------------------------------- windows

    def GetForegroundWindow(self):
        return self.foreground

    def SetForegroundWindow(self, window):
        self.foreground = window
        return 1

    def ShowWindow(self, window, how):
        self.windows[window].iconic = how != 9
        return 1

    def IsIconic(self, window):
        return int(self.windows[window].iconic)

    def IsWindowVisible(self, window):
        return int(self.windows[window].visible)

    def EnumWindows(self, proc, data):
        if self.desktop != "Default":
            return 0
        return int(all(proc(window, data) for window in self.windows))

    def GetWindowRect(self, window, address):
        left, top, right, bottom = self.windows[window].rect
        RECT.from_address(address).__init__(left, top, right, bottom)
        return 1

    def GetClientRect(self, window, address):
        left, top, right, bottom = self.windows[window].rect
        border = 2 * self.windows[window].border
        RECT.from_address(address).__init__(0, 0, right - left - border, bottom - top - border)
        return 1

    def ClientToScreen(self, window, address):
        at, shown = POINT.from_address(address), self.windows[window]
        at.x, at.y = at.x + shown.rect[0] + shown.border, at.y + shown.rect[1] + shown.border
        return 1

    def GetWindowLongW(self, window, what):
        assert what == -20
        return self.windows[window].style

    def GetWindow(self, window, what):
        assert what == 4
        return self.windows[window].owner

    def GetAncestor(self, window, what):
        assert what == 2
        return window - 1 if window % 2 else window  # an odd one is a button in the even one before it

    def WindowFromPoint(self, point):
        for window, shown in self.windows.items():
            left, top, right, bottom = shown.rect
            if left <= point.x < right and top <= point.y < bottom:
                return window + 1
        return 0

    def GetWindowTextW(self, window, address, room):
        return _write(address, self.windows[window].title, room)

    def GetWindowThreadProcessId(self, window, address):
        if address:
            c_uint32.from_address(address).value = self.windows[window].process
        return 7

    def DwmGetWindowAttribute(self, window, what, address, size):
        assert (what, size) == (14, 4)
        c_uint32.from_address(address).value = int(self.windows[window].cloaked)
        return 0

    # -------------------------------------------------------------------------------------------------------- session

    def OpenInputDesktop(self, flags, inherit, access):
        self.open_handles += self.desktop is not None
        return HANDLE if self.desktop is not None else 0

    def CloseDesktop(self, handle):
        assert handle == HANDLE
        self.open_handles -= 1
        return 1

    def GetUserObjectInformationW(self, handle, what, address, size, needed):
        assert (handle, what) == (HANDLE, 2)
        return _write(address, self.desktop, size // ctypes.sizeof(c_wchar))

    def OpenProcess(self, access, inherit, process):
        assert access == 0x1000
        self.open_handles += process in self.levels
        return HANDLE + process if process in self.levels else 0

    def GetCurrentProcessId(self):
        return 1

    def CloseHandle(self, handle):
        assert handle > HANDLE
        self.open_handles -= 1
        return 1

    def QueryFullProcessImageNameW(self, handle, flags, address, size):
        return _write(address, self.programs.get(handle - HANDLE, ""), c_uint32.from_address(size).value)

    def OpenProcessToken(self, handle, access, address):
        assert access == 0x0008
        if self.levels[handle - HANDLE] is None:
            return 0
        self.open_handles += 1
        c_void_p.from_address(address).value = handle
        return 1

    def GetTokenInformation(self, token, what, address, size, needed):
        assert what == 25
        SidAndAttributes.from_address(address).Sid = token
        return 1

    def GetSidSubAuthorityCount(self, sid):
        return ctypes.pointer(c_uint8(1))

    def GetSidSubAuthority(self, sid, index):
        assert index == 0
        return ctypes.pointer(c_uint32(self.levels[sid - HANDLE]))

    # ------------------------------------------------------------------------------------------------------------ DPI

    def SetProcessDpiAwarenessContext(self, context):
        self.aware = context if self.awareness[0] else self.aware
        return int(self.awareness[0])

    def SetThreadDpiAwarenessContext(self, context):
        self.aware = context if self.awareness[1] else self.aware
        return HANDLE

    def GetThreadDpiAwarenessContext(self):
        return self.aware

    def AreDpiAwarenessContextsEqual(self, one, other):
        return int(one == other == AWARE)


class SimpleCall:
    """A function that takes whatever comes, and may be declared."""

    def __init__(self, deed) -> None:
        self._deed = deed

    def __call__(self, *arguments):
        return self._deed(*arguments)


def _write(address: int, text: str, room: int) -> c_int32:
    assert len(text) < room
    for index, character in enumerate(text + "\0"):
        (c_wchar * room).from_address(address)[index] = character
    return len(text)
