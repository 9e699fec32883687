"""Owns what types a character on X: a key of the present layout, or else a spare key that is lent to the character.

A program learns of a lent key by a notice in its stream of events, and then asks the server for the whole map, as it is by
then. A key may therefore be lent at any time, but lent anew only when whoever has the keyboard has read all events of its
old meaning. Lent keys stay lent for the next text, and are taken back at the end.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from actions.backends.x11 import LENT, drain
from actions.backends.x11_keymap import Key, lend, read
from actions.errors import ExecutionError
from actions.watchdog import Watchdog

if TYPE_CHECKING:
    from Xlib.display import Display

_RETURN, _TAB, _SHIFT, _CAPS_LOCK, _ALTGR = 0xFF0D, 0xFF09, 0xFFE1, 0xFFE5, 0xFE03
_NAMED: Final = {"\n": _RETURN, "\r": _RETURN, "\t": _TAB}
_UNICODE, _BEFORE_UNICODE = 0x01000000, range(0x100, 0x2100)
"""The mark of keysyms that are code points, and the keysyms that older layouts have for some of the same characters."""
_KEYPAD: Final = range(0xFF80, 0xFFBE)
_HELD: Final = ((), (_SHIFT,), (_ALTGR,), (_SHIFT, _ALTGR))
"""What is held for each level of a key."""


class Keyboard:
    """Keycodes for characters.

    Args:
        display: a connection of which no events are selected.
        watchdog: is told what is lent, so that it is taken back also when this process dies.
    """

    def __init__(self, display: Display, watchdog: Watchdog) -> None:
        self._display, self._watchdog = display, watchdog
        self._places: dict[int, tuple[int, ...]] = {}
        self._spare: list[int] = []
        self._lent: dict[int, int] = {}
        self._keysyms: list[int] = []

    def expect(self, text: str) -> None:
        """Learn the text that is to be typed, and the present layout, which a person may change at any time.

        Raises:
            ExecutionError: no key can mean one of its characters.
        """
        self._keysyms = [keysym_of(character) for character in text]
        keys = read(self._display)
        for keysym, code in tuple(self._lent.items()):
            if keysym not in keys[code].keysyms:  # a new layout has taken it back
                del self._lent[keysym]
                self._watchdog.up(f"{LENT} {code}")
        own = {code: key for code, key in keys.items() if code not in self._lent.values()}
        self._spare = [code for code, key in own.items() if not any(key.keysyms)]
        self._places = _places(own, self._state() >> 13 & 3)

    def place(self, index: int, stop: Callable[[], bool]) -> tuple[int, ...]:
        """The keycodes for the character at that place of the expected text, in the order in which they go down.

        Raises:
            ExecutionError: no key types it, and none can be lent.
            Stopped: `stop()` became true while a key to lend was waited for.
        """
        keysym = self._keysyms[index]
        if keysym in self._places:
            return self._places[keysym]
        if keysym not in self._lent:
            self._lend(self._keysyms[index:], stop)
        return (self._lent[keysym],)

    def caps_lock(self) -> int | None:
        """The keycode of Caps Lock while that is on, when it would turn the letters' case; None else."""
        return self._code_of(_CAPS_LOCK) or None if self._state() & 2 else None

    def altgr(self) -> int:
        """The keycode of what layouts with a third level have for the right Alt, 0 if there is none."""
        return self._code_of(_ALTGR)

    def restore(self) -> None:
        """Take all lent keys back, once what was typed with them is read."""
        if not self._lent:
            return
        drain(self._display, lambda: False)
        lend(self._display, dict.fromkeys(self._lent.values(), 0))
        for code in self._lent.values():
            self._watchdog.up(f"{LENT} {code}")
        self._lent.clear()

    def _lend(self, keysyms: list[int], stop: Callable[[], bool]) -> None:
        """Lend keys to the first of these that have none, as many as there are, those of later ones among them."""
        noted = set(self._lent.values())
        wanted = [keysym for keysym in dict.fromkeys(keysyms) if keysym not in self._places]
        if not self._spare:
            self._spare = self._free(wanted[: len(self._lent)], stop)
        for keysym in islice((keysym for keysym in wanted if keysym not in self._lent), len(self._spare)):
            self._lent[keysym] = code = self._spare.pop()
            if code not in noted:
                self._watchdog.down(f"{LENT} {code}")
        lend(self._display, {code: keysym for keysym, code in self._lent.items()})
        # A program that is busy may look a key up before it has read the map anew.
        drain(self._display, stop)

    def _free(self, soon: list[int], stop: Callable[[], bool]) -> list[int]:
        """As many lent keys as these lack, from others, once what was typed with those is read."""
        if not self._lent:
            raise ExecutionError("No key types that character, and the keyboard has none to spare.")
        if not drain(self._display, stop):
            raise ExecutionError("The program does not read what is typed: it may hang. Not all was typed.")
        others = [keysym for keysym in self._lent if keysym not in soon]
        lacking = sum(keysym not in self._lent for keysym in soon)
        return [self._lent.pop(keysym) for keysym in others[:lacking]]

    def _code_of(self, keysym: int) -> int:
        return next((code for code, key in read(self._display).items() if keysym in key.keysyms[:1]), 0)

    def _state(self) -> int:
        return int(self._display.screen().root.query_pointer().mask)


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


def _places(keys: Mapping[int, Key], group: int) -> dict[int, tuple[int, ...]]:
    """What to press for each keysym in a group of the layout, with as few keys as can be."""
    levels = {code: key.levels(group) for code, key in keys.items() if not any(k in _KEYPAD for k in key.keysyms)}
    places: dict[int, tuple[int, ...]] = {}
    for level, modifiers in enumerate(_HELD):
        if all(modifier in places for modifier in modifiers):
            held = tuple(code for modifier in modifiers for code in places[modifier])
            for code, keysyms in levels.items():
                for keysym in keysyms[level : level + 1]:
                    places.setdefault(_modern(keysym), (*held, code))
    return places


def _modern(keysym: int) -> int:
    """The keysym as `keysym_of` has it."""
    return _modern_of().get(keysym, keysym) if keysym in _BEFORE_UNICODE else keysym


@functools.cache
def _modern_of() -> dict[int, int]:
    from pynput._util.xorg_keysyms import SYMBOLS

    return {keysym: keysym_of(character) for keysym, character in SYMBOLS.values() if character}
