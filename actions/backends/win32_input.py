"""Owns the events of Windows: SendInput for buttons, wheel, keys and letters, pyautogui for the pointer.

pyautogui turns the wheel by a 120th of a notch and knows no letter beyond the keyboard's, so those are ours. A letter is
sent as KEYEVENTF_UNICODE, down and up in one call, between which nothing can come (learn.microsoft.com, SendInput; a
character beyond the first 65,536 is two units, each sent as such: KEYBDINPUT).
"""

from __future__ import annotations

import ctypes
import types
from collections.abc import Callable
from typing import Final

from actions.backends.event_input import BUTTON, KEY, EventInput
from actions.backends.pyautogui_input import load_pyautogui
from actions.backends.win32 import (
    INPUT,
    INPUT_KEYBOARD,
    INPUT_MOUSE,
    KEYEVENTF_EXTENDEDKEY,
    KEYEVENTF_KEYUP,
    KEYEVENTF_UNICODE,
    Libraries,
    be_dpi_aware,
    libraries,
)
from actions.errors import ExecutionError
from actions.geometry import Point
from actions.watchdog import Watchdog

NOTCH: Final = 120
"""WHEEL_DELTA."""
_WHEEL, _HWHEEL = 0x0800, 0x1000
_BUTTONS: Final = {"left": (0x0002, 0x0004), "right": (0x0008, 0x0010), "middle": (0x0020, 0x0040)}
"""MOUSEEVENTF_…DOWN and …UP."""
_SWAPPED: Final = {"left": "right", "right": "left"}
_SM_SWAPBUTTON: Final = 23
_SHIFT, _CONTROL, _ALT = 0x10, 0x11, 0x12
_NAMED: Final = (
    "ctrl 11, shift 10, alt 12, altgr A5, super 5B, enter 0D, esc 1B, tab 09, space 20, backspace 08, delete 2E, insert 2D, "
    "left 25, up 26, right 27, down 28, home 24, end 23, pageup 21, pagedown 22, capslock 14, numlock 90, scrolllock 91, "
    "printscreen 2C, pause 13, menu 5D"
)
KEYS: Final = {name: int(code, 16) for name, code in map(str.split, _NAMED.split(", "))} | {
    f"f{number}": 0x6F + number for number in range(1, 25)
}
"""The virtual-key codes of keys that have names (learn.microsoft.com/windows/win32/inputdev/virtual-key-codes)."""
_EXTENDED: Final = frozenset({0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x2C, 0x2D, 0x2E, 0x5B, 0x5D, 0x90, 0xA5})
"""Keys whose scan code has the prefix E0 ("About keyboard input", extended-key flag)."""


class Win32Events:
    """Events for whoever has the keyboard, or is under the pointer.

    Args:
        load: gets Windows' libraries.
        pointer: gets what moves the pointer.
    """

    near = 0
    carrier: str | None = None

    def __init__(
        self,
        load: Callable[[], Libraries] = libraries,
        pointer: Callable[[], types.ModuleType] = load_pyautogui,
    ) -> None:
        self._load, self._load_pointer = load, pointer
        self._windows: Libraries | None = None
        self._pointer: types.ModuleType | None = None

    def open(self) -> None:
        """Get ready; raises NoDesktop."""
        self._windows = self._load()
        # Before pyautogui, which asks for less as it is imported.
        be_dpi_aware(self._windows.user32)
        self._pointer = self._load_pointer()

    def lift_only(self) -> None:
        """Get ready for releases alone; raises NoDesktop."""
        self._windows = self._load()

    def position(self) -> Point:
        """Where the pointer is."""
        x, y = self._moving().position()
        return Point(int(x), int(y))

    def move(self, to: Point) -> None:
        """Send the pointer to a pixel; places left of the main monitor are negative."""
        self._moving().moveTo(to.x, to.y, _pause=False)

    def send(self, what: str, *, down: bool) -> None:
        """Press or release `button left` or `key 65`."""
        kind, name = what.split()
        if kind == BUTTON:
            event = INPUT(type=INPUT_MOUSE)
            event.mi.dwFlags = _BUTTONS[self._physical(name)][0 if down else 1]
        else:
            event = self._key(int(name), down=down)
        self._send(event)

    def names(self, key: str) -> tuple[str, ...]:
        """The keys that a canonical key is made of, in order; characters as the window in front has them on its layout."""
        if code := KEYS.get(key):
            return (f"{KEY} {code}",)
        units = key.encode("utf-16-le")
        scan = self._scan(int.from_bytes(units, "little")) if len(units) == 2 else -1
        code, shift = scan & 0xFF, scan >> 8 & 0xFF
        if scan & 0xFFFF == 0xFFFF or shift & ~7:
            raise ExecutionError(f"The keyboard has no key “{key}”.")
        held = [code for bit, code in ((1, _SHIFT), (2, _CONTROL), (4, _ALT)) if shift & bit]
        return tuple(f"{KEY} {number}" for number in (*held, code))

    def wheel(self, amount: int, *, horizontal: bool) -> None:
        """Turn the wheel by notches; positive is up or right (MOUSEINPUT)."""
        event = INPUT(type=INPUT_MOUSE)
        event.mi.dwFlags, event.mi.mouseData = _HWHEEL if horizontal else _WHEEL, amount * NOTCH
        self._send(event)

    def letter(self, character: str) -> None:
        """Type one character, whatever the layout."""
        raw = character.encode("utf-16-le")
        events = []
        for flags in (0, KEYEVENTF_KEYUP):
            for at in range(0, len(raw), 2):
                event = INPUT(type=INPUT_KEYBOARD)
                event.ki.wScan = int.from_bytes(raw[at : at + 2], "little")
                event.ki.dwFlags = KEYEVENTF_UNICODE | flags
                events.append(event)
        self._send(*events)

    def _key(self, code: int, *, down: bool) -> INPUT:
        event = INPUT(type=INPUT_KEYBOARD)
        event.ki.wVk, event.ki.wScan = code, self._library().user32.MapVirtualKeyW(code, 0)
        event.ki.dwFlags = (KEYEVENTF_EXTENDEDKEY if code in _EXTENDED else 0) | (0 if down else KEYEVENTF_KEYUP)
        return event

    def _scan(self, unit: int) -> int:
        user32 = self._library().user32
        thread = user32.GetWindowThreadProcessId(user32.GetForegroundWindow(), None)
        return int(user32.VkKeyScanExW(unit, user32.GetKeyboardLayout(thread)))

    def _physical(self, button: str) -> str:
        """SendInput presses buttons of the mouse, of which the person may have swapped the two (GetSystemMetrics).

        Measured by others: MOUSEEVENTF_LEFTDOWN is a right click then (totec448-spec/chat-on-steroids, pull request 79).
        """
        swapped = self._library().user32.GetSystemMetrics(_SM_SWAPBUTTON)
        return _SWAPPED.get(button, button) if swapped else button

    def _send(self, *events: INPUT) -> None:
        array = (INPUT * len(events))(*events)
        made = self._library().user32.SendInput(len(events), ctypes.byref(array), ctypes.sizeof(INPUT))
        if made != len(events):
            raise ExecutionError(
                "Windows takes no input now: another program blocks it, or the screen is locked. Try again when it is free."
            )

    def _library(self) -> Libraries:
        if self._windows is None:
            raise ExecutionError("The mouse and keyboard were not opened.")
        return self._windows

    def _moving(self) -> types.ModuleType:
        if self._pointer is None:
            raise ExecutionError("The mouse and keyboard were not opened.")
        return self._pointer


def win32_hands() -> EventInput:
    """The hands, with a watchdog that can lift what they hold."""
    return EventInput("win32", Win32Events(), Watchdog("actions.backends.win32_lifter"))
