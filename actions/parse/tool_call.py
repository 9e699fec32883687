"""Owns the dialect of Qwen's tool calls: `<tool_call>{"name": "computer_use", "arguments": {...}}</tool_call>`."""

from __future__ import annotations

import re
from typing import Final

from actions.action import Action
from actions.errors import ParseError
from actions.geometry import Coordinates
from actions.parse.arguments import action_from
from actions.parse.blocks import Blocks, find_blocks
from actions.parse.strict_json import read_object
from actions.parse.turn import Turn
from actions.schema import TOOL_NAME

_BARE_CALL: Final = re.compile(r'^\s*+\{\s*+"(?:name|arguments|action)"\s*+:', re.MULTILINE)
_DANGLING_FENCE: Final = re.compile(r"^```\w*\s*\Z", re.MULTILINE)


def parse_tool_calls(text: str, coordinates: Coordinates) -> Turn:
    """What a reply with any number of tool calls means, by a model that writes places so.

    Raises:
        ParseError: a call has no meaning, or more than one; then none of the reply's calls counts.
    """
    blocks = find_blocks(text)
    actions = tuple(_action(call, coordinates) for call in blocks.calls)
    if not actions:
        return _without_calls(blocks)
    thought = _joined(_thinking(blocks), _DANGLING_FENCE.sub("", blocks.before.strip()))
    return Turn(thought, _joined(*blocks.around), actions)


def _without_calls(blocks: Blocks) -> Turn:
    if _BARE_CALL.search(blocks.before):
        raise ParseError("Put each call between <tool_call> and </tool_call>.")
    return Turn(_thinking(blocks), blocks.before.strip(), ())


def _action(call: str, coordinates: Coordinates) -> Action:
    asked = read_object(call)
    if asked.get("name") != TOOL_NAME:
        raise ParseError(f'The only tool is "{TOOL_NAME}": write {{"name": "{TOOL_NAME}", "arguments": {{...}}}}.')
    if beside := sorted(set(asked) - {"name", "arguments"}):
        raise ParseError(
            f'A call has "name" and "arguments" only: put "{ascii(beside[0][:24])[1:-1]}" into "arguments".'
        )
    arguments = asked.get("arguments")
    if not isinstance(arguments, dict):
        raise ParseError('"arguments" must be a JSON object, such as {"action": "wait", "time": 1}.')
    return action_from(arguments, coordinates)


def _thinking(blocks: Blocks) -> str:
    return blocks.thinking.strip().removeprefix("<think>").strip()


def _joined(*parts: str) -> str:
    return "\n".join(stripped for part in parts if (stripped := part.strip()))
