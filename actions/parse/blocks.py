"""Owns finding calls in a reply: where thinking ends, where each call's JSON begins and ends. It reads no JSON itself.

The scan goes forward once, so it is linear in the text. A call's end is found by its own brackets and strings, never by
searching for a tag, because a text to be typed may contain any tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from actions.errors import ParseError

_MARK: Final = re.compile(r"<tool_call>|</?think>")
# Possessive repeats (`*+`) never back-track, so that no text takes more than linear time.
_OPEN: Final = re.compile(r"\s*+(?:```\w*+\s*+)?(?=\{)")
_CLOSE: Final = re.compile(r"\s*+(?:```\s*+)?(?:</tool_call>(?:[ \t]*+\n```)?|(?=<tool_call>)|\Z)")
_FENCE: Final = re.compile(r"^```(?:json|tool_call)?\s*+(?=\{)", re.MULTILINE)
_FENCE_END: Final = re.compile(r"\s*+```")
# A string that never ends runs to the end of the text, for the same reason.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)

CUT_OFF: Final = (
    "The call is cut off: write one whole "
    '<tool_call>{"name": "computer_use", "arguments": {"action": ...}}</tool_call>, with every bracket closed.'
)
_NOT_CLOSED: Final = "Nothing but </tool_call> may follow the JSON of a call."
_STILL_THINKING: Final = "End your thinking with </think> before you call."


@dataclass(slots=True)
class Blocks:
    """A reply in parts: `thinking` ended by `</think>`, prose before the first call and around the rest, calls' JSON."""

    thinking: str = ""
    before: str = ""
    around: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def add_prose(self, prose: str) -> None:
        """Take words that are no call."""
        if self.calls:
            self.around.append(prose)
        else:
            self.before += prose


def find_blocks(text: str) -> Blocks:
    """The parts of a reply.

    Raises:
        ParseError: a call is cut off, not closed, no JSON, or inside thinking that does not end.
    """
    blocks, position, last_thinking = Blocks(), 0, text.rfind("</think>")
    thinking = False
    while mark := _MARK.search(text, position):
        opened = _OPEN.match(text, mark.end())
        if mark.group() == "</think>":
            # Calls that were only thought about are not meant.
            blocks, position, thinking = Blocks(thinking=text[: mark.start()]), mark.end(), False
        elif mark.group() == "<think>" or (opened is None and mark.start() < last_thinking):
            blocks.add_prose(text[position : mark.end()])
            position, thinking = mark.end(), thinking or mark.group() == "<think>"
        elif opened is None:
            raise ParseError(CUT_OFF)
        else:
            blocks.add_prose(text[position : mark.start()])
            position = _take_call(blocks, text, opened.end())
    blocks.add_prose(text[position:])
    if thinking and blocks.calls:
        raise ParseError(_STILL_THINKING)
    return blocks if blocks.calls else _fenced(blocks)


def json_end(text: str, start: int) -> int | None:
    """Where the JSON value that begins at `start` ends, by its brackets; None where it never ends."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    return None


def _take_call(blocks: Blocks, text: str, start: int) -> int:
    if (end := json_end(text, start)) is None:
        raise ParseError(CUT_OFF)
    if (closed := _CLOSE.match(text, end)) is None:
        raise ParseError(_NOT_CLOSED)
    blocks.calls.append(text[start:end])
    return closed.end()


def _fenced(blocks: Blocks) -> Blocks:
    """The calls of a reply that has none in tags: JSON in code fences, where it looks like a call."""
    text, position, found = blocks.before, 0, Blocks(thinking=blocks.thinking)
    while fence := _FENCE.search(text, position):
        end = json_end(text, fence.end())
        if '"arguments"' not in text[fence.end() : end]:
            return blocks
        closed = _FENCE_END.match(text, end) if end is not None else None
        if closed is None:
            raise ParseError(CUT_OFF)
        found.add_prose(text[position : fence.start()])
        found.calls.append(text[fence.end() : end])
        position = closed.end()
    found.add_prose(text[position:])
    return found if found.calls else blocks
