"""Owns what is held down in one call and let go in a later one of the same reply: together they are one action.

Nothing is ever held from one reply to the next, while the model thinks: the person's own mouse would be dragging.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from actions.action import Action, Click, Drag, Move, PressKeys
from actions.errors import ParseError
from actions.geometry import GridPoint
from actions.keys import MODIFIERS

_LET_GO: Final = "What is held down must be let go in the same reply: {}."
_BUTTON: Final = "left_mouse_down, mouse_move and left_mouse_up, or left_click_drag"
_KEYS: Final = "key_down, clicks and key_up, or key"


@dataclass(frozen=True, slots=True)
class Half:
    """One half of an action: the left button or some keys, down or up; `at` is where the button's half is said to be."""

    down: bool
    keys: tuple[str, ...] = ()
    at: GridPoint | None = None


def joined(said: Iterable[Action | Half]) -> tuple[Action, ...]:
    """The actions of a reply, with the halves put together.

    Raises:
        ParseError: a half has no other, or something stands between them that cannot be done meanwhile.
    """
    found: list[Action] = []
    opened: Half | None = None
    between: list[Action] = []
    for item in said:
        if not isinstance(item, Half):
            (between if opened else found).append(item)
        elif item.down:
            if opened:
                raise ParseError("Hold one thing at a time: name all keys in one key_down.")
            opened = item
        elif opened is None or opened.keys != item.keys:
            raise ParseError("Only what is held down in the same reply can be let go.")
        else:
            found += _with_keys(item.keys, between) if item.keys else _with_button(opened, between, item)
            opened, between = None, []
    if opened:
        raise ParseError(_LET_GO.format(_KEYS if opened.keys else _BUTTON))
    return tuple(found)


def _with_keys(keys: tuple[str, ...], between: list[Action]) -> list[Action]:
    """Clicks with the keys held, or the keys alone."""
    clicks = [action for action in between if isinstance(action, Click)]
    if clicks != between or (clicks and not set(keys) <= set(MODIFIERS)):
        raise ParseError(f"Between key_down and key_up only clicks can be made, with {', '.join(MODIFIERS)}.")
    if any(click.keys for click in clicks):
        raise ParseError("Keys that are held down already are named again by a click.")
    return [replace(click, keys=keys) for click in clicks] or [PressKeys(keys)]


def _with_button(down: Half, between: list[Action], up: Half) -> list[Action]:
    """A drag from where the button went down through where the pointer was moved, or a click."""
    places = [action.to for action in between if isinstance(action, Move)]
    if len(places) < len(between):
        raise ParseError("Between left_mouse_down and left_mouse_up the pointer can only be moved.")
    if up.at and up.at != (places[-1] if places else down.at):
        places.append(up.at)
    if not places:
        return [Click(at=down.at)]
    drag = Drag(places[-1], tuple(places[:-1]))
    return [Move(down.at), drag] if down.at else [drag]
