"""Owns the names of keys: one canonical lower-case name each, and what else people and models call it."""

from __future__ import annotations

from typing import Final

MODIFIERS: Final = ("ctrl", "shift", "alt", "altgr", "super")

NAMED_KEYS: Final = (
    *MODIFIERS,
    *("enter", "esc", "tab", "space", "backspace", "delete", "insert"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("capslock", "numlock", "scrolllock", "printscreen", "pause", "menu"),
    *(f"f{number}" for number in range(1, 25)),
)
"""Every key that has a name; any other key is called by the one character that it types, such as `a` or `+`."""

STOP_CHORD: Final = ("ctrl", "shift", "esc")
"""The person's stop key. Where a desktop has a use of its own for it, that is a task manager: harmless, and near."""

_OTHER_NAMES: Final = {
    "ctrl": ("control", "ctrl_l", "ctrl_r", "ctrlleft", "ctrlright", "control_l", "control_r"),
    "shift": ("shift_l", "shift_r", "shiftleft", "shiftright"),
    "alt": ("alt_l", "altleft", "option", "opt"),
    "altgr": ("alt_gr", "alt_r", "altright", "iso_level3_shift"),
    "super": ("super_l", "super_r", "win", "winleft", "winright", "windows", "meta", "cmd", "command"),
    "enter": ("return", "kp_enter"),
    "esc": ("escape",),
    "space": (" ", "spacebar"),
    "backspace": ("back_space", "bksp"),
    "delete": ("del",),
    "insert": ("ins",),
    "up": ("arrowup", "arrow_up", "uparrow"),
    "down": ("arrowdown", "arrow_down", "downarrow"),
    "left": ("arrowleft", "arrow_left", "leftarrow"),
    "right": ("arrowright", "arrow_right", "rightarrow"),
    "pageup": ("page_up", "pgup", "prior"),
    "pagedown": ("page_down", "pgdn", "pgdown", "next"),
    "capslock": ("caps_lock",),
    "numlock": ("num_lock",),
    "scrolllock": ("scroll_lock",),
    "printscreen": ("print_screen", "print", "prtsc", "prtscr"),
    "menu": ("apps", "contextmenu"),
    "+": ("plus",),
    "-": ("minus",),
}
_CANONICAL: Final = {name: name for name in NAMED_KEYS} | {
    other: name for name, others in _OTHER_NAMES.items() for other in others
}


def canonical_key(name: str) -> str | None:
    """The canonical name of a key, or None where there is no such key. Letters are lower-case: a key has no case."""
    if name != " ":
        name = name.strip().lower()
    if known := _CANONICAL.get(name):
        return known
    return name if len(name) == 1 and name.isprintable() and not name.isspace() else None
