"""Owns what guarded mode asks about: what a click, keys or a text would do to the control that gets them.

What a control is comes from the screen's accessibility, never from the model's words. What cannot be read, or is called in
a way that is not known, is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actions.action import Click, Drag, PressKeys, TypeText
from actions.consequence import is_readable
from actions.control import PRESSABLE, WRITABLE, Control, Reading
from actions.desktop import Window
from actions.geometry import Point
from actions.guarded_keys import reason_of_chord, reason_of_typing
from actions.lexicon import places
from actions.pressing import UNREAD, label_of, reason_of_control, reason_of_text


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on the desktop.

    Attributes:
        at: its pixel; None for the keyboard's.
        window: the window that shows it, or has the keyboard.
        reading: what that tells of itself; None where it does not.
    """

    at: Point | None = None
    window: Window | None = None
    reading: Reading | None = None


def reason_to_ask(action: Click | Drag | PressKeys | TypeText, place: Place, begun: Place) -> str | None:
    """Why the person must be asked about an action, in a sentence; None where nothing speaks against it.

    Args:
        action: it.
        place: what it is for: a pixel, or the keyboard's.
        begun: where a drag begins.
    """
    match action:
        case Click():
            return _click(action, place)
        case Drag():
            return _drag(begun, place)
        case PressKeys(keys):
            return reason_of_program(place.window) or reason_of_chord(frozenset(keys), place.reading)
        case TypeText(text):
            if not isinstance(text, str):
                return "It is a secret that is to be typed."
            return reason_of_program(place.window) or reason_of_typing(text, place.reading)


def _click(action: Click, place: Place) -> str | None:
    if set(action.keys) & {"alt", "super"}:
        return "These keys speak to the desktop, not to the window."
    return _there(place, _asked_for_menu if action.button == "right" else _clicked)


def _drag(begun: Place, place: Place) -> str | None:
    """Why a drag is to be asked about: for what it takes, for what that is dropped on, and where it is a click, too."""
    return _there(begun, _taken) or _there(place, _dropped) or _clicking(begun, place)


def _clicking(begun: Place, place: Place) -> str | None:
    """Why a drag is to be asked about that may click: on what is pressed where it begins, or in a menu where it ends."""
    taken, dropped = _uppermost(begun), _uppermost(place)
    if taken is not None and (taken == dropped or (taken.role in PRESSABLE and taken.role != "item")):
        return _there(begun, _clicked) or _there(place, _clicked)
    return None


def _uppermost(place: Place) -> Control | None:
    """What would get a click at a place: what is pressed there, or else what is there at all."""
    there = place.reading.at(place.at) if place.reading and place.at else ()
    pressed = (c for c in there if c.role in PRESSABLE)
    return next(pressed, None) or next(filter(_is_something, there), None)


def _there(place: Place, judge: Callable[[Reading, Point], str | None]) -> str | None:
    """Why something at a pixel is to be asked about, by what is there."""
    if why := reason_of_program(place.window):
        return why
    if place.at is None or place.window is None:
        return UNREAD
    if not place.window.rect.contains(place.at):
        return f"It is the frame of the window “{place.window.title}”, which can close it."
    return UNREAD if place.reading is None else judge(place.reading, place.at)


def reason_of_program(window: Window | None) -> str | None:
    """Why everything in a window is to be asked about; None where it is not."""
    if window is None:
        return "No window is there that tells what it is."
    why = places().why_asked(window.application)
    return f"“{window.application}” {why}." if why else None


def _clicked(reading: Reading, at: Point) -> str | None:
    """Why a click on a pixel is to be asked about: each thing that may get it is judged, whichever lies on top."""
    there = reading.at(at)
    if pressed := [control for control in there if control.role in PRESSABLE]:
        return next((why for control in pressed if (why := reason_of_control(reading, control))), None)
    inner = next((control for control in there if _is_something(control)), None)
    if inner is None:
        return UNREAD
    if inner.role == "terminal":
        return "It is a terminal."
    return None if inner.role in WRITABLE else reason_of_text(inner.name or inner.note)


def _asked_for_menu(reading: Reading, at: Point) -> str | None:
    """Why a click with the right button is to be asked about: in an open menu it does what the left one does."""
    in_menu = any(c.role in ("menu_item", "popup") or (c.role == "menu" and c.parent < 0) for c in reading.at(at))
    return _clicked(reading, at) if in_menu else None


def _is_something(control: Control) -> bool:
    """Whether it is more than what other things are in."""
    return control.role not in ("group", "menu_bar", "document", "other", "window", "dialog", "popup")


def _taken(reading: Reading, at: Point) -> str | None:
    """Why a drag that begins at a pixel is to be asked about: where that cannot be read, or opens beneath the pointer."""
    there = [control for control in reading.at(at) if _is_something(control)]
    if opening := next((c for c in there if c.role == "menu" or "opens" in c.states), None):
        return f"“{label_of(reading, opening)}” opens, and where it is let go then may be anything."
    return None if any(c.role in PRESSABLE | WRITABLE or is_readable(c.name) for c in there) else UNREAD


def _dropped(reading: Reading, at: Point) -> str | None:
    """Why a drag that ends at a pixel is to be asked about: what is dropped on an order or on the waste bin."""
    for control in (c for c in reading.at(at) if c.role not in ("window", "document")):
        label = label_of(reading, control) if control.role in PRESSABLE else control.name
        if places().bin.search(label):
            return f"What is dropped on “{label}” is deleted."
        if control.role in ("button", "link") and (why := reason_of_control(reading, control)):
            return why
    return _taken(reading, at)
