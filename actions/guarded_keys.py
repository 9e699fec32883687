"""Owns what guarded mode asks about of the keyboard, which counts as much as the mouse: Enter on a Send button is a send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from actions.consequence import is_readable, ordered
from actions.control import PRESSABLE, WRITABLE, Control, Reading
from actions.lexicon import places
from actions.pressing import UNREAD, label_of, reason_of_control, reason_of_text

_UNREAD: Final = "What has the keyboard cannot be read, so it may be anything."
_DESKTOP: Final = "These keys speak to the desktop, not to the window."
_MODIFIERS: Final = ("ctrl", "alt", "shift", "super")
_DESKTOP_CHORDS: Final = tuple(frozenset(("alt", key)) for key in ("tab", "f4", "space", "esc"))
_HARMLESS: Final = frozenset(
    "up down left right home end pageup pagedown tab esc f1 f3 f5 f6 f10 f11 menu insert".split()
)
"""Keys that move about, or only show something."""
_EDITING: Final = frozenset({"backspace", "delete"})
_MANY: Final = 200
"""So many buttons may be meant at most; more are not judged one by one."""
_EDITING_CHORDS: Final = frozenset(frozenset({"ctrl", key}) for key in _EDITING)
_HARMLESS_CHORDS: Final = frozenset(
    """ctrl+a ctrl+c ctrl+x ctrl+v ctrl+z ctrl+y ctrl+f ctrl+g ctrl+h ctrl+b ctrl+i ctrl+u ctrl+l ctrl+t ctrl+n ctrl+o ctrl+p
    ctrl+s ctrl+k ctrl++ ctrl+- ctrl+0 ctrl+= ctrl+tab ctrl+home ctrl+end ctrl+pageup ctrl+pagedown ctrl+insert shift+insert
    alt+left alt+right ctrl+shift+z ctrl+shift+tab ctrl+shift+v ctrl+up ctrl+down ctrl+left
    ctrl+right ctrl+shift+left ctrl+shift+right ctrl+shift+home ctrl+shift+end""".split()
)
"""Chords that mean the same everywhere, and nothing that stays."""


def reason_of_chord(keys: frozenset[str], reading: Reading | None) -> str | None:
    """Why a chord is to be asked about; None where it need not be.

    Args:
        keys: by canonical names.
        reading: what the window with the keyboard tells of itself; None where it does not.
    """
    if "super" in keys or keys in _DESKTOP_CHORDS:
        return _DESKTOP
    if keys <= {*_MODIFIERS, "altgr"}:
        return None
    if reading is None:
        return _UNREAD
    named = [control for control in reading.controls if keys in control.keys]
    if why := _first(named, lambda control: reason_of_control(reading, control)):
        return why
    plain = keys - {"shift"}
    if len(plain) == 1:
        return _of_key(next(iter(plain)), reading)
    if named:
        return None
    if plain in _EDITING_CHORDS:
        return _each(reading, _edited)
    said = "+".join(sorted(keys, key=_order))
    if said in _HARMLESS_CHORDS:
        return _each(reading, lambda control: "It is a terminal." if control.role == "terminal" else None)
    return f"What {said} does here is not known."


def reason_of_typing(text: str, reading: Reading | None) -> str | None:
    """Why a text is to be asked about: where it goes, and what its spaces, tabs and line ends press; None where it need not be."""
    if reading is None:
        return _UNREAD
    if why := _letters(reading):
        return why
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    before, _, after = lines.partition("\t")
    if " " in before and (why := _space(reading)):
        return why
    if "\n" in before and (why := _enter(reading) or _after_enter(before, reading)):
        return why
    if set(after) & {" ", "\n"}:
        return "After a tab the text goes to another control, which its spaces and line ends press."
    if after and any(control.role in ("password", "terminal") for control in reading.controls):
        return "After a tab the text may go to a password."
    return None


def _after_enter(text: str, reading: Reading) -> str | None:
    """Why a text that goes on after a line end is to be asked about: only a field of several lines keeps it."""
    kept = all("lines" in control.states for control in reading.focused)
    return "What comes after Enter may go to something else." if text.partition("\n")[2] and not kept else None


def _of_key(key: str, reading: Reading) -> str | None:
    """Why one key, with or without Shift, is to be asked about."""
    if key == "enter":
        return _enter(reading)
    if key == "space":
        return _space(reading)
    if key in _HARMLESS:
        return None
    if key in _EDITING:
        return _each(reading, _edited)
    return _letter(key, reading) if len(key) == 1 else f"What {key} does here is not known."


def _order(key: str) -> tuple[int, str]:
    return (_MODIFIERS.index(key) if key in _MODIFIERS else len(_MODIFIERS), key)


def _first(controls: Sequence[Control], judge: Callable[[Control], str | None]) -> str | None:
    if len(controls) > _MANY:
        return UNREAD
    return next((why for control in controls if (why := judge(control))), None)


def _each(reading: Reading, judge: Callable[[Control], str | None]) -> str | None:
    """The first objection to any of what may have the keyboard; an open menu has it, though none of its items may be lit."""
    focused = reading.focused
    if not focused or (_has_open_menu(reading) and not any(control.role == "menu_item" for control in focused)):
        return _UNREAD
    return _first(focused, judge)


def _has_open_menu(reading: Reading) -> bool:
    """Whether a menu of the program's is read beside its window."""
    opened = (c for c in reading.controls if c.parent < 0 and c.role in ("popup", "menu"))
    return any(control.role == "menu_item" for menu in opened for control in reading.within(menu))


def _space(reading: Reading) -> str | None:
    return _each(reading, lambda control: _spaced(reading, control))


def _spaced(reading: Reading, control: Control) -> str | None:
    if control.role in PRESSABLE:
        return reason_of_control(reading, control)
    return None if control.role == "field" else _written_into(reading, control)


def _edited(control: Control) -> str | None:
    if control.role in ("field", "password"):
        return None
    return f"It may delete “{control.name}”." if control.name else _UNREAD


def _letter(letter: str, reading: Reading) -> str | None:
    """Why a single letter is to be asked about: in an open menu it chooses the item that it is underlined in."""
    if any(control.role == "menu_item" for control in reading.focused):
        ways = ({"alt", letter}, {letter})
        meant = [c for c in reading.controls if c.role == "menu_item" and any(way in c.keys for way in ways)]
        return _first(meant, lambda control: reason_of_control(reading, control)) if meant else _UNREAD
    return _letters(reading)


def _letters(reading: Reading) -> str | None:
    return _each(reading, lambda control: _written_into(reading, control))


def _written_into(reading: Reading, control: Control) -> str | None:
    """Why a text for a control is to be asked about."""
    if _is_terminal(reading, control):
        return "What is typed there is a command."
    if control.role == "password" or (control.role == "field" and _is_secret(control)):
        return "What is typed there is a password or another secret."
    if control.role in ("field", "choice", "slider") or "editable" in control.states:
        return None
    return "What has the keyboard takes no text: letters may be orders there."


def _is_secret(field: Control) -> bool:
    """Whether a field takes a password or the like; one in which such are searched for does not."""
    return places().secret.search(f"{field.name} {field.note}") is not None and not _is_search(field)


def _is_search(field: Control) -> bool:
    """Whether something is searched for with a field, as far as it is called so, or has no name but a hint that says so."""
    return field.role == "field" and places().search.search(field.name.strip() or field.note) is not None


def _enter(reading: Reading) -> str | None:
    """Why Enter is to be asked about: it presses what has the keyboard, or what the form or dialog has for it."""
    return _each(reading, lambda control: _entered(reading, control))


def _entered(reading: Reading, control: Control) -> str | None:
    if control.role in ("button", "link", "menu", "menu_item"):
        return reason_of_control(reading, control)
    if _is_terminal(reading, control):
        return "In a terminal, Enter runs a command."
    if why := _pressed(reading, control):
        return why
    why = _sent(reading, control) if "lines" in control.states else _submitted(reading, control)
    return why or (None if reading.whole else _UNREAD)


def _pressed(reading: Reading, control: Control) -> str | None:
    """Why pressing what has the keyboard is to be asked about, where Enter does so in some programs."""
    if control.role in PRESSABLE:
        return reason_of_control(reading, control)
    if control.role in WRITABLE:
        return None
    label = label_of(reading, control)
    return reason_of_text(label) if is_readable(label) else None


def _submitted(reading: Reading, control: Control) -> str | None:
    """Why what Enter presses from a field is to be asked about: the default button, or else any in the same place."""
    if _is_search(control):
        return _searched(reading, control)
    buttons: list[Control] = []
    for group, within in reading.layers(control):
        buttons += _buttons(within, control)
        if chosen := [c for c in buttons if "default" in c.states]:
            return _first(chosen, lambda one: reason_of_control(reading, one))
        if group.role in ("dialog", "popup", "document", "window"):
            return _ordering(reading, buttons)
    return None


def _searched(reading: Reading, control: Control) -> str | None:
    """Why Enter in a search is to be asked about: where a default button is around it, or an order in its own form."""
    meant: list[Control] = []
    own = True
    for group, within in reading.layers(control):
        if group.role in ("document", "window"):
            break
        buttons = _buttons(within, control)
        meant += [c for c in buttons if "default" in c.states or (own and ordered(label_of(reading, c)))]
        own = own and not buttons
    return _first(meant, lambda one: reason_of_control(reading, one))


def _buttons(within: Sequence[Control], control: Control) -> list[Control]:
    return [c for c in within if c is not control and (c.role == "button" or "default" in c.states)]


def _ordering(reading: Reading, buttons: Sequence[Control]) -> str | None:
    """Why pressing any of some buttons is to be asked about; those without a name count where there are no others."""
    named = [button for button in buttons if is_readable(label_of(reading, button))] if len(buttons) <= _MANY else []
    return _first(named or buttons, lambda one: reason_of_control(reading, one))


def _sent(reading: Reading, control: Control) -> str | None:
    """Why Enter in a text of several lines is to be asked about: in a chat it sends."""
    within = reading.within(reading.box(control))
    if any(c.role == "field" and "lines" not in c.states and not _is_search(c) for c in within):
        return None  # a letter with its subject and so on, which Enter does not send
    sending = [c for c in within if c.role == "button" and ordered(c.name or c.note) == "sends"]
    return f"Enter may do what “{sending[0].name or sending[0].note}” does." if sending else None


def _is_terminal(reading: Reading, control: Control) -> bool:
    """Whether what is written there is run: a terminal, or in a program that calls itself so."""
    named = f"{control.name} {reading.top(control).name}"
    return control.role == "terminal" or places().commands.search(named) is not None
