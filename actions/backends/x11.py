"""Owns the connection to the X server and the raw events on it: what pyautogui cannot do, and what the watchdog lifts."""

from __future__ import annotations

import contextlib
import os
import select
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from actions.errors import ActionError, NoDesktop, Stopped

if TYPE_CHECKING:
    from Xlib.display import Display

BUTTONS: Final = {"left": 1, "middle": 2, "right": 3}
KEY, BUTTON, LENT, ASIDE = "key", "button", "lent", "aside"
PASSIVE: Final = ("TOOLTIP", "NOTIFICATION", "SPLASH", "DND")
"""Kinds of unmanaged windows that do not take mouse and keyboard for themselves, as menus do."""
InputShape = Sequence[tuple[int, int, int, int]] | None
"""The parts of a window that take the mouse, as left, top, width and height; None for all that is to be seen of it."""
_SENT: Final = 0x7F
"""Leaves out the bit that marks an event as sent by a client."""
_READING, _NO_ANSWER, _SLICE = 10.0, 0.1, 0.02
"""Seconds that a client gets to read its events: one that says when it has, and one that cannot say; between two stops."""
_HELD_BACK, _POLL = 1.0, 0.001
"""Seconds that a window manager gets to let a click go on, and between two looks at whether it did."""


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
    except (error.DisplayError, error.ConnectionClosedError, OSError) as problem:
        raise NoDesktop(f"The X display {os.environ['DISPLAY']} cannot be opened: {problem}") from problem


def ensure_authority() -> None:
    """Make sure of an Xauthority file: pyautogui and python-xlib end with a traceback where there is none."""
    named = os.environ.get("XAUTHORITY")
    if Path(named or "~/.Xauthority").expanduser().exists():
        return
    descriptor, path = tempfile.mkstemp(prefix="deskhand-Xauthority-")
    os.close(descriptor)
    os.environ["XAUTHORITY"] = path


@contextlib.contextmanager
def reaching(family: type[ActionError]) -> Iterator[None]:
    """Turn what python-xlib raises into an error of the house."""
    from Xlib import error

    try:
        yield
    except (error.XError, error.ConnectionClosedError, OSError) as problem:
        raise family(f"The X display does not answer as it should: {problem}") from problem


def is_xwayland(display: Display) -> bool:
    """Whether it only serves a Wayland session's older programs; then most of the desktop is out of its reach."""
    from Xlib import error

    if display.query_extension("XWAYLAND"):
        return True
    try:  # servers before 23.1 do not say so, but name their outputs after it
        monitors = display.screen().root.xrandr_get_monitors().monitors
        return any(display.get_atom_name(monitor.name).startswith("XWAYLAND") for monitor in monitors)
    except (AttributeError, error.XError):  # no RandR
        return False


def fake(display: Display, what: str, number: int, *, down: bool) -> None:
    """Press or release a keycode or a button, and wait until the server has done it."""
    from Xlib import X
    from Xlib.ext import xtest

    kinds = {(KEY, True): X.KeyPress, (KEY, False): X.KeyRelease, (BUTTON, True): X.ButtonPress}
    xtest.fake_input(display, kinds.get((what, down), X.ButtonRelease), number)
    display.sync()


def await_up(display: Display, button: int) -> None:
    """Wait until the server counts a released button as up, so that what comes next does not overtake the click.

    A window manager may hold each click until it has given the window the keyboard; keys are not held with it. A button
    beyond the fifth has no mark, and is not waited for.
    """
    from Xlib import X

    mark = X.Button1Mask << button - 1 if button <= 5 else 0
    end = time.monotonic() + _HELD_BACK
    while display.screen().root.query_pointer().mask & mark and time.monotonic() < end:
        time.sleep(_POLL)


def input_shape(display: Display, window: int) -> InputShape:
    """The parts of a window that take the mouse, none where it is gone; None for all that is to be seen of it."""
    from Xlib import error
    from Xlib.ext import shape

    there = display.create_resource_object("window", window)
    try:
        taking, seen = (there.shape_get_rectangles(kind).rectangles for kind in (shape.SK.Input, shape.SK.Bounding))
    except error.BadWindow:
        return ()
    parts, all_parts = ([(part.x, part.y, part.width, part.height) for part in found] for found in (taking, seen))
    return None if parts == all_parts else parts


def set_input_shape(display: Display, window: int, parts: InputShape) -> None:
    """Let only these parts of a window take the mouse, so that it goes through the rest; None for all that is seen."""
    from Xlib import X
    from Xlib.ext import shape

    there = display.create_resource_object("window", window)
    if parts is None:
        there.shape_mask(shape.SO.Set, shape.SK.Input, 0, 0, X.NONE)
    else:
        rectangles = [dict(zip(("x", "y", "width", "height"), part, strict=True)) for part in parts]
        there.shape_rectangles(shape.SO.Set, shape.SK.Input, X.Unsorted, 0, 0, rectangles)


def drain(display: Display, stop: Callable[[], bool]) -> bool:
    """Wait until the program that has the keyboard has read its events so far, by the ping that window managers send.

    Returns whether it has, as far as can be told: a program that answers no pings gets a moment.

    Raises:
        Stopped: `stop()` became true.
    """
    from Xlib import X
    from Xlib.protocol.event import ClientMessage

    root = display.screen().root
    ping, protocols = display.get_atom("_NET_WM_PING"), display.get_atom("WM_PROTOCOLS")
    active = root.get_full_property(display.get_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
    window = display.create_resource_object("window", active.value[0]) if active and active.value[0] else None
    if window is None or ping not in window.get_wm_protocols():
        time.sleep(_NO_ANSWER)
        return True
    mark = time.monotonic_ns() & 0x7FFFFFFF
    root.change_attributes(event_mask=X.SubstructureNotifyMask | X.StructureNotifyMask)
    data = (32, [ping, mark, window.id, 0, 0])
    window.send_event(ClientMessage(window=window, client_type=protocols, data=data))
    display.flush()
    try:
        return _answered(display, mark, stop)
    finally:
        root.change_attributes(event_mask=X.NoEventMask)
        display.sync()
        while display.pending_events():
            display.next_event()


def _answered(display: Display, mark: int, stop: Callable[[], bool]) -> bool:
    from Xlib import X

    end = time.monotonic() + _READING
    while time.monotonic() < end:
        while display.pending_events():
            event = display.next_event()
            if event.type & _SENT == X.ClientMessage and mark in event.data[1]:
                return True
        if stop():
            raise Stopped("Stopped before all was typed.")
        select.select([display.fileno()], [], [], _SLICE)
    return False
