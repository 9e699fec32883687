"""Owns what a run does with less of when the mind has no memory for a step: pictures first, then history, then precision."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from actions.geometry import Size
from agent.errors import OutOfMemory
from agent.mind.base import Mind, ThinkOptions
from agent.mind.vision import MAX_TOKENS
from agent.prompt import HistoryPolicy

LEAST: Final = 256
"""Visual tokens of a frame below which the words on a screen can no longer be read."""
_SQUARE: Final = 32
"""Pixels of a side that become one visual token; near enough for families with other squares."""


class Remedies:
    """How much a run asks of its mind, and what it can still do without.

    Args:
        mind: may be loaded anew in a lower precision.
        policy: how much of the past it reads again.
        options: how a turn is decoded.

    Attributes:
        policy, options: the same, with what was given up so far.
    """

    def __init__(self, mind: Mind, policy: HistoryPolicy, options: ThinkOptions) -> None:
        self.policy, self.options = policy, options
        self._mind = mind

    def spare(self, frame: Size, error: OutOfMemory) -> str:
        """Ask for less from now on.

        Args:
            frame: size of what was to be seen.
            error: what the mind said.

        Returns:
            What is given up, for the person, in one sentence.

        Raises:
            OutOfMemory: there is no less.
        """
        tokens = min(_tokens(frame), self.options.frame_tokens or _tokens(frame))
        if tokens > LEAST:
            fewer = max(LEAST, tokens // 2)
            self.options = replace(self.options, frame_tokens=fewer)
            return f"There was no memory left; the model sees less sharply from now on ({fewer} tokens a picture)."
        if shorter := self.policy.shorter():
            self.policy = shorter
            return f"There was no memory left; the model is shown {shorter.frames} pictures at most from now on."
        if precision := self._mind.lighten():
            return f"There was no memory left; the model is loaded anew in {precision}, which needs half as much and may be slower."
        raise OutOfMemory(f"{error}; the run already asks for the least that it can work with") from error


def _tokens(frame: Size) -> int:
    """About how many visual tokens a frame becomes."""
    return min(MAX_TOKENS, -(-frame.width // _SQUARE) * -(-frame.height // _SQUARE))
