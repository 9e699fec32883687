"""Owns the other names that models use for the tool, its actions and its arguments; each stands for exactly one of ours."""

from __future__ import annotations

from typing import Final

from actions.schema import ACTION_NAMES, TOOL_NAME

_TOOLS: Final = {TOOL_NAME, "computer", "computer_tool", "computeruse", "computer_call", "computer_action", "desktop"}

_OTHERS: Final = {
    "key": ("press_key", "key_press", "keypress", "hotkey", "hot_key", "shortcut", "press_keys"),
    "type": ("type_text", "input", "input_text", "write", "typing"),
    "mouse_move": ("move", "move_to", "moveto", "move_mouse", "hover", "mouse_hover"),
    "left_click": ("click", "left_single", "single_click", "leftclick", "mouse_click", "tap"),
    "left_click_drag": ("drag", "drag_to", "dragto", "left_drag", "mouse_drag"),
    "right_click": ("right_single", "rightclick"),
    "middle_click": ("middle_single", "middleclick"),
    "double_click": ("left_double", "doubleclick", "left_double_click", "double_left_click"),
    "triple_click": ("left_triple", "tripleclick", "left_triple_click"),
    "scroll": ("vscroll", "vertical_scroll", "mouse_scroll"),
    "hscroll": ("horizontal_scroll",),
    "wait": ("sleep", "pause"),
    "terminate": ("finish", "finished", "done"),
    "answer": ("respond", "reply"),
    "hold_key": ("hold_keys",),
    "long_press": ("click_and_hold",),
    "left_mouse_down": ("mouse_down",),
    "left_mouse_up": ("mouse_up",),
    "key_down": ("keydown",),
    "key_up": ("keyup",),
    "ask_user": ("ask_question", "call_user"),
    "focus_app": ("focus_window", "activate_window", "switch_app", "switch_window"),
    "open_app": ("open", "open_application", "launch", "launch_app", "launch_application", "start_app"),
    "read_clipboard": ("get_clipboard", "clipboard_read"),
}
_ACTIONS: Final = {name: name for name in ACTION_NAMES} | {
    other: name for name, others in _OTHERS.items() for other in others
}
_ARGUMENTS: Final = {
    **dict.fromkeys(("coordinates", "point", "position", "point_2d", "bbox_2d", "bbox"), "coordinate"),
    "key": "keys",
    "content": "text",
    "seconds": "time",
    "duration": "time",
}


def is_tool(name: str) -> bool:
    """Whether a call of `name` is meant for our tool."""
    return _plain(name) in _TOOLS


def action_name(name: str) -> str | None:
    """Qwen's name of an action, or None where it has none."""
    return _ACTIONS.get(_plain(name))


def argument_name(name: str) -> str:
    """Qwen's name of an argument; any other word stays as it is."""
    return _ARGUMENTS.get(name, name)


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")
