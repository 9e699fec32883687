"""Owns the numbers of AT-SPI2 for roles and states (at-spi2-core, `atspi/atspi-constants.h`), and what they are to us."""

from __future__ import annotations

from typing import Final

from actions.control import Role, State

_ROLES: Final[dict[Role, tuple[int, ...]]] = {
    # push button, toggle button, arrow, colour chooser's, button that opens a menu
    "button": (43, 62, 4, 129),
    "link": (88,),
    "menu": (33,),
    "menu_bar": (34,),
    # menu item, tear-off, those with a check or a radio mark
    "menu_item": (35, 59, 8, 45),
    # check box, switch
    "check": (7, 130),
    # radio button, combo box
    "choice": (44, 11),
    "tab": (37,),
    # icon, desktop icon, list item, table cell, table row, tree item, column headers
    "item": (26, 13, 32, 56, 90, 91, 10, 57, 58, 47),
    # slider, dial, scroll bar, level bar, rating
    "slider": (51, 15, 48, 103, 114),
    # text, entry, edit bar, autocomplete, date editor, spin button
    "field": (61, 79, 77, 76, 12, 52),
    "password": (40,),
    "terminal": (60,),
    # label, static, paragraph, heading, caption, header, footer, description terms and values
    "text": (29, 116, 73, 83, 81, 122, 123, 105),
    "picture": (27, 3, 80, 106, 107, 100),
    # panel, filler, box-like things, section, form, grouping, list, table, tree, tool bar, tab list and such
    "group": (
        *(20, 21, 22, 24, 25, 31, 36, 38, 39, 46, 49, 50, 53, 54, 55, 63, 65, 66, 68, 71, 72, 85, 86, 87, 98, 99),
        *(104, 108, 109, 110, 111, 121, 42, 75, 84, 78),
    ),
    # dialog, alert, file chooser, notification, info bar, option pane
    "dialog": (16, 2, 19, 101, 102),
    # frame, window, internal frame, desktop frame
    "window": (23, 28, 14),
    "popup": (41, 69),
    "document": (82, 92, 93, 94, 95, 96),
    "tip": (64,),
}
_BY_NUMBER: Final[dict[int, Role]] = {number: role for role, numbers in _ROLES.items() for number in numbers}

SHOWING: Final = 25
COMBO_BOX: Final = 11
_FOCUSED, _SELECTED, _EDITABLE, _MULTI_LINE = 12, 23, 7, 17
_DEFAULT, _HAS_POPUP = 39, 42
_STATES: Final[dict[int, State]] = {
    _FOCUSED: "focused",
    _SELECTED: "selected",
    _EDITABLE: "editable",
    _MULTI_LINE: "lines",
    _DEFAULT: "default",
    _HAS_POPUP: "opens",
}


def role_of(number: int) -> Role:
    """What a role is to us; `other` where we do not know it."""
    return _BY_NUMBER.get(number, "other")


def has(words: tuple[int, ...], state: int) -> bool:
    """Whether a set of states, as two words of 32 bits, has one."""
    word, bit = divmod(state, 32)
    return word < len(words) and bool(words[word] >> bit & 1)


def states_of(words: tuple[int, ...]) -> frozenset[State]:
    """Those of the states that mean something to us."""
    return frozenset(name for number, name in _STATES.items() if has(words, number))
