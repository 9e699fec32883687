"""Owns the events of macOS: Quartz, for mouse, wheel, keys and letters.

Not by pyautogui: it rounds to whole points, of which each has four pixels on a Retina screen, moves where a drag is meant,
and marks no second click as one. Quartz Event Services (developer.apple.com): CGEventCreateMouseEvent,
kCGMouseEventClickState (2 is a double click), CGEventCreateScrollWheelEvent, CGEventKeyboardSetUnicodeString, whose length
counts UTF-16 units. A program may read the key instead of the letters, as remote desktops do (quicksilver, pull request 1827).
"""

from __future__ import annotations

import time
import types
from collections.abc import Callable, Mapping
from typing import Any, Final

from actions.backends.event_input import BUTTON, KEY, EventInput
from actions.backends.points import monitors_of
from actions.backends.quartz import Frameworks, displays, frameworks
from actions.errors import CaptureError, ExecutionError
from actions.geometry import LogicalPoint, Monitor, Point, logical_to_screen, screen_to_logical
from actions.watchdog import Watchdog

LINES: Final = 3
"""Lines that one notch of the wheel is, as elsewhere; macOS itself counts in lines."""
_BUTTONS: Final = {"left": ("Left", 0), "right": ("Right", 1), "middle": ("Other", 2)}
"""What the event is named after, and the number of the button."""
_MODIFIERS: Final = {
    **dict.fromkeys((0x3B, 0x3E), "Control"),
    **dict.fromkeys((0x38, 0x3C), "Shift"),
    **dict.fromkeys((0x3A, 0x3D), "Alternate"),
    **dict.fromkeys((0x37, 0x36), "Command"),
}
"""The flags that keys set on the events that come while they are held."""
_SHIFT: Final = 0x38
_NAMED: Final = (
    "ctrl 3B, shift 38, alt 3A, altgr 3D, super 37, enter 24, esc 35, tab 30, space 31, backspace 33, delete 75, insert 72, "
    "left 7B, right 7C, down 7D, up 7E, home 73, end 77, pageup 74, pagedown 79, capslock 39, numlock 47, printscreen 69, "
    "scrolllock 6B, pause 71, menu 6E, f1 7A, f2 78, f3 63, f4 76, f5 60, f6 61, f7 62, f8 64, f9 65, f10 6D, f11 67, "
    "f12 6F, f13 69, f14 6B, f15 71, f16 6A, f17 40, f18 4F, f19 50, f20 5A"
)
KEYS: Final = {name: int(code, 16) for name, code in map(str.split, _NAMED.split(", "))}
"""The codes of keys that have names (Carbon's Events.h, kVK_…); a Mac has F13 to F15 where others have Print to Pause."""


def keyboard() -> dict[str, tuple[int, bool]]:
    """The keys of the present layout: code and whether Shift is held, by character; to be called in the main thread."""
    from pynput._util.darwin import keycode_context, keycode_to_string

    found: dict[str, tuple[int, bool]] = {}
    with keycode_context() as layout:
        for state, shifted in ((0, False), (2, True)):  # Carbon's shiftKey, shifted right by eight
            for code in range(128):
                found.setdefault(keycode_to_string(layout, code, state), (code, shifted))
    return found


class QuartzEvents:
    """Events for the session, as if from its own mouse and keyboard.

    Args:
        load: gets macOS's frameworks.
        layout: tells the keys of the present layout.
        clock: seconds.
    """

    carrier: str | None = f"{KEY} 0"

    def __init__(
        self,
        load: Callable[[], Frameworks] = frameworks,
        layout: Callable[[], Mapping[str, tuple[int, bool]]] = keyboard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load, self._layout, self._clock = load, layout, clock
        self._frameworks: Frameworks | None = None
        self._buttons: list[str] = []
        self._keys: list[int] = []
        self._click: tuple[str, LogicalPoint, float, int] | None = None
        self._sent: LogicalPoint | None = None
        self.near = 1

    def open(self) -> None:
        """Get ready; raises NoDesktop."""
        self._frameworks = self._load()

    def position(self) -> Point:
        """Where the pointer is."""
        monitors = self._monitors()
        at = self._pointer()
        try:
            return logical_to_screen(at, monitors)
        except ValueError as error:
            raise ExecutionError(f"The pointer is on no screen: {error}.") from error

    def move(self, to: Point) -> None:
        """Send the pointer to the middle of a pixel; with a button held it is a drag."""
        monitors = self._monitors()
        try:
            self._sent = screen_to_logical(to, monitors)
        except ValueError as error:
            raise ExecutionError(f"The pointer cannot go there: {error}.") from error
        # The system may keep whole points only.
        self.near = max(1, round(max(monitor.scale for monitor in monitors)))
        name, number = _BUTTONS[self._buttons[-1]] if self._buttons else ("", 0)
        self._mouse(f"{name}MouseDragged" if name else "MouseMoved", number, self._sent, 0)

    def send(self, what: str, *, down: bool) -> None:
        """Press or release `button left` or `key 65`."""
        kind, name = what.split()
        if kind == BUTTON:
            self._press(name, down=down)
        else:
            self._key(int(name), down=down)

    def names(self, key: str) -> tuple[str, ...]:
        """The keys that a canonical key is made of, in order; characters as the present layout has them."""
        code, shifted = (KEYS[key], False) if key in KEYS else self._layout().get(key, (None, False))
        if code is None:
            raise ExecutionError(f"The keyboard has no key “{key}”.")
        return (f"{KEY} {_SHIFT}", f"{KEY} {code}") if shifted else (f"{KEY} {code}",)

    def wheel(self, amount: int, *, horizontal: bool) -> None:
        """Turn the wheel by notches; positive is up or right, for which macOS counts leftwards on the second axis."""
        quartz, lines = self._quartz(), amount * LINES
        across, along = (-lines, 0) if horizontal else (0, lines)
        self._post(quartz.CGEventCreateScrollWheelEvent(None, quartz.kCGScrollEventUnitLine, 2, along, across))

    def letter(self, character: str) -> None:
        """Type one character, whatever the layout and whatever the person holds."""
        quartz, units = self._quartz(), len(character.encode("utf-16-le")) // 2
        for down in (True, False):
            event = quartz.CGEventCreateKeyboardEvent(None, 0, down)
            quartz.CGEventKeyboardSetUnicodeString(event, units, character)
            quartz.CGEventSetFlags(event, 0)
            self._post(event)

    def _press(self, button: str, *, down: bool) -> None:
        name, number = _BUTTONS[button]
        at = self._aim()
        if down:
            self._buttons.append(button)
            self._click = (button, at, self._clock(), self._count(button, at))
        elif button in self._buttons:
            self._buttons.remove(button)
        count = self._click[3] if self._click and self._click[0] == button else 1
        self._mouse(f"{name}Mouse{'Down' if down else 'Up'}", number, at, count)

    def _count(self, button: str, at: LogicalPoint) -> int:
        """Which click in a row this is: of the same button, at the same place, soon after the one before."""
        if self._click is None:
            return 1
        last, where, when, count = self._click
        soon = self._clock() - when <= self._known().appkit.NSEvent.doubleClickInterval()
        near = max(abs(where.x - at.x), abs(where.y - at.y)) <= 1
        return count + 1 if last == button and soon and near else 1

    def _aim(self) -> LogicalPoint:
        """The middle of the pixel that was meant, as long as the pointer is still there."""
        at, sent = self._pointer(), self._sent
        return sent if sent and max(abs(sent.x - at.x), abs(sent.y - at.y)) <= 1 else at

    def _mouse(self, name: str, number: int, at: LogicalPoint, count: int) -> None:
        quartz = self._quartz()
        event = quartz.CGEventCreateMouseEvent(None, getattr(quartz, f"kCGEvent{name}"), (at.x, at.y), number)
        if count:
            quartz.CGEventSetIntegerValueField(event, quartz.kCGMouseEventClickState, count)
        quartz.CGEventSetFlags(event, self._flags())
        self._post(event)

    def _key(self, code: int, *, down: bool) -> None:
        quartz = self._quartz()
        if down:
            self._keys.append(code)
        elif code in self._keys:
            self._keys.remove(code)
        event = quartz.CGEventCreateKeyboardEvent(None, code, down)
        # Arrows and the like come with flags of their own, which stay; modifiers count as we hold them, so that the event
        # that releases one does not say that it is held.
        own = quartz.kCGEventFlagMaskSecondaryFn | quartz.kCGEventFlagMaskNumericPad
        quartz.CGEventSetFlags(event, quartz.CGEventGetFlags(event) & own | self._flags())
        self._post(event)

    def _flags(self) -> int:
        quartz, flags = self._quartz(), 0
        for code in self._keys:
            if name := _MODIFIERS.get(code):
                flags |= getattr(quartz, f"kCGEventFlagMask{name}")
        return flags

    def _pointer(self) -> LogicalPoint:
        quartz = self._quartz()
        at = quartz.CGEventGetLocation(quartz.CGEventCreate(None))
        return LogicalPoint(at.x, at.y)

    def _post(self, event: Any) -> None:  # noqa: ANN401 - pyobjc's
        if event is None:
            raise ExecutionError("macOS makes no input event now: log in at the screen, then try again.")
        self._quartz().CGEventPost(self._quartz().kCGHIDEventTap, event)

    def _monitors(self) -> tuple[Monitor, ...]:
        try:
            return monitors_of(displays(self._quartz()))
        except CaptureError as error:
            raise ExecutionError(str(error)) from error

    def _quartz(self) -> types.ModuleType:
        return self._known().quartz

    def _known(self) -> Frameworks:
        if self._frameworks is None:
            raise ExecutionError("The mouse and keyboard were not opened.")
        return self._frameworks


def quartz_hands() -> EventInput:
    """The hands, with a watchdog that can lift what they hold."""
    return EventInput("quartz", QuartzEvents(), Watchdog("actions.backends.quartz_lifter"))
