"""Owns what pressing a control would do, as far as its words and what is around it tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from actions.consequence import (
    begins_with_order,
    described,
    is_harmless,
    is_name,
    is_question,
    is_readable,
    is_statement,
    only_goes_on,
    ordered,
)
from actions.control import Control, Reading
from actions.lexicon import KINDS, Kind, places

UNREAD: Final = "What is there cannot be read, so it may be anything."
_LONG: Final = 60
"""Letters that a name has at most where it is an order and not a text."""
_ENDS: Final = (".", "?", "!", "。", "？", "！")


def reason_of_control(reading: Reading, control: Control) -> str | None:
    """Why pressing a control is to be asked about; None where it need not be."""
    if control.role in ("slider", "tab"):
        return None
    label = label_of(reading, control)
    if not is_readable(label):
        return UNREAD
    if only_opens(reading, control):
        return None
    if control.role == "item":
        return _of_item(control, label)
    # What leads somewhere is called by a name as often as by an order.
    if (kind := _kind(control, label)) and (control.role != "link" or begins_with_order(label)):
        return _says(label, kind)
    if not only_goes_on(label) or control.role not in ("button", "link", "menu_item"):
        return None if "opens" in control.states else _of_unknown(reading, control, label)
    said = _said_around(reading, control)
    return f"“{label}” goes on with what is said there: “{_cut(said)}”." if _decides(reading, control, said) else None


def reason_of_text(label: str) -> str | None:
    """Why what is called so is to be asked about, for something that nothing else is known of."""
    if not is_readable(label):
        return UNREAD
    kind = ordered(label) if begins_with_order(label) and not is_statement(label) else None
    return _says(label, kind) if kind else None


def only_opens(reading: Reading, control: Control) -> bool:
    """Whether a click only opens a menu or a list, whatever it is called.

    What opens something else, such as a button with an arrow beside it, may do what it is called besides.
    """
    if control.role == "menu" or (control.role == "choice" and "opens" in control.states):
        return True
    if control.role != "menu_item" or "opens" not in control.states:
        return False
    # Qt says of the titles in a menu bar that they are items.
    above = list(reading.around(control))[1:]
    return bool(above) and above[0].role == "menu_bar" and not any(c.role in ("menu", "popup") for c in above)


def label_of(reading: Reading, control: Control) -> str:
    """What a control is called, or else the words in it, or else what is said of it."""
    if control.name.strip():
        return control.name
    words = [c.name for c in reading.within(control) if c is not control and c.role in ("text", "picture") and c.name]
    return " ".join(words) or control.note


def _of_item(control: Control, label: str) -> str | None:
    """A row is only chosen, unless it is called as an order is, or is a program: two clicks in a row would run that."""
    if places().program.search(label.strip()):
        return f"“{_cut(label)}” is a program."
    kind = None if is_name(label) or is_statement(label) or not begins_with_order(label) else _kind(control, label)
    return _says(label, kind) if kind else None


def _kind(control: Control, label: str) -> Kind | None:
    """Of what kind the consequence is that a label or what else is said of it speaks of; a long one is a text."""
    said = [words for words in (label, control.note) if len(words) <= _LONG or control.role in ("button", "link")]
    return next((kind for words in said if (kind := ordered(words, in_list=control.role == "item"))), None)


def _of_unknown(reading: Reading, control: Control, label: str) -> str | None:
    """Why something is to be asked about whose label speaks of no consequence: because it may mean anything."""
    if is_harmless(label):
        return None
    if control.role in ("button", "menu_item"):
        return f"What “{_cut(label)}” does is not known."
    setting = control.role == "check" and places().settings.search(reading.top(control).name)
    return f"“{_cut(label)}” is a setting." if setting else None


def _decides(reading: Reading, control: Control, said: str) -> bool:
    """Whether a button that only goes on answers a question, or goes on with something of consequence."""
    box = reading.box(control)
    if box.role == "dialog":
        choices = [c for c in reading.within(box) if c.role in ("button", "link") and is_readable(c.name)]
        if len(choices) > 1 and is_question(said):  # with one there is nothing to decide
            return True
    return described(said) is not None


def _said_around(reading: Reading, control: Control) -> str:
    """The texts that a button which only goes on belongs to: of its dialog, or else of the nearest group that has any."""
    box = reading.box(control)
    if box.role in ("dialog", "popup"):
        return " ".join([box.name, box.note, *_texts(reading.within(box))]).strip()
    for group, within in reading.layers(control):
        if any(c.role == "password" for c in within):
            return "sign in"
        if group is not control and (texts := _texts(within)):
            return " ".join([box.name, *texts] if group is box else texts)
    return box.name


def _texts(controls: Iterable[Control]) -> list[str]:
    names = (c.name for c in controls if c.role == "text" and c.name)
    return [name if name.endswith(_ENDS) else f"{name}." for name in names]


def _says(label: str, kind: Kind) -> str:
    return f"“{_cut(label)}” {KINDS[kind]}."


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
