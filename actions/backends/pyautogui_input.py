"""Owns the hands: pyautogui, with a watchdog that is told of each press first; on X, text goes key by key as written."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from actions.action import Button
from actions.backends.x11 import BUTTON, BUTTONS, KEY, Keyboard, ensure_authority, fake, keysym_of, open_display
from actions.errors import ExecutionError, NoDesktop, Stopped
from actions.geometry import Point
from actions.watchdog import Watchdog

if TYPE_CHECKING:
    from Xlib.display import Display

_NAMES: Final = {"super": "winleft", "altgr": "altright", "menu": "apps", "printscreen": "printscreen"}
"""pyautogui's names where they differ from the canonical ones."""


class PyautoguiInput:
    """The real mouse and keyboard on X11."""

    name = "pyautogui"

    def __init__(self) -> None:
        self._pyautogui: types.ModuleType | None = None
        self._display: Display | None = None
        self._keyboard: Keyboard | None = None
        self._watchdog = Watchdog("actions.backends.x11_lifter")
        self._held: list[tuple[str, int]] = []

    def open(self) -> None:
        """Connect and start the watchdog; raises NoDesktop."""
        self._display = open_display()
        self._keyboard = Keyboard(self._display)
        self._watchdog.start()
        self._pyautogui = load_pyautogui()

    def capabilities(self) -> frozenset[str]:
        """Any character can be typed."""
        return frozenset({"unicode"})

    def close(self) -> None:
        """Lift everything and let it all go; safe to call twice."""
        self.release_all()
        self._watchdog.stop()
        if self._display is not None:
            if self._keyboard is not None:
                self._keyboard.restore()
            self._display.close()
            self._display = None

    def position(self) -> Point:
        """Where the pointer is."""
        x, y = self._library().position()
        return Point(int(x), int(y))

    def move(self, to: Point) -> None:
        """Bring the pointer to a pixel."""
        self._library().moveTo(to.x, to.y, _pause=False)

    def press(self, button: Button) -> None:
        """Hold a mouse button down."""
        self._down(BUTTON, BUTTONS[button])

    def release(self, button: Button) -> None:
        """Let a mouse button go."""
        self._up(BUTTON, BUTTONS[button])

    def scroll(self, amount: int, *, horizontal: bool = False) -> None:
        """Turn the wheel by that many notches."""
        library = self._library()
        (library.hscroll if horizontal else library.vscroll)(amount, _pause=False)

    def key_down(self, key: str) -> None:
        """Hold a key down, by canonical name; raises ExecutionError when the layout has no such key."""
        self._down(KEY, self._code(key))

    def key_up(self, key: str) -> None:
        """Let a key go; one that the layout does not have was never down."""
        with contextlib.suppress(ExecutionError):
            self._up(KEY, self._code(key))

    def write(self, text: str, stop: Callable[[], bool]) -> None:
        """Type a text as written."""
        _, keyboard = self._connected()
        try:
            for count, character in enumerate(text):
                if stop():
                    raise Stopped(f"Stopped after {count} of {len(text)} letters.")
                code, shift = keyboard.place(character)
                for held in (shift, code):
                    if held is not None:
                        self._down(KEY, held)
                self.release_all()
        finally:
            keyboard.restore()

    def release_all(self) -> None:
        """Lift everything that is held; never raises."""
        for kind, number in tuple(reversed(self._held)):
            with contextlib.suppress(OSError, ExecutionError):
                self._up(kind, number)

    def _down(self, kind: str, number: int) -> None:
        display, _ = self._connected()
        self._watchdog.down(f"{kind} {number}")
        self._held.append((kind, number))
        fake(display, kind, number, down=True)

    def _up(self, kind: str, number: int) -> None:
        if (kind, number) in self._held:
            display, _ = self._connected()
            fake(display, kind, number, down=False)
            self._held.remove((kind, number))
            self._watchdog.up(f"{kind} {number}")

    def _code(self, key: str) -> int:
        """The keycode of a canonical key."""
        from pyautogui import _pyautogui_x11

        display, _ = self._connected()
        if len(key) == 1:
            code = display.keysym_to_keycode(keysym_of(key))
        else:
            code = _pyautogui_x11.keyboardMapping.get(_NAMES.get(key, key)) or 0
        if not code:
            raise ExecutionError(f"The keyboard has no key “{key}”.")
        return int(code)

    def _connected(self) -> tuple[Display, Keyboard]:
        if self._display is None or self._keyboard is None:
            raise ExecutionError("The mouse and keyboard were not opened.")
        return self._display, self._keyboard

    def _library(self) -> types.ModuleType:
        if self._pyautogui is None:
            raise ExecutionError("The mouse and keyboard were not opened.")
        return self._pyautogui


def load_pyautogui() -> types.ModuleType:
    """Load pyautogui without its waits, its corner stop (which leaves buttons held), and its need for tkinter.

    Raises:
        NoDesktop: it cannot reach the desktop.
    """
    ensure_authority()
    # pyautogui imports mouseinfo, which ends the process where tkinter is missing; nothing of it is used here.
    sys.modules.setdefault("mouseinfo", types.ModuleType("mouseinfo"))
    try:
        import pyautogui
    except (ImportError, KeyError, OSError) as error:
        raise NoDesktop(f"The mouse and keyboard cannot be used: {error}") from error
    except Exception as error:  # Xlib raises classes of its own at import
        raise NoDesktop(f"The mouse and keyboard cannot be used: {error}") from error
    pyautogui.PAUSE, pyautogui.FAILSAFE, pyautogui.DARWIN_CATCH_UP_TIME = 0, False, 0
    loaded: types.ModuleType = pyautogui
    return loaded
