"""Owns the tool description that is offered to the model: Qwen's `computer_use`, with our own words.

The names of the tool, its actions and its arguments are those that Qwen3-VL was trained on (its published
`computer_use` function); the explanations are ours. The order of keys never changes: the text is part of every
conversation's cached prefix.
"""

from __future__ import annotations

from typing import Final, TypedDict

from actions.geometry import Units

TOOL_NAME: Final = "computer_use"

ACTION_NAMES: Final = (
    "key",
    "type",
    "mouse_move",
    "left_click",
    "left_click_drag",
    "right_click",
    "middle_click",
    "double_click",
    "triple_click",
    "scroll",
    "hscroll",
    "wait",
    "terminate",
    "answer",
)

_ABOUT: Final = (
    "Use the mouse and keyboard of a computer. You see pictures of its screen. "
    "Places are [x, y] {places}. "
    "Click in the middle of what you mean. If nothing happened, look again and try another place."
)

_PLACES: Final[dict[Units, str]] = {
    "grid": "on a grid that goes from 0 to 1000 in both directions over the picture",
    "pixel": "in pixels of the picture, counted from 0 at its top left",
    "unit": "as parts of the picture, from 0 to 1 in both directions",
}

_ACTIONS: Final = (
    "key: press `keys` together. type: type `text` where the focus is. mouse_move: move the pointer to `coordinate`. "
    "left_click, right_click, middle_click, double_click, triple_click: click at `coordinate`. "
    "left_click_drag: drag from the pointer to `coordinate`. "
    "scroll, hscroll: turn the wheel by `pixels`, positive is up or right. wait: wait `time` seconds. "
    "terminate: end the task with `status`. answer: tell the user `text`."
)


class Parameter(TypedDict, total=False):
    """One argument of the tool, as JSON schema."""

    description: str
    type: str
    enum: list[str]
    items: dict[str, str]


class Tool(TypedDict):
    """A tool as the chat template wants it."""

    type: str
    function: dict[str, object]


def computer_use(units: Units = "grid") -> Tool:
    """The tool description, always the same for a model; `units` is what the numbers of its places count."""
    properties: dict[str, Parameter] = {
        "action": {"type": "string", "enum": list(ACTION_NAMES), "description": _ACTIONS},
        "keys": {"type": "array", "items": {"type": "string"}},
        "text": {"type": "string"},
        "coordinate": {"type": "array", "items": {"type": "number" if units == "unit" else "integer"}},
        "pixels": {"type": "number"},
        "time": {"type": "number"},
        "status": {"type": "string", "enum": ["success", "failure"]},
    }
    parameters = {"type": "object", "properties": properties, "required": ["action"]}
    return {
        "type": "function",
        "function": {"name": TOOL_NAME, "description": _ABOUT.format(places=_PLACES[units]), "parameters": parameters},
    }
