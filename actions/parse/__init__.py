"""Owns the reading of what a model says: text in, a Turn of thought and actions out; one dialect a file, never eval."""

from __future__ import annotations

from actions.parse.tool_call import parse_tool_calls
from actions.parse.turn import Turn


def parse(text: str) -> Turn:
    """What a model's reply means.

    Raises:
        ParseError: it has no meaning, or more than one; the sentence tells the model what to write.
    """
    return parse_tool_calls(text)
