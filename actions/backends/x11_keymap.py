"""Owns the keyboard map as the X server has it (its XKEYBOARD extension): read whole, and changed in one request.

After each change every program reads the whole map, and window managers take long over it: openbox 30 ms. The core
protocol changes only neighbouring keys in one request, and few spare keys are neighbours.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actions.errors import ExecutionError

if TYPE_CHECKING:
    from Xlib.display import Display

_USE, _GET_MAP, _SET_MAP = 0, 8, 9
"""The extension's requests."""
_CORE_KEYBOARD, _KEYSYMS = 0x100, 0x02
_TWO_LEVELS: Final = b"\1\0\0\0"
"""The type of a key with Shift. Both levels of a lent key mean the same: from a key with one level, programs that know
no such extension read a capital as its small letter."""
_ROW: Final = struct.Struct("=4sBBH")
"""What stands before a key's keysyms: the types of its groups, their number, the levels of the widest, and how many."""
_FIRST, _COUNT, _ROWS = 9, 12, 32
"""Where a reply says which key is its first and how many there are, and where they begin."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key means."""

    types: bytes
    groups: int
    width: int
    keysyms: tuple[int, ...]

    def levels(self, group: int) -> tuple[int, ...]:
        """The keysyms without a modifier, with Shift, with AltGr and with both, in a group (0–3) of the layout.

        A group that the key lacks wraps, as on X unless a layout asks for something else.
        """
        start = group % (self.groups & 0xF) * self.width if self.keysyms else 0
        return self.keysyms[start : start + self.width][:4]


_NOTHING: Final = Key(bytes(4), 0, 0, ())


def read(display: Display) -> dict[int, Key]:
    """What all keys mean, by keycode.

    Raises:
        ExecutionError: the X server has no such extension.
    """
    first, last = display.display.info.min_keycode, display.display.info.max_keycode
    _ask(display, _USE, struct.pack("=HH", 1, 0))
    body = _ask(
        display, _GET_MAP, struct.pack("=HHHBBBB14x", _CORE_KEYBOARD, 0, _KEYSYMS, 0, 0, first, last - first + 1)
    )
    keys, at = {}, _ROWS
    for code in range(body[_FIRST], body[_FIRST] + body[_COUNT]):
        types, groups, width, length = _ROW.unpack_from(body, at)
        keys[code] = Key(types, groups, width, struct.unpack_from(f"={length}I", body, at + _ROW.size))
        at += _ROW.size + 4 * length
    return keys


def lend(display: Display, meanings: Mapping[int, int]) -> None:
    """Let keycodes mean these keysyms, whatever else is held; 0 for nothing again. What is so already is left alone.

    Raises:
        ExecutionError: the X server does not let us.
    """
    wanted = {
        code: Key(_TWO_LEVELS, 1, 2, (keysym, keysym)) if keysym else _NOTHING for code, keysym in meanings.items()
    }
    # What lies between is written back as it was, so nobody may change it meanwhile.
    display.grab_server()
    try:
        present = read(display)
        if any(present[code].keysyms != key.keysyms for code, key in wanted.items()):
            _write(display, {code: wanted.get(code, present[code]) for code in range(min(wanted), max(wanted) + 1)})
    finally:
        display.ungrab_server()
        display.sync()


def _write(display: Display, keys: Mapping[int, Key]) -> None:
    from Xlib import error
    from Xlib.protocol import rq

    class Tell(rq.Request):  # type: ignore[misc]
        _request = _form()

    info, total = display.display.info, sum(len(key.keysyms) for key in keys.values())
    body = struct.pack("=HHHBB", _CORE_KEYBOARD, _KEYSYMS, 0, info.min_keycode, info.max_keycode)
    body += struct.pack("=BBBBH18x", 0, 0, min(keys), len(keys), total)
    for key in keys.values():
        body += _ROW.pack(key.types, key.groups, key.width, len(key.keysyms))
        body += struct.pack(f"={len(key.keysyms)}I", *key.keysyms)
    trouble = error.CatchError()
    Tell(display.display, trouble, opcode=_opcode(display), number=_SET_MAP, body=body)
    display.sync()
    if said := trouble.get_error():
        raise ExecutionError(f"The X server does not let the keyboard map be changed: {said}")


def _ask(display: Display, number: int, body: bytes) -> bytes:
    from Xlib.protocol import rq

    class Ask(rq.ReplyRequest):  # type: ignore[misc]
        _request = _form()
        _reply = rq.Struct(
            rq.ReplyCode(), rq.Card8("head"), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Binary("body")
        )

    return bytes(Ask(display=display.display, opcode=_opcode(display), number=number, body=body).body)


def _form() -> object:
    """A request of an extension, whose body is packed already."""
    from Xlib.protocol import rq

    return rq.Struct(rq.Card8("opcode"), rq.Card8("number"), rq.RequestLength(), rq.Binary("body"))


def _opcode(display: Display) -> int:
    found = display.query_extension("XKEYBOARD")
    if not found:
        raise ExecutionError("The X server has no XKEYBOARD extension, without which texts cannot be typed.")
    return int(found.major_opcode)
