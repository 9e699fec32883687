"""Owns the writing of actions: as the canonical text that a model says, and as words for a person.

`parse(render(action))` is the action, for every action that can be said.
"""

from __future__ import annotations

import json
import re
from typing import Final, assert_never

from actions.action import (
    Action,
    Answer,
    Ask,
    Click,
    Drag,
    FocusApp,
    Move,
    OpenApp,
    PressKeys,
    ReadClipboard,
    Scroll,
    Secret,
    SystemAction,
    Terminate,
    TypeText,
    Wait,
)
from actions.geometry import GridPoint
from actions.schema import TOOL_NAME

_CLICKS: Final = {
    ("left", 1): "left_click",
    ("left", 2): "double_click",
    ("left", 3): "triple_click",
    ("right", 1): "right_click",
    ("middle", 1): "middle_click",
}
_BY_NAME: Final = {Ask: "ask_user", FocusApp: "focus_app", OpenApp: "open_app"}
_TAG: Final = re.compile(r"<(?=\||/?(?:think|tools?|tool_call|tool_response)>)")
_SHOWN: Final = {"\n": "⏎", "\t": "⇥"}


def arguments(action: Action) -> dict[str, object]:
    """The action as the arguments of a call, in Qwen's names and in a fixed order.

    Raises:
        ValueError: the action cannot be said, such as a click without a place.
    """
    match action:
        case Click() | Move() | Drag() | Scroll():
            return _pointer_arguments(action)
        case PressKeys(keys, seconds):
            held: dict[str, object] = {"action": "hold_key", "keys": list(keys), "time": _number(seconds)}
            return held if seconds else {"action": "key", "keys": list(keys)}
        case TypeText(Secret(name)):
            return {"action": "type", "secret": name}
        case TypeText(text):
            return {"action": "type", "text": text}
        case Wait(seconds):
            return {"action": "wait", "time": _number(seconds)}
        case Ask(text) | FocusApp(text) | OpenApp(text):
            return {"action": _BY_NAME[type(action)], "text": text}
        case ReadClipboard():
            return {"action": "read_clipboard"}
        case Answer(text):
            return {"action": "answer", "text": text}
        case Terminate(status):
            return {"action": "terminate", "status": status}
        case _:
            assert_never(action)


def _pointer_arguments(action: Click | Move | Drag | Scroll) -> dict[str, object]:
    match action:
        case Click(button, count, GridPoint() as at, keys, seconds) if (button, count) in _CLICKS and (
            not seconds or (button, count) == ("left", 1)
        ):
            named = "long_press" if seconds else _CLICKS[button, count]
            click: dict[str, object] = {"action": named, "coordinate": _pair(at)}
            return click | ({"keys": list(keys)} if keys else {}) | ({"time": _number(seconds)} if seconds else {})
        case Click():
            raise ValueError(f"the model's tool has no word for {action}")
        case Move(to):
            return {"action": "mouse_move", "coordinate": _pair(to)}
        case Drag(to, through):
            drag: dict[str, object] = {"action": "left_click_drag", "coordinate": _pair(to)}
            return drag | ({"path": [_pair(place) for place in through]} if through else {})
        case Scroll(amount, horizontal, at):
            said: dict[str, object] = {"action": "hscroll" if horizontal else "scroll", "pixels": amount}
            return said | ({"coordinate": _pair(at)} if at else {})


def render(action: Action) -> str:
    """The action as the model says it: one tool call on three lines.

    Raises:
        ValueError: as for `arguments`.
    """
    call = json.dumps({"name": TOOL_NAME, "arguments": arguments(action)}, ensure_ascii=False)
    # A tag inside a text would become the tokenizer's special token; escaped it stays text.
    escaped = _TAG.sub(r"\\u003c", call)
    return f"<tool_call>\n{escaped}\n</tool_call>"


def describe(action: Action) -> str:
    """The action in words for a person; places are the model's grid. Nothing of a text is left out or can hide."""
    match action:
        case Click() | Move() | Drag() | Scroll():
            return _describe_pointer(action)
        case PressKeys(keys, seconds):
            return f"Hold {_chord(keys)} for {seconds:g} s" if seconds else f"Press {_chord(keys)}"
        case TypeText(text):
            return (
                f"Type the secret “{_visible(text.name)}”" if isinstance(text, Secret) else f"Type “{_visible(text)}”"
            )
        case Wait(seconds):
            return f"Wait {seconds:g} s"
        case FocusApp() | OpenApp() | ReadClipboard():
            return _describe_system(action)
        case Ask(question):
            return f"Ask “{_visible(question)}”"
        case Answer(text):
            return f"Answer “{_visible(text)}”"
        case Terminate(status):
            return f"End the task: {status}"
        case _:
            assert_never(action)


def _describe_system(action: SystemAction) -> str:
    match action:
        case FocusApp(name):
            return f"Bring “{_visible(name)}” to the front"
        case OpenApp(name):
            return f"Start the program “{_visible(name)}”"
        case ReadClipboard():
            return "Read what was copied"


def _describe_pointer(action: Click | Move | Drag | Scroll) -> str:
    match action:
        case Click(button, count, at, keys, seconds):
            words = {1: "click", 2: "double-click", 3: "triple-click"}[count]
            said = words if button == "left" else f"{button} {words}"
            held = f" with {_chord(keys)} held" if keys else ""
            long = f" for {seconds:g} s" if seconds else ""
            return f"{said.capitalize()} {f'at {_place(at)}' if at else 'where the pointer is'}{held}{long}"
        case Move(to):
            return f"Move to {_place(to)}"
        case Drag(to, through):
            return f"Drag {''.join(f'through {_place(place)} ' for place in through)}to {_place(to)}"
        case Scroll(amount, horizontal, at):
            ways = ("right", "left") if horizontal else ("up", "down")
            return f"Scroll {ways[amount < 0]} by {abs(amount)}{f' at {_place(at)}' if at else ''}"


def _chord(keys: tuple[str, ...]) -> str:
    return "+".join(_visible(key if len(key) == 1 else key.capitalize()) for key in keys)


def _number(seconds: float) -> float:
    return int(seconds) if seconds == int(seconds) else seconds


def _pair(at: GridPoint) -> list[float]:
    return [int(number) if number.denominator == 1 else float(number) for number in (at.x, at.y)]


def _place(at: GridPoint) -> str:
    return "({:g}, {:g})".format(*(round(number, 1) for number in _pair(at)))


def _visible(text: str) -> str:
    """A text in which line ends, tabs and characters that show nothing or turn the reading direction can be seen."""
    return "".join(
        _SHOWN.get(letter) or (letter if letter.isprintable() else f"\\u{ord(letter):04x}") for letter in text
    )
