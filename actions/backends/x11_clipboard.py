"""Owns reading the clipboard of an X server: the text that whoever copied it gives when asked (ICCCM 2.0, section 2)."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from actions.backends.x11 import reaching
from actions.errors import ExecutionError

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.protocol.rq import Event
    from Xlib.xobject.drawable import Window

_ANSWER: Final = 2.0
"""Seconds that the program which holds the clipboard gets for each answer."""
_LARGEST: Final = 1 << 20
"""Bytes of a text that are read; no model reads more."""
_SILENT: Final = "The program that holds what was copied does not answer."


def copied_text(display: Display) -> str:
    """The text on the clipboard, empty where there is none.

    Raises:
        ExecutionError: the program that holds it does not answer in time, or the X server does not.
    """
    from Xlib import X

    with reaching(ExecutionError):
        clipboard, wanted = display.get_atom("CLIPBOARD"), display.get_atom("UTF8_STRING")
        if not display.get_selection_owner(clipboard):
            return ""
        window = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        try:
            place = display.get_atom("DESKHAND_CLIPBOARD")
            window.convert_selection(clipboard, wanted, place, X.CurrentTime)
            answer = _await(display, lambda event: event.type == X.SelectionNotify)
            return "" if answer.property == X.NONE else _read(display, window, place)
        finally:
            window.destroy()
            display.flush()


def _read(display: Display, window: Window, place: int) -> str:
    """What was put into the property, in pieces where it is large."""
    from Xlib import X

    given = window.get_full_property(place, X.AnyPropertyType)
    if given is None:
        return ""
    if given.property_type != display.get_atom("INCR"):
        window.delete_property(place)
        return _text(given.value)
    pieces: list[bytes] = []
    window.delete_property(place)
    while sum(map(len, pieces)) < _LARGEST:
        _await(
            display,
            lambda event: event.type == X.PropertyNotify and event.atom == place and event.state == X.PropertyNewValue,
        )
        piece = window.get_full_property(place, X.AnyPropertyType)
        window.delete_property(place)
        if piece is None or not piece.value:
            break
        pieces.append(_bytes(piece.value))
    return _text(b"".join(pieces))


def _await(display: Display, wanted: Callable[[Event], bool]) -> Event:
    end = time.monotonic() + _ANSWER
    while True:
        while display.pending_events():
            event = display.next_event()
            if wanted(event):
                return event
        left = end - time.monotonic()
        if left <= 0:
            raise ExecutionError(_SILENT)
        select.select([display.fileno()], [], [], left)


def _text(value: bytes | str) -> str:
    return _bytes(value)[:_LARGEST].decode("utf-8", "replace")


def _bytes(value: bytes | str) -> bytes:
    """python-xlib hands out bytes or, for 8-bit properties of older versions, text of them."""
    return value.encode("latin-1") if isinstance(value, str) else bytes(value)
