"""Owns the reading of one call's arguments: a mapping of Qwen's `computer_use` names to actions, or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Literal, cast

from actions.action import (
    Action,
    Answer,
    Ask,
    Button,
    Click,
    Drag,
    FocusApp,
    Move,
    OpenApp,
    PressKeys,
    ReadClipboard,
    Scroll,
    Secret,
    Terminate,
    TypeText,
    Wait,
)
from actions.errors import ParseError
from actions.geometry import GRID_COORDINATES, Coordinates, GridPoint
from actions.keys import MODIFIERS
from actions.parse.chord import keys_of
from actions.parse.held import Half
from actions.parse.literal import is_writable, shown
from actions.parse.names import action_name, argument_name
from actions.parse.place import grid_point, number_of
from actions.schema import ACTION_NAMES

Arguments = Mapping[str, object]

LONGEST_WAIT: Final = 60.0
"""Seconds that one wait may take."""
_FURTHEST_SCROLL: Final = 100_000
_START: Final = "start_coordinate"
_ELSEWHERE: Final = {
    "screenshot": "There is no screenshot action: you get a new picture after every turn by itself.",
    "press": "Press keys together with key, or hold them with hold_key.",
    "release": "Keys and buttons are always let go by themselves.",
}


def actions_from(arguments: Arguments, coordinates: Coordinates) -> tuple[Action | Half, ...]:
    """What the arguments of a call ask for: one action or half of one, or two where a drag says where it begins.

    Raises:
        ParseError: as for `action_from`.
    """
    given = _in_our_names(arguments)
    start = given.pop(_START, None)
    if start is None:
        return (action_from(given, coordinates),)
    drag = action_from(given, coordinates)
    if not isinstance(drag, Drag):
        raise ParseError(f'Only left_click_drag takes "{_START}".')
    return Move(_point(_START, start, coordinates)), drag


def action_from(arguments: Arguments, coordinates: Coordinates = GRID_COORDINATES) -> Action | Half:
    """The action, or half of one, that the arguments of a call ask for, where places are written so.

    Raises:
        ParseError: something is missing, out of range or beside the point; the sentence says what to write.
    """
    given = _in_our_names(arguments)
    asked = given.pop("action", None)
    name = action_name(asked) if isinstance(asked, str) else None
    if name is None:
        hint = _ELSEWHERE.get(asked.strip().lower(), "") if isinstance(asked, str) else ""
        raise ParseError(hint or f'"action" must be one of {", ".join(ACTION_NAMES)}.')
    allowed, read = _READERS[name]
    if beside := sorted(set(given) - set(allowed)):
        takes = " and ".join(f'"{argument}"' for argument in allowed) or "no argument"
        raise ParseError(f'{name} takes {takes} only, not "{shown(beside[0])}".')
    if "coordinate" in given or (allowed[:1] == _AT and name not in _AT_POINTER):
        given["coordinate"] = _point(name, given.get("coordinate"), coordinates)
    if "path" in given:
        given["path"] = _path(name, given["path"], coordinates)
    return read(name, given)


def _in_our_names(arguments: Arguments) -> dict[str, object]:
    found: dict[str, object] = {}
    for said, value in arguments.items():
        name = argument_name(said)
        if name in found and found[name] is not value and value is not None:
            raise ParseError(f'The call says "{name}" twice, by two names: write it once.')
        if value is not None:
            found[name] = value
    return found


def _click(name: str, given: Arguments, *, button: Button = "left", count: Literal[1, 2, 3] = 1) -> Action:
    keys = keys_of(name, given["keys"]) if "keys" in given else ()
    if not set(keys) <= set(MODIFIERS):
        raise ParseError(f'{name} holds {", ".join(MODIFIERS)} only: press other "keys" with key.')
    seconds = _seconds(name, given) if "time" in given or name == "long_press" else 0.0
    return Click(button, count, _place(given), keys, seconds)


def _move(_name: str, given: Arguments) -> Action:
    return Move(_place(given))


def _drag(_name: str, given: Arguments) -> Action:
    return Drag(_place(given), cast("tuple[GridPoint, ...]", given.get("path", ())))


def _half(name: str, given: Arguments, *, down: bool) -> Half:
    keys = keys_of(name, given.get("keys")) if name.startswith("key") else ()
    return Half(down, keys, _place(given) if "coordinate" in given else None)


def _scroll(name: str, given: Arguments, *, horizontal: bool = False) -> Action:
    amount = _whole(given.get("pixels"))
    if amount is None or abs(amount) > _FURTHEST_SCROLL:
        raise ParseError(f'{name} needs "pixels": a whole number, positive for {"right" if horizontal else "up"}.')
    return Scroll(amount, horizontal, _place(given) if "coordinate" in given else None)


def _keys(name: str, given: Arguments) -> Action:
    return PressKeys(keys_of(name, given.get("keys")), _seconds(name, given) if name == "hold_key" else 0.0)


def _type(name: str, given: Arguments) -> Action:
    if "secret" not in given:
        return TypeText(_text(name, given))
    secret = given["secret"]
    if "text" in given or not isinstance(secret, str) or not secret or not is_writable(secret):
        raise ParseError(f'{name} needs either "text" or the name of a "secret".')
    return TypeText(Secret(secret))


def _wait(name: str, given: Arguments) -> Action:
    return Wait(_seconds(name, given))


def _seconds(name: str, given: Arguments) -> float:
    seconds = number_of(given.get("time"))
    if seconds is None or not 0 <= seconds <= LONGEST_WAIT:
        raise ParseError(f'{name} needs "time": seconds from 0 to {LONGEST_WAIT:.0f}.')
    return float(seconds)


def _ask(name: str, given: Arguments) -> Action:
    return Ask(_words(name, given))


def _focus(name: str, given: Arguments) -> Action:
    return FocusApp(_words(name, given))


def _open(name: str, given: Arguments) -> Action:
    return OpenApp(_words(name, given))


def _clipboard(_name: str, _given: Arguments) -> Action:
    return ReadClipboard()


def _answer(name: str, given: Arguments) -> Action:
    return Answer(_text(name, given))


def _terminate(name: str, given: Arguments) -> Action:
    status = given.get("status")
    match status.strip().lower() if isinstance(status, str) else None:
        case "success":
            return Terminate("success")
        case "failure" | "failed" | "fail":
            return Terminate("failure")
        case _:
            raise ParseError(f'{name} needs "status": "success" or "failure".')


def _text(name: str, given: Arguments) -> str:
    text = given.get("text")
    if not isinstance(text, str) or not is_writable(text):
        raise ParseError(f'{name} needs "text": a string.')
    return text


def _words(name: str, given: Arguments) -> str:
    text = _text(name, given)
    if not text.strip():
        raise ParseError(f'{name} needs "text": some words.')
    return text


def _path(name: str, written: object, coordinates: Coordinates) -> tuple[GridPoint, ...]:
    if not isinstance(written, list):
        raise ParseError(f'{name} needs "path": a list of places, each [x, y], {coordinates.words}.')
    return tuple(_point(name, place, coordinates) for place in written)


def _point(name: str, written: object, coordinates: Coordinates) -> GridPoint:
    place = grid_point(written, coordinates)
    if place is None:
        raise ParseError(f'{name} needs "coordinate": [x, y], {coordinates.words}.')
    return place


def _place(given: Arguments) -> GridPoint:
    """The place, which `action_from` has read."""
    return cast("GridPoint", given["coordinate"])


def _whole(value: object) -> int | None:
    number = number_of(value)
    return None if number is None or number != int(number) else int(number)


_AT: Final = ("coordinate",)
_CLICK: Final = ("coordinate", "keys")
_AT_POINTER: Final = {"left_mouse_down", "left_mouse_up"}
"""What is done where the pointer is when no place is named."""
_READERS: Final[dict[str, tuple[tuple[str, ...], Callable[[str, Arguments], Action | Half]]]] = {
    "key": (("keys",), _keys),
    "type": (("text", "secret"), _type),
    "mouse_move": (_AT, _move),
    "left_click": (_CLICK, _click),
    "left_click_drag": (("coordinate", "path"), _drag),
    "right_click": (_CLICK, partial(_click, button="right")),
    "middle_click": (_CLICK, partial(_click, button="middle")),
    "double_click": (_CLICK, partial(_click, count=2)),
    "triple_click": (_CLICK, partial(_click, count=3)),
    "scroll": (("pixels", "coordinate"), _scroll),
    "hscroll": (("pixels", "coordinate"), partial(_scroll, horizontal=True)),
    "wait": (("time",), _wait),
    "terminate": (("status",), _terminate),
    "answer": (("text",), _answer),
    "hold_key": (("keys", "time"), _keys),
    "long_press": (("coordinate", "keys", "time"), _click),
    "left_mouse_down": (_AT, partial(_half, down=True)),
    "left_mouse_up": (_AT, partial(_half, down=False)),
    "key_down": (("keys",), partial(_half, down=True)),
    "key_up": (("keys",), partial(_half, down=False)),
    "ask_user": (("text",), _ask),
    "focus_app": (("text",), _focus),
    "open_app": (("text",), _open),
    "read_clipboard": ((), _clipboard),
}
