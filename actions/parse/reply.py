"""Owns telling the dialects apart: which one a reply speaks, and that it speaks only one."""

from __future__ import annotations

import re
from typing import Final

from actions.errors import ParseError
from actions.geometry import GRID_COORDINATES, Coordinates
from actions.parse.bare import Found, find_values
from actions.parse.blocks import Blocks, find_blocks
from actions.parse.grounding import places_in
from actions.parse.held import joined
from actions.parse.holo import thought_in
from actions.parse.scan import Scanner
from actions.parse.tool_call import actions_of, bare_calls, looks_like_call
from actions.parse.turn import Turn
from actions.parse.ui_tars import read_ui_tars

_DANGLING_FENCE: Final = re.compile(r"```\w{0,16}\s{0,8}\Z")
_TWO_WAYS: Final = "The reply asks in two ways: write one call, in one form."


def read_reply(scan: Scanner, coordinates: Coordinates = GRID_COORDINATES) -> Turn:
    """What a reply means, by a model that writes places so.

    Raises:
        ParseError: it has no meaning, or more than one; then nothing of it counts.
    """
    blocks = find_blocks(scan)
    thinking = blocks.thinking.strip().removeprefix("<think>").strip()
    if blocks.unended:
        return Turn(thinking, "", ())
    if not blocks.calls:
        return _without_tags(scan, blocks, thinking, coordinates)
    before = "".join(blocks.before).strip()
    if read_ui_tars(Scanner(before), coordinates):
        raise ParseError(_TWO_WAYS)
    actions = joined(action for call in blocks.calls for action in actions_of(call, coordinates))
    return Turn(_joined(thinking, _without_fence(before)), _joined(*blocks.around), actions)


def _without_tags(scan: Scanner, blocks: Blocks, thinking: str, coordinates: Coordinates) -> Turn:
    scan.at = blocks.start
    said = read_ui_tars(scan, coordinates)
    scan.at = blocks.start
    found = find_values(scan)
    if said:
        if any(looks_like_call(value.value) for value in found):
            raise ParseError(_TWO_WAYS)
        return Turn(_joined(thinking, said.thought), said.text, said.actions)
    if calls := bare_calls(found, scan.text):
        return _bare(scan.text, blocks.start, calls, thinking, coordinates)
    return Turn(thinking, scan.text[blocks.start :].strip(), (), places_in(found))


def _bare(text: str, start: int, calls: list[Found], thinking: str, coordinates: Coordinates) -> Turn:
    actions = joined(action for call in calls for action in actions_of(call.value, coordinates))
    ends = [call.end for call in calls]
    around = [text[end : call.start] for end, call in zip(ends, calls[1:], strict=False)]
    after = text[ends[-1] :].strip().lstrip("}").strip()
    thought = _joined(thinking, text[start : calls[0].start], *(thought_in(call.value) for call in calls))
    return Turn(thought, _joined(*around, after), actions)


def _without_fence(words: str) -> str:
    return _DANGLING_FENCE.sub("", words)


def _joined(*parts: str) -> str:
    return "\n".join(stripped for part in parts if (stripped := part.strip()))
