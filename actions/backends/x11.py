"""Owns the connection to the X server and the raw events on it: what pyautogui cannot do, and what the watchdog lifts."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from actions.errors import ExecutionError, NoDesktop

if TYPE_CHECKING:
    from Xlib.display import Display

BUTTONS: Final = {"left": 1, "middle": 2, "right": 3}
KEY, BUTTON = "key", "button"


def open_display() -> Display:
    """A connection of one's own.

    Raises:
        NoDesktop: there is no X server, or it does not let us in.
    """
    ensure_authority()
    if not os.environ.get("DISPLAY"):
        raise NoDesktop("There is no X display: start Deskhand in a desktop session, or set DISPLAY.")
    from Xlib import display, error

    try:
        return display.Display()
    except (error.DisplayError, OSError) as problem:
        raise NoDesktop(f"The X display {os.environ['DISPLAY']} cannot be opened: {problem}") from problem


def ensure_authority() -> None:
    """Make sure of an Xauthority file: pyautogui and python-xlib end with a traceback where there is none."""
    named = os.environ.get("XAUTHORITY")
    if Path(named or "~/.Xauthority").expanduser().exists():
        return
    descriptor, path = tempfile.mkstemp(prefix="deskhand-Xauthority-")
    os.close(descriptor)
    os.environ["XAUTHORITY"] = path


def fake(display: Display, what: str, number: int, *, down: bool) -> None:
    """Press or release a keycode or a button, and wait until the server has done it."""
    from Xlib import X
    from Xlib.ext import xtest

    kinds = {(KEY, True): X.KeyPress, (KEY, False): X.KeyRelease, (BUTTON, True): X.ButtonPress}
    xtest.fake_input(display, kinds.get((what, down), X.ButtonRelease), number)
    display.sync()


class Keyboard:
    """Which keycode types a character on the present layout; characters that no key types are lent a spare one."""

    def __init__(self, display: Display) -> None:
        from Xlib import XK

        self._display, self._shift = display, 0
        self._places: dict[int, tuple[int, bool]] = {}
        self._spare: int | None = None
        self._lent = 0
        self._read()
        self._shift = display.keysym_to_keycode(XK.XK_Shift_L)

    def place(self, character: str) -> tuple[int, int | None]:
        """-> (keycode, keycode of shift if it must be held). May lend the spare key to the character.

        Raises:
            ExecutionError: no key types it, and none is spare.
        """
        keysym = keysym_of(character)
        if keysym in self._places:
            code, shifted = self._places[keysym]
            return code, self._shift if shifted else None
        if self._spare is None:
            raise ExecutionError(f"No key types “{character}” and none is free to be lent to it.")
        if self._lent != keysym:
            self._lend(keysym)
        return self._spare, None

    def restore(self) -> None:
        """Take the lent key back."""
        if self._lent and self._spare is not None:
            self._lend(0)

    def _read(self) -> None:
        first, last = self._display.display.info.min_keycode, self._display.display.info.max_keycode
        for code, keysyms in enumerate(self._display.get_keyboard_mapping(first, last - first + 1), first):
            if not any(keysyms):
                self._spare = code
            for level, keysym in enumerate(list(keysyms)[:2]):
                if keysym:
                    self._places.setdefault(keysym, (code, level == 1))

    def _lend(self, keysym: int) -> None:
        code = self._spare
        width = len(self._display.get_keyboard_mapping(code, 1)[0])
        self._display.change_keyboard_mapping(code, [[keysym] * width if keysym else [0] * width])
        self._display.sync()
        self._lent = keysym


def keysym_of(character: str) -> int:
    """The X keysym of a character; newline and tab are the keys of that name."""
    from Xlib import XK

    named = {"\n": XK.XK_Return, "\r": XK.XK_Return, "\t": XK.XK_Tab, "\b": XK.XK_BackSpace}
    if character in named:
        return int(named[character])
    code = ord(character)
    # Latin-1 keysyms equal their code points; all others are the code point with a mark (X11 protocol, appendix A).
    return code if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF else 0x01000000 | code
