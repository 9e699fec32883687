"""Owns the hands: pyautogui, with a watchdog that is told of each press first; on X, text goes key by key as written."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from actions.action import Button
from actions.backends.x11 import BUTTON, BUTTONS, KEY, await_up, ensure_authority, fake, open_display, reaching
from actions.backends.x11_aside import stepped_aside
from actions.backends.x11_keyboard import Keyboard
from actions.backends.x11_own import Ours
from actions.errors import ActionError, ExecutionError, NoDesktop, Stopped
from actions.geometry import Point
from actions.watchdog import Watchdog

if TYPE_CHECKING:
    from Xlib.display import Display

_NAMES: Final = {"super": "winleft", "altgr": "altright", "menu": "apps", "printscreen": "printscreen"}
"""pyautogui's names where they differ from the canonical ones."""
_WHEEL: Final = {(False, True): 4, (False, False): 5, (True, False): 6, (True, True): 7}
"""The buttons that turn the wheel on X: by horizontal, and whether up or right."""


class PyautoguiInput:
    """The real mouse and keyboard on X11.

    Args:
        ours: our own windows, which get neither clicks nor keys.
    """

    name = "pyautogui"

    def __init__(self, ours: Ours | None = None) -> None:
        self._ours = ours
        self._pyautogui: types.ModuleType | None = None
        self._display: Display | None = None
        self._keyboard: Keyboard | None = None
        self._watchdog = Watchdog("actions.backends.x11_lifter")
        self._held: list[tuple[str, int]] = []
        self._keys: dict[str, tuple[int, ...]] = {}

    def open(self) -> None:
        """Connect and start the watchdog; raises NoDesktop."""
        self._display = open_display()
        self._watchdog.start()
        with reaching(NoDesktop):
            self._keyboard = Keyboard(self._display, self._watchdog)
        self._pyautogui = load_pyautogui()
        if self._ours:
            self._ours.open()

    def capabilities(self) -> frozenset[str]:
        """Any character can be typed."""
        return frozenset({"unicode"})

    def close(self) -> None:
        """Lift everything and let it all go; safe to call twice."""
        self.release_all()
        if self._display is not None:
            with contextlib.suppress(ActionError), reaching(ExecutionError):
                if self._keyboard is not None:
                    self._keyboard.restore()
                self._display.close()
            self._display = None
        self._watchdog.stop()

    def aside(self) -> AbstractContextManager[None]:
        """While inside, the mouse goes through our own windows; raises ExecutionError where they would not let it."""
        return stepped_aside(self._ours, self._watchdog) if self._ours else contextlib.nullcontext()

    def position(self) -> Point:
        """Where the pointer is."""
        with reaching(ExecutionError):
            x, y = self._library().position()
        return Point(int(x), int(y))

    def move(self, to: Point) -> None:
        """Bring the pointer to a pixel."""
        with reaching(ExecutionError):
            self._library().moveTo(to.x, to.y, _pause=False)

    def press(self, button: Button) -> None:
        """Hold a mouse button down."""
        self._down(BUTTON, BUTTONS[button])

    def release(self, button: Button) -> None:
        """Let a mouse button go."""
        self._up(BUTTON, BUTTONS[button])

    def scroll(self, amount: int, *, horizontal: bool = False) -> None:
        """Turn the wheel by that many notches."""
        for _ in range(abs(amount)):
            # Not pyautogui's own way: a press of it that fails half-way would be held, and nobody would know.
            self._tap(_WHEEL[horizontal, amount > 0], kind=BUTTON)

    def key_down(self, key: str) -> None:
        """Hold a key down, by canonical name, with Shift if need be; raises ExecutionError where there is no such key."""
        self._keys[key] = self._codes(key)
        for code in self._keys[key]:
            self._down(KEY, code)

    def key_up(self, key: str) -> None:
        """Let a key go; one that was never down is left alone."""
        for code in reversed(self._keys.pop(key, ())):
            self._up(KEY, code)

    def write(self, text: str, stop: Callable[[], bool]) -> None:
        """Type a text as written."""
        _, keyboard = self._connected()
        text = text.replace("\r\n", "\n")
        with reaching(ExecutionError):
            keyboard.expect(text)
            caps_lock = keyboard.caps_lock()
        with self._without(caps_lock):
            for count in range(len(text)):
                if stop():
                    raise Stopped(f"Stopped after {count} of {len(text)} letters.")
                with reaching(ExecutionError):
                    codes = keyboard.place(count, stop)
                self._tap(*codes)

    def _tap(self, *numbers: int, kind: str = KEY) -> None:
        try:
            for number in numbers:
                self._down(kind, number)
        finally:
            for number in reversed(numbers):
                self._up(kind, number)

    @contextlib.contextmanager
    def _without(self, lock: int | None) -> Iterator[None]:
        """Work while a lock key that is on is off."""
        if lock is not None:
            self._tap(lock)
        try:
            yield
        finally:
            if lock is not None:
                self._tap(lock)

    def release_all(self) -> None:
        """Lift everything that is held; never raises."""
        for kind, number in tuple(reversed(self._held)):
            with contextlib.suppress(ActionError):
                self._up(kind, number)
        self._keys.clear()

    def _down(self, kind: str, number: int) -> None:
        display, _ = self._connected()
        if kind == KEY and self._ours and self._ours.focused():
            raise ExecutionError("One of Deskhand's own windows has the keyboard.")
        self._watchdog.down(f"{kind} {number}")
        self._held.append((kind, number))
        with reaching(ExecutionError):
            fake(display, kind, number, down=True)

    def _up(self, kind: str, number: int) -> None:
        if (kind, number) in self._held:
            display, _ = self._connected()
            with reaching(ExecutionError):
                fake(display, kind, number, down=False)
            self._held.remove((kind, number))
            self._watchdog.up(f"{kind} {number}")
            if kind == BUTTON:
                with reaching(ExecutionError):
                    await_up(display, number)

    def _codes(self, key: str) -> tuple[int, ...]:
        """The keycodes of a canonical key, in the order in which they go down."""
        from pyautogui import _pyautogui_x11

        _, keyboard = self._connected()
        with reaching(ExecutionError):
            if len(key) == 1:
                keyboard.expect(key)
                return keyboard.place(0, lambda: False)
            code = _pyautogui_x11.keyboardMapping.get(_NAMES.get(key, key)) or 0
            if key == "altgr":
                code = keyboard.altgr() or code
        if not code:
            raise ExecutionError(f"The keyboard has no key “{key}”.")
        return (int(code),)

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
    if sys.platform == "linux":
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
