"""Owns the reading of one call's arguments: a mapping of Qwen's `computer_use` names to an action, or why not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Literal, TypeGuard, cast

from actions.action import (
    Action,
    Answer,
    Button,
    Click,
    Drag,
    Move,
    PressKeys,
    Scroll,
    Secret,
    Terminate,
    TypeText,
    Wait,
)
from actions.errors import ParseError
from actions.geometry import GRID_COORDINATES, Coordinates, GridPoint
from actions.keys import canonical_key
from actions.parse.strict_json import is_writable
from actions.schema import ACTION_NAMES

Arguments = Mapping[str, object]

LONGEST_WAIT: Final = 60.0
"""Seconds that one wait may take."""
_FURTHEST_SCROLL: Final = 100_000


def action_from(arguments: Arguments, coordinates: Coordinates = GRID_COORDINATES) -> Action:
    """The action that the arguments of a call ask for, where places are written so.

    Raises:
        ParseError: something is missing, out of range or beside the point; the sentence says what to write.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    name = given.pop("action", None)
    if not isinstance(name, str) or name not in _READERS:
        raise ParseError(f'"action" must be one of {", ".join(ACTION_NAMES)}.')
    allowed, read = _READERS[name]
    if beside := sorted(set(given) - set(allowed)):
        takes = " and ".join(f'"{argument}"' for argument in allowed)
        raise ParseError(f'{name} takes {takes} only, not "{_shown(beside[0])}".')
    if "coordinate" in given or allowed == _AT:
        given["coordinate"] = _grid_point(name, given.get("coordinate"), coordinates)
    return read(name, given)


def _click(_name: str, given: Arguments, *, button: Button = "left", count: Literal[1, 2, 3] = 1) -> Action:
    return Click(button, count, _place(given))


def _move(_name: str, given: Arguments) -> Action:
    return Move(_place(given))


def _drag(_name: str, given: Arguments) -> Action:
    return Drag(_place(given))


def _scroll(name: str, given: Arguments, *, horizontal: bool = False) -> Action:
    amount = _whole(given.get("pixels"))
    if amount is None or abs(amount) > _FURTHEST_SCROLL:
        raise ParseError(f'{name} needs "pixels": a whole number, positive for {"right" if horizontal else "up"}.')
    return Scroll(amount, horizontal, _place(given) if "coordinate" in given else None)


def _keys(name: str, given: Arguments) -> Action:
    keys = given.get("keys")
    named = [keys] if isinstance(keys, str) else keys
    if not isinstance(named, list) or not named:
        raise ParseError(f'{name} needs "keys": a list of key names, such as ["ctrl", "s"].')
    pressed = tuple(key for word in named for key in _chord(word))
    if len(set(pressed)) < len(pressed):
        raise ParseError(f"{name} presses keys together, so each only once: to press one again, call again.")
    return PressKeys(pressed)


def _chord(word: object) -> tuple[str, ...]:
    """The keys of one word of a chord; `ctrl+c` in one word can only mean both."""
    if isinstance(word, str):
        parts = word.split("+") if len(word) > 1 and not word.endswith("+") else [word]
        keys = [canonical_key(part) for part in parts]
        if None not in keys:
            return tuple(key for key in keys if key)
    raise ParseError(
        f'There is no key "{_shown(word)}": use names such as enter, esc, ctrl, pagedown, f5, or one letter.'
    )


def _type(name: str, given: Arguments) -> Action:
    if "secret" not in given:
        return TypeText(_text(name, given))
    secret = given["secret"]
    if "text" in given or not isinstance(secret, str) or not secret or not is_writable(secret):
        raise ParseError(f'{name} needs either "text" or the name of a "secret".')
    return TypeText(Secret(secret))


def _wait(name: str, given: Arguments) -> Action:
    seconds = given.get("time")
    if not _is_number(seconds) or not 0 <= seconds <= LONGEST_WAIT:
        raise ParseError(f'{name} needs "time": seconds from 0 to {LONGEST_WAIT:.0f}.')
    return Wait(float(seconds))


def _answer(name: str, given: Arguments) -> Action:
    return Answer(_text(name, given))


def _terminate(name: str, given: Arguments) -> Action:
    match given.get("status"):
        case "success":
            return Terminate("success")
        case "failure":
            return Terminate("failure")
        case _:
            raise ParseError(f'{name} needs "status": "success" or "failure".')


def _text(name: str, given: Arguments) -> str:
    text = given.get("text")
    if not isinstance(text, str) or not is_writable(text):
        raise ParseError(f'{name} needs "text": a string.')
    return text


def _grid_point(name: str, place: object, coordinates: Coordinates) -> GridPoint:
    match place:
        case [x, y] if _is_number(x) and _is_number(y):
            with contextlib.suppress(ValueError):
                return coordinates.grid_point(x, y)
    raise ParseError(f'{name} needs "coordinate": [x, y], {coordinates.words}.')


def _place(given: Arguments) -> GridPoint:
    """The place, which `action_from` has read."""
    return cast("GridPoint", given["coordinate"])


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: object) -> int | None:
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _shown(value: object) -> str:
    """A few characters of what the model wrote, fit to be shown."""
    return ascii(str(value)[:24])[1:-1]


_AT: Final = ("coordinate",)
_READERS: Final[dict[str, tuple[tuple[str, ...], Callable[[str, Arguments], Action]]]] = {
    "key": (("keys",), _keys),
    "type": (("text", "secret"), _type),
    "mouse_move": (_AT, _move),
    "left_click": (_AT, _click),
    "left_click_drag": (_AT, _drag),
    "right_click": (_AT, partial(_click, button="right")),
    "middle_click": (_AT, partial(_click, button="middle")),
    "double_click": (_AT, partial(_click, count=2)),
    "triple_click": (_AT, partial(_click, count=3)),
    "scroll": (("pixels", "coordinate"), _scroll),
    "hscroll": (("pixels", "coordinate"), partial(_scroll, horizontal=True)),
    "wait": (("time",), _wait),
    "terminate": (("status",), _terminate),
    "answer": (("text",), _answer),
}
