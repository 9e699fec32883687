"""Owns the dialect of Holo: one JSON object of a note, a thought and a flat call, `{"tool_call": {"tool_name": …, "x": …, "y": …}}`."""

from __future__ import annotations

from typing import Final, TypeGuard

from actions.errors import ParseError

_CALL: Final = "tool_call"
_NAME: Final = "tool_name"
_THOUGHTS: Final = ("note", "thought")
_KEYS: Final = (_CALL, "note")
"""What tells a turn that could not be read from a call in another dialect."""
_FORM: Final = '{"note": …, "thought": …, "tool_call": {"tool_name": "left_click", "element": "…", "x": 512, "y": 377}}'
CUT_OFF: Final = f"The turn is cut off: write one whole JSON object, such as {_FORM}, with every bracket closed."
WORDS_AFTER: Final = "Nothing may follow the JSON object of a turn."
_ABOUT: Final = "element"
"""What a place is called in words; the place itself counts."""


def is_holo(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a JSON value is a turn in this dialect."""
    return isinstance(value, dict) and _CALL in value


def was_holo(value: object, key: str) -> bool:
    """Whether something was meant as a turn in this dialect, by its value where it could be read, or else by its first key."""
    return is_holo(value) or key in _KEYS


def in_form(error: ParseError) -> ParseError:
    """What is wrong with a call, and how it is written in this dialect."""
    return ParseError(f"{error} Write it in this form: {_FORM}.")


def thought_in(value: object) -> str:
    """What a turn notes and thinks before its call; empty in other dialects."""
    if not is_holo(value):
        return ""
    said = (value.get(key) for key in _THOUGHTS)
    return "\n".join(text.strip() for text in said if isinstance(text, str) and text.strip())


def arguments_in(value: dict[str, object]) -> dict[str, object]:
    """The arguments of the call of a turn, as Qwen names them.

    Raises:
        ParseError: there is more in it than a note, a thought and a call, or the call has no name or half a place.
    """
    call = value[_CALL]
    if not isinstance(call, dict) or not isinstance(call.get(_NAME), str):
        raise ParseError('"tool_call" must be an object that begins with its "tool_name".')
    if beside := sorted(set(value) - {_CALL, *_THOUGHTS}):
        raise ParseError(f'Write "note", "thought" and "tool_call" only, not {ascii(beside[0])[:40]}.')
    given = {key: item for key, item in call.items() if key not in {_NAME, _ABOUT, "x", "y"}}
    if "action" in given or ("coordinate" in given and {"x", "y"} & call.keys()):
        raise ParseError('Name the action once, as "tool_name", and its place once, as "x" and "y".')
    if ("x" in call) != ("y" in call):
        raise ParseError('A place needs both "x" and "y".')
    place = {"coordinate": [call["x"], call["y"]]} if "x" in call else {}
    return {"action": call[_NAME], **given, **place}
