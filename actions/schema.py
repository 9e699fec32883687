"""Owns the tool description that is offered to the model: Qwen's `computer_use`, with our own words.

The names of the tool, its actions and its arguments are those that Qwen3-VL was trained on (its published
`computer_use` function); the explanations are ours, and so are the further actions that are offered to every model that
does not say otherwise. The order of keys never changes: the text is part of every
conversation's cached prefix.
"""

from __future__ import annotations

from typing import Final, Literal, TypedDict

from actions.geometry import Units

TOOL_NAME: Final = "computer_use"

Offer = Literal["published", "all"]
"""Which actions a model is told of: those that Qwen published, or these and ours."""

Dialect = Literal["computer_use", "ui_tars", "holo"]
"""How a model is asked to call: as a tool, in the form that its chat template shows, in lines as UI-TARS writes them, or in
one JSON object with its thought, as Holo does."""

_PUBLISHED: Final = (
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
ACTION_NAMES: Final = (
    *_PUBLISHED,
    "hold_key",
    "long_press",
    "left_mouse_down",
    "left_mouse_up",
    "key_down",
    "key_up",
    "ask_user",
    "focus_app",
    "open_app",
    "read_clipboard",
)
"""Every action's name; the first are Qwen's."""

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

_MORE: Final = (
    " A click may name modifier `keys` to hold meanwhile. A drag may go through the places of `path`. "
    "hold_key, long_press: hold `keys`, or the button at `coordinate`, for `time` seconds. "
    "left_mouse_down, left_mouse_up, key_down, key_up: hold the button or `keys` while the calls between them, of the same "
    "turn, are done. ask_user: ask the user `text` and wait for the answer. "
    "focus_app, open_app: bring the window of the application `text` to the front, or start it. "
    "read_clipboard: learn what the user copied."
)


def places_in_words(units: Units) -> str:
    """What the numbers of a place count, in words for the model."""
    return _PLACES[units]


class Parameter(TypedDict, total=False):
    """One argument of the tool, as JSON schema."""

    description: str
    type: str
    enum: list[str]
    items: dict[str, object]


class Tool(TypedDict):
    """A tool as the chat template wants it."""

    type: str
    function: dict[str, object]


def computer_use(units: Units = "grid", offer: Offer = "published") -> Tool:
    """The tool description, always the same for a model; `units` is what the numbers of its places count."""
    names, about = (_PUBLISHED, _ACTIONS) if offer == "published" else (ACTION_NAMES, _ACTIONS + _MORE)
    number = "number" if units == "unit" else "integer"
    properties: dict[str, Parameter] = {
        "action": {"type": "string", "enum": list(names), "description": about},
        "keys": {"type": "array", "items": {"type": "string"}},
        "text": {"type": "string"},
        "coordinate": {"type": "array", "items": {"type": number}},
        "pixels": {"type": "number"},
        "time": {"type": "number"},
        "status": {"type": "string", "enum": ["success", "failure"]},
    }
    if offer == "all":
        properties["path"] = {"type": "array", "items": {"type": "array", "items": {"type": number}}}
    parameters = {"type": "object", "properties": properties, "required": ["action"]}
    return {
        "type": "function",
        "function": {"name": TOOL_NAME, "description": _ABOUT.format(places=_PLACES[units]), "parameters": parameters},
    }
