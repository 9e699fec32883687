"""Owns stepping aside: while the mouse works, our own windows take no input, so that it goes to what lies beneath."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from actions.backends.x11 import ASIDE, InputShape, input_shape, reaching, set_input_shape
from actions.backends.x11_own import Ours
from actions.errors import ExecutionError
from actions.watchdog import Watchdog

if TYPE_CHECKING:
    from Xlib.display import Display

_ROUNDS: Final = 3
"""So often it is looked for windows that opened meanwhile."""
_MENU, _POLL = 0.5, 0.005
"""Seconds that an open menu of ours gets to close, and between two looks at whether it did."""


@contextlib.contextmanager
def stepped_aside(ours: Ours, watchdog: Watchdog) -> Iterator[None]:
    """Let the mouse through our windows, also when this process dies before they take input again.

    Raises:
        ExecutionError: one of our menus is open, which takes all of mouse and keyboard.
    """
    await_menu(ours)
    met: set[int] = set()
    aside: dict[int, InputShape] = {}
    try:
        with reaching(ExecutionError):
            for _ in range(_ROUNDS):
                new = [number for number, _ in ours.tops() if number not in met]
                if not new:
                    break
                met.update(new)
                _open(ours.display, new, aside, watchdog)
        yield
    finally:
        _shut(ours.display, aside, watchdog)


def await_menu(ours: Ours) -> None:
    """Wait until none of our menus is open.

    Raises:
        ExecutionError: one stays.
    """
    end = time.monotonic() + _MENU
    while ours.menu_open():
        if time.monotonic() > end:
            raise ExecutionError("A menu of Deskhand's own is open and takes mouse and keyboard: close it.")
        time.sleep(_POLL)


def _open(display: Display, numbers: list[int], aside: dict[int, InputShape], watchdog: Watchdog) -> None:
    for number in numbers:
        before = input_shape(display, number)
        if before is None or len(before):
            watchdog.down(f"{ASIDE} {number}")
            aside[number] = before
            set_input_shape(display, number, ())
    display.sync()


def _shut(display: Display, aside: dict[int, InputShape], watchdog: Watchdog) -> None:
    """Let them take input as before; a window that is gone needs nothing."""
    with reaching(ExecutionError):
        for number, before in aside.items():
            set_input_shape(display, number, before)
        display.sync()
    for number in aside:
        watchdog.up(f"{ASIDE} {number}")
