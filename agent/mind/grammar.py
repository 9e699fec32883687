"""Owns the grammar of a tool call, in the dialect of Lark that llguidance reads, from the same names that the prompt shows.

It says what stands between `<tool_call>` and `</tool_call>`, in the one order and spacing in which models were trained on
calls, so that all that the format fixes need not be decoded. What it lets through, the parser reads as an action. What is
held down by one call is let go by a later one of the same turn: the grammar goes on from the first to the last of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Final

from actions.geometry import GRID, Size, Units
from actions.keys import MODIFIERS, NAMED_KEYS
from actions.schema import TOOL_NAME, Offer

CALL, CALL_END = "<tool_call>", "</tool_call>"

_AT: Final = r'", \"coordinate\": " place'
_HELD: Final = r'(", \"keys\": " modifiers)?'
_CLICK: Final = f"{_AT} {_HELD}"
_TEXT: Final = r'", \"text\": " text'
_WORDS: Final = r'", \"text\": " words'
_TIME: Final = r'", \"time\": " seconds'
_KEYS: Final = r'", \"keys\": " chord'
_PIXELS: Final = r'", \"pixels\": " amount (", \"coordinate\": " place)?'
_PUBLISHED: Final = {
    "key": _KEYS,
    "type": _TEXT,
    "mouse_move": _AT,
    "left_click": _AT,
    "left_click_drag": _AT,
    "right_click": _AT,
    "middle_click": _AT,
    "double_click": _AT,
    "triple_click": _AT,
    "scroll": _PIXELS,
    "hscroll": _PIXELS,
    "wait": _TIME,
    "terminate": r'", \"status\": \"" ("success" | "failure") "\""',
    "answer": _TEXT,
}
_ALL: Final = _PUBLISHED | {
    **dict.fromkeys(("left_click", "right_click", "middle_click", "double_click", "triple_click"), _CLICK),
    "left_click_drag": rf'{_AT} (", \"path\": [" place (", " place)* "]")?',
    "hold_key": f"{_KEYS} {_TIME}",
    "long_press": f"{_CLICK} {_TIME}",
    "ask_user": _WORDS,
    "focus_app": _WORDS,
    "open_app": _WORDS,
    "read_clipboard": "",
}
_BETWEEN: Final = ("left_click", "right_click", "middle_click", "double_click", "triple_click")
"""What can be done while modifiers are held from call to call."""
_HELD_AT_ONCE: Final = 3
"""Modifiers of one chord at most."""
_CHARACTER: Final = r'[^"\\<\x00-\x1F\x7F]|<[^\/t"\\<\x00-\x1F\x7F]|\\["\\\/bfnrt]|\\u003[cC]'
"""Of a string; a tag in it would be taken for the end of the call."""
_KEY: Final = rf'"({"|".join(name for name in NAMED_KEYS if name not in MODIFIERS)}|[!#-\[\]-~]|\\["\\])"'
"""A key by its name, or by the one character that it types."""
_INK: Final = (
    r"[!#-;=-\[\]-~\u00A1-\u167F\u1681-\u1FFF\u2030-\u2054\u2100-\u2FFF\u3001-\uA7FF\uAC00-\uD7A3\uF900-\uFAFF]"
)
"""A character that shows, with which words begin."""


@cache
def call_grammar(units: Units = "grid", offer: Offer = "published", size: Size | None = None) -> str:
    """What may follow `<tool_call>`, up to the end of the call; of the last one, where something is held down in between.

    Args:
        units: what the numbers of places count.
        offer: which actions the model is told of.
        size: of the picture as the model saw it, in pixels, where places count pixels.
    """
    actions = _PUBLISHED if offer == "published" else _ALL
    calls = [rf'"{name}\"" {rest}'.strip() for name, rest in actions.items()]
    calls += [] if offer == "published" else ["dragged", *_holding()]
    across, down = _numbers(units, size)
    held = "|".join(_some(MODIFIERS))
    clicks = " | ".join(rf'"{name}\""' for name in _BETWEEN)
    begin, end = rf"\n{{\"name\": \"{TOOL_NAME}\", \"arguments\": {{\"action\": \"", rf"}}}}\n{CALL_END}"
    return rf"""
start: "{begin}" action "{end}"
action: {" | ".join(calls)}
dragged: "left_mouse_down\"" ({_AT})? (next "mouse_move\"" {_AT})* next "left_mouse_up\"" ({_AT})?
clicked: ({clicks}) {_AT}
next: "{end}\n{CALL}{begin}"
place: "[" ACROSS ", " DOWN "]"
ACROSS: {across}
DOWN: {down}
amount: /-?[1-9][0-9]{{0,3}}|0/
seconds: /[1-5]?[0-9](\.[0-9]{{1,2}})?|60/
text: /"({_CHARACTER})*"/
words: /"{_INK}({_CHARACTER})*"/
modifiers: /\[({held})\]/
chord: /\[(({held})|(({held}), )?{_KEY})\]/
"""


def _holding() -> Iterator[str]:
    """Clicks, in calls of their own, while modifiers are held; the same ones are let go again."""
    for held in _some(MODIFIERS):
        keys = held.replace('"', r"\"")
        yield rf'"key_down\", \"keys\": [{keys}]" (next clicked)* next "key_up\", \"keys\": [{keys}]"'


def _numbers(units: Units, size: Size | None) -> tuple[str, str]:
    """Patterns of the numbers of a place."""
    match units:
        case "grid":
            return _up_to(GRID), _up_to(GRID)
        case "unit":
            part = r"/0(\.[0-9]{1,4})?|1/"
            return part, part
        case "pixel":
            if size is None:
                raise ValueError("places in pixels need the size of the picture")
            return _up_to(size.width - 1), _up_to(size.height - 1)


def _up_to(most: int) -> str:
    """A pattern of the whole numbers from 0 to `most`."""
    digits = str(most)
    shorter = [f"[1-9][0-9]{{{length - 1}}}" for length in range(1, len(digits))]
    same = []
    for place, digit in enumerate(digits):
        low = "1" if place == 0 else "0"
        if low < digit:
            rest = len(digits) - place - 1
            same.append(f"{digits[:place]}[{low}-{chr(ord(digit) - 1)}][0-9]{{{rest}}}")
    return f"/{'|'.join(dict.fromkeys(['0', *shorter, *same, digits]))}/"


def _some(names: tuple[str, ...]) -> list[str]:
    """A few of these in a row, each once, in every order."""
    some = itertools.chain.from_iterable(itertools.permutations(names, n + 1) for n in range(_HELD_AT_ONCE))
    return [", ".join(f'"{name}"' for name in each) for each in some]
