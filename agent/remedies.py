"""Owns what a run does with less of when the mind has no room for it.

Before the first step it is planned for the longest one: a shorter history first, then smaller pictures. When there is no
memory in the middle of a run, it is the other way round, since that gives most at once; and then a lower precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from actions.geometry import Size
from agent.errors import OutOfMemory
from agent.mind.base import Mind, MindInfo, ThinkOptions
from agent.mind.fit import Load
from agent.prompt import HistoryPolicy

LEAST: Final = 256
"""Visual tokens of a frame below which the words on a screen can no longer be read."""
_WHY: Final = "There was no room for so much"
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
        self._most = MindInfo("").frame_tokens

    def plan(self, info: MindInfo, frame: Size) -> Iterator[str]:
        """Ask for no more than there is room for at the longest step, as far as that can be told before.

        Args:
            info: how much room there is, and how many tokens a frame has at most.
            frame: size of what is to be seen.

        Yields:
            What is given up, for the person, in one sentence each.
        """
        self._most = info.frame_tokens
        while info.room and self._longest(info, frame) > info.room:
            words = self._shorter() or self._smaller(frame)
            if not words:
                return  # the mind counts exactly, and refuses it if it must
            yield words

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
        if words := self._smaller(frame) or self._shorter():
            return words
        if precision := self._mind.lighten():
            return f"{_WHY}; the model is loaded anew in {precision}, which needs half as much and may be slower."
        raise OutOfMemory(f"{error}; the run already asks for the least that it can work with") from error

    def _smaller(self, frame: Size) -> str:
        tokens = self._tokens(frame)
        if tokens <= LEAST:
            return ""
        fewer = max(LEAST, tokens // 2)
        self.options = replace(self.options, frame_tokens=fewer)
        return f"{_WHY}; the model sees less sharply from now on ({fewer} tokens a picture)."

    def _shorter(self) -> str:
        shorter = self.policy.shorter()
        if shorter is None:
            return ""
        self.policy = shorter
        return f"{_WHY}; the model is shown {shorter.frames} pictures at most from now on."

    def _longest(self, info: MindInfo, frame: Size) -> int:
        """About how many tokens the longest step has with its reply."""
        frames = 1 if self.policy.kind == "rewrite" else self.policy.frames
        reply = self.options.max_new_tokens + (self.options.max_thought_tokens if info.thinks else 0)
        return Load(frames, self.policy.told, self._tokens(frame), reply).tokens

    def _tokens(self, frame: Size) -> int:
        """About how many visual tokens a frame becomes."""
        squares = -(-frame.width // _SQUARE) * -(-frame.height // _SQUARE)
        return min(self._most, squares, self.options.frame_tokens or squares)
