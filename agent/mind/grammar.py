"""Owns the grammar of a tool call, in the dialect of Lark that llguidance reads, from the same names that the prompt shows.

It says what stands between `<tool_call>` and `</tool_call>`, in the one order and spacing that the model's template shows,
in JSON or in tags, so that all that the format fixes need not be decoded. What it lets through, the parser reads as an
action. What is held down by one call is let go by a later one of the same turn: the grammar goes on from the first to the
last of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal

from actions.geometry import GRID, Size, Units
from actions.keys import MODIFIERS, NAMED_KEYS
from actions.schema import TOOL_NAME, Offer

CALL, CALL_END = "<tool_call>", "</tool_call>"

Form = Literal["json", "tags"]
"""How a model's template has it write the arguments of a call: as JSON, or each between tags of its own."""

_ARGUMENTS: Final = {
    "place": "coordinate",
    "modifiers": "keys",
    "chord": "keys",
    "text": "text",
    "words": "text",
    "seconds": "time",
    "amount": "pixels",
    "places": "path",
    "status": "status",
}
"""What a rule of the grammar is the value of."""
_CLICKS: Final = ("left_click", "right_click", "middle_click", "double_click", "triple_click")
_PUBLISHED: Final = {
    "key": "chord",
    "type": "text",
    **dict.fromkeys((*_CLICKS, "mouse_move", "left_click_drag"), "place"),
    **dict.fromkeys(("scroll", "hscroll"), "amount place?"),
    "wait": "seconds",
    "terminate": "status",
    "answer": "text",
}
"""The arguments of each action by their rules, in order; a question mark for those that may be left out."""
_ALL: Final = _PUBLISHED | {
    **dict.fromkeys(_CLICKS, "place modifiers?"),
    "left_click_drag": "place places?",
    "hold_key": "chord seconds",
    "long_press": "place modifiers? seconds",
    **dict.fromkeys(("ask_user", "focus_app", "open_app"), "words"),
    "read_clipboard": "",
}
_HELD_AT_ONCE: Final = 3
"""Modifiers of one chord at most."""
_CHARACTER: Final = r'[^"\\<\x00-\x1F\x7F]|<[^\/t"\\<\x00-\x1F\x7F]|\\["\\\/bfnrt]|\\u003[cC]'
"""Of a string; a tag in it would be taken for the end of the call."""
_BARE: Final = r"[^<\x00-\x08\x0B-\x1F\x7F]|<+[^<\/\x00-\x08\x0B-\x1F\x7F]|<+\/[^<p\x00-\x08\x0B-\x1F\x7F]"
"""Of a text between tags, where nothing is escaped; `</p` in it would be taken for its end."""
_BARE_END: Final = r"<*\n<\/parameter>"
_NO_MARK: Final = r"~/(.|\n)*<\/?(tool_call|think)>(.|\n)*/"
"""None of the marks by which a turn that is being said is told apart into thoughts and calls."""
_KEY: Final = rf'"({"|".join(name for name in NAMED_KEYS if name not in MODIFIERS)}|[!#-\[\]-~]|\\["\\])"'
"""A key by its name, or by the one character that it types."""
_INK: Final = (
    r"[!#-;=-\[\]-~\u00A1-\u167F\u1681-\u1FFF\u2030-\u2054\u2100-\u2FFF\u3001-\uA7FF\uAC00-\uD7A3\uF900-\uFAFF]"
)
"""A character that shows, with which words begin."""


@cache
def call_grammar(
    units: Units = "grid", offer: Offer = "published", size: Size | None = None, form: Form = "json"
) -> str:
    """What may follow `<tool_call>`, up to the end of the call; of the last one, where something is held down in between.

    Args:
        units: what the numbers of places count.
        offer: which actions the model is told of.
        size: of the picture as the model saw it, in pixels, where places count pixels.
        form: how the arguments are written.
    """
    actions = _PUBLISHED if offer == "published" else _ALL
    calls = [_call(name, rules, form) for name, rules in actions.items()]
    calls += [] if offer == "published" else [_dragging(form), *_holding(form)]
    begin, end = _AROUND[form]
    across, down = _numbers(units, size)
    held = "|".join(_some(MODIFIERS))
    return rf"""
start: "{begin}" action "{end}"
action: {" | ".join(calls)}
next: "{end}\n{CALL}{begin}"
clicked: {" | ".join(_call(name, "place", form) for name in _CLICKS)}
{_TEXTS[form]}
place: "[" ACROSS ", " DOWN "]"
places: "[" place (", " place)* "]"
ACROSS: {across}
DOWN: {down}
amount: /-?[1-9][0-9]{{0,3}}|0/
seconds: /[1-5]?[0-9](\.[0-9]{{1,2}})?|60/
modifiers: /\[({held})\]/
chord: /\[(({held})|(({held}), )?{_KEY})\]/
"""


_AROUND: Final[dict[Form, tuple[str, str]]] = {
    "json": (rf"\n{{\"name\": \"{TOOL_NAME}\", \"arguments\": {{\"action\": \"", rf"}}}}\n{CALL_END}"),
    "tags": (rf"\n<function={TOOL_NAME}>\n<parameter=action>\n", rf"\n</function>\n{CALL_END}"),
}
"""What stands before the name of an action, and after its arguments."""
_TEXTS: Final[dict[Form, str]] = {
    "json": rf"""
status: "\"success\"" | "\"failure\""
text: /"({_CHARACTER})*"/
words: /"{_INK}({_CHARACTER})*"/
""",
    "tags": rf"""
status: "success" | "failure"
text: TEXT
words: WORDS
TEXT: /({_BARE})*{_BARE_END}/ & {_NO_MARK}
WORDS: /{_INK}({_BARE})*{_BARE_END}/ & {_NO_MARK}
""",
}
"""Values that differ between the forms; a text in tags brings its end, to be told from it."""


def _call(name: str, rules: str, form: Form) -> str:
    """An action by its name and the rules of its arguments."""
    begun = rf'"{name}\""' if form == "json" else rf'"{name}\n</parameter>"'
    return " ".join([begun, *(_argument(rule, form) for rule in rules.split())])


def _argument(rule: str, form: Form) -> str:
    """An argument with its name, from the rule of its value; in brackets where it may be left out."""
    if rule.endswith("?"):
        return f"({_argument(rule[:-1], form)})?"
    return _named(_ARGUMENTS[rule], rule, form)


def _named(name: str, value: str, form: Form) -> str:
    if form == "json":
        return rf'", \"{name}\": " {value}'
    end = "" if name == "text" else r'"\n</parameter>"'
    return rf'"\n<parameter={name}>\n" {value} {end}'.strip()


def _dragging(form: Form) -> str:
    """The button goes down, the pointer is moved, and the button is let go, in calls of their own."""
    down, move, up = (
        _call(name, rules, form)
        for name, rules in (("left_mouse_down", "place?"), ("mouse_move", "place"), ("left_mouse_up", "place?"))
    )
    return f"{down} (next {move})* next {up}"


def _holding(form: Form) -> Iterator[str]:
    """Clicks, in calls of their own, while modifiers are held; the same ones are let go again."""
    for held in _some(MODIFIERS):
        literal = held.replace('"', r"\"")
        keys = _named("keys", f'"[{literal}]"', form)
        yield f"{_call('key_down', '', form)} {keys} (next clicked)* next {_call('key_up', '', form)} {keys}"


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
