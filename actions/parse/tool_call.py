"""Owns the dialect of Qwen's tool calls: `<tool_call>{"name": "computer_use", "arguments": {...}}</tool_call>`."""

from __future__ import annotations

import re
from typing import Final

from actions.action import Action
from actions.errors import ParseError
from actions.geometry import Coordinates
from actions.parse import holo
from actions.parse.arguments import actions_from
from actions.parse.bare import Found
from actions.parse.blocks import CUT_OFF
from actions.parse.held import Half
from actions.parse.literal import CutOff, read_value, shown
from actions.parse.names import action_name, is_tool
from actions.parse.scan import Scanner
from actions.schema import TOOL_NAME

_ONE_TOOL: Final = f'The only tool is "{TOOL_NAME}": write {{"name": "{TOOL_NAME}", "arguments": {{...}}}}.'
_NO_OBJECT: Final = '"arguments" must be a JSON object, such as {"action": "wait", "time": 1}.'
_IN_TAGS: Final = "Put each call between <tool_call> and </tool_call>."
_ONLY_SPACE: Final = re.compile(r"[\s}]*+(?:</?tool_call>|```)?\s*+\Z")


def actions_of(value: object, coordinates: Coordinates) -> tuple[Action | Half, ...]:
    """What one tag says, which may be a list of calls.

    Raises:
        ParseError: it has no meaning, or more than one.
    """
    if isinstance(value, list):
        if not value:
            raise ParseError('A call is a JSON object: {"name": "computer_use", "arguments": {...}}.')
        return tuple(action for call in value for action in _call(call, coordinates))
    return _call(value, coordinates)


def looks_like_call(value: object) -> bool:
    """Whether a JSON value that stands in no tag can only be meant as a call, or as a list of them."""
    if isinstance(value, list):
        return bool(value) and all(looks_like_call(item) for item in value if not isinstance(item, list))
    if holo.is_holo(value):
        return True
    if not isinstance(value, dict):
        return False
    name, action = value.get("name"), value.get("action")
    named = isinstance(name, str) and (is_tool(name) or action_name(name) is not None)
    acting = isinstance(action, str) and action_name(action) is not None
    return named or acting or "arguments" in value


def bare_calls(found: list[Found], text: str) -> list[Found]:
    """Those of the values in a reply that are calls without tags.

    Raises:
        ParseError: one was meant as a call and cannot be read, or words follow it, so that it may be an example.
    """
    calls = [value for value in found if value.trouble or looks_like_call(value.value)]
    calls = [value for value in calls if value.key in {"", "arguments", "parameters", "action", "tool_call", "note"}]
    for call in calls:
        if isinstance(call.trouble, CutOff):
            raise ParseError(holo.CUT_OFF if _is_holo(call) else CUT_OFF) from call.trouble
        if call.trouble:
            raise call.trouble
    loose = [call for call in calls if not call.fenced]
    if loose and not _ONLY_SPACE.match(text, calls[-1].end):
        raise ParseError(holo.WORDS_AFTER if _is_holo(calls[-1]) else _IN_TAGS)
    return calls


def _is_holo(call: Found) -> bool:
    return holo.was_holo(call.value, call.key)


def _call(value: object, coordinates: Coordinates) -> tuple[Action | Half, ...]:
    if holo.is_holo(value):
        try:
            return actions_from(holo.arguments_in(value), coordinates)
        except ParseError as error:
            raise holo.in_form(error) from error
    if not isinstance(value, dict):
        raise ParseError('A call is a JSON object: {"name": "computer_use", "arguments": {...}}.')
    asked = {key: item for key, item in value.items() if (key, item) != ("type", "function")}
    name, arguments = asked.pop("name", None), _arguments(asked)
    if name is None:
        if "action" not in arguments:
            raise ParseError(_ONE_TOOL)
        return actions_from(arguments, coordinates)
    if not isinstance(name, str):
        raise ParseError(_ONE_TOOL)
    if is_tool(name):
        return actions_from(arguments, coordinates)
    if action_name(name) is None:
        raise ParseError(_ONE_TOOL)
    inner = arguments.get("action", name)
    if not isinstance(inner, str) or action_name(inner) != action_name(name):
        raise ParseError(f'The call asks for "{shown(name)}" and for another action: write one call for each.')
    return actions_from({**arguments, "action": name}, coordinates)


def _arguments(asked: dict[str, object]) -> dict[str, object]:
    """The arguments of a call, which may stand beside its name instead of in an object of their own."""
    inside = [key for key in ("arguments", "parameters") if key in asked]
    if not inside:
        return asked
    if beside := sorted(set(asked) - {inside[0]}):
        raise ParseError(f'A call has "name" and "arguments" only: put "{shown(beside[0])}" into "arguments".')
    arguments = asked[inside[0]]
    if isinstance(arguments, str):
        arguments = _from_string(arguments)
    if not isinstance(arguments, dict):
        raise ParseError(_NO_OBJECT)
    return arguments


def _from_string(text: str) -> object:
    """The arguments that were written as a string of JSON, as other tools' protocols want it."""
    scan = Scanner(text)
    try:
        value = read_value(scan)
    except ParseError as error:
        raise ParseError(_NO_OBJECT) from error
    scan.skip()
    return value if scan.at == len(text) else None
