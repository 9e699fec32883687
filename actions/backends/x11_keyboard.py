"""Owns what types a character on X: a key of the present layout, or else a spare key that is lent to the character.

A client learns of a lent key by a notice in its stream of events, and then asks the server for the whole map. A key may
therefore be lent at any time, but lent anew only when whoever has the keyboard has read all events of its old meaning.
"""

from __future__ import annotations

import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Final

from actions.backends.x11 import LENT, drain, lend
from actions.errors import ExecutionError
from actions.watchdog import Watchdog

if TYPE_CHECKING:
    from Xlib.display import Display

_RETURN, _TAB, _SHIFT, _CAPS_LOCK, _ALTGR = 0xFF0D, 0xFF09, 0xFFE1, 0xFFE5, 0xFE03
_NAMED: Final = {"\n": _RETURN, "\r": _RETURN, "\t": _TAB}
_UNICODE: Final = 0x01000000


class Keyboard:
    """Keycodes for characters.

    Args:
        display: a connection of which no events are selected.
        watchdog: is told what is lent, so that it is taken back also when this process dies.
    """

    def __init__(self, display: Display, watchdog: Watchdog) -> None:
        self._display, self._watchdog = display, watchdog
        self._places: dict[int, tuple[int, bool]] = {}
        self._spare: list[int] = []
        self._lent: dict[int, int] = {}
        self._keysyms: list[int] = []

    def expect(self, text: str) -> None:
        """Learn the text that is to be typed, and the present layout, which a person may change at any time.

        Raises:
            ExecutionError: no key can mean one of its characters.
        """
        self._keysyms = [keysym_of(character) for character in text]
        self._read()

    def _read(self) -> None:
        first, last = self._display.display.info.min_keycode, self._display.display.info.max_keycode
        group = self._state() >> 13 & 3
        self._places, self._spare = {}, []
        for code, keysyms in enumerate(self._display.get_keyboard_mapping(first, last - first + 1), first):
            if not any(keysyms):
                self._spare.append(code)
            if code not in self._lent.values():
                # Two columns for each of the first two layouts; a key without a second one has only the first.
                own = list(keysyms)[2 * group : 2 * group + 2]
                for level, keysym in enumerate(own if any(own) else list(keysyms)[:2]):
                    self._places.setdefault(keysym, (code, level == 1))

    def place(self, index: int) -> tuple[int, int | None]:
        """-> (keycode, keycode of shift if that must be held) for the character at that place of the expected text.

        Raises:
            ExecutionError: no key types it, and none can be lent.
        """
        keysym = self._keysyms[index]
        if keysym in self._places:
            code, shifted = self._places[keysym]
            return code, self.code_of(_SHIFT) if shifted else None
        if keysym not in self._lent:
            self._lend(self._keysyms[index:])
        return self._lent[keysym], None

    def caps_lock(self) -> int | None:
        """The keycode of Caps Lock while that is on, when it would turn the letters' case; None else."""
        return self.code_of(_CAPS_LOCK) or None if self._state() & 2 else None

    def code_of(self, keysym: int) -> int:
        """The keycode of a keysym, 0 if there is none."""
        return int(self._display.keysym_to_keycode(keysym))

    def altgr(self) -> int:
        """The keycode of what layouts with a third level have for the right Alt, 0 if there is none."""
        return self.code_of(_ALTGR)

    def _state(self) -> int:
        return int(self._display.screen().root.query_pointer().mask)

    def _lend(self, keysyms: list[int]) -> None:
        """Lend keys to the first of these that have none, as many as there are to spare."""
        if not self._spare:
            self.restore()
        if not self._spare:
            raise ExecutionError("No key types that character, and the keyboard has none to spare.")
        missing = (
            keysym for keysym in dict.fromkeys(keysyms) if keysym not in self._places and keysym not in self._lent
        )
        for keysym in islice(missing, len(self._spare)):
            code = self._spare.pop()
            self._watchdog.down(f"{LENT} {code}")
            self._lent[keysym] = code
        lend(self._display, {code: keysym for keysym, code in self._lent.items()})

    def restore(self) -> None:
        """Take all lent keys back, once what was typed with them is read."""
        if self._lent:
            drain(self._display)
            lend(self._display, dict.fromkeys(self._lent.values(), 0))
        for code in self._lent.values():
            self._watchdog.up(f"{LENT} {code}")
            self._spare.append(code)
        self._lent.clear()


def keysym_of(character: str) -> int:
    """The X keysym of a character; newline and tab are the keys of that name.

    Raises:
        ExecutionError: no key can mean it.
    """
    if named := _NAMED.get(character):
        return named
    if unicodedata.category(character) in {"Cc", "Cs"}:
        raise ExecutionError(f"No key types the character {character!a}.")
    code = ord(character)
    # Latin-1 keysyms equal their code points; all others are the code point with a mark (X11 protocol, appendix A).
    return code if code <= 0xFF else _UNICODE | code
